/** Time as a part that is handed in: milliseconds since 1970, and timers. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback) {
    // Node takes a longer wait for none at all, and warns of one that is over.
    const timer = setTimeout(callback, Math.max(0, Math.min(ms, 2 ** 31 - 1)));
    return () => clearTimeout(timer);
  },
};

export const pause = (clock: Clock, ms: number) => new Promise<void>((go) => clock.after(ms, go));
