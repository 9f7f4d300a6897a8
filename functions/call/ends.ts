import { cutBehind } from './cuts.ts';
import { type Call, type End, type Utterance, WAITED } from './document.ts';
import {
  beginOf,
  CROSSING_MS,
  endBy,
  IMMEDIATE_MS,
  isCutUntold,
  isOwed,
  LATE_END_MS,
  SILENCE_MS,
  SOUNDS_AFTER_MS,
  silentAfter,
} from './evidence.ts';
import { fastest, isAnnounced, isBelieved, isWhole, shortest } from './length.ts';
import { undoSend, withoutRestOf } from './sending.ts';
import { change, msOf, type Sound, soundBefore, soundsIn, utteranceIn } from './utterances.ts';

/**
 * Which sentence an `assistant_speech_ended` is about; the event doesn't say. An end that fits no
 * sentence is a repeated report, or belongs to something that was said without our knowing.
 */
export function whoEnded(call: Call, at: number): Sound | undefined {
  const sounds = soundsIn(call);
  const owed = newestOwed(sounds, at);
  const proven = sounds.find((one) => (!one.end || isCutUntold(one)) && endsAsAnnounced(one, at));
  // An unbelievable announcement may fit by chance if another end is still owed.
  if (proven && (!owed || isBelieved(proven.length))) return proven;
  const current = unended(call, at);
  if (owed && !(current && isOwn(call, current, at, owed))) return owed;
  if (!current) return wronglyEnded(call, at);
  return isAgain(call, current, at) || isTooEarly(current, at) ? undefined : current;
}

/**
 * The last sentence, if an earlier end was wrongly taken for its own and this one is the right one.
 * An end that comes at once is the same report again.
 */
function wronglyEnded(call: Call, now: number): Sound | undefined {
  const last = soundsIn(call).at(-1);
  const isWrong =
    last?.end?.how === 'early' && now >= last.end.at + CROSSING_MS && isLonger(call, last, now);
  return isWrong ? last : undefined;
}

/** Whether this is the previous sentence's end, reported again. */
function isAgain(call: Call, current: Sound, at: number): boolean {
  const { silent_at = 0 } = call;
  return (
    toldBefore(call, at) &&
    (cutByWords(call, current, at) ?? 0) <= silent_at &&
    at < Math.max(ownEndFrom(call, current), silent_at + CROSSING_MS)
  );
}

/** Of sentences that were cut together only the first was sounding. */
function newestOwed(sounds: readonly Sound[], now: number): Sound | undefined {
  const owed = sounds.filter(({ end }) => end && isOwed(end, now));
  const newest = Math.max(...owed.map(({ end }) => end?.at ?? 0));
  const last = owed.find(({ end }) => end?.at === newest);
  // Words don't say what they cut: it may be the sentence that an interruption cut, too.
  if (last?.end?.how !== 'caller') return last;
  return owed.find(({ end }) => end?.how === 'app' && now < end.at + LATE_END_MS) ?? last;
}

const endsAsAnnounced = ({ began, length }: Sound, at: number) =>
  began?.reported === true && isAnnounced(length, at - began.at);

/** Whether an end was reported so recently that this one may be the same report again. */
export const toldBefore = ({ silent_at }: Call, at: number) =>
  silent_at !== undefined && at >= silent_at && at < silent_at + AGAIN_MS;

/** A repeated delivery comes within this time. */
const AGAIN_MS = 2_000;

const isLonger = (call: Call, one: Sound, at: number) =>
  isWhole(one.length, at - beginOf(call, one), one.began?.reported === true);

/**
 * The first sentence without an end that may be sounding; or the very first, if its beginning was
 * reported and that of the next wasn't.
 */
function unended(call: Call, at: number): Sound | undefined {
  const open = soundsIn(call).filter(({ end }) => !end);
  const [first, next] = open;
  if (first?.began?.reported && next?.print && !next.began) return first;
  return open.find((one) => !endBy(call, one, at)) ?? first;
}

/** A voice doesn't keep time exactly. */
const ON_TIME = { ms: 150, share: 0.15 };

/** Whether it ends about when it must, having sounded for so many ms. */
function isOnTime(one: Sound, played: number): boolean {
  const ms = msOf(one);
  return Math.abs(played - ms) <= Math.max(ON_TIME.ms, ms * ON_TIME.share);
}

