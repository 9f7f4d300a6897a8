/** Nesting allowed in anything that comes in; deeper input is refused before a schema walks it. */
export const MAX_DEPTH = 32;
/** Keys and array entries in all: more than anything means, and each costs a schema time. */
export const MAX_ENTRIES = 10_000;

/**
 * Whether arrays and objects are nested more than {@link MAX_DEPTH} deep. Never recurses further
 * than that.
 */
export function tooDeep(value: unknown, room = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return room === 0 || Object.values(value).some((entry) => tooDeep(entry, room - 1));
}

/**
 * Whether arrays and objects hold more than {@link MAX_ENTRIES} in all. Never counts further than
 * that.
 */
export function tooMany(value: unknown): boolean {
  const rest = [value];
  for (let seen = 0; seen < rest.length; seen++) {
    if (seen > MAX_ENTRIES) return true;
    const entry = rest[seen];
    if (typeof entry === 'object' && entry !== null)
      for (const inner of Object.values(entry)) rest.push(inner);
  }
  return false;
}

/** Reads JSON; `undefined` for what is none: a parser's own message would quote it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
