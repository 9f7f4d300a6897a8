import type { ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, type EventOf, isKnown } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import { endedEarly, isSpeaking, refusal } from '../sessions/playback.ts';
import type { Claim, Refusal, Replacement, Session, SessionStore, Waiting } from '../sessions/session.ts';
import { drop, dropAll } from './drop.ts';
import type { Outcomes, SkipReason } from './outcomes.ts';
import { newKey } from './request.ts';
import { endsCall, fingerprint, isSaid, playbackOf, pushOf, untilCut } from './speech.ts';

/** What earlier interruptions have to say at an event. */
export interface Aftermath {
  /** The `then` of a replacement that has just been heard. */
  readonly due: readonly ActionDraft[];
  /** One that waited and goes out now. */
  readonly lead?: Waiting;
}

/** The answer that takes along what waits. */
export interface Answer {
  /** Aborted when it has gone out. */
  readonly signal: AbortSignal;
  /** Puts an interruption at its head: from now on it goes out, whatever happens. */
  readonly lead: (waiting: Waiting) => void;
  /** Of what was put off until now, the same. */
  readonly due: (actions: readonly ActionDraft[]) => void;
}

interface Waits {
  readonly session: Session;
  readonly seen: string;
  /** What belongs to this turn may be over. */
  readonly callerCuts: boolean;
  readonly answer: Answer;
}

/** What would be said of an interruption that waits, were it to go out now. */
interface Judged {
  readonly waiting: Waiting;
  readonly claim: Claim;
  readonly reason: Refusal | 'expired' | undefined;
}

interface Parts {
  readonly sessions: SessionStore;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
}

