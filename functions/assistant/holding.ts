import type { Answering } from '../call/answer.ts';
import type { CallStore, Stored } from '../call/call-store.ts';
import type { Call, JobMark } from '../call/document.ts';
import { fold } from '../call/fold.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { type Clock, pause } from '../runtime/clock.ts';
import { newId } from '../runtime/new-id.ts';
import type { Handling } from './handling.ts';

/** What is said if a job has no words of its own in time. */
export interface Hold {
  readonly actions: readonly ActionDraft[];
  /** How long the job has, ms. */
  readonly after_ms: number;
}

/** Decides once more about an answer that has waited, and carries out what follows. */
export type AnswerAgain = (
  id: string,
  known: Stored,
  inNow: (latest: Stored) => Pick<Answering, 'answerable' | 'said'>,
  signal?: AbortSignal,
) => Promise<readonly ActionDraft[]>;

interface Parts {
  readonly sessions: Pick<CallStore, 'read'>;
  readonly answerAgain: AnswerAgain;
  readonly clock: Clock;
}

/** A model seldom has its first words sooner. */
const LOOK_MS = 75;
/** The part of the time that is kept for deciding and writing. */
const DECIDING_MS = 150;

/**
 * Waits for the first words of a job before it says the hold. If they come in time the hold is left
 * out: they were pushed, or go out here where nothing can be pushed. Gives the answer.
 */
export function createHolding({ sessions, answerAgain, clock }: Parts) {
  return async function hold(
    { received, signal }: Handling,
    known: Stored,
    { turn, key }: JobMark,
    { actions, after_ms }: Hold,
  ): Promise<readonly ActionDraft[]> {
    const until = Math.min(clock.now() + after_ms, received.deadline - DECIDING_MS);
    let latest = known;
    while (clock.now() < until && isWorking(fold(latest.call), key)) {
      await pause(clock, Math.min(LOOK_MS, until - clock.now()));
      latest = (await sessions.read(known.call.id, signal)) ?? latest;
    }
    const inNow = ({ call }: Stored) => ({
      answerable: true,
      said: { actions: hasSpoken(fold(call), key) ? [] : actions, turn },
    });
    return answerAgain(newId(), latest, inNow, signal);
  };
}

/** Whether the job is still to say its first words. A newer turn ends it. */
const isWorking = (call: Call, key: string) =>
  call.jobs.some((job) => job.key === key) && !hasSpoken(call, key);

const hasSpoken = ({ queue }: Call, key: string) => queue.some(({ job }) => job === key);
