import { type Claim, type Guard, isNamed, type Playback, type Refusal, type Session } from './session.ts';

/** Whether the assistant is speaking, as far as its events and our own answers tell. */
export function isSpeaking({ speech, silence_at = 0 }: Playback, now: number): boolean {
  return speech !== undefined && now < speech.until && silence_at < speech.after;
}

/** A lost `assistant_speech_ended` must not make an assistant speak for ever. */
export const LOST_END_MS = 2_000;

/** What was sent longer ago has reached the caller's ear, or never will. */
export const BEGINS_WITHIN_MS = 2_000;

/**
 * Whether a caller whose silence AI Flow asks about hears nothing: of a voice that doesn't report itself the question
 * itself tells that what had begun is over. `changes.ts` says the same in DynamoDB's words.
 */
export function isSilent(playback: Playback, now: number): boolean {
  const { speech } = playback;
  const reported = speech?.after === speech?.at;
  return !isSpeaking(playback, now) || (speech !== undefined && !reported && speech.at <= now - BEGINS_WITHIN_MS);
}

/** More than this share of a sentence, and so many ms of it, are missing when somebody has cut it. */
const MISSING = { share: 0.2, ms: 500 };

/** An end that comes so soon after a beginning is that of the sentence before: the two cross on their way. */
const CROSSING_MS = 300;

/** Whether speech that has told its length ended `at` a time (ms since 1970) that is well before its own. */
export function endedEarly({ speech }: Playback, at: number): boolean {
  if (!speech || speech.after !== speech.at || at < speech.at + CROSSING_MS) return false;
  const endsAt = speech.until - LOST_END_MS;
  return endsAt - at > Math.max(MISSING.ms, (endsAt - speech.at) * MISSING.share);
}

/** What kind of guard stands over what is being said, or is about to be. */
export function guardOf({ guard, speech, silence_at = 0 }: Playback, now: number): Guard['kind'] | undefined {
  if (!guard || now >= guard.until) return undefined;
  const itsSpeechEnded = speech !== undefined && speech.at >= guard.at && silence_at >= speech.after;
  return itsSpeechEnded || silence_at >= guard.after ? undefined : guard.kind;
}

/** A `user_speech_started` without its `user_speak` was a noise, or one of them got lost. */
export const SPEAKS_AT_MOST_MS = 15_000;

/** Whether the caller is in the middle of saying something, as far as the WebSocket tells. */
export function callerSpeaks({ caller_speaks }: Session, now: number): boolean {
  return caller_speaks !== undefined && now < caller_speaks + SPEAKS_AT_MOST_MS;
}

/** A session as a claim meets it. */
export interface Met {
  readonly session: Session;
  readonly ended: boolean;
  /** Who holds the claim on the same key. */
  readonly owner?: string | undefined;
}

/** What a claim asks of its session. */
export type Rules = Omit<Claim, 'session_id' | 'key' | 'push'>;

/** Why a session can't be claimed. `rules.ts` says the same in DynamoDB's words. */
export function refusal(met: Met | undefined, rules: Rules, now: number): Refusal | undefined {
  if (!met) return 'unknown_session';
  const { session, ended, owner } = met;
  // Whom the target no longer names, nobody asked for.
  if (!isNamed(session, rules)) return 'unknown_session';
  if (ended) return 'session_ended';
  if (session.transferred) return 'transferred';
  if (owner !== undefined && owner !== rules.owner) return 'duplicate';
  if (rules.if_turn !== undefined && rules.if_turn !== session.turn) return 'stale_turn';
  if (rules.not_while_caller_speaks && session.connection === undefined) return 'websocket_only';
  if (rules.needs_connection && session.connection === undefined) return 'no_connection';
  if (rules.not_while_caller_speaks && callerSpeaks(session, now)) return 'caller_speaks';
  const speaking = isSpeaking(session.playback, now);
  // What lets the sentence end doesn't cut it, guarded or not.
  if (rules.after_current && speaking) return 'speaking';
  // Its turn comes at an event, after what it follows.
  if (rules.behind !== undefined && session.replacement?.key !== rules.behind) return 'speaking';
  const guard = rules.force ? undefined : guardOf(session.playback, now);
  if (guard === 'protected') return 'protected';
  if (guard === 'urgent' && !rules.urgent) return 'outranked';
  return rules.only_if_speaking && !speaking ? 'not_speaking' : undefined;
}
