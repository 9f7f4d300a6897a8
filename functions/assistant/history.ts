import type { ActionDraft } from '../protocol/actions.ts';
import type { AiFlowEvent } from '../protocol/events.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Heard, heardOf, type Note, type Noted, reportsItself } from '../sessions/history.ts';
import type { Session, SessionStore } from '../sessions/session.ts';
import { type Received, withDeadline } from './deadline.ts';
import type { Step } from './dispatch.ts';
import { noteOfAnswer, notesOf } from './notes.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Happened {
  readonly event: AiFlowEvent;
  readonly step: Step;
  readonly received: Received;
  readonly signal: AbortSignal;
}

type Recorded = Session & { readonly known: boolean };

/** What an event adds to the history of its call, and what its template knows of it. Nothing here throws. */
export interface Remembering {
  /** Reads what is known so far; needs nothing of the session, so it goes out beside the write that records the event. */
  recall(): Promise<void>;
  /** What was heard in the newest turns, up to and including this event. */
  heard(session: Pick<Session, 'turn'>): Heard[];
  /** Keeps what the event tells. */
  note(session: Recorded): Promise<void>;
  /** Keeps what is answered, as long as the voice itself tells nothing. */
  noteAnswer(session: Recorded, answer: readonly ActionDraft[]): Promise<void>;
}

/** The histories of calls whose template asks for one (`turns`); the others cost nothing. */
export function createHistory({ sessions, clock, log }: Parts) {
  return function remembering(happened: Happened, turns: number | undefined): Remembering {
    return turns === undefined ? NOTHING : remember(happened, turns);
  };

  function remember({ event, step, received, signal }: Happened, turns: number): Remembering {
    const session_id = event.session.id;
    const own = notesOf(event, received.at);
    let noted: readonly Noted[] = [];

    return {
      async recall() {
        if (!step.run) return;
        const halfway = clock.now() + (received.deadline - clock.now()) / 2;
        const read = (inner: AbortSignal) => sessions.history(session_id, turns, inner);
        try {
          noted = await withDeadline(clock, halfway, read, signal);
        } catch (error) {
          log.error('history_not_read', { session_id, event: event.type, error });
        }
      },

      heard({ turn }) {
        const all = [...noted, ...own.map((note) => ({ ...note, turn }))];
        return heardOf(all).filter((entry) => entry.turn > turn - turns);
      },

      note: (session) => keep(session, own),

      async noteAnswer(session, answer) {
        if (!reportsItself([...noted, ...own])) await keep(session, noteOfAnswer(answer, clock.now()));
      },
    };

    async function keep({ turn, known }: Recorded, notes: readonly Note[]) {
      if (!known || notes.length === 0) return;
      try {
        await sessions.keepTurn(session_id, turn, notes, signal);
      } catch (error) {
        log.error('history_not_kept', { session_id, event: event.type, error });
      }
    }
  }
}

const NOTHING: Remembering = {
  recall: async () => {},
  heard: () => [],
  note: async () => {},
  noteAnswer: async () => {},
};
