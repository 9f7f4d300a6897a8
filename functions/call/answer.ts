import { isDeepStrictEqual } from 'node:util';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Decision } from './decide.ts';
import {
  type Call,
  type Entry,
  type Fact,
  type JobMark,
  type Origin,
  omit,
  type Parties,
  type Utterance,
} from './document.ts';
import { isHearing, soundingAt } from './evidence.ts';
import { withKey } from './fold.ts';
import { handingOver } from './interrupt.ts';
import { inOneArray } from './leave.ts';
import { unheardBehind } from './listening.ts';
import type { OutcomeEvent } from './outcome.ts';
import { onItsWay, predecessorOf, verdictOf } from './queue.ts';
import { ahead, restsOf, resuming } from './resuming.ts';
import { send } from './sending.ts';
import { about, isOfTrigger, settle } from './settle.ts';
import { applyChanges, type Changes } from './state.ts';
import { closeTurn } from './turns.ts';
import {
  change,
  endOf,
  isAnswerTo,
  isHeard,
  isRestOf,
  isSaid,
  sentBy,
  utteranceIn,
  utterancesOf,
  waitingIn,
  withoutAnswer,
} from './utterances.ts';

/** The fact of an event, whose id is that of this input, too; and what the call flow says to it. */
export interface Answering extends Pick<Fact, 'id' | 'kind' | 'at'> {
  /** AI Flow executes actions returned for it. */
  readonly answerable: boolean;
  /** The call can be reached without an event. */
  readonly pushes: boolean;
  /** Who is on the line, as far as the event says; for a call whose start was never recorded. */
  readonly parties?: Parties;
  readonly asks_after?: Call['asks_after'] | undefined;
  /** What is said to it; missing if no call flow was asked. */
  readonly said?: Said;
}

export interface Said {
  readonly actions: readonly ActionDraft[];
  readonly from?: Extract<Origin, 'answer' | 'progress'>;
  /** The turn at which the call flow was asked. Whatever was answered since overtakes it. */
  readonly turn?: number;
  readonly changes?: Changes;
  /** The slow answer that it puts off. */
  readonly job?: JobMark;
  /** The key of a job that is lost. */
  readonly lost?: string;
  /** Says again what was said to the first delivery, if that hasn't begun. */
  readonly repeat?: true;
  /** The input whose answer this one replaces. */
  readonly instead?: string;
  /** It answers no words, so the conversation stays where it was. */
  readonly aside?: true;
  /** How often it has been asked by now whether somebody is there. */
  readonly asked?: number;
  /**
   * The sentence to say again from where it was cut, because the words only showed that somebody
   * listens.
   */
  readonly rest?: string;
  /** The sentence that counts as heard though the caller has cut it. */
  readonly heard?: string;
  /** The digits that the caller is asked for from now on; `null` for none any more. */
  readonly entry?: Entry | null;
  /** Spoken digits, which are entered like keys. */
  readonly entered?: { readonly id: string; readonly sealed: string; readonly at: number };
}

/** Answers an event with what the call flow said and what had waited for it. `call` is folded. */
export function answer(call: Call, input: Answering, now: number): Decision {
  const said = isForgotten(call, input) ? undefined : input.said;
  const turned = takeTurn(said?.instead ? withoutAnswer(call, said.instead) : call, input, now);
  const placed = setAsksAfter(locate(turned, input), input);
  const kept = said ? remember(hearOut(placed, said), said, input) : placed;
  const { call: settled, publish } = settle(kept, now);
  const isSpoken = said && !said.repeat && settled.ended === undefined;
  const own = isSpoken ? ownUtterances(settled, said, input) : [];
  const queued = own.length > 0 ? { ...settled, queue: [...settled.queue, ...own] } : settled;
  const sent = input.answerable ? goOut(queued, input, now) : queued;
  const [timed, actions] = inOneArray(sent, input.id, input.pushes);
  const known = handingOver(timed, actions, now);
  const isRepeat = said?.repeat && known.ended === undefined;
  const [left, again] = isRepeat ? repeatStart(known, now) : [known, []];
  return {
    call: left,
    actions: [...again, ...actions],
    save: left !== turned || turned !== call || input.kind === 'over',
    publish: [...publish, ...sentBy(sent, input.id).filter(isOfTrigger).map(deliveredIn(sent))],
  };
}

const deliveredIn =
  (call: Call) =>
  (one: Utterance): OutcomeEvent => ({
    ...about(call, one),
    outcome: 'delivered',
    ...(one.resume && { resumed: call.queue.some((other) => isRestOf(other, one.key)) }),
  });

/**
 * Whether the call no longer knows these words: newer ones have come, or another delivery was
 * answered in their place.
 */
