import type { Clock } from '../../functions/runtime/clock.ts';

export interface Timer {
  /** Calls back after `ms`, unless stopped or started again. */
  start(ms: number, callback: () => void): void;
  stop(): void;
}

/** A timer of which one at most is running. */
export function createTimer(clock: Clock): Timer {
  let cancel: (() => void) | undefined;
  const stop = () => cancel?.();
  return {
    stop,
    start(ms, callback) {
      stop();
      cancel = clock.after(ms, callback);
    },
  };
}
