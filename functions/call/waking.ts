import type { Call, Utterance } from './document.ts';
import { hasStopped, overBy, SPEAKS_AT_MOST_MS, soundingAt, undecidedUntil } from './evidence.ts';
import { crossedUntil, predecessorOf } from './queue.ts';
import { CONFIRMED_WITHIN_MS } from './settle.ts';
import { isUnconfirmed, soundsIn, waitingIn } from './utterances.ts';

/** A moment later than what is waited for. */
const AFTER_MS = 50;

/** When what something waits for may be over though no event says so; nothing where AI Flow's own timer tells. */
export function wakeAt(call: Call, now: number): number | undefined {
  const waiting = waitingIn(call).filter((one) => !isTimed(call, one));
  if (waiting.length === 0 || call.ended !== undefined) return undefined;
  const times = [
    ...call.pending.map(({ until }) => until),
    ...soundingAt(call, now, true).flatMap((one) => [overBy(call, one), overBy(call, one, true)]),
    ...undecidedUntil(call),
    ...(call.caller_speaks === undefined ? [] : [call.caller_speaks + SPEAKS_AT_MOST_MS]),
    ...call.queue.flatMap(({ sent }) =>
      sent?.unsure === true ? [sent.at + CONFIRMED_WITHIN_MS] : [],
    ),
    ...waiting.flatMap(({ expires_at }) => expires_at ?? []),
    ...waiting.flatMap(({ falls, behind }) => (falls ? crossedUntil(call, behind) : [])),
  ].filter((at) => at > now);
  return times.length > 0 ? Math.min(...times) + AFTER_MS : undefined;
}

/** Whether AI Flow's timer looks soon enough: it is slower than a wait for words, which what ends a call can bear. */
function isTimed(call: Call, { behind, with: along, ends }: Utterance): boolean {
  if (along !== undefined) return true;
  const before = predecessorOf(call, behind);
  // Perhaps AI Flow has never taken it.
  if (!before?.timer || isUnconfirmed(before)) return false;
  if (before !== soundsIn(call).at(-1)) return false;
  if (hasStopped(call, before)) return false;
  return before.end === undefined || (before.end.how === 'early' && ends !== undefined);
}
