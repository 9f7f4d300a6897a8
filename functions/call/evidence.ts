import type { Call, End, Fact, Utterance } from './document.ts';
import { isAnnounced, isWhole, latestMs, shortest } from './length.ts';
import { changed, isRestOf, msOf, soundsIn, waitingIn } from './utterances.ts';

type Began = Extract<Fact, { kind: 'began' }>;

/** Words that cut a sentence come this long after its end, or they are about something else. */
export const WORDS_WITHIN_MS = 3_000;
/** `immediate` cuts within so many ms of the caller's first sound. */
const IMMEDIATE_MS = 300;
/** Events travel in parallel: what comes by less than this too early or too late is on time. */
const CROSSING_MS = 300;
/** An end that is owed for longer has got lost. */
const OWED_MS = 3_000;
/** From an answer to its first word, at the latest. */
const STARTS_WITHIN_MS = 3_000;
/** An end that hasn't been told of so long after its time has got lost. */
const LOST_END_MS = 2_000;

/** When it began, as far as is known: not before it was sent, nor before the end of what sounded before it. */
export function beginOf(call: Call, one: Utterance): number {
  if (one.began) return one.began.at;
  const sounds = soundsIn(call);
  const before = sounds[sounds.indexOf(one) - 1];
  const from = before ? (before.end?.at ?? beginOf(call, before)) : 0;
  return Math.max(one.sent?.at ?? 0, from);
}

/** `assistant_speak`: whose beginning it tells of, and with that the end of all before it. */
export function heardBegin(call: Call, fact: Began): Call {
  const its = whoBegan(call, fact);
  if (!its) return withForeign(call, fact);
  const { started = fact.at, ms } = fact;
  const isTold = its.sent && started >= its.sent.at && started <= fact.at;
  const at = Math.max(isTold ? started : fact.at, freeAt(call, its, fact.at));
  const ordered = inOrder(call, its, at);
  if (ordered !== call) return heardBegin(ordered, fact);
  const length = its.length && ms !== undefined ? { ...its.length, announced: ms } : its.length;
  const begun: Utterance = { ...its, began: { at, reported: true }, ...(length && { length }) };
  const sure = confirmed(begun);
  // What left in the same array has arrived with it.
  const known = its.sent?.unsure ? allConfirmed(call, its.sent.by) : call;
  const isCut = its.end?.how === 'app' && at <= its.end.at + CROSSING_MS;
  return endBefore(
    changed(isCut ? known : withoutRest(known, its.end?.by), its.key, () =>
      rejudged(sure, at, at === fact.started),
    ),
    its.key,
    at,
  );
}

/** What was to cut it has arrived before it, and so was cut by it. */
function inOrder(call: Call, its: Utterance, at: number): Call {
  const cutter = call.queue.find(({ key }) => key === its.end?.by);
  if (!cutter?.began?.reported || cutter.began.at >= at) return call;
  const isOwn = ({ end, sent }: Utterance) => end?.by === cutter.key && sent?.by === its.sent?.by;
  const own = call.queue.filter(isOwn).map(({ end: _, ...one }): Utterance => one);
  const end: End = { at, how: 'app', by: its.key, owed: true };
  return {
    ...call,
    queue: withoutRest(call, cutter.key).queue.flatMap((one) => {
      if (isOwn(one)) return [];
      return one === cutter ? [{ ...one, end: one.end ?? end }, ...own] : [one];
    }),
  };
}

const isJudged = ({ how }: End) => how === 'full' || how === 'early';

/** Nothing begins before the end of the sentence before it has been told of, whatever another clock says. */
function freeAt(call: Call, its: Utterance, now: number): number {
  const sounds = soundsIn(call);
  const end = sounds[sounds.indexOf(its) - 1]?.end;
  return end?.how === 'full' && !end.owed && end.at <= now ? end.at : 0;
}

const allConfirmed = (call: Call, by: string): Call => ({
  ...call,
  queue: call.queue.map((one) => (one.sent?.by === by ? confirmed(one) : one)),
});

/** AI Flow has taken it. */
function confirmed(one: Utterance): Utterance {
  if (!one.sent?.unsure) return one;
  const { unsure: _, ...sent } = one.sent;
  return { ...one, sent };
}

/** What was never cut isn't said again. */
const withoutRest = (call: Call, by: string | undefined): Call =>
  by === undefined
    ? call
    : {
        ...call,
        queue: call.queue.filter((one) => !isRestOf(one, by)),
      };

