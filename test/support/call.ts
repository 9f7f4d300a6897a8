import type { CallStore } from '../../functions/call/call-store.ts';
import type { Call } from '../../functions/call/document.ts';
import { fold } from '../../functions/call/fold.ts';
import { SESSION } from './events.ts';

/** A call as it is now, with all that has happened; throws for one that nobody knows. */
export async function callIn(sessions: Pick<CallStore, 'read'>, id = SESSION.id): Promise<Call> {
  const stored = await sessions.read(id);
  if (!stored) throw new Error(`there is no call ${id}`);
  return fold(stored.call);
}
