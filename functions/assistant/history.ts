import type { CallStore } from '../call/call-store.ts';
import type { Call } from '../call/document.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { maskDigits } from '../protocol/digit-words.ts';
import type { AiFlowEvent } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Heard, heardOf, type Note, type Noted, reportsItself } from '../sessions/history.ts';
import { type Received, withDeadline } from './deadline.ts';
import { handlerOf, type Step } from './dispatch.ts';
import { noteOfAnswer, notesOf } from './notes.ts';
import type { Template } from './template.ts';

interface Parts {
  readonly sessions: CallStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Happened {
  readonly event: AiFlowEvent;
  readonly step: Step;
  readonly received: Received;
  /** Of the call: known once the event has been recorded. */
  readonly template: Template;
}

/** At which turn, and whether that is certain: otherwise there is nothing to keep it in. */
export interface Recorded {
  readonly turn: number;
  readonly known: boolean;
}

/** What an event adds to the history of its call, and what its template knows of it. Nothing here throws. */
export interface Remembering {
  /**
   * Reads what is known so far, as much as the most curious of `templates` asks for at this event. It needs nothing of
   * the session, so it goes out beside the write that records the event.
   */
  recall(templates: readonly Template[]): Promise<void>;
  /** What was heard in the newest turns, up to and including this event. */
  heard(session: Pick<Call, 'turn'>): Heard[];
  /** Leaves out the digits of what the caller has said: they are secret. */
  mask(): void;
  /** Keeps what the event tells. */
  note(
    session: Recorded,
    whose?: { readonly began?: number; readonly again?: true },
  ): Promise<void>;
  /** Keeps what is answered, as long as the voice itself tells nothing. */
  noteAnswer(session: Recorded, answer: readonly ActionDraft[]): Promise<void>;
}

/** The histories of calls whose template asks for one; the others cost nothing. */
export function createHistory({ sessions, clock, log }: Parts) {
  return function remembering(happened: Happened, signal: AbortSignal): Remembering {
    const { event, step, received } = happened;
    const session_id = event.session.id;
    let own = notesOf(event, received.at);
    let noted: readonly Noted[] = [];

    return {
      mask() {
        own = own.map((note) =>
          note.kind === 'caller' ? { ...note, text: maskDigits(note.text, '•') } : note,
        );
      },

      async recall(templates) {
        const asking = templates.filter((template) => handlerOf(template, step, event));
        const turns = Math.max(0, ...asking.map(({ history }) => history?.turns ?? 0));
        if (turns === 0) return;
        const halfway = clock.now() + (received.deadline - clock.now()) / 2;
        const read = (inner: AbortSignal) => sessions.history(session_id, turns, inner);
        try {
          noted = await withDeadline(clock, halfway, read, signal);
        } catch (error) {
          log.error('history_not_read', { session_id, event: event.type, error });
        }
      },

      heard(session) {
        return heardIn(
          [...noted, ...own.map((note) => ({ ...note, turn: session.turn }))],
          happened.template,
          session,
        );
      },

      note: (session, { again, began } = {}) =>
        keep(
          session,
          again
            ? []
            : own.map((note) => (note.kind === 'end' && began ? { ...note, began } : note)),
        ),

      async noteAnswer(session, answer) {
        if (!reportsItself([...noted, ...own]))
          await keep(session, noteOfAnswer(answer, clock.now()));
      },
    };

    async function keep({ turn, known }: Recorded, notes: readonly Note[]) {
      if (!happened.template.history || !known || notes.length === 0) return;
      try {
        await sessions.keepTurn(session_id, turn, notes, signal);
      } catch (error) {
        log.error('history_not_kept', { session_id, event: event.type, error });
      }
    }
  };
}

/** What was heard so far, for what runs without an event. */
export async function historyOf(
  session: Pick<Call, 'id' | 'turn'>,
  template: Template,
  { sessions, log }: Pick<Parts, 'sessions' | 'log'>,
): Promise<Heard[]> {
  const { id: session_id } = session;
  if (!template.history) return [];
  try {
    return heardIn(await sessions.history(session_id, template.history.turns), template, session);
  } catch (error) {
    log.error('history_not_read', { session_id, error });
    return [];
  }
}

function heardIn(
  notes: readonly Noted[],
  { history }: Template,
  { turn }: Pick<Call, 'turn'>,
): Heard[] {
  if (!history) return [];
  return heardOf(notes).filter((entry) => entry.turn > turn - history.turns);
}
