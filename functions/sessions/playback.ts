import type { Claim, Guard, Playback, Refusal, Session } from './session.ts';

/** Whether the assistant is speaking, as far as its events and our own answers tell. */
export function isSpeaking({ speech, silence_at = 0 }: Playback, now: number): boolean {
  return speech !== undefined && now < speech.until && silence_at < speech.after;
}

/** What kind of guard stands over what is being said, or is about to be. */
export function guardOf({ guard, speech, silence_at = 0 }: Playback, now: number): Guard['kind'] | undefined {
  if (!guard || now >= guard.until) return undefined;
  const over = speech !== undefined && speech.at >= guard.at && silence_at >= speech.after;
  return over ? undefined : guard.kind;
}

/** A session as a claim meets it. */
export interface Met {
  readonly session: Session;
  readonly ended: boolean;
  /** Who holds the claim on the same key. */
  readonly owner?: string | undefined;
}

type Rules = Pick<Claim, 'label' | 'owner' | 'if_turn' | 'only_if_speaking' | 'after_current' | 'urgent' | 'force'>;

/** Why a session can't be claimed. The condition of the claim's write says the same in DynamoDB's words. */
export function refusal(met: Met | undefined, rules: Rules, now: number): Refusal | undefined {
  if (!met) return 'unknown_session';
  const { session, ended, owner } = met;
  // Whom a label no longer names, nobody asked for.
  if (rules.label !== undefined && !session.labels.includes(rules.label)) return 'unknown_session';
  if (ended) return 'session_ended';
  if (session.transferred) return 'transferred';
  if (owner !== undefined && owner !== rules.owner) return 'duplicate';
  if (rules.if_turn !== undefined && rules.if_turn !== session.turn) return 'stale_turn';
  const speaking = isSpeaking(session.playback, now);
  // What lets the sentence end doesn't cut it, guarded or not.
  if (rules.after_current && speaking) return 'speaking';
  const guard = rules.force ? undefined : guardOf(session.playback, now);
  if (guard === 'protected') return 'protected';
  if (guard === 'urgent' && !rules.urgent) return 'outranked';
  return rules.only_if_speaking && !speaking ? 'not_speaking' : undefined;
}
