/** Nesting allowed in anything that comes in; deeper input is refused before a schema walks it. */
export const MAX_DEPTH = 32;

/** Whether arrays and objects are nested more than {@link MAX_DEPTH} deep. Never recurses further than that. */
export function tooDeep(value: unknown, room = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return room === 0 || Object.values(value).some((entry) => tooDeep(entry, room - 1));
}