/** Something is said that nobody here has sent, as far as is known: its answer got lost, or its call is older. */
function withForeign(call: Call, { id, at: toldAt, print, ms, started = toldAt }: Began): Call {
  const key = `said.${id}`;
  const isKnown = print === undefined || soundsIn(call).some((one) => one.print === print);
  if (isKnown || soundingAt(call, toldAt).length > 0) return call;
  const at = started <= toldAt && started + (ms ?? 0) + LOST_END_MS >= toldAt ? started : toldAt;
  const foreign: Utterance = {
    key,
    from: 'answer',
    actions: [],
    start: call.starts,
    turn: call.turn,
    print,
    length: ms === undefined ? { ms: 0, unknown: true } : { ms, announced: ms },
    sent: { at, by: key },
    began: { at, reported: true },
  };
  return {
    ...call,
    queue: [...call.queue.filter(({ sent }) => sent), foreign, ...waitingIn(call)],
  };
}

/** By its words; else the first that has left and not begun, unless it is known to be older. */
function whoBegan(call: Call, { print, started }: Began): Utterance | undefined {
  const sounds = soundsIn(call);
  const own = print === undefined ? [] : sounds.filter((one) => one.print === print);
  const silent = own.filter(({ began }) => !began?.reported);
  if (own.length > 0) return silent.find(({ end }) => !end) ?? silent[0];
  const next = sounds.find(
    ({ began, end, sent }) => !began && !end && (print === undefined || sent?.unsure !== true),
  );
  return next?.sent && started !== undefined && started < next.sent.at ? undefined : next;
}

/**
 * Its end was judged before its beginning was known. What has begun since hadn't ended, nor been cut; nor has what had
 * `surely` begun only just before: that end is another one's.
 */
function rejudged(one: Utterance, began: number, surely: boolean): Utterance {
  const { end, length, ...rest } = one;
  if (!end || !length) return one;
  const isWrong =
    surely &&
    isJudged(end) &&
    end.at < began + CROSSING_MS &&
    !isWhole(length, end.at - began, true);
  // What the caller had cut by then can't have been this.
  const isLater =
    began > end.at + CROSSING_MS || (surely && end.how === 'caller' && began >= end.at);
  if (isWrong || isLater) return { ...rest, length };
  if (!isJudged(end)) return one;
  const how = isWhole(length, end.at - began, true) || end.how === 'full' ? 'full' : 'early';
  return { ...one, end: { ...end, how } };
}

/**
 * Whoever was being said before this one began has ended; and to its end, if this one was waiting for that. What has left
 * only since then says nothing of it.
 */
function endBefore(call: Call, key: string, at: number): Call {
  const place = call.queue.findIndex((one) => one.key === key);
  const left = call.queue[place]?.sent?.at ?? 0;
  const hasWaited = (end: number) => left < end - CROSSING_MS;
  return {
    ...call,
    queue: call.queue.map((one, index) => {
      if (index >= place || !one.sent || !one.length) return one;
      // It was cut by this one, and no earlier.
      if (one.end?.owed && one.end.by === key) return { ...one, end: { ...one.end, at } };
      if (!one.end) {
        const isSure = hasWaited(at) || !one.began?.reported;
        return { ...one, end: { at, how: isSure ? 'full' : howEnded(call, one, at), owed: true } };
      }
      return one.end.how === 'early' && hasWaited(one.end.at)
        ? { ...one, end: { ...one.end, how: 'full' } }
        : one;
    }),
  };
}

/**
 * Whose end an `assistant_speech_ended` tells of; it doesn't say so itself. An end that no sentence here can have had is
 * told once more, or is that of something that nobody here has said.
 */
export function whoEnded(call: Call, at: number): Utterance | undefined {
  const sounds = soundsIn(call);
  const proven = sounds.find((one) => !one.end && endsAsAnnounced(one, at));
  if (proven) return proven;
  const current = unended(call, at);
  const owed = newestOwed(sounds, at);
  if (owed) return current && isOwn(call, current, at, owed) ? current : owed;
  const last = sounds.at(-1);
  // What was taken for its end was somebody else's: this one is its own.
  if (!current) return last?.end?.how === 'early' && isLonger(call, last, at) ? last : undefined;
  const isAgain =
    toldBefore(call, at) &&
    (cutByWords(call, current, at) ?? 0) <= (call.silent_at ?? 0) &&
    at < Math.max(ownEndFrom(call, current), (call.silent_at ?? 0) + CROSSING_MS);
  return isAgain || isTooEarly(current, at) ? undefined : current;
}

