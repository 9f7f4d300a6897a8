import { type Aftermath, createAftermath } from '../interruption/aftermath.ts';
import type { Outcomes } from '../interruption/outcomes.ts';
import { endsCall, isSaid } from '../interruption/speech.ts';
import type { Action, ActionDraft, DraftOf } from '../protocol/actions.ts';
import { type AiFlowEvent, isKnown } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import {
  freshSession,
  type Session,
  type SessionChanges,
  type SessionStore,
  type Waiting,
} from '../sessions/session.ts';
import { changesOf, openForTemplate } from './changes.ts';
import { type Received, withDeadline } from './deadline.ts';
import { type Step, stepFor } from './dispatch.ts';
import { effectsOf, handingOver, happeningOf } from './effects.ts';
import { createHistory, type Remembering } from './history.ts';
import { actionsFor, cutsItself } from './reply.ts';
import type { State, Template, TemplateSession } from './template.ts';

export interface AssistantParts {
  readonly template: Template;
  readonly sessions: SessionStore;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers one event by its deadline, whatever happens. Knows no transport. */
export type Assistant = (event: AiFlowEvent, received: Received) => Promise<Action[]>;

/** An event on its way through. What is `ready` goes out at the deadline, whatever is still running. */
interface Turn {
  readonly event: AiFlowEvent;
  readonly step: Step;
  readonly received: Received;
  readonly signal: AbortSignal;
  readonly ready: (actions: readonly ActionDraft[]) => void;
}

export function createAssistant({ template, sessions, outcomes, clock, log }: AssistantParts): Assistant {
  const aftermath = createAftermath({ sessions, outcomes, clock });
  const remembering = createHistory({ sessions, clock, log });
  const unknownTypes = new Set<string>();
  const voices = new Map<string, string>();

  return async function answer(event, received) {
    const session_id = event.session.id;
    const step = stepFor(template, event);
    if (!step) return ignored(event);
    let ready: readonly ActionDraft[] | undefined;
    const onReady = (actions: readonly ActionDraft[]) => {
      ready = actions;
    };
    try {
      await withDeadline(clock, received.deadline, (signal) =>
        respond({ event, step, received, signal, ready: onReady }),
      );
    } catch (error) {
      log.error('answer_failed', { session_id, event: event.type, fallback: !ready, error });
    }
    const actions = step.answerable ? actionsFor(ready ?? fallback(step), session_id) : [];
    if (cutsItself(actions)) log.warn('barge_in_after_speech', { session_id, event: event.type });
    return actions;
  };

  async function respond(turn: Turn): Promise<void> {
    const history = remembering(turn, template.history?.turns);
    const [session] = await Promise.all([recorded(turn), history.recall()]);
    if (session === 'ended') return turn.ready([]);
    const noted = history.note(session);
    await answerFor(turn, session, history).finally(() => noted);
  }

  async function answerFor(turn: Turn, session: Recorded, history: Remembering): Promise<void> {
    const { step, signal, ready } = turn;
    const startedAt = clock.now();
    const earlier = earlierInterruptions(turn, session);
    const open = openForTemplate(session, history.heard(session));
    // The template mustn't take the end of a sentence that an interruption cut for the end of what it said.
    const cut = aftermath.isCut(turn.event, turn.received.at, session);
    const running = cut ? Promise.resolve(undefined) : run(step, open, signal);
    const [said, { due, lead }] = await Promise.all([settled(running), earlier]);
    // What is said now has an end of its own, at which the template runs: beside it a hangup would cut it.
    if (isSaid(due) && !lead) {
      ready(due);
      return history.noteAnswer(session, due);
    }
    if ('error' in said) throw said.error;
    const answer = actionsFor(said.result, session.id);
    const changes = changesOf(session, open);
    const own = endsCall(due) ? due : [...due, ...answer];
    ready(lead?.actions ?? own);
    const late = step.awaited && answer.length > 0 && !lead && clock.now() - startedAt >= LATE_ANSWER_MS;
    const putOff = late && session.known && (await aftermath.putOff(session, answer));
    if (putOff) ready([]);
    const led = lead && (await aftermath.follow(session.id, lead, answer));
    if (led) ready(led);
    const effects = putOff ? {} : led ? handingOver(led) : effectsOf(own, session, clock.now());
    await Promise.all([
      (changes || Object.keys(effects).length > 0) && keep(session, { ...NO_CHANGES, ...changes, ...effects }, signal),
      keepVoice(session, answer),
      history.noteAnswer(session, putOff ? [] : led || lead?.actions || own),
    ]);
  }

  async function run(step: Step, open: TemplateSession<State>, signal: AbortSignal) {
    const result = await step.run?.(open as never, { signal, now: clock.now });
    signal.throwIfAborted();
    return result;
  }

  /** Ready as soon as it is known: what has been taken to be said must not fall to a slow template or store. */
  async function earlierInterruptions(turn: Turn, session: Recorded): Promise<Aftermath> {
    const { event, step, received, signal, ready } = turn;
    let leading: Waiting | undefined;
    const lead = (waiting: Waiting) => {
      leading = waiting;
      ready(waiting.actions);
    };
    try {
      if (!session.known) return { due: [] };
      const after = await aftermath.of(event, received.at, session, step.answerable ? { signal, lead } : undefined);
      if (after.due.length > 0) ready(after.due);
      return after;
    } catch (error) {
      log.error('aftermath_failed', { session_id: session.id, event: event.type, error });
      return { due: [], ...(leading && { lead: leading }) };
    }
  }

  /** The session after this event; without DynamoDB a fresh one: an outage costs memory, not the call. */
  async function recorded({ event, step: { kind }, received, signal }: Turn): Promise<Recorded | 'ended'> {
    const { id } = event.session;
    const halfway = clock.now() + (received.deadline - clock.now()) / 2;
    try {
      const happening = happeningOf(event, kind, received);
      const session = await withDeadline(clock, halfway, (inner) => sessions.record(happening, inner), signal);
      return session === 'ended' ? session : { ...session, known: true };
    } catch (error) {
      log.error('session_not_read', { session_id: id, event: event.type, error });
      return { ...freshSession(id, kind === 'turn' ? 1 : 0), known: false };
    }
  }

  async function keep({ id: session_id, known }: Recorded, changes: SessionChanges, signal: AbortSignal) {
    if (!known) return;
    try {
      const kept = await sessions.change(session_id, changes, signal);
      if (!kept) log.warn('session_not_changed', { session_id });
    } catch (error) {
      log.error('session_not_changed', { session_id, error });
    }
  }

  /** Once for each voice: a replacement is to be said with it. */
  async function keepVoice({ id: session_id, known }: Recorded, answer: readonly ActionDraft[]) {
    const tts = answer.findLast((action) => action.type === 'speak' && action.tts) as
      | Partial<DraftOf<'speak'>>
      | undefined;
    const voice = JSON.stringify(tts?.tts);
    if (!known || !tts?.tts || voices.get(session_id) === voice) return;
    if (voices.size >= VOICES_KNOWN) voices.clear();
    voices.set(session_id, voice);
    await sessions.keepVoice(session_id, tts.tts).catch((error: unknown) => {
      voices.delete(session_id);
      log.error('voice_not_kept', { session_id, error });
    });
  }

  function fallback({ awaited }: Step): Template['fallback'] {
    return awaited ? template.fallback : undefined;
  }

  function ignored(event: AiFlowEvent): Action[] {
    if (!isKnown(event) && !unknownTypes.has(event.type)) {
      unknownTypes.add(event.type);
      log.info('unknown_event', { session_id: event.session.id, event: event.type });
    }
    return [];
  }
}

const NO_CHANGES: SessionChanges = { state: {}, labels: {} };

/** While it was computed an interruption may have landed. Quicker answers leave no time for that; the check is a read. */
const LATE_ANSWER_MS = 20;
const VOICES_KNOWN = 1_000;

/** Known: read from the store, so there is a row to change. */
type Recorded = Session & { readonly known: boolean };

const settled = <T>(promise: Promise<T>): Promise<{ result: T } | { error: unknown }> =>
  promise.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
