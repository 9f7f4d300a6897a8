import type { Clock } from '../runtime/clock.ts';

/** AI Flow wants an answer within a second; some of it is the way back. */
export const ANSWER_WITHIN_MS = 800;
/** A cold start may have used the time up: this much is left for an answer all the same. */
export const AT_LEAST_MS = 150;

/** When the answer must go out (ms since 1970), for a request that API Gateway took at `receivedAt`. */
export const deadlineFor = (receivedAt: number | undefined, now: number): number =>
  Math.max(Math.min(receivedAt ?? now, now) + ANSWER_WITHIN_MS, now + AT_LEAST_MS);

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  readonly expose = true;
}

/** Runs `work` until `at` at most, then aborts its signal and rejects with {@link DeadlineExceeded}. */
export function withDeadline<T>(
  clock: Clock,
  at: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  const signal = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(at - clock.now(), () => {
      const error = new DeadlineExceeded('no answer in time');
      controller.abort(error);
      reject(error);
    });
    work(signal).then(resolve, reject).finally(cancel);
  });
}
