import type { Clock } from '../runtime/clock.ts';

/** AI Flow wants an answer within a second; some of it is the way back. */
export const ANSWER_WITHIN_MS = 800;
/** A cold start may have used the time up: this much is left for an answer all the same. */
export const AT_LEAST_MS = 150;

/** Both ms since 1970: when API Gateway took the event, and when its answer must go out. */
interface Times {
  readonly at: number;
  readonly deadline: number;
}

export interface Received extends Times {
  /** API Gateway's id of the WebSocket that it came over. */
  readonly connection?: string | undefined;
  /** Name of the call flow that the gateway wants for this call. */
  readonly template?: string | undefined;
}

/**
 * The times of a request that API Gateway took at `receivedAt`; a clock that is ahead of ours
 * doesn't count.
 */
export function timesFor(receivedAt: number | undefined, now: number): Times {
  const at = Math.min(receivedAt ?? now, now);
  return { at, deadline: Math.max(at + ANSWER_WITHIN_MS, now + AT_LEAST_MS) };
}

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  readonly expose = true;
}

/**
 * Runs `work` until `at` at most, then aborts its signal and rejects with {@link DeadlineExceeded}.
 */
export function withDeadline<T>(
  clock: Clock,
  at: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  // `AbortSignal.any` takes four times as long, for what nothing here needs.
  const follow = () => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  else outer?.addEventListener('abort', follow);
  return abortedAt(clock, at, controller, () => work(controller.signal)).finally(() =>
    outer?.removeEventListener('abort', follow),
  );
}

/** The same for work that knows the signal of its `controller` already. */
export function abortedAt<T>(
  clock: Clock,
  at: number,
  controller: AbortController,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(at - clock.now(), () => {
      const error = new DeadlineExceeded('no answer in time');
      controller.abort(error);
      reject(error);
    });
    work().then(resolve, reject).finally(cancel);
  });
}
