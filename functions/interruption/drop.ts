import { createLimit } from '../runtime/limit.ts';
import type { SessionStore, Waiting } from '../sessions/session.ts';
import type { Outcomes, SkipReason } from './outcomes.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly outcomes: Outcomes;
}

/** An interruption that waits in vain, and why. */
export interface Over {
  readonly waiting: Waiting;
  readonly reason: SkipReason;
}

const AT_ONCE = 20;

/**
 * Takes away interruptions that wait; whoever has done so says why, and gets them. All at once: a caller may be waiting
 * for the answer, and an answer in parts leaves many behind.
 */
export async function drop({ sessions, outcomes }: Parts, session_id: string, over: readonly Over[]): Promise<Over[]> {
  const atOnce = createLimit(AT_ONCE);
  const mine = await Promise.all(over.map(({ waiting }) => atOnce(() => sessions.take(session_id, waiting))));
  const taken = over.filter((_one, n) => mine[n]);
  const events = taken.map(({ waiting: { id: interruption_id }, reason }) => ({ interruption_id, reason }));
  if (taken.length > 0) await outcomes.publish(events.map((one) => ({ ...one, session_id, outcome: 'skipped' })));
  return taken;
}

/** Whoever waits for a call that is over waits in vain. */
export async function dropAll(parts: Parts, session_id: string): Promise<void> {
  const all = await parts.sessions.waiting(session_id);
  await drop(
    parts,
    session_id,
    all.map((waiting) => ({ waiting, reason: 'session_ended' })),
  );
}
