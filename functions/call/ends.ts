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
import { unsent, withoutRestOf } from './queue.ts';
import { changed, msOf, type Sound, soundBefore, soundsIn, utteranceIn } from './utterances.ts';

/**
 * Whose end an `assistant_speech_ended` tells of; it doesn't say so itself. An end that no sentence here can have had is
 * told once more, or is that of something that nobody here has said.
 */
export function whoEnded(call: Call, at: number): Sound | undefined {
  const sounds = soundsIn(call);
  const owed = newestOwed(sounds, at);
  const proven = sounds.find((one) => (!one.end || isCutUntold(one)) && endsAsAnnounced(one, at));
  // An announcement that nobody could keep fits by chance, where another end is still to come.
  if (proven && (!owed || isBelieved(proven.length))) return proven;
  const current = unended(call, at);
  if (owed) return current && isOwn(call, current, at, owed) ? current : owed;
  if (!current) return wronglyEnded(call, at);
  return isAgain(call, current, at) || isTooEarly(current, at) ? undefined : current;
}

/** What was taken for its end was somebody else's: this one is its own. At once it is the same end once more. */
function wronglyEnded(call: Call, now: number): Sound | undefined {
  const last = soundsIn(call).at(-1);
  const isWrong =
    last?.end?.how === 'early' && now >= last.end.at + CROSSING_MS && isLonger(call, last, now);
  return isWrong ? last : undefined;
}

/** Whether it is the end of the sentence before this one, told of once more. */
function isAgain(call: Call, current: Sound, at: number): boolean {
  const { silent_at = 0 } = call;
  return (
    toldBefore(call, at) &&
    (cutByWords(call, current, at) ?? 0) <= silent_at &&
    at < Math.max(ownEndFrom(call, current), silent_at + CROSSING_MS)
  );
}

/** Of what was cut together only the first was sounding. */
function newestOwed(sounds: readonly Sound[], now: number): Sound | undefined {
  const owed = sounds.filter(({ end }) => end && isOwed(end, now));
  const newest = Math.max(...owed.map(({ end }) => end?.at ?? 0));
  const last = owed.find(({ end }) => end?.at === newest);
  // Words don't say what they have cut: it may be what an interruption has cut, too.
  if (last?.end?.how !== 'caller') return last;
  return owed.find(({ end }) => end?.how === 'app' && now < end.at + LATE_END_MS) ?? last;
}

const endsAsAnnounced = ({ began, length }: Sound, at: number) =>
  began?.reported === true && isAnnounced(length, at - began.at);

/** Whether an end has been told of so lately that the next one may be the same. */
export const toldBefore = ({ silent_at }: Call, at: number) =>
  silent_at !== undefined && at >= silent_at && at < silent_at + AGAIN_MS;

/** So long after the first a delivery may come again. */
const AGAIN_MS = 2_000;

const isLonger = (call: Call, one: Sound, at: number) =>
  isWhole(one.length, at - beginOf(call, one), one.began?.reported === true);

/** The first that has no end and may be sounding; or whose beginning was told of, while that of the next wasn't. */
function unended(call: Call, at: number): Sound | undefined {
  const open = soundsIn(call).filter(({ end }) => !end);
  const [first, next] = open;
  if (first?.began?.reported && next?.print && !next.began) return first;
  return open.find((one) => !endBy(call, one, at)) ?? first;
}

/** A voice is no clock. */
const ON_TIME = { ms: 150, share: 0.15 };

/** Whether it ends just when it must, after so many ms. */
function isOnTime(one: Sound, played: number): boolean {
  const ms = msOf(one);
  return Math.abs(played - ms) <= Math.max(ON_TIME.ms, ms * ON_TIME.share);
}

/** Whether an end is that of the current sentence though that of an earlier one is still to come. */
function isOwn(call: Call, current: Sound, at: number, owed: Utterance): boolean {
  const isLate = at > (owed.end?.at ?? 0) + LATE_END_MS;
  const hasSpokenSince = (call.caller_speaks ?? 0) > Math.max(owed.end?.at ?? 0, current.sent.at);
  if (!(isLate && hasSpokenSince) && at < ownEndFrom(call, current)) return false;
  // Nobody cuts it, so it ends at its end.
  if (current.guarded === 'protected' && !isLonger(call, current, at)) return false;
  // It tells when it begins, so that one hasn't begun.
  if (owed.end?.along && !owed.began && current.began?.reported) return true;
  return isLate || isOnTime(current, at - beginOf(call, current));
}

/** Nobody has heard anything of it: whose end it is is not known here. What cuts may have cut what nobody here knows. */
function isTooEarly(one: Sound, at: number): boolean {
  const { began, sent, actions, guarded } = one;
  // Nobody cuts what is protected.
  const earliest = guarded === 'protected' ? msOf(one) / 2 : 0;
  if (began?.reported) return at < began.at + earliest;
  const half = actions[0]?.type === 'barge_in' ? msOf(one) / 2 : 0;
  return at < sent.at + Math.max(SOUNDS_AFTER_MS, half);
}

/** From here on an end is its own, and no longer that of the sentence before it. */
function ownEndFrom(call: Call, one: Utterance): number {
  const { began } = one;
  return began?.reported ? began.at + CROSSING_MS : beginOf(call, one) + msOf(one) / 2;
}