/** Of what was cut together only the first was sounding. */
function newestOwed(sounds: readonly Utterance[], now: number): Utterance | undefined {
  const owed = sounds.filter(({ end }) => end && isOwed(end, now));
  const newest = Math.max(...owed.map(({ end }) => end?.at ?? 0));
  return owed.find(({ end }) => end?.at === newest);
}

const endsAsAnnounced = ({ began, length }: Utterance, at: number) =>
  began?.reported === true && length !== undefined && isAnnounced(length, at - began.at);

/** Whether an end has been told of so lately that the next one may be the same. */
export const toldBefore = ({ silent_at }: Call, at: number) =>
  silent_at !== undefined && at >= silent_at && at < silent_at + AGAIN_MS;

/** So long after the first a delivery may come again. */
const AGAIN_MS = 2_000;

const isLonger = (call: Call, one: Utterance, at: number) =>
  one.length !== undefined &&
  isWhole(one.length, at - beginOf(call, one), one.began?.reported === true);

/** The first that has no end and may be sounding; or whose beginning was told of, while that of the next wasn't. */
function unended(call: Call, at: number): Utterance | undefined {
  const open = soundsIn(call).filter(({ end }) => !end);
  const [first, next] = open;
  if (first?.began?.reported && next?.print && !next.began) return first;
  return open.find((one) => !endBy(call, one, at)) ?? first;
}

/** A voice is no clock. */
const ON_TIME = { ms: 150, share: 0.15 };

/** Whether it ends just when it must. */
function isOnTime(call: Call, one: Utterance, at: number): boolean {
  const ms = msOf(one);
  return (
    Math.abs(at - dueAt(call, one) - ms) <= Math.max(ON_TIME.ms, ms * ON_TIME.share) &&
    at >= beginOf(call, one)
  );
}

/** When it begins where nobody tells: once what was sent before it has been said. */
function dueAt(call: Call, one: Utterance): number {
  if (one.began) return one.began.at;
  const sounds = soundsIn(call);
  const before = sounds[sounds.indexOf(one) - 1];
  const free = before ? (before.end?.at ?? dueAt(call, before) + msOf(before)) : 0;
  return Math.max(one.sent?.at ?? 0, free);
}

/** Whether an end is that of the current sentence though that of an earlier one is still to come. */
function isOwn(call: Call, current: Utterance, at: number, owed: Utterance): boolean {
  if (at < ownEndFrom(call, current)) return false;
  // Nobody cuts it, so it ends at its end.
  if (current.guarded === 'protected' && !isLonger(call, current, at)) return false;
  return isOnTime(call, current, at) || at > (owed.end?.at ?? 0) + LATE_END_MS;
}

/** An end comes so late at most. */
const LATE_END_MS = 1_500;

/** Nobody has heard anything of it: whose end it is is not known here. What cuts may have cut what nobody here knows. */
function isTooEarly(one: Utterance, at: number): boolean {
  const { began, sent, actions } = one;
  if (began?.reported) return at < began.at;
  const half = actions[0]?.type === 'barge_in' ? msOf(one) / 2 : 0;
  return at < (sent?.at ?? 0) + Math.max(SOUNDS_AFTER_MS, half);
}

/** Whether it is still to be told of. */
export const isOwed = ({ owed, at }: End, now: number) => owed === true && now < at + OWED_MS;

/** From an answer to its first word, at the earliest. */
const SOUNDS_AFTER_MS = 150;

/** From here on an end is its own, and no longer that of the sentence before it. */
function ownEndFrom(call: Call, one: Utterance): number {
  const { began } = one;
  return began?.reported ? began.at + CROSSING_MS : beginOf(call, one) + msOf(one) / 2;
}

