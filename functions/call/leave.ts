import type { ActionDraft } from '../protocol/actions.ts';
import { type Call, ENTRY_SECONDS, type Utterance } from './document.ts';
import { hasStopped } from './evidence.ts';
import { endsBehind } from './queue.ts';
import { resuming } from './resuming.ts';
import { send } from './sending.ts';
import { change, isFromElsewhere, sentBy, soundBefore, waitingIn } from './utterances.ts';

/** Silence after which AI Flow asks again for a caller who waits, to be told of the progress. */
const PATIENCE_SECONDS = 5;
/** Silence which proves that nobody cut what was said. */
const CERTAIN_SECONDS = 3;

/**
 * Pushes a waiting utterance: nobody knows yet whether it arrives. Gives the actions that go out,
 * in order.
 */
export const leave = (call: Call, key: string, by: string, now: number): [Call, ActionDraft[]] =>
  inOneArray(send(resuming(call, key, now), key, by, now, true), by, true);

/** The actions of what an input sends, in order. */
export function inOneArray(call: Call, by: string, pushes: boolean): [Call, ActionDraft[]] {
  const timed = withTimer(call, by, pushes);
  return [timed, sentBy(timed, by).flatMap(({ actions }) => actions)];
}

/**
 * Asks AI Flow to report silence where the author or a waiting utterance needs it. Each sentence of
 * an array carries the timer, because a sentence that is cut takes those behind it along.
 */
function withTimer(call: Call, by: string, pushes: boolean): Call {
  const own = sentBy(call, by).filter(({ length }) => length);
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last) return call;
  const timer = last.timer ?? timerNeeded(call, first, last, pushes);
  return timer ? own.reduce((timed, one) => timedBy(timed, one, timer), call) : call;
}

type Timer = NonNullable<Utterance['timer']>;

/** A timer that replaces the author's is the author's, too. */
function timerNeeded(
  call: Call,
  first: Utterance,
  last: Utterance,
  pushes: boolean,
): Timer | undefined {
  const authored = runningBefore(call, first);
  const seconds =
    secondsNeeded(call, last, pushes) ??
    authored ??
    call.asks_after ??
    (call.entry && ENTRY_SECONDS);
  if (!seconds) return undefined;
  return authored ? { seconds } : { seconds, ours: true };
}

/**
 * The seconds of the author's timer that an interruption stops, though its sender doesn't know of
 * that.
 */
function runningBefore(call: Call, one: Utterance): number | undefined {
  const before = isFromElsewhere(one) ? soundBefore(call, one) : undefined;
  if (!before?.timer || before.timer.ours || hasStopped(call, before)) return undefined;
  return before.timer.seconds;
}

function timedBy(call: Call, { key, actions, timer: known }: Utterance, timer: Timer): Call {
  const place = actions.findLastIndex(({ type }) => type === 'speak');
  if (known || place < 0) return call;
  const user_input_timeout_seconds = timer.seconds;
  return change(call, key, (one) => ({
    ...one,
    timer,
    actions: actions.map((action, at) =>
      at === place ? ({ ...action, user_input_timeout_seconds } as ActionDraft) : action,
    ),
  }));
}

/**
 * The seconds that something depends on: first what can't be undone, then a caller who waits for a
 * job.
 */
function secondsNeeded(call: Call, last: Utterance, pushes: boolean): number | undefined {
  if (endsBehind(call, last)) return CERTAIN_SECONDS;
  if (call.jobs.length > 0) return PATIENCE_SECONDS;
  return !pushes && waitingIn(call).length > 0 ? CERTAIN_SECONDS : undefined;
}