/** Whether an end is the current sentence's though an earlier one's is still owed. */
function isOwn(call: Call, current: Sound, at: number, owed: Utterance): boolean {
  const isLate = at > (owed.end?.at ?? 0) + LATE_END_MS;
  const hasSpokenSince = (call.caller_speaks ?? 0) > Math.max(owed.end?.at ?? 0, current.sent.at);
  if (!(isLate && hasSpokenSince) && at < ownEndFrom(call, current)) return false;
  // Nobody can cut it, so it doesn't end early.
  if (current.guarded === 'protected' && !isLate && !isLonger(call, current, at)) return false;
  // This voice reports its beginnings, so the sentence that was cut along never began.
  if (owed.end?.along && !owed.began && current.began?.reported) return true;
  return isLate || isOnTime(current, at - beginOf(call, current));
}

/**
 * Whether nothing of it can have been heard yet, so that the end must be another one's. What begins
 * with a `barge_in` may have cut something that we don't know.
 */
function isTooEarly(one: Sound, at: number): boolean {
  const { began, sent, actions, guarded } = one;
  // Nobody cuts a protected sentence.
  const earliest = guarded === 'protected' ? msOf(one) / 2 : 0;
  if (began?.reported) return at < began.at + earliest;
  const half = actions[0]?.type === 'barge_in' ? msOf(one) / 2 : 0;
  return at < sent.at + Math.max(SOUNDS_AFTER_MS, half);
}

/** From this moment on an end is this sentence's, no longer the previous one's. */
function ownEndFrom(call: Call, one: Utterance): number {
  const { began } = one;
  return began?.reported ? began.at + CROSSING_MS : beginOf(call, one) + msOf(one) / 2;
}

/** Handles `assistant_speech_ended`. */
export function heardEnd(before: Call, at: number): Call {
  const its = whoEnded(before, at);
  if (!its) return { ...before, unowned_at: at };
  const call = { ...before, silent_at: at };
  const { length, end } = its;
  if (end?.how === 'early' && !end.owed)
    return change(call, its.key, (one) => ({ ...one, end: { at, how: 'full' } }));
  if (end?.how === 'caller' && isWhole(length, at - beginOf(call, its), true))
    return withoutOwnRest(call, its.key, at);
  // Just after another end this may be the same report again, with its own still to come.
  if (end && at < (before.silent_at ?? 0) + CROSSING_MS) return before;
  if (end) return change(call, its.key, (one) => ({ ...one, end: confirmOwed(call, end, at) }));
  const how = howEnded(call, its, at);
  const began = its.began ?? { at: Math.max(its.sent.at, at - msOf(its)) };
  if (how !== 'caller')
    return change(call, its.key, (one) => ({ ...one, began, end: { at, how } }));
  // The answer to the words that cut it has begun by now.
  const cut = cutByWords(call, its, at) ?? at;
  const ended = change(call, its.key, (one) => ({ ...one, began, end: { at: cut, how } }));
  return cutBehind(ended, its.key, cut);
}

/** It was said to its end after all, so its rest is dropped. */
function withoutOwnRest(call: Call, key: string, at: number): Call {
  const left = withoutRestOf(call, key);
  const how = left === call ? 'caller' : 'full';
  return change(left, key, (one) => ({ ...one, end: { at: one.end?.at ?? at, how } }));
}

function confirmOwed(call: Call, { owed: _, ...end }: End, at: number): End {
  const { sent } = utteranceIn(call, end.by) ?? {};
  const isCrossed = end.how === 'app' && sent && at < sent.at + SOUNDS_AFTER_MS;
  return isCrossed ? { ...end, crossed: true } : end;
}

/**
 * How a sentence ended that ends at `at`. The caller can't cut a protected one, so that has ended
 * by itself.
 */
export function howEnded(call: Call, its: Sound, at: number): End['how'] {
  const told = its.began?.reported === true;
  if (its.guarded === 'protected' || isWhole(its.length, at - beginOf(call, its), told))
    return 'full';
  return cutAtOnce(call, its, at) || cutByWords(call, its, at) !== undefined ? 'caller' : 'early';
}

/** When words reported a cut that may have been this one, so that this end is only late. */
function cutByWords(call: Call, { sent, began }: Sound, at: number): number | undefined {
  const { cut_at, caller_speaks = 0 } = call;
  if (cut_at === undefined || at < cut_at || at >= cut_at + LATE_END_MS) return undefined;
  // Whoever has begun to speak since then may have cut it only now.
  if (caller_speaks > cut_at && caller_speaks <= at) return undefined;
  const from = began?.reported ? began.at : sent.at;
  // Words are reported a moment after the last of them.
  return from < cut_at - SILENCE_MS ? cut_at : undefined;
}

const cutAtOnce = ({ caller_speaks }: Call, { immediate }: Utterance, at: number) =>
  immediate === true && caller_speaks !== undefined && Math.abs(at - caller_speaks) <= IMMEDIATE_MS;

/** The same silence may be reported again within this time; a later report is one of its own. */
const SILENCE_AGAIN_MS = 1_000;

