import type { Call, Utterance } from './document.ts';
import { hasStopped, overBy, SPEAKS_AT_MOST_MS, soundingAt, undecidedUntil } from './evidence.ts';
import { crossedUntil, predecessorOf } from './queue.ts';
import { CONFIRMED_WITHIN_MS } from './settle.ts';
import { isUnconfirmed, soundsIn, waitingIn } from './utterances.ts';

/** A little later than the moment itself. */
const AFTER_MS = 50;

/**
 * When to look again, because something that is waited for may be over without an event.
 * `undefined` where AI Flow's own timer reports it.
 */
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

/**
 * Whether AI Flow's timer is soon enough. It is slower than a wait for the caller's words, but that
 * is fine for what ends the call.
 */
function isTimed(call: Call, { behind, with: along, ends }: Utterance): boolean {
  if (along !== undefined) return true;
  const before = predecessorOf(call, behind);
  // AI Flow may never have taken it.
  if (!before?.timer || isUnconfirmed(before)) return false;
  if (before !== soundsIn(call).at(-1)) return false;
  if (hasStopped(call, before)) return false;
  return before.end === undefined || (before.end.how === 'early' && ends !== undefined);
}
