import { isGoingOut } from './answer.ts';
import type { Call, Fact } from './document.ts';
import { isSilenceAgain, TAKEN_WITHIN_MS, toldBefore, whoEnded } from './ends.ts';
import { isExpected, isHearing, silentAfter } from './evidence.ts';
import { foldBefore, foldBy } from './fold.ts';
import { listening, type Manner } from './listening.ts';
import { CONFIRMED_WITHIN_MS } from './settle.ts';
import { firstOf } from './turns.ts';
import { isToldInDoubt, type Sound, soundsAfter, soundsIn, utteranceIn } from './utterances.ts';

type Spoken = Extract<Fact, { kind: 'words' }>;

/** What an event asks for. */
export type Asked =
  /** The call flow decides. */
  | 'template'
  /** A caller who waits for a job hears that it goes on. */
  | 'progress'
  /** The job that they wait for has died, or nobody has heard its result. */
  | 'apology'
  /** What was said to the first delivery is said again, if it hasn't begun. */
  | 'repeat'
  /** Nobody has spoken for a while. */
  | 'silence'
  /** Another key of what is being entered. */
  | 'entry'
  /** Words that only show that somebody listens have cut this: it goes on. */
  | { readonly rest: string }
  /** Words of farewell have cut this: the call ends as it was about to. */
  | { readonly heard: string }
  /** Nothing: it has been answered, or is only evidence. */
  | 'nothing';

/** What is known about the call flow before it is asked. */
export interface Reading {
  /** What the event's words show besides their content. */
  readonly manner?: Manner | undefined;
  /** Whether a sentence that only such words cut is said again. */
  readonly resumes?: boolean;
  /** Whether it handles the silence that it asked AI Flow to report. */
  readonly handlesSilence?: boolean;
}

/** Who answers an event that has just been recorded. `call` still has it among its facts. */
export function meaningOf(call: Call, id: string, now: number, reading: Reading = {}): Asked {
  const own = call.facts.find((fact) => fact.id === id);
  const after = foldBy(call, now);
  if (!own || (after.ended !== undefined && own.kind !== 'over')) return 'nothing';
  switch (own.kind) {
    case 'start':
      return ofStart(after, own);
    case 'words':
      return firstOf(foldBefore(call, own), own) === 'told'
        ? 'nothing'
        : ofWords(call, after, own, reading);
    case 'key':
      return after.entry ? 'entry' : 'template';
    case 'ended':
      return ofEnd(call, after, own, now);
    case 'silence':
      return ofSilence(call, after, own, now, reading);
    case 'over':
      return foldBefore(call, own).ended === undefined ? 'template' : 'nothing';
    default:
      return 'template';
  }
}

function ofStart({ start }: Call, { id, at }: Fact): Asked {
  if (!start || start.by === id) return 'template';
  if (start.answered) return 'repeat';
  // Whoever was to answer the first one has died.
  return at > start.at + ANSWERED_WITHIN_MS ? 'template' : 'nothing';
}

const ANSWERED_WITHIN_MS = 1_000;

/**
 * The template is asked when a sentence was said to its end, unless something waiting goes out at
 * that moment.
 */
function ofEnd(call: Call, after: Call, own: Fact, now: number): Asked {
  const earlier = foldBefore(call, own);
  const its = whoEnded(earlier, own.at);
  if (!its && toldBefore(earlier, own.at)) return 'nothing';
  const end = its && utteranceIn(after, its.key)?.end;
  if ((end && end.how !== 'full') || (its && hasNewer(after, its))) return 'nothing';
  return isGoingOut(after, now) ? 'nothing' : 'template';
}

/** Whether something newer was said since, whose end the template would take this for. */
const hasNewer = (call: Call, { key, sent }: Sound): boolean =>
  soundsAfter(call, key).some((one) => one.sent.by !== sent.by);

function ofWords(call: Call, after: Call, own: Spoken, { manner, resumes = true }: Reading): Asked {
  if (!manner) return 'template';
  const meant = listening(foldBefore(call, own), after, manner, own, resumes);
  return meant === 'answer' ? 'template' : meant;
}

/**
 * Silence that only we asked to be reported is evidence alone, unless the call flow asks whether
 * somebody is there.
 */
