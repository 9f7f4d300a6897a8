import type { HandlerResult, Sayable } from './template.ts';

/** A result as a list of actions that don't know their session yet. */
export function saidAsList(result: HandlerResult): Exclude<Sayable, string>[] {
  if (result === null || result === undefined) return [];
  return [result]
    .flat()
    .map((said) => (typeof said === 'string' ? { type: 'speak', text: said } : said)) as Exclude<
    Sayable,
    string
  >[];
}
