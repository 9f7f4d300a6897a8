import type { Clock } from '../functions/runtime/clock.ts';
import { createLimit } from '../functions/runtime/limit.ts';
import type { LambdaFunction } from './functions.ts';

/** Runs a task when its turn comes; whoever came first goes first. */
export type Pace = <T>(task: () => Promise<T>) => Promise<T>;

export interface PacingParts {
  clock: Clock;
  /**
   * So many at once, and whoever has taken `place_ms` no longer counts: it waits for something else
   * than this machine.
   */
  line: { at_once: number; place_ms: number };
  /** Hears how long somebody had to wait, ms. */
  waited(ms: number): void;
}

/**
 * What one thread each for functions and database answers in time, on a slow machine that has just
 * begun, too.
 */
export const EVENTS = { at_once: 3, place_ms: 400 };
/** Nobody on the line waits for an answer: jobs, and what comes by EventBridge and SQS. */
export const BACKGROUND = { at_once: 2, place_ms: 150 };

/**
 * The line in front of the functions. On Lambda each event has a machine of its own; here all of
 * them share one, and of 200 at once most would miss the time limits of the functions. They wait
 * outside, where no function's clock runs. What waits is late, and nothing is lost.
 */
export function createPacing({ clock, line, waited }: PacingParts): Pace {
  const limit = createLimit(line.at_once);

  return <T>(task: () => Promise<T>) => {
    const result = Promise.withResolvers<T>();
    const came = clock.now();
    void limit(async () => {
      waited(clock.now() - came);
      const work = task();
      result.resolve(work);
      await inPlace(work);
    });
    return result.promise;
  };

  function inPlace(work: Promise<unknown>): Promise<void> {
    return new Promise((leave) => {
      const cancel = clock.after(line.place_ms, leave);
      const done = () => {
        cancel();
        leave();
      };
      work.then(done, done);
    });
  }
}

/** The same function behind a line. */
export const paced = <L extends LambdaFunction>(lambda: L, pace: Pace): L => ({
  ...lambda,
  invoke: (payload) => pace(() => lambda.invoke(payload)),
});