const isForgotten = ({ pending, words }: Call, { id, kind }: Answering) =>
  kind === 'words' && ![...pending, ...words].some(({ by }) => by === id);

/** Words that were answered become a turn; words that nobody answers change nothing. */
function takeTurn(call: Call, { id, kind, said }: Answering, now: number): Call {
  if (kind !== 'words' || !call.words.some(({ by }) => by === id)) return call;
  const isAnswered =
    said !== undefined && !said.aside && (said.actions.length > 0 || said.job !== undefined);
  return closeTurn(call, id, now, isAnswered);
}

/** Takes from any event who is on the line, if the start got lost or named no account. */
function locate(call: Call, { parties = {} }: Answering): Call {
  const { account_id } = parties;
  if (call.starts > 0 || call.caller || call.callee)
    return call.account_id === undefined && account_id ? { ...call, account_id } : call;
  return Object.keys(parties).length > 0 ? { ...call, ...parties } : call;
}

/** Notes what the call flow wants, because later pushes don't know it. */
function setAsksAfter(call: Call, { asks_after }: Answering): Call {
  if (call.asks_after === asks_after) return call;
  return asks_after === undefined ? omit(call, 'asks_after') : { ...call, asks_after };
}

/**
 * Mends a cut by words that weren't meant as one: what was to follow comes all the same, or the
 * sentence waits to be said again.
 */
function hearOut(call: Call, { heard, rest }: Said): Call {
  if (rest !== undefined) return withRest(call, rest);
  const cut = utteranceIn(call, heard);
  if (cut?.end?.how !== 'caller') return call;
  return {
    ...call,
    queue: call.queue.map((one) => {
      if (predecessorOf(call, one.behind) !== cut) return one;
      return omit(one, 'falls');
    }),
  };
}

/**
 * Puts the rest of a sentence in its place: followers stand behind the rest, and other waiting
 * answers come after it.
 */
function withRest(call: Call, key: string): Call {
  const cut = utteranceIn(call, key);
  if (cut?.end?.how !== 'caller' || utteranceIn(call, `${key}.on`)) return call;
  const { turn = call.turn, job } = cut;
  const unheard = unheardBehind(call, key);
  const own = restsOf(call, unheard, `${key}.on`, {
    from: 'rest',
    start: call.starts,
    turn,
    ...(job !== undefined && { job }),
  });
  const last = own.at(-1)?.key;
  const queue = call.queue.map((one) =>
    last !== undefined && !one.sent && unheard.some(({ of }) => of === one.behind)
      ? { ...one, behind: last }
      : one,
  );
  return { ...call, queue: ahead(queue, own) };
}

/** Keeps what the call flow changed. Never throws: the caller has checked the limits. */
function remember(call: Call, said: Said, { id }: Answering): Call {
  const { changes, job, lost, actions, asked, entry } = said;
  const { start } = call;
  const voice = actions.flatMap((one) => (one.type === 'speak' && one.tts) || []).at(-1);
  const jobs = [...call.jobs.filter(({ key }) => key !== lost), ...(job ? [job] : [])];
  const changed: Partial<Call> = {
    ...(changes && applyChanges(call, changes)),
    ...(voice && !isDeepStrictEqual(voice, call.voice) && { voice }),
    ...(start?.by === id && !start.answered && { start: { ...start, answered: true } }),
    ...((job || lost) && { jobs: jobs.slice(-MAX_JOBS) }),
    ...(asked !== undefined && { asked }),
  };
  const kept = Object.keys(changed).length > 0 ? { ...call, ...changed } : call;
  if (said.entered) return withKey(kept, said.entered);
  // Keys that came meanwhile were pressed for another question.
  if (entry) return { ...kept, entry };
  return entry === null ? omit(kept, 'entry') : kept;
}

const MAX_JOBS = 4;

function ownUtterances(call: Call, said: Said, { id }: Answering): Utterance[] {
  const { actions, from = 'answer', turn = call.turn } = said;
  // An answer that was overtaken isn't said, but its silent actions are still carried out.
  const still =
    turn < call.turn ? actions.filter((action) => !isHeard(action) && !endOf([action])) : actions;
  const common = { from, start: call.starts, turn: call.turn };
  const [first, ...more] = utterancesOf(still, id, common);
  if (!first) return [];
  return [isIntoSilence(said) ? { ...first, into_silence: true } : first, ...more];
}

/** Whether it is said only because nobody was speaking, without asking the call flow. */
const isIntoSilence = ({ from, asked, aside }: Said) =>
  from === 'progress' || asked !== undefined || aside === true;

