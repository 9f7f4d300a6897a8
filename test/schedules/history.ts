import type { Fact } from '../../functions/call/document.ts';
import type { OutcomeEvent } from '../../functions/call/outcome.ts';

/**
 * Actions that leave together: the interruptions in them, those whose `then` is in them, and all
 * that is said.
 */
export interface Batch {
  readonly by: string;
  readonly ids: readonly string[];
  readonly then: readonly string[];
  readonly says: readonly string[];
}

/** Something that took effect. `by`: the invocation; `at`: ms since 1970. */
export type Entry =
  | { what: 'reported'; by: string; at: number }
  | { what: 'begins'; by: string; at: number }
  | { what: 'recorded'; by: string; at: number; kind: Fact['kind'] }
  /** The answer to the recording has come. */
  | { what: 'known'; by: string; at: number }
  | { what: 'saved'; by: string; at: number }
  | { what: 'asked'; by: string; turn: number; text: string }
  | { what: 'found'; by: string; none: boolean }
  | ({ what: 'left'; at: number; way: 'push' | 'answer'; arrives: boolean } & Batch)
  | { what: 'plays'; text: string; at: number; guarded: boolean }
  | { what: 'stopped'; text: string; at: number; cut?: Batch }
  | { what: 'published'; by: string; event: OutcomeEvent }
  | { what: 'returned'; by: string; id: string; result: 'done' | 'again' | 'crashed' }
  | { what: 'crashed'; by: string }
  | { what: 'fault'; by: string; method: string };

type What = Entry['what'];
export type Of<W extends What> = Extract<Entry, { what: W }> & { readonly index: number };

/** What happened in one schedule, in order of effect. */
export interface History {
  readonly entries: Entry[];
  add(entry: Entry): void;
  all<W extends What>(what: W): Of<W>[];
}

export function createHistory(): History {
  const entries: Entry[] = [];
  return {
    entries,
    add: (entry) => void entries.push(entry),
    all: <W extends What>(what: W) =>
      entries.flatMap((entry, index) =>
        entry.what === what ? [{ ...entry, index } as unknown as Of<W>] : [],
      ),
  };
}
