import type { Answering } from '../call/answer.ts';
import type { CallStore, Stored } from '../call/call-store.ts';
import type { Call, JobMark } from '../call/document.ts';
import { fold } from '../call/fold.ts';
import { canPush, type Ways } from '../call/interrupt.ts';
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

/**
 * Decides once more what an answer that has waited says, and has what follows from that carried
 * out.
 */
export type AnswerAgain = (
  known: Stored,
  answering: (latest: Stored) => Answering,
  signal?: AbortSignal,
) => Promise<readonly ActionDraft[]>;

interface Parts {
  readonly sessions: Pick<CallStore, 'read'>;
  readonly answerAgain: AnswerAgain;
  readonly ways: Ways;
  readonly clock: Clock;
}

/** A model's first words are seldom there before. */
const LOOK_MS = 75;
/** Of the time there is, for deciding and writing what is said. */
const DECIDING_MS = 150;

/**
 * Waits for the first words of a job before its hold is said. Whoever has them needn't be told that
 * they are to come: they go out here, where nothing can be pushed, or have gone out. Gives what is
 * to be answered.
 */
export function createHolding({ sessions, answerAgain, ways, clock }: Parts) {
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
    const by = newId();
    const answering = ({ call }: Stored): Answering => ({
      id: by,
      kind: 'other',
      at: clock.now(),
      answerable: true,
      pushes: canPush(call, ways),
      asks_after: call.asks_after,
      said: { actions: hasSpoken(fold(call), key) ? [] : actions, turn },
    });
    return answerAgain(latest, answering, signal);
  };
}

/** It is still to say its first words. A newer turn takes it away. */
const isWorking = (call: Call, key: string) =>
  call.jobs.some((job) => job.key === key) && !hasSpoken(call, key);

const hasSpoken = ({ queue }: Call, key: string) => queue.some(({ job }) => job === key);
