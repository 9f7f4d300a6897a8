import type { ActionDraft } from '../protocol/actions.ts';
import type { Call, Utterance } from './document.ts';
import { inOneBreath, isTakenBack, predecessorOf, send } from './queue.ts';
import { resuming } from './resuming.ts';
import { changed, utteranceIn, waitingIn } from './utterances.ts';

/** How something leaves: by which input, when, whether the call can be reached without an event of its own. */
export interface Leaving {
  readonly by: string;
  readonly now: number;
  readonly pushes: boolean;
  /** Nobody knows yet whether it arrives. */
  readonly unsure?: boolean;
}

/** Of silence after what is said to a caller who waits: then AI Flow asks again, and hears of the progress. */
const PATIENCE_SECONDS = 5;
/** Of silence after which nobody has cut what was said. */
const CERTAIN_SECONDS = 3;
/** Of silence behind what was said to a caller who is to enter digits: then they are asked for once more. */
const ENTRY_SECONDS = 8;

/** Sends something that waits; gives the actions that go out, in order. */
export function leave(
  call: Call,
  key: string,
  { by, now, pushes, unsure }: Leaving,
): [Call, ActionDraft[]] {
  const keys = inOneBreath(call, key);
  return inOneArray(send(resuming(call, key, now), key, by, now, unsure), keys, pushes);
}

/** What has left together, as the actions that go out, in order. */
export function inOneArray(
  call: Call,
  keys: readonly string[],
  pushes: boolean,
): [Call, ActionDraft[]] {
  const timed = withTimer(call, keys, pushes);
  return [timed, keys.flatMap((own) => utteranceIn(timed, own)?.actions ?? [])];
}

/** AI Flow itself is to say that nobody spoke, where something depends on it: on the last sentence of an array. */
function withTimer(call: Call, keys: readonly string[], pushes: boolean): Call {
  const own = call.queue.filter((one) => keys.includes(one.key));
  const last = own.findLast(({ length }) => length);
  if (!last || last.timer) return call;
  const seconds = secondsNeeded(call, last, pushes);
  const place = last.actions.findLastIndex(({ type }) => type === 'speak');
  if (!seconds || place < 0) return call;
  return changed(call, last.key, (one) => ({
    ...one,
    timer: { seconds, ours: true },
    actions: one.actions.map((action, at) =>
      at === place ? ({ ...action, user_input_timeout_seconds: seconds } as ActionDraft) : action,
    ),
  }));
}

/** What must not come undone first, then who waits for a job, then whether somebody is there, or enters digits. */
function secondsNeeded(call: Call, last: Utterance, pushes: boolean): number | undefined {
  const waiting = waitingIn(call);
  const isEnd = waiting.some(
    (one) =>
      one.ends &&
      !(one.falls && isTakenBack(call, one.behind)) &&
      predecessorOf(call, one.behind)?.key === last.key,
  );
  if (isEnd) return CERTAIN_SECONDS;
  if (call.jobs.length > 0) return PATIENCE_SECONDS;
  if (!pushes && waiting.length > 0) return CERTAIN_SECONDS;
  return call.asks_after ?? (call.entry && ENTRY_SECONDS);
}
