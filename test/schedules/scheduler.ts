import type { ManualClock } from '../support/manual-clock.ts';
import type { Random } from './random.ts';

/**
 * One invocation of a function, or something of the world around it. What crashed does nothing any
 * more.
 */
export interface Process {
  readonly name: string;
  readonly mortal: boolean;
  crashed: boolean;
  onCrash: () => void;
}

export interface Scheduler {
  /** Runs `work` at some time; resolves with its result, or `crashed`. */
  run<T>(
    name: string,
    work: (process: Process) => Promise<T>,
    mortal?: boolean,
  ): Promise<T | 'crashed'>;
  /** Waits until the schedule goes on here; after a crash for ever. */
  point(process: Process): Promise<void>;
  /** Something real that the schedule must wait for: a request to the embedded DynamoDB. */
  outside<T>(work: Promise<T>): Promise<T>;
  /** Until nothing can happen any more. */
  finish(): Promise<void>;
}

interface Parts {
  readonly random: Random;
  readonly clock: ManualClock;
  /** Probability of a crash at each point. */
  readonly crashes: number;
  readonly onCrash: (name: string) => void;
  /** How long nobody may go on though some could, ms. */
  readonly pauses_ms: readonly number[];
}

const TOO_MANY = 5_000;

/** Chooses, by the random numbers alone, who goes on next, who crashes and when time passes. */
export function createScheduler({ random, clock, crashes, onCrash, pauses_ms }: Parts): Scheduler {
  const waiting: { process: Process; go: () => void }[] = [];
  let outside = 0;

  const point = (process: Process) =>
    new Promise<void>((go) => {
      if (!process.crashed) waiting.push({ process, go });
    });

  return {
    point,
    run(name, work, mortal = true) {
      return new Promise((resolve, reject) => {
        const process = { name, mortal, crashed: false, onCrash: () => resolve('crashed') };
        point(process)
          .then(() => work(process))
          .then(resolve, reject);
      });
    },
    async outside(work) {
      outside++;
      try {
        return await work;
      } finally {
        outside--;
      }
    },
    async finish() {
      for (let step = 0; ; step++) {
        if (step > TOO_MANY)
          throw new Error(
            `no end after ${TOO_MANY} steps: ${waiting.map(({ process }) => process.name)}`,
          );
        await settled();
        if (waiting.length === 0 || random.chance(0.08)) {
          if (!passTime()) return;
        } else goOn();
      }
    },
  };

  async function settled() {
    do await new Promise((resolve) => setImmediate(resolve));
    while (outside > 0);
  }

  function passTime(): boolean {
    const next = clock.next() ?? Number.POSITIVE_INFINITY;
    const step = waiting.length > 0 ? random.pick(pauses_ms) : Number.POSITIVE_INFINITY;
    // What a timer sets off happens then, and not when the whole step is over.
    const ms = Math.min(step, Math.max(0, next - clock.now()));
    if (ms === Number.POSITIVE_INFINITY) return false;
    clock.pass(ms);
    return true;
  }

  function goOn() {
    const [{ process, go }] = waiting.splice(random.int(waiting.length), 1) as [
      (typeof waiting)[number],
    ];
    if (process.crashed) return;
    if (!process.mortal || !random.chance(crashes)) return go();
    process.crashed = true;
    onCrash(process.name);
    process.onCrash();
  }
}
