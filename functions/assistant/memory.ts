import { type AiFlowEvent, partiesOf } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { freshSession, type Session, type SessionChanges, type SessionStore } from '../sessions/session.ts';
import { type Received, withDeadline } from './deadline.ts';
import type { Step } from './dispatch.ts';
import { happeningOf } from './effects.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Happened {
  readonly event: AiFlowEvent;
  readonly step: Step;
  readonly received: Received;
}

/** Known: read from the store, so there is a row to change. */
export type Recorded = Session & { readonly known: boolean };

/** The memory of calls. An outage of DynamoDB costs it, not the call: nothing here throws. */
export function createMemory({ sessions, clock, log }: Parts) {
  return { recorded, keep };

  /** The session after this event; without DynamoDB a fresh one. */
  async function recorded({ event, step, received }: Happened, signal: AbortSignal): Promise<Recorded | 'ended'> {
    const { kind } = step;
    const { id } = event.session;
    const halfway = clock.now() + (received.deadline - clock.now()) / 2;
    try {
      const happening = happeningOf(event, kind, received);
      const session = await withDeadline(clock, halfway, (inner) => sessions.record(happening, inner), signal);
      return session === 'ended' ? session : { ...session, known: true };
    } catch (error) {
      log.error('session_not_read', { session_id: id, event: event.type, error });
      return { ...freshSession(id, kind === 'turn' ? 1 : 0), ...partiesOf(event), known: false };
    }
  }

  async function keep({ id: session_id, known }: Recorded, changes: SessionChanges, signal: AbortSignal) {
    if (!known) return;
    try {
      const kept = await sessions.change(session_id, changes, signal);
      if (!kept) log.warn('session_not_changed', { session_id });
    } catch (error) {
      log.error('session_not_changed', { session_id, error });
    }
  }
}
