import type { Call, Utterance } from './document.ts';
import { mayHaveEnded, soundingAt } from './evidence.ts';
import { type Unheard, unheardOf } from './listening.ts';
import {
  type Common,
  isFromElsewhere,
  isOvertaken,
  utteranceIn,
  utterancesOf,
} from './utterances.ts';

/**
 * Adds the rest of what is cut by an interruption that had waited. What it cuts is known only as it
 * goes out.
 */
export function resuming(call: Call, key: string, now: number): Call {
  const one = utteranceIn(call, key);
  const [first] = soundingAt(call, now);
  if (!one?.resume || !first || mayHaveEnded(call, first)) return call;
  const own = call.queue.filter(({ trigger }) => trigger?.id === one.trigger?.id);
  return { ...call, queue: ahead(call.queue, restBehind(call, own, now)) };
}

/**
 * The queue with a rest in it, ahead of the waiting conversation, because it was to be heard before
 * that.
 */
export function ahead(queue: readonly Utterance[], rest: readonly Utterance[]): Utterance[] {
  const isLater = (one: Utterance) => !one.sent && !isFromElsewhere(one) && one.from !== 'rest';
  return [...queue.filter((one) => !isLater(one)), ...rest, ...queue.filter(isLater)];
}

/**
 * What an interruption cuts and gives back: the text from the beginning of the sentence that is
 * cut, and what was to follow.
 */
export function restBehind(call: Call, own: readonly Utterance[], now: number): Utterance[] {
  const last = own.findLast(({ from, length }) => from === 'interruption' && length);
  if (!last || own.some(({ from, ends }) => from === 'then' && ends)) return [];
  const sounding = soundingAt(call, now);
  const [first] = sounding;
  // A progress message isn't repeated: by then the answer may be there, or AI Flow's timer asks
  // again.
  const cut = sounding.filter((one) => !isOvertaken(call, one) && one.from !== 'progress');
  const common = {
    from: 'rest' as const,
    start: call.starts,
    behind: last.key,
    turn: call.turn,
    ...(cut.some(({ guarded }) => guarded === 'urgent') && { rules: { urgent: true } }),
  };
  // What hasn't begun is said from its beginning.
  const unheard = cut.flatMap((one) => unheardOf(call, one, one === first ? now : 0));
  return restsOf(call, unheard, `${own[0]?.key}.r`, common);
}

/**
 * What is said again, as utterances. Each knows the sentence that it comes from, and the
 * interruption if there was one.
 */
export function restsOf(
  call: Call,
  unheard: readonly Unheard[],
  key: string,
  common: Common,
): Utterance[] {
  const actions = unheard.map(({ action }) => action);
  return utterancesOf(actions, key, common).map((one, index) => {
    const of = utteranceIn(call, unheard[index]?.of);
    return { ...one, ...(of && { after: of.key }), ...(of?.trigger && { trigger: of.trigger }) };
  });
}