/** Follows interruptions through the events of their call: heard, ended, still waiting. */
export function createAftermath({ sessions, outcomes, clock }: Parts) {
  return { of, follow, putOff, isCut, inTurn };

  /** `at`: when the event was taken, ms since 1970. `answer` is missing where nothing can be answered. */
  async function of(event: AiFlowEvent, at: number, session: Session, answer?: Answer): Promise<Aftermath> {
    const { replacement, waiting } = session;
    if (isSpeech(event) && (session.followed || (replacement && !replacement.heard))) await heard(event, at, session);
    const cut = isCut(event, at, session);
    const ended = event.type === 'assistant_speech_ended' && replacement !== undefined && !cut;
    const due = ended && session.followed ? await followingUp(session, answer) : [];
    if (event.type === 'session_end' && waiting) await dropAll({ sessions, outcomes }, session.id);
    // What waits would cut a sentence that has only just begun: often the interruption before it, or the answer it put off.
    if (!waiting || due.length > 0 || !answer || cut || isSpeech(event)) return { due };
    // Whoever has cut a sentence is speaking, and may be asking something else: their words say so in a moment.
    const callerCuts = isCutShort(event, at, session);
    const lead = await firstWaiting({ session, seen: waiting, callerCuts, answer });
    return lead ? { due, lead } : { due };
  }

  /**
   * Whether an event is the end of a sentence that an interruption has cut: after `[barge_in, B]` the first end isn't
   * B's, and it may come after B's beginning, too.
   */
  function isCut(event: AiFlowEvent, at: number, { replacement }: Session): boolean {
    return event.type === 'assistant_speech_ended' && replacement !== undefined && at < replacement.after;
  }

  async function followingUp(session: Session, answer?: Answer): Promise<readonly ActionDraft[]> {
    const taken = await sessions.takeFollowUp(session);
    if (taken.length > 0) answer?.due(taken);
    return inTurn(taken, session, { signal: answer?.signal });
  }

  /**
   * Actions of which a `hangup` or `transfer` would cut a sentence before it: gives what is to be said now, and keeps the
   * rest for when that has been heard; `turn` if only while the conversation is at it. After `signal` all of it has gone
   * out, so nothing is kept.
   */
  async function inTurn(
    actions: readonly ActionDraft[],
    { id, starts, playback }: Session,
    { turn, signal }: { turn?: number; signal?: AbortSignal | undefined },
  ): Promise<readonly ActionDraft[]> {
    const [now, follow_up] = untilCut(actions);
    const { speech, guard = playback.guard } = playbackOf(now, clock.now(), playback);
    if (follow_up.length === 0 || !speech) return actions;
    const key = newKey();
    const push = { replacement: { speech, follow_up: true, ...(guard && { guard }) } };
    const started = await sessions.startWaiting({ session_id: id, key, owner: '', force: true, push });
    if (!started.claimed || signal?.aborted) return actions;
    const says = fingerprint(now.findLast((action) => action.type === 'speak') ?? {});
    const note = { key, id: '', triggered_at: clock.now(), starts, follow_up, ...(says && { says }) };
    await sessions.giveReplacement(id, { ...note, ...(turn !== undefined && { turn }) });
    return now;
  }

  /** What goes out with a lead. Said things would talk over it, so they follow it; silence has no end to wait for. */
  async function follow(
    session_id: string,
    lead: Waiting,
    answer: readonly ActionDraft[],
  ): Promise<readonly ActionDraft[]> {
    if (answer.length === 0 || endsCall(lead.follow_up)) return lead.actions;
    if (!isSaid(lead.actions)) return endsCall(lead.actions) ? lead.actions : [...lead.actions, ...answer];
    await give(session_id, { ...lead, follow_up: together(answer, lead.follow_up) });
    return lead.actions;
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
    const { key } = replacement;
    const note = (await sessions.replacements(before.id)).find((one) => one.key === key);
    const { follow_up, ...rest } = note ?? {
      key,
      id: '',
      triggered_at: clock.now(),
      starts: now.starts,
      follow_up: [],
    };
    // Nobody would hear an answer beside what ends the conversation.
    if (endsCall(follow_up)) return true;
    return sessions.addFollowUp(before.id, { ...rest, follow_up: together(answer, follow_up) });
  }

  async function heard(event: EventOf<'assistant_speak'>, at: number, { id, replacement }: Session): Promise<void> {
    const says = fingerprint(event);
    // Some voices send no text: then it is whatever starts after the interruption.
    const isIt = (note: Replacement) => (says === undefined ? note.key === replacement?.key : note.says === says);
    const note = (await sessions.replacements(id)).findLast(isIt);
    if (!note || !(await sessions.markHeard(id, note.key, at))) return;
    const took_ms = Math.max(0, (event.speech_started_at ?? at) - note.triggered_at);
    // What an answer says has no trigger.
    if (note.id) await outcomes.publish([{ interruption_id: note.id, session_id: id, outcome: 'heard', took_ms }]);
  }

  /** The first that may be said now. Those that no longer make sense go with an outcome; one that must wait holds all. */
  async function firstWaiting({ session: before, seen, callerCuts, answer }: Waits): Promise<Waiting | undefined> {
    // Another event may have been answered since this one was recorded: with a newer turn, or under guard.
    const [all, now] = await Promise.all([sessions.waiting(before.id), sessions.read(before.id)]);
    const session = now ?? before;
    if (all.length === 0) await sessions.nobodyWaits(session.id, seen);
    const judged = all.map((waiting) => judge(session, waiting));
    const isOver = ({ reason }: Judged) => reason === 'expired' || reason === 'stale_turn';
    const over = judged.flatMap((one) =>
      isOver(one) ? [{ waiting: one.waiting, reason: one.reason as SkipReason }] : [],
    );
    const [led, dropped] = await Promise.allSettled([
      firstOf(
        judged.filter((one) => !isOver(one)),
        callerCuts,
        answer,
      ),
      drop({ sessions, outcomes }, session.id, over),
    ]);
    if (led.status === 'rejected') throw led.reason;
    if (dropped.status === 'rejected') throw dropped.reason;
    return led.value;
  }

  function judge(session: Session, waiting: Waiting): Judged {
    const [claim, now] = [claimOf(session, waiting), clock.now()];
    return {
      waiting,
      claim,
      reason: now >= waiting.expires_at ? 'expired' : refusal({ session, ended: false }, claim, now),
    };
  }

  async function firstOf(judged: readonly Judged[], callerCuts: boolean, answer: Answer): Promise<Waiting | undefined> {
    for (const { waiting, claim, reason } of judged) {
      if (reason || (callerCuts && waiting.if_turn !== undefined)) return undefined;
      if (await sessions.take(claim.session_id, waiting)) return lead(claim, waiting, answer);
    }
    return undefined;
  }

  function claimOf({ id: session_id, connection }: Session, waiting: Waiting): Claim {
    const { key, if_turn, after_current, urgent = false, force = false, actions, follow_up } = waiting;
    return {
      session_id,
      key,
      owner: '',
      ...(if_turn !== undefined && { if_turn }),
      ...(after_current && { after_current }),
      // Once the WebSocket is gone nothing tells any more when the caller speaks.
      ...(waiting.not_while_caller_speaks && connection !== undefined && { not_while_caller_speaks: true }),
      urgent,
      force,
      push: pushOf(actions, follow_up.length > 0, urgent, clock.now()),
    };
  }

  /** Taken, so in nobody else's hands; what was known of its session when it was chosen may be over by now. */
  async function lead(claim: Claim, waiting: Waiting, answer: Answer): Promise<Waiting | undefined> {
    const { session_id } = claim;
    const started = await sessions.startWaiting(claim).catch((error: unknown) => ({ error }));
    if ('claimed' in started && started.claimed && !answer.signal.aborted) {
      answer.lead(waiting);
      const delivered = { interruption_id: waiting.id, session_id, outcome: 'delivered' as const };
      await Promise.all([outcomes.publish([delivered]), give(session_id, waiting)]);
      return waiting;
    }
    // The answer went out without it.
    if ('claimed' in started && started.claimed) await sessions.takeBack(claim, started.session);
    if ('reason' in started && started.reason === 'stale_turn') await skip(session_id, waiting, 'stale_turn');
    else if (!(await sessions.wait(session_id, waiting))) await skip(session_id, waiting, 'session_ended');
    if ('error' in started) throw started.error;
    return undefined;
  }

  /** Silence has no end at which something could follow. */
  async function give(session_id: string, waiting: Waiting): Promise<void> {
    if (isSaid(waiting.actions)) await sessions.giveReplacement(session_id, waiting);
  }

  async function skip(session_id: string, waiting: Waiting, reason: SkipReason): Promise<void> {
    await outcomes.publish([{ interruption_id: waiting.id, session_id, outcome: 'skipped', reason }]);
  }
}

/** Whether an event is the end of a sentence that the caller has cut, or the template itself. */
export const isCutShort = (event: AiFlowEvent, at: number, { playback }: Session): boolean =>
  event.type === 'assistant_speech_ended' && endedEarly(playback, at);

const isSpeech = (event: AiFlowEvent): event is EventOf<'assistant_speak'> =>
  isKnown(event) && event.type === 'assistant_speak';

/** Both, and what ends the call last. */
const together = (answer: readonly ActionDraft[], follow_up: readonly ActionDraft[]) =>
  endsCall(answer) ? [...follow_up, ...answer] : [...answer, ...follow_up];
