import type { OutcomeEvent } from '../outcomes.ts';

/** An interruption as the page has seen it. Times are ms since the call was placed. */
export interface Interruption {
  id: string;
  /** Where it comes from, or what it is. */
  what: string;
  from_ms: number;
  /** Missing while it waits. */
  until_ms?: number;
  /** Outcome, or the reason of one that was skipped or failed; newest last. */
  words: string[];
}

export interface Waits {
  list(): Interruption[];
  /** Somebody sends one. */
  sent(id: string, what: string, at_ms: number): void;
  /** What waits by what the functions know. */
  waiting(ids: readonly string[], at_ms: number): void;
  outcome(event: Pick<OutcomeEvent, 'detail_type' | 'detail'>, at_ms: number): void;
}

/** Keeps the newest of a call. */
const KEPT = 200;

/** What becomes of the interruptions of one call. */
export function createWaits(): Waits {
  const known = new Map<string, Interruption>();

  function about(id: string, at_ms: number): Interruption {
    const found = known.get(id) ?? { id, what: nameOf(id), from_ms: at_ms, words: [] };
    known.set(id, found);
    const [oldest] = known.keys();
    if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
    return found;
  }

  return {
    list: () => [...known.values()],
    sent: (id, what, at_ms) => Object.assign(about(id, at_ms), { what }),
    waiting(ids, at_ms) {
      for (const id of ids) delete about(id, at_ms).until_ms;
      for (const one of known.values())
        if (!ids.includes(one.id)) one.until_ms ??= Math.max(at_ms, one.from_ms);
    },
    outcome({ detail_type, detail }, at_ms) {
      const {
        interruption_id = '',
        reason,
        error,
      } = detail as {
        interruption_id?: string;
        reason?: string;
        error?: { code: string };
      };
      const one = about(interruption_id, at_ms);
      const word = detail_type.replace('Interruption ', '').toLowerCase();
      one.words.push([word, reason ?? error?.code].filter(Boolean).join(': '));
      one.until_ms ??= at_ms;
    },
  };
}

/** What was put off comes back as an interruption of our own. */
const nameOf = (id: string) => (/^job-.+-\d+$/.test(id) ? 'slow answer' : id);
