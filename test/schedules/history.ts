import type { OutcomeEvent } from '../../functions/interruption/outcomes.ts';
import type { Claim, Happening, Refusal } from '../../functions/sessions/session.ts';

/** Something that took effect. `at`: ms since 1970. `began`: how many entries there were when it began. */
export type Entry =
  | { what: 'reported'; text: string; at: number }
  | { what: 'begins'; by: string; at: number }
  | { what: 'records'; kind: Happening['kind'] }
  | { what: 'recorded'; by: string; began: number; kind: Happening['kind']; turn: number | 'ended' }
  | { what: 'claimed'; began: number; at: number; claim: Claim; refused?: Refusal; waited?: true }
  | { what: 'found'; by: string; none: boolean }
  | { what: 'released'; owner: string }
  | { what: 'guarded'; by: string; at: number }
  | { what: 'tracked'; key: string; at: number }
  | { what: 'waits'; key: string; expires_at: number }
  | { what: 'taken'; by: string; began: number; at: number; key: string; mine: boolean }
  | { what: 'sent'; by: string; at: number; id: string; left: boolean }
  | { what: 'answered'; by: string; at: number; id?: string; then: string[]; says: string[] }
  | { what: 'plays'; text: string; at: number; guarded: boolean }
  | { what: 'stopped'; text: string; at: number }
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
      entries.flatMap((entry, index) => (entry.what === what ? [{ ...entry, index } as unknown as Of<W>] : [])),
  };
}
