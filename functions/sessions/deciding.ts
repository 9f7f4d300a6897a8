import type { CallStore, Stored } from '../call/call-store.ts';
import { type Decision, decide, type Input } from '../call/decide.ts';
import { type Clock, pause } from '../runtime/clock.ts';
import { foldedIn } from './facts.ts';

interface Parts {
  readonly sessions: CallStore;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
  /** Lists the call beside each attempt to write it. Never throws. */
  readonly list: (decision: Decision) => Promise<void>;
}

/** The input to decide about a call as it was read; `undefined` for an unknown call. */
export type InputFor = (stored: Stored | undefined) => Input | Promise<Input>;

export interface Decided {
  readonly decision: Decision;
  /** The call as it is written now, for the next decision. */
  readonly stored: Stored | undefined;
}

/**
 * Called with what is about to be written, and with `undefined` once it is known whether it was.
 */
type Attempting = (decision: Decision | undefined) => void;

/** Others kept changing the call, so nothing was decided. */
export class Contended extends Error {
  override readonly name = 'Contended';
  readonly expose = true;
}

/** Tries for what its sender can ask again. */
const TRIES = 5;
/** Tries for what nobody can ask again: an event, until its deadline, and what became of a push. */
export const TRIES_OF_WHAT_HAPPENED = 16;
/** The first tries follow at once, because one of those that cross is written each time. */
const AT_ONCE = 3;
const PAUSE_MS = 20;

/**
 * Reads a call, decides, and writes it if nobody else has changed it meanwhile; else once more from
 * the start.
 */
export function createDeciding({ sessions, clock, random, list }: Parts) {
  /**
   * `known`: the call as it was just read or written. Throws {@link Contended}, and what the store
   * throws.
   */
  return async function decideAbout(
    id: string,
    inputFor: InputFor,
    options: {
      readonly known?: Stored | undefined;
      readonly signal?: AbortSignal | undefined;
      readonly attempting?: Attempting | undefined;
      readonly tries?: number;
    } = {},
  ): Promise<Decided> {
    const { signal, attempting = () => {}, tries = TRIES } = options;
    let stored = options.known ?? (await sessions.read(id, signal));
    for (let attempt = 1; attempt <= tries; attempt++) {
      const input = await inputFor(stored);
      signal?.throwIfAborted();
      const decision = decide(stored?.call, input, clock.now());
      if (!decision.save || !stored) return { decision, stored };
      const { isWritten, latest } = await write(stored, decision, attempting, signal);
      if (isWritten) return { decision, stored: latest };
      stored = latest;
      if (attempt > Math.max(AT_ONCE, tries - AT_ONCE))
        await pause(clock, random() * PAUSE_MS * attempt);
    }
    throw new Contended('the call was changed by others each time: try again');
  };

  /** Whether it is written, and the call as it is now. */
  async function write(
    stored: Stored,
    decision: Decision,
    attempting: Attempting,
    signal: AbortSignal | undefined,
  ): Promise<{ isWritten: boolean; latest: Stored | undefined }> {
    const { call, evicted = [] } = decision;
    if (evicted.length > 0) await sessions.keepClaims(call.id, evicted);
    attempting(decision);
    const [isSaved] = await Promise.all([sessions.save(stored, call, signal), list(decision)]);
    if (isSaved) {
      attempting(undefined);
      const folded = foldedIn(stored, call);
      return { isWritten: true, latest: { call, revision: stored.revision + 1, folded } };
    }
    const latest = await sessions.read(call.id, signal);
    attempting(undefined);
    // It was written after all, and only the answer got lost.
    const own = call.applied.at(-1);
    return {
      isWritten: own !== undefined && latest?.call.applied.includes(own) === true,
      latest,
    };
  }
}

export type DecideAbout = ReturnType<typeof createDeciding>;
