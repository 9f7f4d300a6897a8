import { type Aftermath, createAftermath } from '../interruption/aftermath.ts';
import type { Outcomes } from '../interruption/outcomes.ts';
import type { Action, ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, isKnown } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { freshSession, phoneDigits, type Session, type SessionStore } from '../sessions/session.ts';
import { changesOf, openForTemplate } from './changes.ts';
import { withDeadline } from './deadline.ts';
import { type Step, stepFor } from './dispatch.ts';
import { actionsFor, cutsItself } from './reply.ts';
import type { State, Template, TemplateSession } from './template.ts';

export interface AssistantParts {
  readonly template: Template;
  readonly sessions: SessionStore;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers one event by `deadline` (ms since 1970), whatever happens. Knows no transport. */
export type Assistant = (event: AiFlowEvent, deadline: number) => Promise<Action[]>;

/** An event on its way through. What is `ready` goes out at the deadline, whatever is still running. */
interface Turn {
  readonly event: AiFlowEvent;
  readonly step: Step;
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly ready: (actions: readonly ActionDraft[]) => void;
}

export function createAssistant({ template, sessions, outcomes, clock, log }: AssistantParts): Assistant {
  const aftermath = createAftermath({ sessions, outcomes, clock });
  const unknownTypes = new Set<string>();

  return async function answer(event, deadline) {
    const session_id = event.session.id;
    const step = stepFor(template, event);
    if (!step) return ignored(event);
    let ready: readonly ActionDraft[] | undefined;
    const onReady = (actions: readonly ActionDraft[]) => {
      ready = actions;
    };
    try {
      await withDeadline(clock, deadline, (signal) => respond({ event, step, deadline, signal, ready: onReady }));
    } catch (error) {
      log.error('answer_failed', { session_id, event: event.type, fallback: !ready, error });
    }
    const actions = step.answerable ? actionsFor(ready ?? fallback(step), session_id) : [];
    if (cutsItself(actions)) log.warn('barge_in_after_speech', { session_id, event: event.type });
    return actions;
  };

  async function respond(turn: Turn): Promise<void> {
    const { event, step, deadline, signal, ready } = turn;
    const session = await recorded(event, step, deadline, signal);
    if (session === 'ended') return ready([]);
    const earlier = earlierInterruptions(turn, session);
    const open = openForTemplate(session);
    const [said, { due, lead }] = await Promise.all([settled(run(step, open, signal)), earlier]);
    if ('error' in said) throw said.error;
    const answer = actionsFor(said.result, session.id);
    const changes = changesOf(session, open);
    ready(lead?.actions ?? (endsCall(due) ? due : [...due, ...answer]));
    await Promise.all([
      changes && session.known && keep(session, changes, signal),
      lead && aftermath.follow(session.id, lead, answer),
    ]);
  }

  async function run(step: Step, open: TemplateSession<State>, signal: AbortSignal) {
    const result = await step.run?.(open as never, { signal, now: clock.now });
    signal.throwIfAborted();
    return result;
  }

  /** Ready as soon as it is known: what has been taken to be said must not fall to a slow template. */
  async function earlierInterruptions({ event, step, signal, ready }: Turn, session: Recorded): Promise<Aftermath> {
    try {
      if (!session.known) return { due: [] };
      const after = await aftermath.of(event, session, step.answerable ? signal : undefined);
      if (after.lead || after.due.length > 0) ready(after.lead?.actions ?? after.due);
      return after;
    } catch (error) {
      log.error('aftermath_failed', { session_id: session.id, event: event.type, error });
      return { due: [] };
    }
  }

  /** The session after this event; without DynamoDB a fresh one: an outage costs memory, not the call. */
  async function recorded(
    event: AiFlowEvent,
    { kind }: Step,
    deadline: number,
    signal: AbortSignal,
  ): Promise<Recorded | 'ended'> {
    const { id, from_phone_number, to_phone_number } = event.session;
    const [caller, callee] = [phoneDigits(from_phone_number), phoneDigits(to_phone_number)];
    const happening = { session_id: id, kind, caller, callee };
    const halfway = clock.now() + (deadline - clock.now()) / 2;
    try {
      const session = await withDeadline(clock, halfway, (inner) => sessions.record(happening, inner), signal);
      return session === 'ended' ? session : { ...session, known: true };
    } catch (error) {
      log.error('session_not_read', { session_id: id, event: event.type, error });
      return { ...freshSession(id, kind === 'turn' ? 1 : 0), known: false };
    }
  }

  async function keep(session: Session, changes: Parameters<SessionStore['change']>[1], signal: AbortSignal) {
    const { id: session_id } = session;
    try {
      const kept = await sessions.change(session_id, changes, signal);
      if (!kept) log.warn('session_not_changed', { session_id });
    } catch (error) {
      log.error('session_not_changed', { session_id, error });
    }
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

/** Known: read from the store, so there is a row to change. */
type Recorded = Session & { readonly known: boolean };

/** What comes after a `transfer` or `hangup` would never be heard. */
const endsCall = (actions: readonly ActionDraft[]) =>
  actions.some(({ type }) => type === 'transfer' || type === 'hangup');

const settled = <T>(promise: Promise<T>): Promise<{ result: T } | { error: unknown }> =>
  promise.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
