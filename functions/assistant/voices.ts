import type { ActionDraft, DraftOf } from '../protocol/actions.ts';
import type { Log } from '../runtime/log.ts';
import type { SessionStore } from '../sessions/session.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly log: Log;
}

const VOICES_KNOWN = 1_000;

/** Keeps the voice that a call is spoken to with, once for each: a replacement is to be said with it. Never throws. */
export function createVoices({ sessions, log }: Parts) {
  const known = new Map<string, string>();

  return async function keepVoice(session_id: string, answer: readonly ActionDraft[]): Promise<void> {
    const said = answer.findLast((action) => action.type === 'speak' && action.tts) as DraftOf<'speak'> | undefined;
    const voice = JSON.stringify(said?.tts);
    if (!said?.tts || known.get(session_id) === voice) return;
    if (known.size >= VOICES_KNOWN) known.clear();
    known.set(session_id, voice);
    await sessions.keepVoice(session_id, said.tts).catch((error: unknown) => {
      known.delete(session_id);
      log.error('voice_not_kept', { session_id, error });
    });
  };
}
