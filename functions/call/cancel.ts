import { wakeFreed } from './delivered.ts';
import type { Call, Utterance } from './document.ts';
import { CANCELLED, claim, contentOf, type Interrupted, skipped } from './interrupt.ts';
import { withoutRestOf } from './sending.ts';
import { drop, type Settled, settle } from './settle.ts';
import { isBeingSent, waitingIn } from './utterances.ts';
import { keyOf } from './words.ts';

/** What is to be dropped. */
export interface Cancel {
  readonly id: string;
  /** What it said, if it was found among those that lie beside. */
  readonly claimed?: string | undefined;
}

/**
 * Drops whatever of an interruption has not happened yet; what hasn't even come isn't said when it
 * does.
 */
export function cancel(call: Call | undefined, asked: Cancel, now: number): Interrupted {
  const none = skipped(call, 'not_waiting');
  if (!call) return none;
  const { id } = asked;
  const isIts = ({ trigger }: Utterance) => trigger?.id === id;
  const own = waitingIn(call).filter(isIts);
  const jobs = call.jobs.filter(({ key }) => key !== keyOf(id));
  const isWaiting = own.length > 0 || jobs.length < call.jobs.length;
  const isSending = (one: Utterance) => isIts(one) && isBeingSent(one);
  if (!isWaiting && !call.queue.some(isSending))
    return isStillToCome(call, asked)
      ? { ...none, save: true, ...claim(call, id, CANCELLED) }
      : none;
  // What is just being sent isn't sent again.
  const queue = call.queue.map((one) =>
    isSending(one) ? { ...one, cancelled: true as const } : one,
  );
  const unresumed = own.flatMap(({ from, after }) => (from === 'rest' && after) || []);
  const left = own
    .filter(({ from }) => from !== 'rest')
    .reduce((settled, { key }) => drop(settled, key, 'cancelled'), {
      call: unresumed.reduce(withoutRestOf, { ...call, jobs, queue }),
      publish: [],
    } as Settled);
  const { call: settled, publish } = settle(left.call, now);
  const { outcome } = skipped(settled, isWaiting ? 'cancelled' : 'not_waiting');
  return { ...wakeFreed(settled, outcome, now), publish: [...left.publish, ...publish] };
}

const isStillToCome = (call: Call, { id, claimed }: Cancel) =>
  call.ended === undefined && contentOf(call, id, claimed) === undefined;
