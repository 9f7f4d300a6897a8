import type { CallStore, Stored } from '../call/call-store.ts';
import { type Decision, decide, type Input } from '../call/decide.ts';
import type { Clock } from '../runtime/clock.ts';
import { foldedIn } from './facts.ts';

interface Parts {
  readonly sessions: CallStore;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
  /** Lists the call beside each attempt to write it. Never throws. */
  readonly list: (decision: Decision) => Promise<void>;
}

/** What is to be decided about a call as it was read; `undefined` for one that nobody knows. */
export type InputFor = (stored: Stored | undefined) => Input | Promise<Input>;

export interface Decided {
  readonly decision: Decision;
  /** The call as it is written now, for the next decision. */
  readonly stored: Stored | undefined;
}

/** Others kept changing the call: what was asked has not been decided. */
export class Contended extends Error {
  override readonly name = 'Contended';
  readonly expose = true;
}

/** Of what can be asked again. */
const TRIES = 5;
/** The first tries follow at once: of those that cross, one is written each time. */
const AT_ONCE = 3;
const PAUSE_MS = 20;

/** Reads a call, decides, and writes it if nobody else has changed it meanwhile; else once more from the start. */
export function createDeciding({ sessions, clock, random, list }: Parts) {
  /**
   * `known`: the call as it was just read or written. `attempting` is told what is about to be written: until it is told
   * `undefined`, nobody knows whether it is. Throws {@link Contended}, and what the store throws.
   */
  return async function decideAbout(
    id: string,
    inputFor: InputFor,
    options: {
      readonly known?: Stored | undefined;
      readonly signal?: AbortSignal;
      readonly attempting?: (decision: Decision | undefined) => void;
      readonly tries?: number;
    } = {},
  ): Promise<Decided> {
    const { signal, attempting, tries = TRIES } = options;
    let stored = options.known ?? (await sessions.read(id, signal));
    for (let attempt = 1; attempt <= tries; attempt++) {
      const input = await inputFor(stored);
      signal?.throwIfAborted();
      const decision = decide(stored?.call, input, clock.now());
      if (!decision.save || !stored) return { decision, stored };
      if (decision.evicted?.length) await sessions.keepClaims(id, decision.evicted);
      attempting?.(decision);
      const written = {
        call: decision.call,
        revision: stored.revision + 1,
        folded: foldedIn(stored, decision.call),
      };
      const [isSaved] = await Promise.all([
        sessions.save(stored, decision.call, signal),
        list(decision),
      ]);
      if (isSaved) return done(decision, written);
      stored = await sessions.read(id, signal);
      // It was written after all, and the answer got lost.
      const own = decision.call.applied.at(-1);
      if (own !== undefined && stored?.call.applied.includes(own)) return done(decision, stored);
      attempting?.(undefined);
      if (attempt > Math.max(AT_ONCE, tries - AT_ONCE)) await pause(attempt);
    }
    throw new Contended('the call was changed by others each time: try again');

    function pause(attempt: number) {
      return new Promise<void>((go) => clock.after(random() * PAUSE_MS * attempt, go));
    }

    function done(decision: Decision, stored: Stored): Decided {
      attempting?.(undefined);
      return { decision, stored };
    }
  };
}

export type DecideAbout = ReturnType<typeof createDeciding>;
