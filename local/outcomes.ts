/** What became of an interruption, as the functions publish it on EventBridge. */
export interface OutcomeEvent {
  /** RFC 3339. */
  time: string;
  /** `Interruption Delivered`, `Heard`, `Skipped` or `Failed`. */
  detail_type: string;
  detail: unknown;
}

/**
 * What came of it in a word: the reason of one that was skipped, else `delivered`, `heard` or
 * `failed`.
 */
export const wordOf = ({
  detail_type,
  detail,
}: Pick<OutcomeEvent, 'detail_type' | 'detail'>): string =>
  (detail as { reason?: string }).reason ?? detail_type.replace('Interruption ', '').toLowerCase();

export interface Outcomes {
  add(outcome: OutcomeEvent): void;
  /** Oldest first. */
  list(): OutcomeEvent[];
  /** Returns the function that ends the subscription. */
  subscribe(listener: (outcome: OutcomeEvent) => void): () => void;
}

/** Keeps the newest `size` outcomes and tells whoever listens. */
export function createOutcomes(size = 1000): Outcomes {
  const kept: OutcomeEvent[] = [];
  const listeners = new Set<(outcome: OutcomeEvent) => void>();
  return {
    add(outcome) {
      kept.push(outcome);
      if (kept.length > size) kept.shift();
      for (const listener of listeners) listener(outcome);
    },
    list: () => [...kept],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
