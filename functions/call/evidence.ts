import type { Call, End, Utterance } from './document.ts';
import { expectedMs, isAnnounced, latestMs } from './length.ts';
import { type Sound, soundBefore, soundsIn } from './utterances.ts';

/** Words that cut a sentence come this long after its end, or they are about something else. */
export const WORDS_WITHIN_MS = 3_000;

/** `immediate` cuts within so many ms of the caller's first sound. */
export const IMMEDIATE_MS = 300;

/** Events travel in parallel: what comes by less than this too early or too late is on time. */
export const CROSSING_MS = 300;

/** An end that is owed for longer has got lost. */
const OWED_MS = 3_000;

/** From an answer to its first word, at the latest. */
const STARTS_WITHIN_MS = 3_000;

/** An end that hasn't been told of so long after its time has got lost. */
export const LOST_END_MS = 2_000;

/** An end comes so late at most. */
export const LATE_END_MS = 1_500;

/** From an answer to its first word, at the earliest. */
export const SOUNDS_AFTER_MS = 150;

/** The silence after the last word by which a recogniser knows that it was the last, at least. */
export const SILENCE_MS = 150;

/** A `user_speech_started` without its `user_speak` was a noise, or one of them got lost. */
export const SPEAKS_AT_MOST_MS = 15_000;

/** When it began, as far as is known: not before it was sent, nor before the end of what sounded before it. */
export function beginOf(call: Call, one: Utterance): number {
  if (one.began) return one.began.at;
  const before = soundBefore(call, one);
  const from = before ? (before.end?.at ?? beginOf(call, before)) : 0;
  return Math.max(one.sent?.at ?? 0, from);
}

/** Whatever was to be heard before it. */
export const earliestBegin = ({ began, sent }: Utterance): number => began?.at ?? sent?.at ?? 0;

/** It ended a little before its time: perhaps it wasn't said to its last syllable. */
export function endedShort(one: Sound): one is Sound & { readonly end: End } {
  const { began, end, length } = one;
  if (end?.how !== 'full') return end?.how === 'early';
  if (end.owed || !began?.reported) return false;
  const played = end.at - began.at;
  return played < expectedMs(length) && !isAnnounced(length, played);
}

/** Whether it is still to be told of. */
export const isOwed = ({ owed, at }: End, now: number) => owed === true && now < at + OWED_MS;

/** Words are said to have cut it, and no end has told so: perhaps it goes on, and another one was cut. */
export const isCutUntold = ({ end }: Utterance) => end?.how === 'caller' && end.owed === true;

/** The sentence whose silence a `user_input_timeout` is about. */
export const silentAfter = (call: Call, at: number) =>
  soundsIn(call).findLast((one) => one.timer && earliestBegin(one) < at);

/** Whether AI Flow's timer behind it runs no more: whoever has been speaking stops it; and it tells once. */
export function hasStopped(call: Call, one: Utterance): boolean {
  const told = [call.timed_out_at ?? 0, ...call.words.map(({ at }) => at)];
  return Math.max(...told) > beginOf(call, one);
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
  const before = soundBefore(call, one);
  const from = before ? (before.end?.at ?? overBy(call, before, isInDoubt)) : 0;
  return Math.max(sent?.at ?? 0, from) + (length ? latestMs(length, true) : 0) + STARTS_WITHIN_MS;
}

/** An end that is nobody's may be its own: it has been heard, or the caller has cut it and says why. */
export const mayHaveEnded = ({ unowned_at }: Call, { sent }: Sound): boolean =>
  unowned_at !== undefined && unowned_at >= sent.at;

/** What the caller hears, or is about to hear, now. */
export const soundingAt = (call: Call, now: number, isInDoubt = false) =>
  soundsIn(call).filter((one) => !endBy(call, one, now, isInDoubt));

/**
 * Whether the caller surely hears something: not what is just being sent or is in doubt, nor what had left when words cut
 * something of which nobody knows what it was. Whoever asks has been told that the line is silent, or will never be told.
 */
export const isHearing = (call: Call, now: number): boolean =>
  soundingAt(call, now).some(({ sent }) => !sent.unsure && sent.at > (call.cut_at ?? 0));

/** Whether the caller may be about to say something: what answers the words before must wait for these. */
export const isUndecided = (call: Call, now: number): boolean =>
  isExpected(call, now) ||
  call.queue.some((one) => one.end && !isFollowed(call, one.end) && mayBeCut(call, one, now));

/** It has ended early, and perhaps the caller has cut it; or that was another one's end, and it goes on. */
export const mayBeCut = (call: Call, one: Utterance, now: number) =>
  one.end?.how === 'early' && now < decidedAt(call, one, false);

/** They have said it. */
export const isFollowed = ({ words }: Call, { at }: End) =>
  words[0] !== undefined && words[0].at >= at;

/** Whether the caller's first sound has cut it: the words that are to tell so are still to come. */
export const isCutBySound = (call: Call, { end }: Utterance, now: number): boolean =>
  end?.how === 'caller' &&
  end.at >= (call.caller_speaks ?? now) - IMMEDIATE_MS &&
  !isFollowed(call, end) &&
  callerSpeaks(call, now);

/** Whether words are still to come from a voice that has been heard. */
export const isExpected = ({ caller_speaks }: Call, now: number): boolean =>
  caller_speaks !== undefined && now < caller_speaks + WORDS_WITHIN_MS;

/** When it will be known whether the caller has cut what has ended early, or what words have cut without an end. */
export const undecidedUntil = (call: Call): number[] =>
  call.queue.flatMap((one) => {
    const { end } = one;
    if (end?.how === 'early') return [decidedAt(call, one, false), decidedAt(call, one, true)];
    return end && isCutUntold(one) ? [end.at + OWED_MS, overBy(call, one)] : [];
  });

/** Whether the caller is in the middle of saying something, as far as the WebSocket tells. */
export const callerSpeaks = ({ caller_speaks }: Call, now: number) =>
  caller_speaks !== undefined && now < caller_speaks + SPEAKS_AT_MOST_MS;
