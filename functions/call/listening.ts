import type { ActionDraft } from '../protocol/actions.ts';
import { wordsOf } from '../protocol/ssml.ts';
import type { Call, Utterance } from './document.ts';
import { beginOf, mayBeCut, soundingAt } from './evidence.ts';
import { isBelieved } from './length.ts';
import { endsBehind } from './queue.ts';
import {
  isHeard,
  isOvertaken,
  msOf,
  soundsAfter,
  soundsIn,
  utteranceIn,
  waitingIn,
} from './utterances.ts';
import { restOf } from './words.ts';

/**
 * What words show besides their content: that the caller listens ("mhm"), or takes leave ("thanks,
 * bye").
 */
export type Manner = 'listens' | 'leaves';

/** What becomes of such words. */
export type Listening =
  /** They are answered like any other words. */
  | 'answer'
  /** Nothing: what was said goes on. */
  | 'nothing'
  /** They have cut a sentence, which is said again from there. */
  | { readonly rest: string }
  /** They have cut the sentence behind which the call ends: it counts as heard. */
  | { readonly heard: string };

/** Whoever speaks this close to the end has heard the sentence, and answers it. */
const LAST_MS = 1_000;

/** How long the shortest word takes to say. */
const WORD_MS = 200;

/**
 * What a caller means who says no more than "mhm" or "bye". `before` is the call before these
 * words, `after` with them. The first row that fits decides.
 *
 * | they come | they are |
 * |---|---|
 * | into a sentence behind which the call ends | nothing: it ends |
 * | as a farewell, elsewhere | an answer |
 * | into the first 200 ms of a sentence: they were begun before it | nothing |
 * | into the last sentence of an answer, which asks what nobody has answered yet | an answer |
 * | while more is to be said, or is worked on | nothing |
 * | in the last second of what is said, or later | an answer |
 * | into anything else | nothing; if they cut it, it is said again, unless it was mere progress |
 */
export function listening(
  before: Call,
  after: Call,
  manner: Manner,
  { at, cuts }: { readonly at: number; readonly cuts?: true },
  resumes: boolean,
): Listening {
  const cut = cuts && cutBetween(before, after);
  const current = cut ?? soundOf(before, at);
  if (current && endsBehind(before, current)) return cut ? { heard: cut.key } : 'nothing';
  if (manner === 'leaves') return 'answer';
  if (current && !cut && at < beginOf(before, current) + WORD_MS) return 'nothing';
  if (isAnswer(before, current ?? soundsIn(before).at(-1), at, current !== undefined))
    return 'answer';
  if (!cut || cut.from === 'progress') return 'nothing';
  return resumes && unheardBehind(after, cut.key).length > 0 ? { rest: cut.key } : 'answer';
}

/** The sounding sentence that these words cut, perhaps already with their first sound. */
function cutBetween(before: Call, after: Call): Utterance | undefined {
  const heard = before.words[0]?.at ?? before.start?.at ?? 0;
  const isOld = ({ key }: Utterance) =>
    before.queue.some((one) => one.key === key && one.end?.how === 'caller' && one.end.at <= heard);
  return after.queue.find((one) => one.end?.how === 'caller' && !isOld(one));
}

/** The sentence that is being said, or that ended early and may have been cut. */
const soundOf = (call: Call, at: number): Utterance | undefined =>
  soundingAt(call, at)[0] ?? call.queue.find((one) => mayBeCut(call, one, at));

function isAnswer(call: Call, one: Utterance | undefined, at: number, isSaid: boolean): boolean {
  const isWorkedOn = call.jobs.length > 0;
  if (!one) return !isWorkedOn;
  const isPart = isWorkedOn && one.job !== undefined;
  if (!isPart && !isAnswered(call, one) && isLast(call, one) && asks(one)) return true;
  if (isWorkedOn || !isLast(call, one)) return false;
  return !isSaid || (one.end?.at ?? at) >= beginOf(call, one) + msOf(one) - LAST_MS;
}

/** Whether the caller's reply to it is being worked on. */
const isAnswered = ({ jobs }: Call, { turn = Number.POSITIVE_INFINITY }: Utterance) =>
  jobs.some((job) => job.turn > turn);

/** Whether it is the last sentence of its answer. */
const isLast = (call: Call, { key }: Utterance): boolean =>
  soundsAfter(call, key).every(({ end }) => end) &&
  !waitingIn(call).some(({ length, from }) => length && from !== 'interruption');

/** Question marks of any script; Greek uses a semicolon. */
const QUESTION = /[?？؟⸮՞;]["'”»)\]」』]*\s*$/u;

const asks = ({ actions }: Utterance) =>
  actions.some(
    (action) =>
      action.type === 'speak' &&
      QUESTION.test(action.text ?? wordsOf({ ssml: action.ssml, text: undefined })),
  );

/** Something to say again, and the sentence that it comes from. */
export interface Unheard {
  readonly action: ActionDraft;
  readonly of: string;
}

/**
 * What the caller hasn't heard because they cut that utterance: its text from the beginning of the
 * sentence that was cut, and what was to follow.
 */
export function unheardBehind(call: Call, key: string): Unheard[] {
  const cut = utteranceIn(call, key);
  const isBound = cut?.rules?.if_turn !== undefined;
  if (!cut?.end || (isBound && isOvertaken(call, cut))) return [];
  const { at } = cut.end;
  const rest = unheardOf(call, cut, at);
  if (rest.length === 0) return [];
  const along = soundsAfter(call, key).filter(({ end }) => end?.along && end.at === at);
  const behind = along.flatMap(({ key: of, actions, timer }) =>
    actions.filter(isHeard).map((one) => ({ action: asAuthored(one, timer), of })),
  );
  return [...rest, ...behind];
}

/** The largest share that still leaves the last sentence unsaid. */
const AT_ITS_LAST = 0.99;

/**
 * The text that hadn't been said at `at`, if any. What was published as in doubt isn't repeated.
 */
export function unheardOf(call: Call, one: Utterance, at: number): Unheard[] {
  const said = one.actions.find(isHeard);
  if (said?.type !== 'speak' || said.text === undefined || one.sent?.unsure === 'told') return [];
  const share = (at - beginOf(call, one)) / (msOf(one) || 1);
  // A voice that announces no length may be slow, so at least its last sentence is repeated.
  const isGuess = one.length !== undefined && !isBelieved(one.length);
  const text = restOf(said.text, isGuess ? Math.min(share, AT_ITS_LAST) : share);
  if (text === undefined) return [];
  return [{ action: asAuthored({ ...said, text }, one.timer), of: one.key }];
}

/** Without a timer that we added, which is set anew. */
function asAuthored(action: ActionDraft, timer: Utterance['timer']): ActionDraft {
  if (action.type !== 'speak' || !timer?.ours) return action;
  const { user_input_timeout_seconds: _, ...authored } = action;
  return authored;
}