/** Whether this silence was already reported, and isn't the one after our answer to it. */
export function isSilenceAgain(call: Call, at: number): boolean {
  const { timed_out_at } = call;
  if (timed_out_at === undefined || at >= timed_out_at + SILENCE_AGAIN_MS) return false;
  const { sent, timer } = silentAfter(call, at) ?? {};
  const isNew = sent && timer && sent.at >= timed_out_at && at >= sent.at + timer.seconds * 1000;
  return !isNew;
}

/** A sentence that AI Flow has taken stops its timer within this time. */
export const TAKEN_WITHIN_MS = 1_000;

/** An answer that waits for nothing may take as long, and AI Flow takes it. */
const PROMPT_MS = 800;

/**
 * An answer that had waited for a job came too late for AI Flow, whose earlier timer has gone on.
 * It waits again, led by a `barge_in`: AI Flow may have taken it all the same, and stop the timer
 * only once a slow voice begins.
 */
function withoutUntaken(call: Call, at: number): Call | undefined {
  const last = soundsIn(call).at(-1);
  if (!last?.sent.by.startsWith(WAITED)) return undefined;
  const { sent, length, timer } = last;
  const isItsOwn = timer && at >= sent.at + shortest(length) + timer.seconds * 1000;
  const left = call.queue.filter((one) => one.sent?.by === sent.by);
  const isTaken =
    isItsOwn ||
    sent.at < (call.silent_at ?? 0) + PROMPT_MS ||
    at < sent.at + TAKEN_WITHIN_MS ||
    left.some(({ began, end }) => began || end);
  const [first] = left;
  if (isTaken || !first) return undefined;
  return change(
    left.reduce((waiting, { key }) => undoSend(waiting, key), call),
    first.key,
    (one) => ({ ...one, actions: [{ type: 'barge_in' }, ...one.actions] }),
  );
}

/**
 * An end that fitted no sentence, if AI Flow's timer has run from there: then it was this one's.
 */
function confirmedEnd({ unowned_at = 0 }: Call, { sent }: Sound, ranFrom: number) {
  const isConfirmed = unowned_at > sent.at && Math.abs(ranFrom - unowned_at) <= CROSSING_MS;
  return isConfirmed ? unowned_at : undefined;
}

/** The earliest moment at which it, and all before it, can have ended, as far as reports show. */
function soundsUntil(call: Call, its: Sound): number {
  const sounds = soundsIn(call);
  return Math.max(...sounds.slice(0, sounds.indexOf(its) + 1).map(earliestEnd));
}

function earliestEnd({ began, end, length }: Sound): number {
  if (end) return end.owed ? 0 : end.at;
  return began?.reported ? began.at + shortest(length) : 0;
}

/**
 * The earliest moment at which a sentence can have ended, at the rate of the fastest speaker. A
 * reported end that doesn't fit it may have been another one's.
 */
function soonestEnd(call: Call, one: Sound): number {
  const { began, length, end } = one;
  const begin = began?.reported ? began.at : soonestBegin(call, one);
  const soonest = begin + (began?.reported ? shortest : fastest)(length);
  if (!end) return soonest;
  return isOnTime(one, end.at - begin) ? end.at : Math.min(end.at, soonest);
}

/** A sentence that was queued can't begin before the one before it ends. */
function soonestBegin(call: Call, one: Sound): number {
  const before = soundBefore(call, one);
  return Math.max(one.sent.at, before ? soonestEnd(call, before) : 0);
}

/**
 * Handles `user_input_timeout`: nobody spoke, so a sentence that ended before AI Flow's timer began
 * wasn't cut.
 */
export function heardSilence(before: Call, at: number): Call {
  if (isSilenceAgain(before, at)) return before;
  const untaken = withoutUntaken(before, at);
  // If the `barge_in` cuts that sentence after all, its end is reported at once.
  if (untaken) return { ...untaken, timed_out_at: at, silent_at: at, unheard: true };
  const call = { ...before, timed_out_at: at };
  const its = silentAfter(call, at);
  if (!its?.timer || its.end?.how === 'full') return call;
  const ranFrom = at - its.timer.seconds * 1000;
  const since =
    its.end?.at ??
    Math.max(confirmedEnd(call, its, ranFrom) ?? soonestEnd(call, its), soundsUntil(call, its));
  if (ranFrom < since - CROSSING_MS) return call;
  if (its.end && its.end.how !== 'early') return call;
  const end: End = { at: since, how: 'full', ...(!its.end && { owed: true }) };
  const place = call.queue.indexOf(its);
  const isOver = (one: Utterance, index: number) =>
    one === its || (index < place && one.length && !one.end);
  // Everything before it has ended, too.
  return {
    ...call,
    queue: call.queue.map((one, index) => (isOver(one, index) ? { ...one, end } : one)),
  };
}