/** `assistant_speech_ended`. */
export function heardEnd(before: Call, at: number): Call {
  const its = whoEnded(before, at);
  if (!its?.length) return isToldAgain(before, at) ? before : { ...before, unowned_at: at };
  const call = { ...before, silent_at: at };
  const { length, end } = its;
  if (end?.how === 'early' && !end.owed)
    return changed(call, its.key, (one) => ({ ...one, end: { at, how: 'full' } }));
  if (end?.how === 'caller' && isWhole(length, at - beginOf(call, its), true))
    return withoutOwnRest(call, its.key, at);
  // Just after another end it may be the same once more, and its own is still to come.
  if (end && at < (before.silent_at ?? 0) + CROSSING_MS) return before;
  if (end) return changed(call, its.key, ({ end: _, ...one }) => ({ ...one, end: told(end) }));
  const how = howEnded(call, its, at);
  const began = its.began ?? { at: Math.max(its.sent?.at ?? 0, at - msOf(its)) };
  if (how !== 'caller')
    return changed(call, its.key, (one) => ({ ...one, began, end: { at, how } }));
  // What was said to the words has begun by now.
  const cut = cutByWords(call, its, at) ?? at;
  const ended = changed(call, its.key, (one) => ({ ...one, began, end: { at: cut, how } }));
  return cutBehind(ended, its.key, cut);
}

/** It was said to its end after all, so it isn't said again. */
function withoutOwnRest(call: Call, key: string, at: number): Call {
  const isRest = (one: Utterance) => isRestOf(one, key);
  const how = call.queue.some(isRest) ? 'full' : 'caller';
  const heard = changed(call, key, (one) => ({ ...one, end: { at: one.end?.at ?? at, how } }));
  return { ...heard, queue: heard.queue.filter((one) => !isRest(one)) };
}

/** At once, while the next sentence is known to sound: it is the same end. */
const isToldAgain = (call: Call, at: number) =>
  at < (call.silent_at ?? 0) + CROSSING_MS && soundsIn(call).at(-1)?.began?.reported === true;

const told = ({ owed: _, ...end }: End): End => end;

/** The caller can't cut what is protected, so it ends by itself. */
function howEnded(call: Call, its: Utterance, at: number): End['how'] {
  const told = its.began?.reported === true;
  if (
    its.guarded === 'protected' ||
    !its.length ||
    isWhole(its.length, at - beginOf(call, its), told)
  )
    return 'full';
  return cutAtOnce(call, its, at) || cutByWords(call, its, at) !== undefined ? 'caller' : 'early';
}

/** When words have told that they had cut something, which may have been this: its end is late. */
function cutByWords({ cut_at }: Call, { sent, began }: Utterance, at: number): number | undefined {
  if (cut_at === undefined || at < cut_at || at >= cut_at + LATE_END_MS) return undefined;
  const from = began?.reported ? began.at : sent?.at;
  return from !== undefined && from < cut_at ? cut_at : undefined;
}

const cutAtOnce = ({ caller_speaks }: Call, { immediate }: Utterance, at: number) =>
  immediate === true && caller_speaks !== undefined && Math.abs(at - caller_speaks) <= IMMEDIATE_MS;

/** `user_speech_started`. */
export function heardVoice(call: Call, at: number): Call {
  const speaks = { ...call, caller_speaks: Math.max(at, call.caller_speaks ?? 0) };
  const cut = soundsIn(speaks).findLast(
    ({ end }) => end?.how === 'early' && Math.abs(end.at - at) <= IMMEDIATE_MS,
  );
  return cut?.immediate ? cutByCaller(speaks, cut, at) : speaks;
}

/** `user_speak`: what its words have cut, if anything. */
export function heardWords(call: Call, { at, ms, cuts }: Extract<Fact, { kind: 'words' }>): Call {
  const { caller_speaks, ...silent } = call;
  const since = Math.min(at, caller_speaks === undefined ? at - ms : caller_speaks - ONSET_MS);
  const latest = caller_speaks === undefined ? since - RECOGNISED_MS : since;
  if (!cuts) return silent;
  const early = soundsIn(call).find(
    ({ end }) =>
      end?.how === 'early' &&
      at <= end.at + ms + WORDS_WITHIN_MS &&
      (caller_speaks === undefined || end.at >= since - CROSSING_MS),
  );
  const cut = early ?? whoWasCut(call, since, at, ms);
  return cut ? cutByCaller(silent, cut, at) : cutAfter({ ...silent, cut_at: at }, latest, at);
}

/** So long after the last word a recogniser tells of it. */
const RECOGNISED_MS = 1_500;
/** So long after their first sound it is told of. */
const ONSET_MS = 120;

