import type { Call } from '../call/document.ts';
import { applyChanges, type Changes } from '../call/state.ts';

// The row stays within 1 KiB, so that every write costs one write unit.
export const MAX_LABELS = 5;
export const MAX_LABEL_BYTES = 64;
export const MAX_STATE_BYTES = 256;

/** Turns of a history: it is read anew for each handler that runs. */
export const MAX_HISTORY_TURNS = 50;
/**
 * Of one turn: forty sentences and their ends. However long they are, the item stays below
 * DynamoDB's 400 KB.
 */
export const MAX_NOTES = 80;
export const MAX_NOTE_CHARACTERS = 1_000;

/** A tombstone, and a call nobody heard of again, stays this long after its last event. */
export const SESSION_TTL_SECONDS = 4 * 3600;

/** Of one utterance, bytes of JSON: DynamoDB takes items of 400 KB, names and keys included. */
export const MAX_UTTERANCE_BYTES = 399 * 1024;

/** A template asked a session to keep more than it can. The message says what to do. */
export class SessionLimit extends Error {
  override readonly name = 'SessionLimit';
  /** The message may leave the house: it holds nothing that was said or dialled. */
  readonly expose = true;
}

/**
 * Throws {@link SessionLimit} for state or labels that don't fit the row, and for state that would
 * come back as something else.
 */
export function checkLimits(
  state: Readonly<Record<string, unknown>>,
  labels: ReadonlySet<string>,
): void {
  const lost = Object.keys(state).find((key) => state[key] !== undefined && !isJson(state[key]));
  if (lost !== undefined) {
    throw new SessionLimit(
      `session.state.${nameable(lost)} must be JSON: text, numbers, booleans, null, arrays and plain objects`,
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(state));
  if (bytes > MAX_STATE_BYTES) {
    throw new SessionLimit(
      `session.state must be at most ${MAX_STATE_BYTES} bytes of JSON; got ${bytes}: keep a key here and the rest in a table of yours`,
    );
  }
  if (labels.size > MAX_LABELS) {
    throw new SessionLimit(
      `session.labels must be at most ${MAX_LABELS}; got ${labels.size}: delete one first`,
    );
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

/**
 * Throws {@link SessionLimit} where, with what others have written meanwhile, it is more than a
 * call keeps.
 */
export function refuseExcess(
  call: Pick<Call, 'state' | 'labels'>,
  changes: Changes | undefined,
): void {
  if (!changes) return;
  const { state, labels } = applyChanges(call, changes);
  checkLimits(state, new Set(labels));
}

/**
 * Throws {@link SessionLimit} for a text or a clip that no store takes. `bytes`: of its actions as
 * JSON.
 */
export function checkUtterance(bytes: number): void {
  if (bytes <= MAX_UTTERANCE_BYTES) return;
  throw new SessionLimit(
    `what is said in one breath must be at most ${MAX_UTTERANCE_BYTES} bytes of JSON; got ${bytes}: shorten the text, or split or compress the clip`,
  );
}

/**
 * The name of a key, where it can't be anything else: others may be a number, or what somebody
 * said.
 */
const nameable = (key: string) => (/^[A-Za-z_]{1,64}$/.test(key) ? key : '…');

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  if (value === null) return true;
  const isPlain =
    Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
  return isPlain && Object.values(value).every((part) => part === undefined || isJson(part));
}
