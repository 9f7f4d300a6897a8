/** What whoever looks at the page should know of this machine. */
export interface Notice {
  /** A newer one of the same key takes its place. */
  key: string;
  /** Missing once it no longer holds. */
  text?: string;
  /** The call that it is about. */
  session_id?: string;
}

export interface Notices {
  tell(notice: Notice): void;
  /** Those that hold, oldest first. */
  list(): Notice[];
  /** Returns the function that ends the subscription. */
  subscribe(listener: (notice: Notice) => void): () => void;
}

/** Keeps the newest `size`. */
export function createNotices(size = 100): Notices {
  const kept = new Map<string, Notice>();
  const listeners = new Set<(notice: Notice) => void>();
  return {
    tell(notice) {
      const isNews = kept.get(notice.key)?.text !== notice.text;
      kept.delete(notice.key);
      if (notice.text !== undefined) kept.set(notice.key, notice);
      const [oldest] = kept.keys();
      if (kept.size > size && oldest !== undefined) kept.delete(oldest);
      if (isNews) for (const listener of listeners) listener(notice);
    },
    list: () => [...kept.values()],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
