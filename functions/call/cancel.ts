import { isGoingOut } from './answer.ts';
import type { Call, Utterance } from './document.ts';
import { type Interrupted, skipped } from './interrupt.ts';
import { dropped, type Settled, settle } from './settle.ts';
import { isBeingSent, waitingIn } from './utterances.ts';
import { keyOf } from './words.ts';

/** Drops whatever of an interruption has not happened yet. */
export function cancel(call: Call | undefined, id: string, now: number): Interrupted {
  const none = skipped(call, 'not_waiting');
  if (!call) return none;
  const isIts = ({ trigger }: Utterance) => trigger?.id === id;
  const own = waitingIn(call).filter(isIts);
  const jobs = call.jobs.filter(({ key }) => key !== keyOf(id));
  const isWaiting = own.length > 0 || jobs.length < call.jobs.length;
  const isSending = (one: Utterance) => isIts(one) && isBeingSent(one);
  if (!isWaiting && !call.queue.some(isSending)) return none;
  const left = own.reduce((settled, { key }) => dropped(settled, key, 'cancelled'), {
    // What is just being sent isn't sent again.
    call: {
      ...call,
      jobs,
      queue: call.queue.map((one) => (isSending(one) ? { ...one, cancelled: true as const } : one)),
    },
    publish: [],
  } as Settled);
  const { call: settled, publish } = settle(left.call, now);
  return {
    ...skipped(settled, isWaiting ? 'cancelled' : 'not_waiting'),
    save: true,
    ...(isGoingOut(settled, now) && { wake: now }),
    publish: [...left.publish, ...publish],
  };
}