/** `assistant_speech_ended`. */
export function heardEnd(before: Call, at: number): Call {
  const its = whoEnded(before, at);
  if (!its) return { ...before, unowned_at: at };
  const call = { ...before, silent_at: at };
  const { length, end } = its;
  if (end?.how === 'early' && !end.owed)
    return changed(call, its.key, (one) => ({ ...one, end: { at, how: 'full' } }));
  if (end?.how === 'caller' && isWhole(length, at - beginOf(call, its), true))
    return withoutOwnRest(call, its.key, at);
  // Just after another end it may be the same once more, and its own is still to come.
  if (end && at < (before.silent_at ?? 0) + CROSSING_MS) return before;
  if (end) return changed(call, its.key, (one) => ({ ...one, end: told(call, end, at) }));
  const how = howEnded(call, its, at);
  const began = its.began ?? { at: Math.max(its.sent.at, at - msOf(its)) };
  if (how !== 'caller')
    return changed(call, its.key, (one) => ({ ...one, began, end: { at, how } }));
  // What was said to the words has begun by now.
  const cut = cutByWords(call, its, at) ?? at;
  const ended = changed(call, its.key, (one) => ({ ...one, began, end: { at: cut, how } }));
  return cutBehind(ended, its.key, cut);
}

/** It was said to its end after all, so it isn't said again. */
function withoutOwnRest(call: Call, key: string, at: number): Call {
  const left = withoutRestOf(call, key);
  const how = left === call ? 'caller' : 'full';
  return changed(left, key, (one) => ({ ...one, end: { at: one.end?.at ?? at, how } }));
}

function told(call: Call, { owed: _, ...end }: End, at: number): End {
  const { sent } = utteranceIn(call, end.by) ?? {};
  const isCrossed = end.how === 'app' && sent && at < sent.at + SOUNDS_AFTER_MS;
  return isCrossed ? { ...end, crossed: true } : end;
}

/** The caller can't cut what is protected, so it ends by itself. */
export function howEnded(call: Call, its: Sound, at: number): End['how'] {
  const told = its.began?.reported === true;
  if (its.guarded === 'protected' || isWhole(its.length, at - beginOf(call, its), told))
    return 'full';
  return cutAtOnce(call, its, at) || cutByWords(call, its, at) !== undefined ? 'caller' : 'early';
}

/** When words have told that they had cut something, which may have been this: its end is late. */
function cutByWords({ cut_at }: Call, { sent, began }: Sound, at: number): number | undefined {
  if (cut_at === undefined || at < cut_at || at >= cut_at + LATE_END_MS) return undefined;
  const from = began?.reported ? began.at : sent.at;
  // They were told of a moment after the last of them.
  return from < cut_at - SILENCE_MS ? cut_at : undefined;
}

const cutAtOnce = ({ caller_speaks }: Call, { immediate }: Utterance, at: number) =>
  immediate === true && caller_speaks !== undefined && Math.abs(at - caller_speaks) <= IMMEDIATE_MS;

/** So long after the first the same silence may be told of once more; later nobody has answered the first. */
const SILENCE_AGAIN_MS = 1_000;

/** Whether this silence has been told of already, and is not that after what has been said to it. */
export function isSilenceAgain(call: Call, at: number): boolean {
  const { timed_out_at } = call;
  if (timed_out_at === undefined || at >= timed_out_at + SILENCE_AGAIN_MS) return false;
  const { sent, timer } = silentAfter(call, at) ?? {};
  const isNew = sent && timer && sent.at >= timed_out_at && at >= sent.at + timer.seconds * 1000;
  return !isNew;
}

/** What AI Flow has taken stops its timer within. */
const TAKEN_WITHIN_MS = 1_000;

/** No answer comes later that hasn't waited: AI Flow waits for those, too. */
const PROMPT_MS = 800;

/**
 * An answer that had waited for a job came too late: the timer of what was said before it has gone on. It waits again, led
 * by a `barge_in`: nobody knows whether AI Flow stops that timer before a slow voice begins.
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
  return changed(
    left.reduce((waiting, { key }) => unsent(waiting, key), call),
    first.key,
    (one) => ({ ...one, actions: [{ type: 'barge_in' }, ...one.actions] }),
  );
}

/** The end that was thought to be nobody's, where AI Flow's timer has run from there. */
function confirmedEnd({ unowned_at = 0 }: Call, { sent }: Sound, ranFrom: number) {
  const isConfirmed = unowned_at > sent.at && Math.abs(ranFrom - unowned_at) <= CROSSING_MS;
  return isConfirmed ? unowned_at : undefined;
}

/** The earliest end of it, and of all that was to be heard before it, as far as anything has told of that. */
function soundsUntil(call: Call, its: Sound): number {
  const sounds = soundsIn(call);
  return Math.max(...sounds.slice(0, sounds.indexOf(its) + 1).map(earliestEnd));
}

function earliestEnd({ began, end, length }: Sound): number {
  if (end) return end.owed ? 0 : end.at;
  return began?.reported ? began.at + shortest(length) : 0;
}

/** As soon as anybody can have said it; of what was told too late or too early nobody knows whether that was its end. */
function soonestEnd(call: Call, one: Sound): number {
  const { began, length, end } = one;
  const begin = began?.reported ? began.at : soonestBegin(call, one);
  const soonest = begin + (began?.reported ? shortest : fastest)(length);
  if (!end) return soonest;
  return isOnTime(one, end.at - begin) ? end.at : Math.min(end.at, soonest);
}

function soonestBegin(call: Call, one: Sound): number {
  const before = soundBefore(call, one);
  return Math.max(one.sent.at, before ? soonestEnd(call, before) : 0);
}

/** `user_input_timeout`: nobody spoke, so nobody has cut what ended at least so long ago. */
export function heardSilence(before: Call, at: number): Call {
  if (isSilenceAgain(before, at)) return before;
  const untaken = withoutUntaken(before, at);
  // What the `barge_in` cuts all the same tells of its end at once.
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
  // Nor does anything sound that was to be heard before it.
  return {
    ...call,
    queue: call.queue.map((one, index) => (isOver(one, index) ? { ...one, end } : one)),
  };
}
