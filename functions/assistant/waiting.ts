import { isGoingOut } from '../call/answer.ts';
import type { CallStore, Stored } from '../call/call-store.ts';
import { type Call, type Fact, WAITED } from '../call/document.ts';
import { fold } from '../call/fold.ts';
import { soundsIn } from '../call/utterances.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { type Clock, pause } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { newId } from '../runtime/new-id.ts';
import type { Received } from './deadline.ts';
import type { AnswerAgain } from './holding.ts';

/**
 * sipgate's own application lets the end of a sentence wait for up to 4 s; nobody waits for its
 * answer.
 */
export const SLOW_ANSWER_WAIT_MS = 3_500;
const LOOKS = 8;

interface Parts {
  readonly sessions: Pick<CallStore, 'read'>;
  readonly answerAgain: AnswerAgain;
  readonly clock: Clock;
  readonly log: Log;
  readonly wait_ms: number;
}

/**
 * Where nothing can be pushed, the answer to the end of a hold waits for the job. It looks now and
 * then, and stops at any newer event, whose own answer fetches what is ready.
 */
export function createWaiting({ sessions, answerAgain, clock, log, wait_ms }: Parts) {
  // 250 ms of 3.5 s, and then twice that: however long it waits, the looks are few.
  const first_ms = wait_ms / (2 * LOOKS - 2);

  return async function waitForJob(
    written: Stored,
    fact: Fact,
    received: Received,
  ): Promise<readonly ActionDraft[]> {
    const { id: session_id, unheard } = written.call;
    if (unheard) return [];
    const isOver = (latest: Stored) => isNewer(latest, written, fact);
    const until = Math.min(received.at, silentSince(fold(written.call))) + wait_ms;
    try {
      const ready = await untilReady(session_id, until, isOver);
      if (!ready) return [];
      const inNow = (latest: Stored) => ({ answerable: !isOver(latest) });
      return await answerAgain(WAITED + newId(), ready, inNow);
    } catch (error) {
      log.error('waiting_failed', { session_id, error });
      return [];
    }
  };

  /**
   * The call, once something that waits may go out; `undefined` if there is nothing to wait for any
   * more.
   */
  async function untilReady(
    session_id: string,
    until: number,
    isOver: (latest: Stored) => boolean,
  ): Promise<Stored | undefined> {
    for (let look = 0; look < LOOKS; look++) {
      const wait = Math.min(first_ms * 2 ** Math.min(look, 1), until - clock.now());
      if (wait <= 0) return undefined;
      await pause(clock, wait);
      const stored = await sessions.read(session_id);
      if (!stored || isOver(stored)) return undefined;
      const call = fold(stored.call);
      if (isGoingOut(call, clock.now())) return stored;
      if (call.jobs.length === 0) return undefined;
    }
    return undefined;
  }
}

/** When the line became silent, so that a repeated delivery waits no longer than the first. */
const silentSince = (call: Call) => soundsIn(call).at(-1)?.end?.at ?? Number.POSITIVE_INFINITY;

/** The prefix of an event's id. No other id begins with it, because ids are base64url. */
export const EVENT = '@';

/** Whether a newer event has come. Another input may already have saved it with the call. */
function isNewer(now: Stored, before: Stored, { id }: Fact): boolean {
  const known = [id, ...eventsIn(before)];
  return eventsIn(now).some((event) => !known.includes(event));
}

const eventsIn = ({ call: { facts, applied }, folded }: Stored) =>
  [...facts.map(({ id }) => id), ...folded, ...applied].filter((id) => id.startsWith(EVENT));
