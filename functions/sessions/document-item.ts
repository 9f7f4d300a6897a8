import { isDeepStrictEqual } from 'node:util';
import { type Call, type Fact, freshCall } from '../call/document.ts';

/**
 * A call as text: each write costs what the whole row weighs, so what is at its default is left out, and names that come
 * often are short. What the store keeps elsewhere (`id`, `facts`) isn't in it.
 */
export function documentText({ id, facts: _, ...call }: Call): string {
  const fresh: Record<string, unknown> = { ...freshCall(id) };
  const known = Object.entries(call).filter(([name, value]) => !isDeepStrictEqual(value, fresh[name]));
  return JSON.stringify({ v: VERSION, ...(renamed(Object.fromEntries(known), SHORT) as object) });
}

/** Reads {@link documentText}. Throws for one that a later version of these functions has written. */
export function callFrom(id: string, text: string): Call {
  const { v, ...known } = JSON.parse(text) as { v: number };
  if (v !== VERSION) throw new Error(`a call was written in version ${v}, and this one reads ${VERSION}: deploy anew`);
  const { queue = [], ...call } = renamed(known, LONG) as Partial<Call>;
  return { ...freshCall(id), ...call, queue: queue.map((one) => ({ ...one, actions: one.actions ?? [] })) };
}

export const factText = (fact: Fact): string => JSON.stringify(renamed(fact, SHORT));

export const factFrom = (text: string): Fact => renamed(JSON.parse(text), LONG) as Fact;

const VERSION = 1;

const NAMES: readonly (readonly [string, string])[] = [['id', 'i']];

const SHORT = new Map(NAMES);
const LONG = new Map(NAMES.map(([long, short]) => [short, long]));

/** The names in these are not ours. */
const FOREIGN = new Set(['state', 'voice', 'actions']);

function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    names.get(name) ?? name,
    FOREIGN.has(name) ? inner : renamed(inner, names),
  ]);
  return Object.fromEntries(entries);
}
