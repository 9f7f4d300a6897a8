/** What came of an interruption for one session. */
export interface Outcome {
  readonly session_id?: string;
  /** `deferred` waits for an event, or for its moment. */
  readonly outcome: 'delivered' | 'deferred' | 'skipped' | 'failed';
  readonly reason?: SkipReason;
  readonly error?: OutcomeError;
  /** Asked for by `resume`: whether what was cut will be said again. */
  readonly resumed?: boolean;
  /** Of a duplicate: the first interruption with this id said something else. */
  readonly differs?: true;
  /** It has been published already. No reply holds this. */
  readonly published?: true;
}

/**
 * The first that holds, in this order. Something that waits may also be silenced, or fall with its
 * predecessor.
 */
export type SkipReason =
  | Refusal
  | 'declined'
  | 'not_waiting'
  | 'silenced'
  | 'cut'
  | 'in_doubt'
  | 'refused';

/** Why a call isn't interrupted. */
export type Refusal =
  | 'expired'
  | 'unknown_session'
  | 'session_ended'
  | 'transferred'
  | 'duplicate'
  | 'cancelled'
  | 'stale_turn'
  | 'protected'
  | 'outranked'
  | 'not_speaking'
  | 'queue_full';

export interface OutcomeError {
  /**
   * `unreachable`, `refused`, `too_large`, `websocket_only`, `in_doubt`, `store_unavailable`,
   * `contended`, `queue_unavailable`, …
   */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** An outcome as others in AWS see it. Holds no text and no number. */
export interface OutcomeEvent extends Omit<Outcome, 'outcome' | 'published'> {
  readonly interruption_id: string;
  /** `then_skipped`: it was said, and what was to follow it never comes. */
  readonly outcome: Outcome['outcome'] | 'heard' | 'then_skipped';
  /** From the trigger to the first word, with `heard`. */
  readonly took_ms?: number;
}

/** Nothing of it is heard in this call, or in any without a `session_id`. */
export const skippedAs = (session_id: string | undefined, reason: SkipReason): Outcome => ({
  ...(session_id !== undefined && { session_id }),
  outcome: 'skipped',
  reason,
});

/** A failure of one call, or of all of them without a `session_id`. */
export const failed = (
  session_id: string | undefined,
  code: string,
  message: string,
  retryable: boolean,
): Outcome => ({
  ...(session_id !== undefined && { session_id }),
  outcome: 'failed',
  error: { code, message, retryable },
});
