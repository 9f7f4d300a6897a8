import type { ActionDraft } from '../protocol/actions.ts';
import { type Call, type JobMark, MAX_WAITING, type Utterance } from './document.ts';
import { canPush, type Interrupted, saved, skipped, type Ways, withVoice } from './interrupt.ts';
import { leave } from './leave.ts';
import { verdictOf } from './queue.ts';
import { applyChanges, type Changes } from './state.ts';
import { utterancesOf, waitingIn } from './utterances.ts';
import { keyOf } from './words.ts';

/** One part of a slow answer: a sentence, or whatever is said at once. */
export interface Part {
  readonly by: string;
  /** Of the job. */
  readonly job: string;
  /** Of this part: `<job>-1`, `<job>-2`, … */
  readonly number: number;
  readonly at: number;
  /** Empty: nothing is said, and where it is the last part the job is over. */
  readonly actions: readonly ActionDraft[];
  readonly last: boolean;
  /** What the job changed: kept with what it says. */
  readonly changes?: Changes;
  readonly ways: Ways;
}

/**
 * Takes a part of a slow answer, once, if its job is under way and all earlier parts have been
 * taken. It waits until nothing is being said; a correction, which begins with `barge_in`, cuts
 * that unless it is an interruption.
 */
export function takePart(call: Call | undefined, part: Part, now: number): Interrupted {
  const mark = call?.jobs.find(({ key }) => key === keyOf(part.job));
  if (!call || call.ended !== undefined)
    return skipped(call, call ? 'session_ended' : 'unknown_session');
  if (!mark) return skipped(call, 'stale_turn');
  if (part.number <= mark.parts) return skipped(call, 'duplicate');
  if (waitingIn(call).length >= MAX_WAITING) return skipped(call, 'queue_full');
  const taken = withPart(call, mark, part);
  const own = partOf(call, mark, part);
  const [first] = own;
  const session_id = call.id;
  const queued = { ...taken, queue: [...call.queue, ...own] };
  if (!first || !canPush(call, part.ways) || verdictOf(queued, first, now) !== 'go')
    return saved(queued, { session_id, outcome: 'deferred' });
  const { key } = first;
  const [left, actions] = leave(queued, key, part.by, now);
  return { ...saved(left, { session_id, outcome: 'delivered' }), push: { key, actions } };
}

function withPart(call: Call, mark: JobMark, { number, last, changes }: Part): Call {
  const others = call.jobs.filter(({ key }) => key !== mark.key);
  return {
    ...call,
    ...(changes && applyChanges(call, changes)),
    jobs: last ? others : [...others, { ...mark, parts: number }],
  };
}

function partOf(
  call: Call,
  { key, turn }: JobMark,
  { job, number, at, actions }: Part,
): Utterance[] {
  const id = `${job}-${number}`;
  return utterancesOf(withVoice(actions, call), keyOf(id), {
    from: 'job',
    start: call.starts,
    turn,
    job: key,
    trigger: { id, at },
  });
}
