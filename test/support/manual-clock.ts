import type { Clock } from '../../functions/runtime/clock.ts';

/**
 * A clock that stands still until `advance(ms)`; due timers fire in order, promises settle between
 * them.
 */
export interface ManualClock extends Clock {
  advance(ms: number): Promise<void>;
  /** As `advance`, without waiting for what the timers set off. */
  pass(ms: number): void;
  /** When the next timer is due, ms since 1970. */
  next(): number | undefined;
}

export function manualClock(start = Date.parse('2026-11-23T12:00:00Z')): ManualClock {
  let now = start;
  let timers: { at: number; callback: () => void }[] = [];

  return {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + Math.max(0, ms), callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(ms) {
      const until = now + ms;
      await settled();
      while (fireNext(until)) await settled();
      now = until;
    },
    pass(ms) {
      const until = now + ms;
      while (fireNext(until));
      now = Math.max(now, until);
    },
    next: () => nextBy(Number.POSITIVE_INFINITY)?.at,
  };

  function fireNext(until: number): boolean {
    const due = nextBy(until);
    if (!due) return false;
    now = Math.max(now, due.at);
    timers = timers.filter((timer) => timer !== due);
    due.callback();
    return true;
  }

  function nextBy(until: number) {
    return timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets everything that is already resolved run, I/O callbacks included. */
const settled = async () => {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
};