/** Words that have cut its last syllables have cut what was to follow it. */
function cutAfter(call: Call, since: number, at: number): Call {
  const last = soundsIn(call).findLast(
    ({ end }) => end?.how === 'full' && !end.owed && end.at <= at,
  );
  if (!last?.end || last.end.at < since) return call;
  const cut = cutBehind(call, last.key, last.end.at);
  const next = cut.queue.find((one) => !call.queue.includes(one));
  if (!next) return cut;
  // Perhaps that had begun, and has an end of its own to come.
  const end: End = { at, how: 'caller', owed: true };
  return changed(cut, next.key, (one) => ({ ...one, end }));
}

/**
 * What sounded when the words began; or what sounds when they come, where nothing tells when they began. Not if they
 * have cut the last syllables of what ended before it, or what an interruption has cut, too.
 */
function whoWasCut(call: Call, since: number, at: number, ms: number): Utterance | undefined {
  const sounds = soundsIn(call);
  const sounded = sounds.find((one) => soundedAt(call, one, since));
  if (call.caller_speaks !== undefined) {
    const cut = sounded ?? sounds.find((one) => cutSince(call, one, since));
    return cut && explained(call, cut, since - CROSSING_MS) ? undefined : cut;
  }
  const crossed = sounds.some(({ end }) => end?.how === 'app' && at < end.at + CROSSING_CUT_MS);
  const last = sounds.find((one) => soundedAt(call, one, at) && !hasBegunSince(one, at - ms));
  const its = sounded ?? (crossed ? undefined : last);
  if (!its) return sounds.find((one) => cutSince(call, one, since));
  return explained(call, its, at - ms - WORDS_WITHIN_MS) ? undefined : its;
}

/** Words that had begun before it can't have cut it. */
const hasBegunSince = ({ began }: Utterance, since: number) =>
  began?.reported === true && began.at > since;

/** Whether the caller may have cut what has ended before this one left, and nothing tells of an end since. */
function explained(
  { silent_at, unowned_at = 0 }: Call,
  { sent, began }: Utterance,
  since: number,
): boolean {
  if (silent_at === undefined || silent_at < since || !sent) return false;
  // It was queued behind what has ended; a little later only the report of an older end is late.
  const wasQueued = !began && silent_at > sent.at + LATE_END_MS;
  const isAfter = silent_at <= sent.at + CROSSING_MS || wasQueued;
  // At once it is the same end once more.
  return isAfter && unowned_at < Math.max(silent_at + SOUNDS_AFTER_MS, sent.at);
}

/** So long words may be on their way that cut what an interruption has cut, too. */
const CROSSING_CUT_MS = 1_000;

/** Whether it sounded when the words began, isn't known to have been said, and can be cut by words. */
const soundedAt = (call: Call, one: Utterance, since: number) =>
  one.guarded !== 'protected' &&
  !one.end &&
  beginOf(call, one) <= since &&
  since < overBy(call, one);

function cutByCaller(call: Call, its: Utterance, at: number): Call {
  const cut = withoutRest(markCut(call, its, at), its.end?.by);
  const { end } = cut.queue.find(({ key }) => key === its.key) ?? {};
  return cutBehind(cut, its.key, end?.at ?? at);
}

/** An interruption has cut it after the caller had begun to. */
const cutSince = (call: Call, one: Utterance, since: number) =>
  one.end?.how === 'app' && beginOf(call, one) <= since && since < one.end.at;

function markCut(call: Call, its: Utterance, at: number): Call {
  // An end that nobody here was thought to have was its own.
  const { unowned_at = 0 } = call;
  const isTold = unowned_at >= beginOf(call, its);
  const owed = its.end ? its.end.owed : !isTold;
  const cut = its.end?.at ?? (isTold ? unowned_at : at);
  const end: End = { at: cut, how: 'caller', ...(owed && { owed }) };
  return changed(call, its.key, (one) => ({ ...one, end }));
}

/** What was still to sound is cut with it. */
function cutBehind(call: Call, key: string, at: number): Call {
  const place = call.queue.findIndex((one) => one.key === key);
  const end: End = { at, how: 'caller' };
  // What has begun behind it proves that they have cut nothing there.
  const next = call.queue.findIndex(({ began }, index) => index > place && began?.reported);
  const follows = ({ length, sent, began, end }: Utterance, index: number) =>
    index > place &&
    (next < 0 || index < next) &&
    length &&
    sent &&
    sent.at < at &&
    !began &&
    isUntold(end);
  const rests = call.queue.flatMap((one, index) =>
    follows(one, index) ? (one.end?.by ?? []) : [],
  );
  const queue = call.queue.map((one, index) => (follows(one, index) ? { ...one, end } : one));
  return rests.reduce(withoutRest, { ...call, queue });
}

