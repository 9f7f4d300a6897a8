/** What happened in a call, as far as a recording needs it. Times are ms since 1970. */
export type Recorded =
  /** An event that came `at`, and its answer `took_ms` later. */
  | {
      kind: 'event';
      at: number;
      took_ms: number;
      event: unknown;
      actions: readonly unknown[];
      /** Its call flow asks for secret digits: no digit that the caller gives is kept. */
      secret?: true;
    }
  /** Actions that were sent without being asked for. */
  | { kind: 'pushed'; at: number; actions: readonly unknown[] }
  /** An interruption as it was requested, whatever came of it. */
  | { kind: 'interruption'; at: number; interruption: unknown };

/** Keeps calls, for whoever has asked for that. */
export interface Recorder {
  /** Neither throws nor makes anybody wait. */
  keep(session_id: string, recorded: Recorded): void;
  /** Until what has been given to it is kept, or can't be. Never rejects. */
  kept(): Promise<void>;
}
