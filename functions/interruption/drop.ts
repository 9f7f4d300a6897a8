import type { SessionStore, Waiting } from '../sessions/session.ts';
import type { Outcomes, SkipReason } from './outcomes.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly outcomes: Outcomes;
}

/** Takes away an interruption that waits; whoever has done so says why. `false` if it was no longer there. */
export async function drop({ sessions, outcomes }: Parts, session_id: string, waiting: Waiting, reason: SkipReason) {
  const taken = await sessions.take(session_id, waiting);
  if (taken) await outcomes.publish([{ interruption_id: waiting.id, session_id, outcome: 'skipped', reason }]);
  return taken;
}

/** Whoever waits for a call that is over waits in vain. */
export async function dropAll(parts: Parts, session_id: string): Promise<void> {
  for (const waiting of await parts.sessions.waiting(session_id)) {
    await drop(parts, session_id, waiting, 'session_ended');
  }
}
