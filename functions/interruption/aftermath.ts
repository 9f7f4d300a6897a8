import type { ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, type EventOf, isKnown } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Session, SessionStore, Tracked, Waiting } from '../sessions/session.ts';
import type { OutcomeEvent, Outcomes } from './outcomes.ts';
import { estimatedMs, fingerprint } from './speech.ts';

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
  return { of, follow };

  /** `signal` is that of the answer which takes along what waits; an event without an answer has none. */
  async function of(event: AiFlowEvent, session: Session, signal?: AbortSignal): Promise<Aftermath> {
    const { replacement, waiting } = session;
    if (replacement && isSpeech(event)) await heard(event, session.id, replacement);
    const due = replacement && hasEnded(event, replacement) ? await sessions.takeFollowUp(session.id, replacement) : [];
    if (event.type === 'session_end' && waiting > 0) await tooLate(session.id);
    if (waiting === 0 || due.length > 0 || !signal || inMidSentence(event, replacement)) return { due };
    const lead = await firstWaiting(session.id, signal);
    return lead ? { due, lead } : { due };
  }

  /** Puts what the template answered behind a lead: in one array it would talk over it. */
  async function follow(session_id: string, lead: Waiting, answer: readonly ActionDraft[]): Promise<void> {
    if (lead.follow_up.length > 0 || answer.length === 0) return;
    await start(session_id, { ...lead, follow_up: answer });
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

  function isOver({ heard, halfway_at }: Tracked): boolean {
    return heard || clock.now() >= halfway_at;
  }

  /** What waits would cut a sentence that has only just begun: often the interruption before it, or the answer it put off. */
  function inMidSentence(event: AiFlowEvent, tracked: Tracked | undefined): boolean {
    if (event.type === 'assistant_speech_ended') return tracked !== undefined && !isOver(tracked);
    return isSpeech(event);
  }

  async function firstWaiting(session_id: string, signal: AbortSignal): Promise<Waiting | undefined> {
    const taken = await sessions.takeWaiting(session_id, 'first');
    const lead = taken.find(({ expires_at }) => clock.now() < expires_at);
    const dropped = taken.filter((waiting) => waiting !== lead);
    // The answer went out without it: it goes on waiting.
    if (lead && signal.aborted) {
      await sessions.wait(session_id, lead);
      return undefined;
    }
    const delivered = lead ? [{ interruption_id: lead.id, session_id, outcome: 'delivered' as const }] : [];
    await Promise.all([
      outcomes.publish([...dropped.map((waiting) => skipped(session_id, waiting, 'expired')), ...delivered]),
      lead && start(session_id, lead),
    ]);
    return lead;
  }

  async function start(session_id: string, lead: Waiting): Promise<void> {
    const said = lead.actions.find(({ type }) => type === 'speak' || type === 'audio');
    if (said) await sessions.startReplacement(session_id, lead, clock.now() + estimatedMs(said) / 2);
  }

  async function tooLate(session_id: string): Promise<void> {
    const taken = await sessions.takeWaiting(session_id, 'all');
    await outcomes.publish(taken.map((waiting) => skipped(session_id, waiting, 'session_ended')));
  }
}

const skipped = (session_id: string, { id }: Waiting, reason: 'expired' | 'session_ended'): OutcomeEvent => ({
  interruption_id: id,
  session_id,
  outcome: 'skipped',
  reason,
});

const isSpeech = (event: AiFlowEvent): event is EventOf<'assistant_speak'> =>
  isKnown(event) && event.type === 'assistant_speak';
