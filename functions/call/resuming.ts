import type { ActionDraft } from '../protocol/actions.ts';
import type { Call, Utterance } from './document.ts';
import { beginOf, soundingAt } from './evidence.ts';
import { asAuthored } from './listening.ts';
import { isOvertaken, msOf, utterancesOf } from './utterances.ts';
import { restOf } from './words.ts';

/** What is to go out next has waited, and was to give back what it cuts: that is known only now. */
export function resuming(call: Call, key: string, now: number): Call {
  const one = call.queue.find((other) => other.key === key);
  const [first] = soundingAt(call, now);
  // An end that is nobody's may be its own: it has been heard, or the caller has cut it and says why.
  if (!one?.resume || !first || (call.unowned_at ?? 0) >= (first.sent?.at ?? 0)) return call;
  const own = call.queue.filter(({ trigger }) => trigger?.id === one.trigger?.id);
  return { ...call, queue: [...call.queue, ...restBehind(call, own, now)] };
}

/** The sentence that is cut, from its own beginning or that of its last whole part, and what was to follow it. */
export function restBehind(call: Call, own: readonly Utterance[], now: number): Utterance[] {
  const last = own.findLast(({ from, length }) => from === 'interruption' && length);
  if (!last || own.some(({ from, ends }) => from === 'then' && ends)) return [];
  const sounding = soundingAt(call, now);
  const [first] = sounding;
  const cut = sounding.filter((one) => !isOvertaken(call, one));
  const common = {
    from: 'rest' as const,
    start: call.starts,
    behind: last.key,
    turn: call.turn,
    ...(cut.some(({ guarded }) => guarded === 'urgent') && { rules: { urgent: true } }),
  };
  const rests = cut.flatMap((one) =>
    restOfOne(call, one, one === first, now).map((action) => ({ action, after: one.key })),
  );
  const actions = rests.map(({ action }) => action);
  return utterancesOf(actions, `${last.key}.r`, common).map((one, index) => ({
    ...one,
    after: rests[index]?.after,
  })) as Utterance[];
}

function restOfOne(call: Call, one: Utterance, isFirst: boolean, now: number): ActionDraft[] {
  return one.actions.flatMap((action): ActionDraft[] => {
    if (action.type !== 'speak' || action.text === undefined) return [];
    if (!isFirst) return [asAuthored(action, one.timer)];
    const text = restOf(action.text, (now - beginOf(call, one)) / (msOf(one) || 1));
    return text ? [asAuthored({ ...action, text }, one.timer)] : [];
  });
}
