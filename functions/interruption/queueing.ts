import { failed, type Outcome } from '../call/outcome.ts';
import type { NotTaken } from '../runtime/batches.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Message } from '../runtime/message-queue.ts';
import { PASSED_ON_FOR } from './envelopes.ts';
import { type Interruption, requestOf } from './request.ts';

/** Of the stack, and the interrupt function's own source. */
export interface Queue {
  /** Sends until `until` (ms since 1970), and gives those that weren't taken. */
  put(messages: readonly Message[], until?: number): Promise<NotTaken<Message>>;
}

interface Parts {
  readonly queue: Queue;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** 0–1. */
  readonly random?: () => number;
}

/** A call whose turn it is; `undefined` for all that the target names, to be looked up. */
type Turn = string | undefined;

/**
 * Leaves calls to invocations of their own, a message each: the interruption as it was sent, for
 * one of the calls that it names. When that call's turn comes, it is asked again whether the target
 * still names it. Nothing is put on the queue after `until` (ms since 1970).
 */
export function createQueueing({ queue, clock, log, random = Math.random }: Parts) {
  return { passOn, retry };

  /** Hands an interruption on. The outcomes are of those for whom that failed. */
  async function passOn(
    ids: readonly string[],
    interruption: Interruption,
    until: number,
  ): Promise<readonly Outcome[]> {
    const { id: interruption_id } = interruption;
    const lost = await put(ids, interruption, until);
    const count = ids.length - lost.length;
    if (count > 0) log.info('interruption_queued', { interruption_id, count });
    const remedy = `send it again with "id": ${JSON.stringify(interruption_id)}, and who has heard it won't hear it twice`;
    return lost.map((session_id) =>
      failed(session_id, 'queue_unavailable', `it could not be passed on: ${remedy}`, true),
    );
  }

  /**
   * Puts back what failed for the moment, while it has not expired. Gives the outcomes that are
   * final by now, and those that the queue didn't take.
   */
  async function retry(
    outcomes: readonly Outcome[],
    interruption: Interruption,
    until: number,
  ): Promise<readonly Outcome[]> {
    const { id: interruption_id, passed_on_for, triggered_at, expires_at } = interruption;
    const again = interruption.dry_run ? [] : outcomes.filter(isForTheMoment);
    if (again.length === 0) return outcomes;
    const others = outcomes.filter((outcome) => !again.includes(outcome));
    const delay_seconds = delayFor(clock.now() - triggered_at) + Math.round(random());
    const isLast = clock.now() + delay_seconds * 1000 >= expires_at;
    if (isLast) return [...others, ...again.map(forGood)];
    const turnOf = ({ session_id }: Outcome): Turn => session_id ?? passed_on_for;
    const lost = await put(again.map(turnOf), interruption, until, delay_seconds);
    const isLost = (outcome: Outcome) => lost.includes(turnOf(outcome));
    for (const { session_id, error } of again.filter((outcome) => !isLost(outcome))) {
      const about = { ...(session_id && { session_id }), interruption_id, code: error?.code };
      log.warn('interruption_retried', { ...about, delay_seconds });
    }
    return [...others, ...again.filter(isLost)];
  }

  /** Gives those that weren't taken. */
  async function put<T extends Turn>(
    turns: readonly T[],
    interruption: Interruption,
    until: number,
    delay_seconds = 0,
  ): Promise<readonly T[]> {
    const body = JSON.stringify(requestOf(interruption));
    const messages = turns.map((id) => ({
      body,
      attributes: id === undefined ? {} : { [PASSED_ON_FOR]: id },
      delay_seconds,
    }));
    const { items: lost, error } = await queue.put(messages, until);
    if (lost.length > 0) {
      const about = { interruption_id: interruption.id, count: lost.length };
      log.error('queue_unavailable', { ...about, error });
    }
    return turns.filter((_id, n) => lost.includes(messages[n] as Message));
  }
}

export type Queueing = ReturnType<typeof createQueueing>;

/** What the queue itself hasn't taken a moment ago isn't put there again. */
const isForTheMoment = ({ error }: Outcome) =>
  error?.retryable === true && error.code !== 'queue_unavailable';

/** The next try would come too late. */
const forGood = ({ error, ...outcome }: Outcome): Outcome => ({
  ...outcome,
  ...(error && { error: { ...error, retryable: false } }),
});

/** Seconds: what is still good after hours isn't tried every other second for so long. */
export const delayFor = (age_ms: number) => Math.min(60, Math.max(2, Math.floor(age_ms / 10_000)));
