import type { Stored } from '../call/call-store.ts';
import { type Call, type Fact, MAX_FACTS } from '../call/document.ts';

/**
 * Each fact once, in the order in which they were first recorded. A write may be repeated when
 * somebody has already saved the call with its fact.
 */
export function newFacts(
  recorded: readonly Fact[],
  folded: readonly string[],
  applied: readonly string[],
): Fact[] {
  return recorded.filter(
    ({ id }, index) =>
      !folded.includes(id) &&
      !applied.includes(id) &&
      recorded.findIndex((one) => one.id === id) === index,
  );
}

/**
 * The facts that a save has folded, so that their repetitions are known. Those of an applied input
 * are known by that.
 */
export function foldedIn({ call: { facts }, folded }: Stored, call: Call): string[] {
  const ids = [...folded, ...facts.map(({ id }) => id)].filter((id) => !call.applied.includes(id));
  return ids.slice(-Math.max(MAX_FACTS, facts.length));
}