/** It hasn't been told of, and an interruption that was to cut it came too late. */
const isUntold = (end: End | undefined) => !end || end.how === 'app';

/** The sentence whose silence a `user_input_timeout` is about. */
export const silentAfter = (call: Call, at: number) =>
  soundsIn(call).findLast((one) => one.timer && beginOf(call, one) < at);

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

/** `user_input_timeout`: nobody spoke, so nobody has cut what ended at least so long ago. */
export function heardSilence(before: Call, at: number): Call {
  if (isSilenceAgain(before, at)) return before;
  const call = { ...before, timed_out_at: at };
  const its = silentAfter(call, at);
  if (!its?.timer || !its.length || its.end?.how === 'full') return call;
  const since = its.end?.at ?? beginOf(call, its) + shortest(its.length);
  if (at < since + its.timer.seconds * 1000 - CROSSING_MS) return call;
  if (its.end && its.end.how !== 'early') return call;
  const end: End = its.end
    ? { at: its.end.at, how: 'full' }
    : { at: since, how: 'full', owed: true };
  return changed(call, its.key, (one) => ({ ...one, end }));
}

/** How a sentence has ended by `now`, the clock included; nothing while it may be sounding. */
export function endBy(call: Call, one: Utterance, now: number, isInDoubt = false): End | undefined {
  const { end } = one;
  if (end?.how === 'early')
    return now >= decidedAt(call, one, isInDoubt) ? { ...end, how: 'full' } : end;
  if (end) return end;
  const at = overBy(call, one, isInDoubt);
  return now >= at ? { at, how: 'full', owed: true } : undefined;
}

/** When an early end that no words have followed is that of the whole sentence; in doubt it may be another one's. */
function decidedAt(call: Call, one: Utterance, isInDoubt: boolean): number {
  const { caller_speaks = 0 } = call;
  const decided = Math.max(one.end?.at ?? 0, caller_speaks) + WORDS_WITHIN_MS;
  return isInDoubt ? Math.max(decided, overBy(call, one)) : decided;
}

/**
 * By then it is over, even if its end is never told of. `isInDoubt`: what depends on it can't be undone, and a voice that
 * has announced less than usual may have been wrong.
 */
export function overBy(call: Call, one: Utterance, isInDoubt = false): number {
  const { began, length, sent } = one;
  if (began?.reported) return began.at + (length ? latestMs(length, isInDoubt) : 0) + LOST_END_MS;
  const sounds = soundsIn(call);
  const before = sounds[sounds.indexOf(one) - 1];
  const from = before ? (before.end?.at ?? overBy(call, before, isInDoubt)) : 0;
  return Math.max(sent?.at ?? 0, from) + (length ? latestMs(length, true) : 0) + STARTS_WITHIN_MS;
}

/** What the caller hears, or is about to hear, now. */
export const soundingAt = (call: Call, now: number, isInDoubt = false) =>
  soundsIn(call).filter((one) => !endBy(call, one, now, isInDoubt));

/** Whether the caller may be about to say something: what answers the words before must wait for these. */
export const isUndecided = (call: Call, now: number): boolean =>
  isExpected(call, now) ||
  call.queue.some((one) => one.end?.how === 'early' && endBy(call, one, now)?.how === 'early');

/** Whether words are still to come from a voice that has been heard. */
export const isExpected = ({ caller_speaks }: Call, now: number): boolean =>
  caller_speaks !== undefined && now < caller_speaks + WORDS_WITHIN_MS;

/** When it will be known whether the caller has cut what has ended early, or what words have cut without an end. */
export const undecidedUntil = (call: Call): number[] =>
  call.queue.flatMap((one) => {
    const { end } = one;
    if (end?.how === 'early') return [decidedAt(call, one, false), decidedAt(call, one, true)];
    return end?.how === 'caller' && end.owed ? [end.at + OWED_MS] : [];
  });

/** A `user_speech_started` without its `user_speak` was a noise, or one of them got lost. */
export const SPEAKS_AT_MOST_MS = 15_000;

/** Whether the caller is in the middle of saying something, as far as the WebSocket tells. */
export const callerSpeaks = ({ caller_speaks }: Call, now: number) =>
  caller_speaks !== undefined && now < caller_speaks + SPEAKS_AT_MOST_MS;
