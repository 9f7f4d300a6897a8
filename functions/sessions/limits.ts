import type { Json } from './session.ts';

// The row stays within 1 KiB, so that every write costs one write unit.
export const MAX_LABELS = 5;
export const MAX_LABEL_BYTES = 64;
export const MAX_STATE_BYTES = 256;

/** Turns of a history: it is read anew for each handler that runs. */
export const MAX_HISTORY_TURNS = 50;
/** Of one turn: forty sentences and their ends. However long they are, the item stays below DynamoDB's 400 KB. */
export const MAX_NOTES = 80;
export const MAX_NOTE_CHARACTERS = 1_000;

/** A template asked a session to keep more than it can. The message says what to do. */
export class SessionLimit extends Error {
  override readonly name = 'SessionLimit';
  /** The message may leave the house: it holds nothing that was said or dialled. */
  readonly expose = true;
}

/** Throws {@link SessionLimit} for state or labels that don't fit the row. */
export function checkLimits(state: Record<string, Json>, labels: ReadonlySet<string>): void {
  const bytes = Buffer.byteLength(JSON.stringify(state));
  if (bytes > MAX_STATE_BYTES) {
    throw new SessionLimit(
      `session.state must be at most ${MAX_STATE_BYTES} bytes of JSON; got ${bytes}: keep a key here and the rest in a table of yours`,
    );
  }
  if (labels.size > MAX_LABELS) {
    throw new SessionLimit(`session.labels must be at most ${MAX_LABELS}; got ${labels.size}: delete one first`);
  }
  for (const label of labels) {
    const size = typeof label === 'string' ? Buffer.byteLength(label) : 0;
    if (size === 0 || size > MAX_LABEL_BYTES) {
      throw new SessionLimit(
        `a label must be a string of 1–${MAX_LABEL_BYTES} bytes such as order:4711; got ${size} bytes`,
      );
    }
  }
}
