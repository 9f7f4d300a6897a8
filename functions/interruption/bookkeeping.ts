import type { Log } from '../runtime/log.ts';
import type { Claim, Replacement, Session, SessionStore } from '../sessions/session.ts';
import { dropAll } from './drop.ts';
import type { Outcomes } from './outcomes.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly outcomes: Outcomes;
  readonly log: Log;
}

/** What is written around a push. None of it throws: what has been sent is sent. */
export function createBookkeeping({ sessions, outcomes, log }: Parts) {
  return { note, left, over, takenBack, released };

  /** `false` if it couldn't be. */
  async function note(session_id: string, replacement: Replacement): Promise<boolean> {
    try {
      await sessions.noteReplacement(session_id, replacement);
      return true;
    } catch (error) {
      log.error('note_failed', { session_id, error });
      return false;
    }
  }

  async function left({ session_id, key }: Claim): Promise<void> {
    await sessions.markSent(session_id, key).catch((error: unknown) => {
      log.error('mark_sent_failed', { session_id, error });
    });
  }

  /** AI Flow knows it first: the `session_end` that comes finds the call over, and looks for nobody. */
  async function over(session_id: string): Promise<void> {
    try {
      const session = await sessions.record({ session_id, kind: 'end' });
      if (session !== 'ended' && session.waiting) await dropAll({ sessions, outcomes }, session_id);
    } catch (error) {
      log.error('end_not_recorded', { session_id, error });
    }
  }

  async function takenBack(claim: Claim, before: Session): Promise<void> {
    await sessions.takeBack(claim, before).catch((error: unknown) => {
      log.error('take_back_failed', { session_id: claim.session_id, error });
    });
  }

  async function released(claim: Claim): Promise<void> {
    await sessions.release(claim).catch((error: unknown) => {
      log.error('release_failed', { session_id: claim.session_id, error });
    });
  }
}
