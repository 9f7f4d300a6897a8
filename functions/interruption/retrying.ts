import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Outcome } from './outcomes.ts';
import { messagesFor, type Queue } from './passing-on.ts';
import type { Interruption } from './request.ts';

interface Parts {
  readonly queue: Queue;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** 0–1. */
  readonly random?: () => number;
}

/**
 * Has it tried again for the calls for which it failed for the moment, put back until `until` (ms since 1970); gives the
 * outcomes that are final by now, and those that the queue didn't take.
 */
export type Retry = (
  outcomes: readonly Outcome[],
  interruption: Interruption,
  until: number,
) => Promise<readonly Outcome[]>;

/** What failed for the moment is put back on the queue, as the same interruption, while it has not expired. */
export function createRetrying({ queue, clock, log, random = Math.random }: Parts): Retry {
  return async function retry(outcomes, interruption, until) {
    const failed = interruption.dry_run ? [] : outcomes.filter(isForTheMoment);
    if (failed.length === 0) return outcomes;
    const others = outcomes.filter((outcome) => !failed.includes(outcome));
    const delay_seconds = delayFor(clock.now() - interruption.triggered_at) + Math.round(random());
    const isLast = clock.now() + delay_seconds * 1000 >= interruption.expires_at;
    const left = isLast
      ? failed.map(forGood)
      : await putBack(failed, interruption, delay_seconds, until);
    return [...others, ...left];
  };

  async function putBack(
    failed: Outcome[],
    interruption: Interruption,
    delay_seconds: number,
    until: number,
  ) {
    const { id: interruption_id, passed_on_for } = interruption;
    const ids = failed.map(({ session_id }) => session_id ?? passed_on_for);
    const messages = messagesFor(interruption, ids).map((message) => ({
      ...message,
      delay_seconds,
    }));
    const { items: lost, error } = await queue.put(messages, until);
    if (lost.length > 0)
      log.error('queue_unavailable', { interruption_id, count: lost.length, error });
    const left = failed.filter((_outcome, n) => lost.some((message) => message === messages[n]));
    for (const { session_id, error: failure } of failed.filter(
      (outcome) => !left.includes(outcome),
    )) {
      const about = { ...(session_id && { session_id }), interruption_id, code: failure?.code };
      log.warn('interruption_retried', { ...about, delay_seconds });
    }
    return left;
  }
}

/** What the queue itself hasn't taken a moment ago isn't put there again. */
const isForTheMoment = ({ error }: Outcome) =>
  error?.retryable === true && error.code !== 'queue_unavailable';

/** The next try would come too late. */
const forGood = ({ error, ...outcome }: Outcome): Outcome => ({
  ...outcome,
  ...(error && { error: { ...error, retryable: false } }),
});

/** Seconds: what is still good after hours isn't tried every other second for so long. */
const delayFor = (age_ms: number) => Math.min(60, Math.max(2, Math.floor(age_ms / 10_000)));
