import type { Action } from '../protocol/actions.ts';
import { type AiFlowEvent, isKnown } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { freshSession, phoneDigits, type Session, type SessionStore } from '../sessions/session.ts';
import { changesOf, openForTemplate } from './changes.ts';
import { withDeadline } from './deadline.ts';
import { type Step, stepFor } from './dispatch.ts';
import { actionsFor, cutsItself } from './reply.ts';
import type { Template } from './template.ts';

export interface AssistantParts {
  readonly template: Template;
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers one event by `deadline` (ms since 1970), whatever happens. Knows no transport. */
export type Assistant = (event: AiFlowEvent, deadline: number) => Promise<Action[]>;

export function createAssistant({ template, sessions, clock, log }: AssistantParts): Assistant {
  const unknownTypes = new Set<string>();

  return async function answer(event, deadline) {
    const session_id = event.session.id;
    const step = stepFor(template, event);
    if (!step) return ignored(event);
    let ready: Action[] | undefined;
    try {
      ready = await withDeadline(clock, deadline, (signal) =>
        respond(event, step, deadline, signal, (actions) => {
          ready = actions;
        }),
      );
    } catch (error) {
      log.error('answer_failed', { session_id, event: event.type, fallback: !ready, error });
    }
    const actions = step.answerable ? (ready ?? fallback(step, session_id)) : [];
    if (cutsItself(actions)) log.warn('barge_in_after_speech', { session_id, event: event.type });
    return actions;
  };

  async function respond(
    event: AiFlowEvent,
    step: Step,
    deadline: number,
    signal: AbortSignal,
    onReady: (actions: Action[]) => void,
  ): Promise<Action[]> {
    const session = await recorded(event, step, deadline, signal);
    if (session === 'ended' || !step.run) return [];
    const open = openForTemplate(session);
    const result = await step.run(open as never, { signal, now: clock.now });
    signal.throwIfAborted();
    const actions = actionsFor(result, session.id);
    const changes = changesOf(session, open);
    onReady(actions);
    if (changes && session.known) await keep(session, changes, signal);
    return actions;
  }

  /** The session after this event; without DynamoDB a fresh one: an outage costs memory, not the call. */
  async function recorded(event: AiFlowEvent, { kind }: Step, deadline: number, signal: AbortSignal) {
    const { id, from_phone_number, to_phone_number } = event.session;
    const happening = {
      session_id: id,
      kind,
      caller: phoneDigits(from_phone_number),
      callee: phoneDigits(to_phone_number),
    };
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

  function fallback({ awaited }: Step, session_id: string): Action[] {
    return awaited ? actionsFor(template.fallback, session_id) : [];
  }

  function ignored(event: AiFlowEvent): Action[] {
    if (!isKnown(event) && !unknownTypes.has(event.type)) {
      unknownTypes.add(event.type);
      log.info('unknown_event', { session_id: event.session.id, event: event.type });
    }
    return [];
  }
}
