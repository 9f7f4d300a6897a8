import type { ActionDraft } from '../protocol/actions.ts';
import type { Tts } from '../protocol/settings.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Session, SessionStore } from '../sessions/session.ts';
import { isWaiting, patiently } from './patience.ts';
import type { Interruption } from './request.ts';
import { endsCall, restOf } from './speech.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** How an interruption is said in this call: with which voice, and what of the cut sentence is said again. */
export function createManner({ sessions, clock, log }: Parts) {
  return { voiceFor, resuming };

  /** The voice that the call has been using, if something is to be said without one. */
  async function voiceFor(session_id: string, { actions, follow_up, resume }: Interruption): Promise<Tts | undefined> {
    const voiceless = [...actions, ...follow_up].some((action) => action.type === 'speak' && !action.tts);
    if (!voiceless && !resume) return undefined;
    return sessions.voice(session_id).catch((error: unknown) => {
      log.error('voice_not_read', { session_id, error });
      return undefined;
    });
  }

  /** The interruption, followed by the rest of the sentence that it cuts. */
  async function resuming(session_id: string, interruption: Interruption): Promise<Interruption> {
    const { replacement, follow_up } = interruption;
    // Nothing is said after a goodbye.
    const rest = replacement && !endsCall(follow_up) && (await restOfCut(session_id));
    if (!rest) return { ...interruption, resume: false };
    return { ...interruption, follow_up: [...follow_up, { type: 'speak', text: rest }] };
  }

  async function restOfCut(session_id: string): Promise<string | undefined> {
    const [sentence, session] = await Promise.all([sessions.sentence(session_id), sessions.read(session_id)]);
    const over = !sentence || !session || (session.playback.silence_at ?? 0) >= sentence.at;
    return over ? undefined : restOf(sentence, clock.now());
  }
}

/** The same in a voice, where it has none of its own; and whoever waits for a job goes on waiting after it. */
export function saidTo(session: Session, tts: Tts | undefined, interruption: Interruption): Interruption {
  const voiced = (action: ActionDraft) => (tts && action.type === 'speak' && !action.tts ? { ...action, tts } : action);
  const suited = (actions: readonly ActionDraft[]) => (isWaiting(session) ? patiently(actions) : actions).map(voiced);
  return { ...interruption, actions: suited(interruption.actions), follow_up: suited(interruption.follow_up) };
}