/** Sends what had waited, then what was just said; what ends the call comes last. */
function goOut(call: Call, input: Answering, now: number): Call {
  if (waitingIn(call).length === 0) return call;
  const landed = landedMeanwhile(call, input, now);
  const leaving = { by: input.id, now, sparing: input.kind === 'began' };
  const led = waitingOut(call, leaving);
  if (isEnding(led, input.id)) return led;
  return waitingOut(ownOut(led, landed, leaving), leaving);
}

interface Leaving {
  readonly by: string;
  readonly now: number;
  readonly sparing: boolean;
}

/** Whether the call flow has just said it. */
const isOwn = ({ key, sent }: Utterance, by: string) => !sent && isAnswerTo(key, by);

/** Whether it ends the call: nothing after it in the array would be executed. */
const isEnding = (call: Call, by: string) => sentBy(call, by).some(({ ends }) => ends);

/** Sends whatever may go by now, in order; each may let the next one go. */
function waitingOut(call: Call, leaving: Leaving): Call {
  const { by, now } = leaving;
  if (isEnding(call, by)) return call;
  const others = withoutOwn(call, by);
  // What is already in the array isn't cut.
  const sparing = leaving.sparing || lastSound(call, by) !== undefined;
  const next = waitingIn(others).find(
    (one) => !one.with && verdictOf(one.ends ? call : others, one, now, sparing) === 'go',
  );
  return next ? waitingOut(sendOut(call, next, leaving), leaving) : call;
}

function ownOut(call: Call, landed: string | undefined, leaving: Leaving): Call {
  const { by, now } = leaving;
  const first = call.queue.find((one) => isOwn(one, by));
  if (!first) return call;
  if (first.from === 'progress' && isVain(call, by, now)) return withoutOwn(call, by);
  const before = lastSound(call, by) ?? (isSaid(first.actions) || first.ends ? landed : undefined);
  if (before) return change(call, first.key, (one) => ({ ...one, behind: before }));
  return first.ends && othersWait(call, by) ? call : sendOut(call, first, leaving);
}

/**
 * Whether it needn't be said that the answer is still to come: it is here, or the caller hears
 * something else.
 */
const isVain = (call: Call, by: string, now: number) =>
  sentBy(call, by).length > 0 || call.jobs.length === 0 || isHearing(call, now);

/** What had waited doesn't wait for the answer that is just being given. */
const withoutOwn = (call: Call, by: string): Call => ({
  ...call,
  queue: call.queue.filter((one) => !isOwn(one, by)),
});

const othersWait = (call: Call, by: string) =>
  waitingIn(call).some((one) => !isOwn(one, by) && !one.ends);

const sendOut = (call: Call, { key }: Utterance, { by, now }: Leaving): Call =>
  send(resuming(call, key, now), key, by, now);

/** The last sentence that is already in the array. */
const lastSound = (call: Call, by: string) =>
  sentBy(call, by).findLast(({ length }) => length)?.key;

/**
 * The interruption that landed while the answer was computed: the answer waits for its end instead
 * of talking over it. Nor does the answer overtake a push under way, which would cut it.
 */
function landedMeanwhile(call: Call, { at }: Answering, now: number): string | undefined {
  const landed = soundingAt(call, at).filter(
    ({ from, sent }) => from === 'interruption' && sent.at >= at,
  );
  return (onItsWay(call, now) ?? landed.at(-1))?.key;
}

/**
 * Answers a repeated start: with its speech alone, and only if none of that has begun, so that
 * nothing is done twice.
 */
function repeatStart(call: Call, now: number): [Call, ActionDraft[]] {
  const { queue, start } = call;
  // Something newer was said since.
  if (queue.findLast(({ sent }) => sent)?.sent?.by !== start?.by) return [call, []];
  const isGreeting = ({ sent }: Utterance) => sent?.by === start?.by;
  const greeting = queue.filter(isGreeting);
  if (greeting.some(({ began, end }) => began || end)) return [call, []];
  const speech = greeting.flatMap(({ actions }) => actions.filter((action) => isSaid([action])));
  if (speech.length === 0) return [call, []];
  const resent = queue.map((one) =>
    one.sent && isGreeting(one) ? { ...one, sent: { ...one.sent, at: now } } : one,
  );
  // If the greeting was sounding after all, its end comes at once and must not count as the end of
  // its repetition.
  return [{ ...call, queue: resent, silent_at: now }, [{ type: 'barge_in' }, ...speech]];
}

/**
 * Whether something that waits would be heard, or would end the call, if an event were answered
 * now.
 */
export const isGoingOut = (call: Call, now: number) =>
  waitingIn(call).some((one) => (one.length || one.ends) && verdictOf(call, one, now) === 'go');
