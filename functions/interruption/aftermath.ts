import type { ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, type EventOf, isKnown } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import { isSpeaking, refusal } from '../sessions/playback.ts';
import type { Session, SessionStore, Tracked, Waiting } from '../sessions/session.ts';
import type { Outcomes, SkipReason } from './outcomes.ts';
import { fingerprint, pushOf } from './speech.ts';

/** What earlier interruptions have to say at an event. */
export interface Aftermath {
  /** The `then` of a replacement that has just been heard. */
  readonly due: readonly ActionDraft[];
  /** One that waited and goes out now. */
  readonly lead?: Waiting;
}

interface Parts {
  readonly sessions: SessionStore;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
}

/** Follows interruptions through the events of their call: heard, ended, still waiting. */
export function createAftermath({ sessions, outcomes, clock }: Parts) {
  return { of, follow, putOff };

  /** `signal` is that of the answer which takes along what waits; an event without an answer has none. */
  async function of(event: AiFlowEvent, session: Session, signal?: AbortSignal): Promise<Aftermath> {
    const { replacement, waiting } = session;
    if (replacement && isSpeech(event)) await heard(event, session.id, replacement);
    const due = replacement && hasEnded(event, replacement) ? await sessions.takeFollowUp(session.id, replacement) : [];
    if (event.type === 'session_end' && waiting > 0) await tooLate(session.id);
    if (waiting === 0 || due.length > 0 || !signal || inMidSentence(event, replacement)) return { due };
    const lead = await firstWaiting(session, signal);
    return lead ? { due, lead } : { due };
  }

  /** Puts what the template answered behind a lead: in one array it would talk over it. */
  async function follow(session_id: string, lead: Waiting, answer: readonly ActionDraft[]): Promise<void> {
    if (lead.follow_up.length > 0 || answer.length === 0) return;
    await start(session_id, { ...lead, follow_up: answer });
  }

  /**
   * Puts an answer behind an interruption that landed while it was computed, and would be talked over by it. `true` if
   * it needn't be given now.
   */
  async function putOff(before: Session, answer: readonly ActionDraft[]): Promise<boolean> {
    const now = await sessions.read(before.id);
    const { replacement } = now ?? {};
    if (!now || !replacement || replacement.key === before.replacement?.key) return false;
    if (!isSpeaking(now.playback, clock.now())) return false;
    const note = await sessions.replacement(before.id, replacement.key);
    // What the interruption brings along knows more than an older answer.
    if (note && note.follow_up.length > 0) return true;
    const followed = { ...(note ?? { key: replacement.key, id: '', triggered_at: clock.now() }), follow_up: answer };
    return sessions.addFollowUp(before.id, followed);
  }

  async function heard(event: EventOf<'assistant_speak'>, session_id: string, tracked: Tracked): Promise<void> {
    if (tracked.heard) return;
    const note = await sessions.replacement(session_id, tracked.key);
    const says = fingerprint(event);
    // Some voices send no text: then it is whatever starts after the interruption.
    if (!note || (says !== undefined && says !== note.says)) return;
    if (!(await sessions.markHeard(session_id, tracked.key))) return;
    const took_ms = Math.max(0, event.speech_started_at - note.triggered_at);
    await outcomes.publish([{ interruption_id: note.id, session_id, outcome: 'heard', took_ms }]);
  }

  /** After `[barge_in, B]` the first end is that of the sentence that was cut. */
  function hasEnded(event: AiFlowEvent, tracked: Tracked): boolean {
    return event.type === 'assistant_speech_ended' && tracked.follow_up && isOver(tracked);
  }

  function isOver({ heard, after }: Tracked): boolean {
    return heard || clock.now() >= after;
  }

  /** What waits would cut a sentence that has only just begun: often the interruption before it, or the answer it put off. */
  function inMidSentence(event: AiFlowEvent, tracked: Tracked | undefined): boolean {
    if (event.type === 'assistant_speech_ended') return tracked !== undefined && !isOver(tracked);
    return isSpeech(event);
  }

  /** The first that may be said now. Those that no longer make sense go with an outcome; one that must wait holds all. */
  async function firstWaiting(session: Session, signal: AbortSignal): Promise<Waiting | undefined> {
    for (const waiting of await sessions.waiting(session.id)) {
      const reason = clock.now() >= waiting.expires_at ? 'expired' : refused(session, waiting);
      if (reason === 'expired' || reason === 'stale_turn') await drop(session.id, waiting, reason);
      else if (reason) return undefined;
      else if (await sessions.take(session.id, waiting)) return lead(session.id, waiting, signal);
    }
    return undefined;
  }

  function refused(session: Session, waiting: Waiting) {
    return refusal({ session, ended: false }, { ...waiting, owner: '' }, clock.now());
  }

  async function lead(session_id: string, waiting: Waiting, signal: AbortSignal): Promise<Waiting | undefined> {
    // The answer went out without it: it goes on waiting.
    if (signal.aborted) {
      await sessions.wait(session_id, waiting);
      return undefined;
    }
    const delivered = { interruption_id: waiting.id, session_id, outcome: 'delivered' as const };
    await Promise.all([outcomes.publish([delivered]), start(session_id, waiting)]);
    return waiting;
  }

  async function start(session_id: string, waiting: Waiting): Promise<void> {
    const { actions, follow_up, urgent = false } = waiting;
    const { replacement } = pushOf(actions, follow_up.length > 0, urgent, clock.now());
    if (replacement) await sessions.startReplacement(session_id, waiting, replacement);
  }

  async function tooLate(session_id: string): Promise<void> {
    for (const waiting of await sessions.waiting(session_id)) await drop(session_id, waiting, 'session_ended');
  }

  async function drop(session_id: string, waiting: Waiting, reason: SkipReason): Promise<void> {
    if (!(await sessions.take(session_id, waiting))) return;
    await outcomes.publish([{ interruption_id: waiting.id, session_id, outcome: 'skipped', reason }]);
  }
}

const isSpeech = (event: AiFlowEvent): event is EventOf<'assistant_speak'> =>
  isKnown(event) && event.type === 'assistant_speak';
