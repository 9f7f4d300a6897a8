import { parseJson } from '../protocol/json.ts';

/** Keys and indices, from the event inwards. */
export type Path = readonly (string | number)[];

/** A text of a mapping: what stands there, and what comes from the event. */
export type Parts = readonly (string | Path)[];

/** A text that is neither plain nor a path. The message is its remedy. */
export class InvalidPath extends Error {
  override readonly name = 'InvalidPath';
}

const STEP = /\.([\p{L}\p{N}_$@:#-]+)|\[(\d{1,6})\]|\['([^']{1,256})'\]|\["([^"]{1,256})"\]/uy;
const HOW = 'write keys and indices such as $.detail.items[0].id, other keys as $["a key"]';
/** Where somebody meant a path, rather than an amount of dollars or the end of a sentence. */
const BEGINS = /\$(?:\.(?!\d|\s|$)|\[)/;

/**
 * `$.a.b[0]` alone is one path; `{$.a.b}` inside of a text another; `{{` is a brace. Throws
 * {@link InvalidPath}.
 */
export function partsOf(text: string): Parts {
  const { path, end } = pathAt(text, 0);
  if (end > 0 && end === text.length) return [path];
  if (text === '$.' || text.search(BEGINS) === 0)
    throw new InvalidPath(`is no path: ${HOW}; inside of a longer text it stands in braces`);
  return piecesOf(text);
}

/** Whether the text is a path and nothing else: what it leads to keeps its type. */
export const isPath = (parts: Parts): parts is readonly [Path] =>
  parts.length === 1 && typeof parts[0] === 'object';

function piecesOf(text: string): Parts {
  const parts: (string | Path)[] = [];
  let [literal, at] = ['', 0];
  while (at < text.length) {
    const brace = text.indexOf('{', at);
    const plain = text.slice(at, brace < 0 ? undefined : brace);
    refuseBare(plain);
    literal += plain;
    if (brace < 0) break;
    if (text[brace + 1] === '{') {
      literal += '{';
      at = brace + 2;
      continue;
    }
    const { path, end } = pathAt(text, brace + 1);
    if (end === brace + 1 || text[end] !== '}')
      throw new InvalidPath(`has a brace that holds no path: ${HOW}, and {{ for a brace`);
    if (literal) parts.push(literal);
    parts.push(path);
    [literal, at] = ['', end + 1];
  }
  if (literal || parts.length === 0) parts.push(literal);
  // A text that was said to be one: nothing keeps its type in braces.
  return isPath(parts) ? ['', ...parts] : parts;
}

function refuseBare(text: string): void {
  if (BEGINS.test(text))
    throw new InvalidPath('has a path without braces inside of a longer text: write {$.a.b}');
}

/** The longest path from there on, and where it ends: where it begins if there is none. */
function pathAt(text: string, start: number): { path: Path; end: number } {
  if (text[start] !== '$') return { path: [], end: start };
  const path: (string | number)[] = [];
  let end = start + 1;
  for (;;) {
    STEP.lastIndex = end;
    const found = STEP.exec(text);
    if (!found) return { path, end };
    const [step, key, index, single, double] = found;
    path.push(index === undefined ? (key ?? single ?? double ?? '') : Number(index));
    end += step.length;
  }
}

/**
 * What a path leads to in an event: `undefined` if to nothing. It goes on inside of texts that are
 * JSON.
 */
export function createReader(event: unknown): (path: Path) => unknown {
  const parsed = new Map<string, unknown>();

  /** Each text once, however many paths lead through it. */
  function opened(value: unknown): unknown {
    if (typeof value !== 'string') return value;
    if (!parsed.has(value)) parsed.set(value, parseJson(value));
    return parsed.get(value);
  }

  return (path) => path.reduce<unknown>((value, step) => stepInto(opened(value), step), event);
}

function stepInto(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}