function ofSilence(call: Call, after: Call, own: Fact, now: number, reading: Reading): Asked {
  const earlier = foldBefore(call, own);
  const [job] = after.jobs;
  if (isSilenceAgain(earlier, own.at) || isGoingOut(after, now) || isLeft(after, now))
    return 'nothing';
  if (job) return now >= job.until ? 'apology' : 'progress';
  const timed = silentAfter(earlier, own.at);
  if (timed && isUnheard(after, timed, own.at)) return 'apology';
  const isOurs = timed?.timer?.ours === true;
  // The timer of a sentence that another one has followed says nothing.
  const isHandled = !isOurs && reading.handlesSilence && !after.entry;
  if (isHandled) return isHearing(after, now) ? 'nothing' : 'template';
  return isSilent(after, now) ? 'silence' : 'nothing';
}

/**
 * Whether a job's result that may have been said wasn't: the timer of a sentence before it has run
 * out, which anything that was said since would have stopped.
 */
function isUnheard(call: Call, timed: Sound, at: number): boolean {
  const last = soundsIn(call).at(-1);
  const isInDoubt = last?.from === 'job' && isToldInDoubt(last) && !last.began;
  return isInDoubt && timed.key !== last.key && at >= last.sent.at + TAKEN_WITHIN_MS;
}

/**
 * Whether AI Flow was just told to end the call or to transfer it: nobody would hear an answer. A
 * push that is still under way may be refused.
 */
const isLeft = ({ queue, transferred }: Call, now: number): boolean =>
  transferred !== undefined ||
  queue.some(
    ({ ends, sent }) => ends && sent && !sent.unsure && now < sent.at + CONFIRMED_WITHIN_MS,
  );

/** Whether nobody is speaking, and nobody is about to. */
export const isSilent = (call: Call, now: number) =>
  (call.asks_after !== undefined || call.entry !== undefined) &&
  !call.music &&
  !isLeft(call, now) &&
  call.jobs.length === 0 &&
  call.pending.length === 0 &&
  !isHearing(call, now) &&
  !isExpected(call, now);

/** What must be said after words that nobody answered, because they stopped AI Flow's timer. */
export function lineNeeds(
  call: Call,
  fact: Fact,
  pushes: boolean,
  now: number,
): 'progress' | 'silence' | undefined {
  if (!isTimerStopped(call, fact)) return undefined;
  const { id } = fact;
  const others = { ...call, pending: call.pending.filter(({ by }) => by !== id) };
  const isAnswered = others.pending.length > 0 || isGoingOut(others, now);
  if (isAnswered || isHearing(call, now)) return undefined;
  if (call.jobs.length > 0) return pushes && call.asks_after === undefined ? undefined : 'progress';
  return isSilent(others, now) ? 'silence' : undefined;
}

/** Even a late end is usually told within this time. */
const TOLD_WITHIN_MS = 500;

/**
 * Whether nothing but speech starts AI Flow's timer again: after these words, unless they are a
 * repetition, which the other delivery answers; or after a sentence whose end is told just after
 * words that seemed to come into it.
 */
function isTimerStopped({ words, turn, jobs }: Call, { kind, id, at }: Fact): boolean {
  if (kind === 'words') return words.some(({ by }) => by === id);
  const [last] = words;
  const isUnanswered = last !== undefined && last.turn > turn && jobs.length === 0;
  return kind === 'ended' && isUnanswered && at < last.at + TOLD_WITHIN_MS;
}

/** When the sentence began whose end this event reports, or that it is a repeated report. */
export function endOfWhom(
  call: Call,
  id: string,
): { readonly began?: number; readonly again?: true } {
  const own = call.facts.find((fact) => fact.id === id);
  if (own?.kind !== 'ended') return {};
  const earlier = foldBefore(call, own);
  const its = whoEnded(earlier, own.at);
  if (!its) return toldBefore(earlier, own.at) ? { again: true } : {};
  return its.began ? { began: its.began.at } : {};
}

/** The turn at which the template is asked. */
export function turnOf(call: Call, id: string, now: number): number {
  const after = foldBy(call, now);
  return after.pending.find(({ by }) => by === id)?.turn ?? after.turn;
}
