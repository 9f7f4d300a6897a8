import type { Log } from '../runtime/log.ts';
import type { Refusal, WaitReason } from '../sessions/session.ts';

/** What came of an interruption for one session. */
export interface Outcome {
  readonly session_id?: string;
  /** `deferred` waits for the next event. */
  readonly outcome: 'delivered' | 'deferred' | 'skipped' | 'failed';
  readonly reason?: SkipReason;
  readonly error?: OutcomeError;
  /** Asked for by `resume`: whether what was cut will be said again. */
  readonly resumed?: boolean;
}

/** The first that holds, in this order; `declined` by the call's template; a waiting one may also be cancelled. */
export type SkipReason =
  | 'expired'
  | Exclude<Refusal, WaitReason | 'websocket_only'>
  | 'declined'
  | 'cancelled'
  | 'not_waiting';

export interface OutcomeError {
  /** `unreachable`, `refused`, `too_large`, `websocket_only`, `in_doubt`, `store_unavailable`, `queue_unavailable`, … */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** Without a `session_id`: of all calls. */
export const failed = (session_id: string | undefined, code: string, message: string, retryable: boolean): Outcome => ({
  ...(session_id !== undefined && { session_id }),
  outcome: 'failed',
  error: { code, message, retryable },
});

/** The reply, the same from every source that has one. */
export interface Reply {
  /** What to repeat: sent again with this as its `id`, nobody hears it twice. */
  readonly interruption_id: string;
  readonly outcomes: readonly Outcome[];
  /** For how many calls it was passed on to invocations of their own; their outcomes are events. */
  readonly queued?: number;
}

/** An outcome as others in AWS see it. Holds no text and no number. */
export interface OutcomeEvent {
  readonly interruption_id: string;
  readonly session_id?: string;
  readonly outcome: Outcome['outcome'] | 'heard';
  readonly reason?: SkipReason;
  readonly error?: OutcomeError;
  readonly resumed?: boolean;
  /** From the trigger to the first word, with `heard`. */
  readonly took_ms?: number;
}

export interface EventBus {
  put(entries: readonly { detailType: string; detail: object }[]): Promise<void>;
}

/** Tells whoever listens what came of interruptions: on the bus, and as log lines of which metrics are made. */
export interface Outcomes {
  publish(events: readonly OutcomeEvent[]): Promise<void>;
}

export function createOutcomes({ bus, log }: { bus: EventBus; log: Log }): Outcomes {
  return {
    async publish(events) {
      for (const { outcome, ...fields } of events) {
        const level = outcome === 'failed' ? 'error' : 'info';
        log[level](`interruption_${outcome}`, fields);
      }
      // Whoever waits hears of it when it has been said.
      const final = events.filter(({ outcome }) => outcome !== 'deferred');
      if (final.length === 0) return;
      try {
        await bus.put(final.map(({ outcome, ...detail }) => ({ detailType: DETAIL_TYPES[outcome], detail })));
      } catch (error) {
        const { session_id } = final[0] ?? {};
        log.error('outcome_not_published', { ...(session_id && { session_id }), count: final.length, error });
      }
    },
  };
}

const DETAIL_TYPES = {
  deferred: 'Interruption Deferred',
  delivered: 'Interruption Delivered',
  heard: 'Interruption Heard',
  skipped: 'Interruption Skipped',
  failed: 'Interruption Failed',
};
