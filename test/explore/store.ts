import type { Stored } from '../../functions/call/call-store.ts';
import { type Call, type Fact, freshCall } from '../../functions/call/document.ts';
import { foldedIn, newFacts } from '../../functions/sessions/facts.ts';

export type Document = ReturnType<typeof createDocument>;

/** The row of one call, with a number for each write. */
export function createDocument(id: string) {
  let row: Stored | undefined;
  let writes = 0;
  const beside = new Map<string, string>();

  return {
    read: () => row,
    writes: () => writes,
    /** Written twice it is there once. */
    record(fact: Fact): Stored {
      const { call, revision, folded } = row ?? { call: freshCall(id), revision: 0, folded: [] };
      const facts = call.facts.some((one) => one.id === fact.id)
        ? call.facts
        : newFacts([...call.facts, fact], folded, call.applied);
      row = { call: { ...call, facts }, revision: revision + 1, folded };
      writes++;
      return row;
    },
    /** Its number, or 0 when something else has been written since. */
    save(revision: number, call: Call, evicted: Call['claims'] = []): number {
      if (row?.revision !== revision) return 0;
      for (const [key, content] of evicted) beside.set(key, content);
      row = { call, revision: revision + 1, folded: foldedIn(row, call) };
      return ++writes;
    },
    claimed: (key: string) => (row?.call.more ? beside.get(key) : undefined),
  };
}
