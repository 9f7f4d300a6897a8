import type { CallStore } from '../call/call-store.ts';
import type { Decision } from '../call/decide.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { newId } from '../runtime/new-id.ts';
import type { Outcomes } from './outcomes.ts';

/**
 * Has somebody look at a call again, at a time (ms since 1970). `failing_since`: nobody could since
 * then.
 */
export type Wake = (session_id: string, at: number, failing_since?: number) => Promise<void>;

export interface ConsequenceParts {
  readonly sessions: CallStore;
  readonly outcomes: Outcomes;
  /** Without it nobody looks at a call before its next event. */
  readonly wake?: Wake | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Carries out what follows from a decision. Nothing here throws, because what the caller hears is
 * already decided.
 */
export function createConsequences({ sessions, outcomes, wake, clock, log }: ConsequenceParts) {
  return { list, carryOut };

  /** Lists a call beside its write, so that it can be found as soon as it is there. */
  async function list({ call, list: targets = [] }: Decision): Promise<void> {
    if (targets.length === 0) return;
    await sessions.list(call, targets).catch((error: unknown) => recordUnlisted(call.id, error));
  }

  /** Carries out what follows once the call is written. */
  async function carryOut({ call, publish, unlist = [], wake: at }: Decision): Promise<void> {
    const { id: session_id } = call;
    const failed = (what: string) => (error: unknown) => log.error(what, { session_id, error });
    await Promise.all([
      publish.length > 0 && outcomes.publish(publish),
      unlist.length > 0 && sessions.unlist(call, unlist).catch(failed('listing_kept')),
      at !== undefined && wake?.(session_id, at).catch(failed('not_woken')),
    ]);
  }

  /** A listing that fails costs an interruption, never the call: its next event lists it again. */
  async function recordUnlisted(session_id: string, error: unknown): Promise<void> {
    log.error('listing_failed', { session_id, error });
    const fact = { id: newId(), at: clock.now(), kind: 'unlisted' } as const;
    await sessions
      .record(session_id, fact)
      .catch((error: unknown) => log.error('listing_lost', { session_id, error }));
  }
}
