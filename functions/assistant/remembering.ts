import type { Call } from '../call/document.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { maskDigits } from '../protocol/digit-words.ts';
import {
  heardOf,
  type Note,
  type Noted,
  reportsItself,
  type TranscriptEntry,
} from '../sessions/history.ts';
import { handlerOf } from './dispatch.ts';
import type { Handling } from './handling.ts';
import { noteOfAnswer } from './notes.ts';
import { byHalfway } from './reading.ts';
import type { Template } from './template.ts';
import type { TemplateParts } from './template-context.ts';

/**
 * Keeps and reads the history of a call. A template that asks for none costs nothing. Nothing here
 * throws.
 */
export function createRemembering({ sessions, clock, log }: TemplateParts) {
  return { recall, note, noteAnswer };

  /**
   * Reads the history, as many turns as any template that the call may follow asks for at this
   * event. It doesn't need the session, so it runs beside the write that records the event.
   */
  async function recall(handling: Handling): Promise<void> {
    const { event, step, possible } = handling;
    const asking = possible.filter((template) => handlerOf(template, step.handler, event));
    const turns = Math.max(0, ...asking.map(({ history }) => history?.turns ?? 0));
    if (turns === 0) return;
    const known = await byHalfway(handling, { clock, log }, 'history_not_read', (signal) =>
      sessions.history(event.session.id, turns, signal),
    );
    if (known) handling.known = known;
  }

  /** Keeps the notes of the event. An end belongs to the sentence that `began` then. */
  function note(handling: Handling, turn: number, began: number | undefined): Promise<void> {
    const notes = handling.notes.map((note) =>
      note.kind === 'end' && began ? { ...note, began } : note,
    );
    return keep(handling, turn, notes);
  }

  /** Keeps the answer, as long as the voice itself reports nothing. */
  async function noteAnswer(
    handling: Handling,
    turn: number,
    answer: readonly ActionDraft[],
  ): Promise<void> {
    if (reportsItself([...handling.known, ...handling.notes])) return;
    await keep(handling, turn, noteOfAnswer(answer, clock.now()));
  }

  async function keep(
    { about, template, signal }: Handling,
    turn: number,
    notes: readonly Note[],
  ): Promise<void> {
    if (!template.history || notes.length === 0) return;
    try {
      await sessions.keepTurn(about.session_id, turn, notes, signal);
    } catch (error) {
      log.error('history_not_kept', { ...about, error });
    }
  }
}

/** What was heard in the newest turns, up to and including this event of this turn. */
export const heardBy = ({ known, notes, template }: Handling, turn: number): TranscriptEntry[] =>
  heardIn([...known, ...notes.map((note) => ({ ...note, turn }))], template, turn);

/** The same notes without digits that the caller said, which are secret. */
export const maskedNotes = (notes: readonly Note[]): Note[] =>
  notes.map((note) =>
    note.kind === 'caller' ? { ...note, text: maskDigits(note.text, '•') } : note,
  );

/** What was heard so far, for what runs without an event. Throws nothing. */
export async function historyOf(
  { id: session_id, turn }: Pick<Call, 'id' | 'turn'>,
  template: Template,
  { sessions, log }: Pick<TemplateParts, 'sessions' | 'log'>,
): Promise<TranscriptEntry[]> {
  if (!template.history) return [];
  try {
    return heardIn(await sessions.history(session_id, template.history.turns), template, turn);
  } catch (error) {
    log.error('history_not_read', { session_id, error });
    return [];
  }
}

function heardIn(notes: readonly Noted[], { history }: Template, turn: number): TranscriptEntry[] {
  if (!history) return [];
  return heardOf(notes).filter((entry) => entry.turn > turn - history.turns);
}
