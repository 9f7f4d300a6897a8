import { tooDeep, tooMany } from '../protocol/json.ts';
import { createReader, InvalidPath, isPath, type Parts, type Path, partsOf } from './path.ts';
import { type InterruptionRequest, InvalidInterruption } from './request.ts';

/** More than an interruption may have, whatever a mapping makes of an event. */
const MAX_CHARACTERS = 256 * 1024;

/**
 * An interruption (`docs/interruptions.md`) whose texts may hold paths into an event:
 * `$.detail.status` alone keeps its type, `order:{$.detail.orderId}` is a text, `{{` is a brace. A
 * clip goes by its name.
 */
export type Mapping = Pick<InterruptionRequest, 'target'> & {
  readonly [K in Exclude<keyof InterruptionRequest, 'target' | 'play'>]?:
    | InterruptionRequest[K]
    | string;
} & { readonly play?: { readonly asset: string } };

/**
 * What a rule or a pipe hands over: a mapping that its owner wrote, and an event that somebody else
 * did.
 */
export interface Mapped {
  readonly interruption: unknown;
  readonly event: unknown;
}

/**
 * A request in which every path has been replaced, and the first field whose path leads to nothing
 * that it can hold.
 */
interface Resolved {
  readonly request: unknown;
  readonly unresolved?: InvalidInterruption;
}

type Keys = readonly string[];

/**
 * Makes an interruption of an event. What comes from the event is data: it is put where the mapping
 * says and read no further, so it can neither name another target nor add a field. Takes time in
 * proportion to both. Throws {@link InvalidInterruption} for a mapping that can't be read.
 */
export function resolveMapping({ interruption, event }: Mapped): Resolved {
  refuseNesting(interruption);
  refuseTargetByPath(interruption);
  const read = createReader(event);
  let room = MAX_CHARACTERS;
  let unresolved: InvalidInterruption | undefined;
  const request = resolved(interruption, []);
  return { request, ...(unresolved && { unresolved }) };

  function resolved(value: unknown, keys: Keys): unknown {
    if (typeof value === 'string') return textual(value, keys);
    if (Array.isArray(value))
      return value.map((entry, index) => resolved(entry, [...keys, `${index}`])).filter(isThere);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, of]) => [key, resolved(of, [...keys, key])]);
    return Object.fromEntries(entries.filter(([, of]) => isThere(of)));
  }

  function textual(text: string, keys: Keys): unknown {
    const parts = readParts(text, keys);
    const found = parts.some((part) => typeof part === 'object') ? foundBy(parts, keys) : parts[0];
    // Without its context an interruption would be silence.
    const mayBeMissing = keys[0] === 'context' && keys.length > 1;
    if (found === undefined && !mayBeMissing) unresolved ??= unresolvedAt(keys, text);
    return found;
  }

  function foundBy(parts: Parts, keys: Keys): unknown {
    if (!isPath(parts)) {
      const pieces = parts.map((part) => (typeof part === 'string' ? part : textAt(part)));
      return pieces.includes(undefined) ? undefined : pieces.join('');
    }
    const [path] = parts;
    if (keys[0] === 'context') return bounded(read(path));
    if (TEXTS.test(keys.at(-1) ?? '')) return textAt(path);
    const found = bounded(read(path));
    return isScalar(found) ? found : undefined;
  }

  /**
   * An empty text names nobody and says nothing; a number that JSON has rounded is another number.
   */
  function textAt(path: Path): string | undefined {
    const found = bounded(read(path));
    if (!isScalar(found) || (Number.isInteger(found) && !Number.isSafeInteger(found)))
      return undefined;
    const text = String(found);
    return text.trim() === '' ? undefined : text;
  }

  /** The same value may be asked for again and again. */
  function bounded(value: unknown): unknown {
    refuseNesting(value);
    room -= typeof value === 'object' ? JSON.stringify(value).length : String(value).length;
    if (room >= 0) return value;
    throw new InvalidInterruption(
      `must be at most ${MAX_CHARACTERS} characters, with what its paths lead to: map less of the event`,
    );
  }
}

/** The parts of a text of a mapping. Throws {@link InvalidInterruption}, which names the field. */
export function readParts(text: string, keys: Keys): Parts {
  try {
    return partsOf(text);
  } catch (error) {
    if (error instanceof InvalidPath) throw invalid(keys, error.message);
    throw error;
  }
}

/**
 * Whose calls it is for is written in the mapping: an event only says which. Throws
 * {@link InvalidInterruption}.
 */
export function refuseTargetByPath(mapping: unknown): void {
  const { target } = Object(mapping) as { target?: unknown };
  const remedy = 'name who is meant, as in {"label": "order:{$.detail.orderId}"}';
  if (typeof target === 'string') throw invalid(['target'], `is never a path: ${remedy}`);
  const { everyone = true } = Object(target) as { everyone?: unknown };
  if (everyone !== true) throw invalid(['target', 'everyone'], `is true or left out: ${remedy}`);
}

/** A number that is mapped to one of these becomes a text. */
const TEXTS =
  /^(session_id|label|caller|callee|account_id|id|cancel|say|text|ssml|asset|message|(target_|caller_id_)?(phone_)?number|caller_id_name)$/;

/** Names of fields that may be told; others came from outside. */
const KNOWN =
  /^(target|context|then|triggered_at|expires_at|play|audio|max_age_seconds|if_turn|\d+)$/;

const unresolvedAt = (keys: Keys, text: string) =>
  invalid(
    keys,
    'has a path that leads to no text or number in the event (nothing, null, an empty text, an object, or a whole number above 2^53): give the event that field, or match only events that have it',
    text,
  );

function invalid(keys: Keys, problem: string, text?: string): InvalidInterruption {
  const end = keys.findIndex((key) => !KNOWN.test(key) && !TEXTS.test(key));
  const loggedField = keys.slice(0, end < 0 ? undefined : end).join('.') || undefined;
  const field = keys.join('.').slice(0, 100) || undefined;
  const told = `${field ?? 'interruption'} ${problem}${text === undefined ? '' : `; got ${JSON.stringify(text.slice(0, 100))}`}`;
  const message = `${loggedField ?? 'interruption'} ${problem}`;
  return new InvalidInterruption(message, field, { told, loggedField });
}

function refuseNesting(value: unknown): void {
  if (tooDeep(value) || tooMany(value))
    throw new InvalidInterruption('must not be nested so deep, nor hold so much: map less of it');
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const isThere = (value: unknown) => value !== undefined;
