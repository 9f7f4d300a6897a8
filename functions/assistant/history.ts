import type { CallStore } from '../call/call-store.ts';
import type { Call } from '../call/document.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { maskDigits } from '../protocol/digit-words.ts';
import { nameOf } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Heard, heardOf, type Note, type Noted, reportsItself } from '../sessions/history.ts';
import { withDeadline } from './deadline.ts';
import { handlerOf } from './dispatch.ts';
import type { Handling } from './handling.ts';
import { noteOfAnswer, notesOf } from './notes.ts';
import type { Template } from './template.ts';

interface Parts {
  readonly sessions: CallStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** What an event adds to the history of its call, and what its template knows of it. Nothing here throws. */
export interface Remembering {
  /**
   * Reads what is known so far, as much as the most curious template that the call may follow asks for at this event. It
   * needs nothing of the session, so it goes out beside the write that records the event.
   */
  recall(): Promise<void>;
  /** What was heard in the newest turns, up to and including this event of this turn. */
  heard(turn: number): Heard[];
  /** Leaves out the digits of what the caller has said: they are secret. */
  mask(): void;
  /** Keeps what the event tells: an end, of the sentence that `began` then. */
  note(turn: number, began: number | undefined): Promise<void>;
  /** Keeps what is answered, as long as the voice itself tells nothing. */
  noteAnswer(turn: number, answer: readonly ActionDraft[]): Promise<void>;
}

/** The histories of calls whose template asks for one; the others cost nothing. */
export function createHistory({ sessions, clock, log }: Parts) {
  return function remembering(
    handling: Omit<Handling, 'history'>,
    signal: AbortSignal,
  ): Remembering {
    const { event, step, received, possible } = handling;
    const session_id = event.session.id;
    let own = notesOf(event, received.at);
    let noted: readonly Noted[] = [];

    return {
      mask() {
        own = own.map((note) =>
          note.kind === 'caller' ? { ...note, text: maskDigits(note.text, '•') } : note,
        );
      },

      async recall() {
        const asking = possible.filter((template) => handlerOf(template, step, event));
        const turns = Math.max(0, ...asking.map(({ history }) => history?.turns ?? 0));
        if (turns === 0) return;
        const halfway = clock.now() + (received.deadline - clock.now()) / 2;
        const read = (inner: AbortSignal) => sessions.history(session_id, turns, inner);
        try {
          noted = await withDeadline(clock, halfway, read, signal);
        } catch (error) {
          log.error('history_not_read', { session_id, event: nameOf(event), error });
        }
      },

      heard: (turn) =>
        heardIn([...noted, ...own.map((note) => ({ ...note, turn }))], handling.template, turn),

      note: (turn, began) =>
        keep(
          turn,
          own.map((note) => (note.kind === 'end' && began ? { ...note, began } : note)),
        ),

      async noteAnswer(turn, answer) {
        if (!reportsItself([...noted, ...own])) await keep(turn, noteOfAnswer(answer, clock.now()));
      },
    };

    async function keep(turn: number, notes: readonly Note[]) {
      // The template of the call is known once the event has been recorded.
      if (!handling.template.history || notes.length === 0) return;
      try {
        await sessions.keepTurn(session_id, turn, notes, signal);
      } catch (error) {
        log.error('history_not_kept', { session_id, event: nameOf(event), error });
      }
    }
  };
}

/** What was heard so far, for what runs without an event. */
export async function historyOf(
  { id: session_id, turn }: Pick<Call, 'id' | 'turn'>,
  template: Template,
  { sessions, log }: Pick<Parts, 'sessions' | 'log'>,
): Promise<Heard[]> {
  if (!template.history) return [];
  try {
    return heardIn(await sessions.history(session_id, template.history.turns), template, turn);
  } catch (error) {
    log.error('history_not_read', { session_id, error });
    return [];
  }
}

function heardIn(notes: readonly Noted[], { history }: Template, turn: number): Heard[] {
  if (!history) return [];
  return heardOf(notes).filter((entry) => entry.turn > turn - history.turns);
}
