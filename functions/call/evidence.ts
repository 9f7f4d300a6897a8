import type { Call, End, Utterance } from './document.ts';
import { expectedMs, isAnnounced, latestMs } from './length.ts';
import { type Sound, soundBefore, soundsIn } from './utterances.ts';

/**
 * Words that cut a sentence come within this time after its end; later ones have nothing to do with
 * it.
 */
export const WORDS_WITHIN_MS = 3_000;

/** With the strategy `immediate` AI Flow cuts within this time of the caller's first sound. */
export const IMMEDIATE_MS = 300;

/** Events travel in parallel: one that is early or late by less than this is on time. */
export const CROSSING_MS = 300;

/** The report of an owed end has got lost after this time. */
const OWED_MS = 3_000;

/** From an answer to its first word, at most. */
const STARTS_WITHIN_MS = 3_000;

/** An end that isn't reported within this time after it was due has got lost. */
export const LOST_END_MS = 2_000;

/** An end is reported at most this late. */
export const LATE_END_MS = 1_500;

/** From an answer to its first word, at least. */
export const SOUNDS_AFTER_MS = 150;

/** A recogniser waits for at least this much silence before it reports words. */
export const SILENCE_MS = 150;

/**
 * A `user_speech_started` that no `user_speak` follows within this time was a noise, or one of the
 * two got lost.
 */
export const SPEAKS_AT_MOST_MS = 15_000;

/**
 * When it began, as far as is known: not before it was sent, nor before the previous sentence
 * ended.
 */
export function beginOf(call: Call, one: Utterance): number {
  if (one.began) return one.began.at;
  const before = soundBefore(call, one);
  const from = before ? (before.end?.at ?? beginOf(call, before)) : 0;
  return Math.max(one.sent?.at ?? 0, from);
}

/** Whether it ended a little early, so that its last syllables may be missing. */
export function endedShort(one: Sound): one is Sound & { readonly end: End } {
  const { began, end, length } = one;
  if (end?.how !== 'full') return end?.how === 'early';
  if (end.owed || !began?.reported) return false;
  const played = end.at - began.at;
  return played < expectedMs(length) && !isAnnounced(length, played);
}

/** Whether its report is still to come. */
export const isOwed = ({ owed, at }: End, now: number) => owed === true && now < at + OWED_MS;

/**
 * Whether words are said to have cut it, and no end has confirmed that: they may have cut another
 * sentence, and this one goes on.
 */
export const isCutUntold = ({ end }: Utterance) => end?.how === 'caller' && end.owed === true;

/** The sentence whose timer a `user_input_timeout` comes from. */
export const silentAfter = (call: Call, at: number) =>
  soundsIn(call).findLast((one) => one.timer && (one.began ?? one.sent).at < at);

/** Whether AI Flow's timer behind it has stopped: the caller's words stop it, and it fires once. */
export function hasStopped(call: Call, one: Utterance): boolean {
  const told = [call.timed_out_at ?? 0, ...call.words.map(({ at }) => at)];
  return Math.max(...told) > beginOf(call, one);
}

/**
 * How a sentence has ended by `now`, by reports or by the clock; `undefined` while it may be
 * sounding.
 */
export function endBy(call: Call, one: Utterance, now: number, isInDoubt = false): End | undefined {
  const { end } = one;
  if (end?.how === 'early')
    return now >= decidedAt(call, one, isInDoubt) ? { ...end, how: 'full' } : end;
  if (end) return end;
  const at = overBy(call, one, isInDoubt);
  return now >= at ? { at, how: 'full', owed: true } : undefined;
}

/**
 * From when on an early end that no words followed counts as a whole one. `isInDoubt`: the end may
 * be another sentence's.
 */
function decidedAt(call: Call, one: Utterance, isInDoubt: boolean): number {
  const { caller_speaks = 0 } = call;
  const decided = Math.max(one.end?.at ?? 0, caller_speaks) + WORDS_WITHIN_MS;
  return isInDoubt ? Math.max(decided, overBy(call, one)) : decided;
}

/**
 * When it is over at the latest, even if its end is never reported. `isInDoubt`: something that
 * can't be undone depends on it, so a voice that announced an unusually short time isn't trusted.
 */
export function overBy(call: Call, one: Utterance, isInDoubt = false): number {
  const { began, length, sent } = one;
  if (began?.reported) return began.at + (length ? latestMs(length, isInDoubt) : 0) + LOST_END_MS;
  const before = soundBefore(call, one);
  const from = before ? (before.end?.at ?? overBy(call, before, isInDoubt)) : 0;
  return Math.max(sent?.at ?? 0, from) + (length ? latestMs(length, true) : 0) + STARTS_WITHIN_MS;
}

/**
 * Whether an end that fitted no sentence may be its own: it was heard to its end, or the caller cut
 * it and is about to speak.
 */
export const mayHaveEnded = ({ unowned_at }: Call, { sent }: Sound): boolean =>
  unowned_at !== undefined && unowned_at >= sent.at;

/** The sentences that the caller hears now, or is about to hear. */
export const soundingAt = (call: Call, now: number, isInDoubt = false) =>
  soundsIn(call).filter((one) => !endBy(call, one, now, isInDoubt));

/**
 * Whether the caller certainly hears something. What is just being sent or in doubt doesn't count,
 * nor what was sent before words cut something unknown: AI Flow may have reported silence already,
 * or never will.
 */
export const isHearing = (call: Call, now: number): boolean =>
  soundingAt(call, now).some(({ sent }) => !sent.unsure && sent.at > (call.cut_at ?? 0));

/**
 * Whether the caller may be about to say something. What answers their earlier words must wait for
 * it.
 */
export const isUndecided = (call: Call, now: number): boolean =>
  isExpected(call, now) ||
  call.queue.some((one) => one.end && !isFollowed(call, one.end) && mayBeCut(call, one, now));

/**
 * Whether it has ended early, and nobody knows yet whether the caller cut it, or whether that end
 * was another sentence's.
 */
export const mayBeCut = (call: Call, one: Utterance, now: number) =>
  one.end?.how === 'early' && now < decidedAt(call, one, false);

/** Whether the caller has spoken since that end. */
export const isFollowed = ({ words }: Call, { at }: End) =>
  words[0] !== undefined && words[0].at >= at;

/** Whether the caller's first sound has cut it, and the words are still to come. */
export const isCutBySound = (call: Call, { end }: Utterance, now: number): boolean =>
  end?.how === 'caller' &&
  end.at >= (call.caller_speaks ?? now) - IMMEDIATE_MS &&
  !isFollowed(call, end) &&
  callerSpeaks(call, now);

/** Whether the caller was heard to begin, and their words are still to come. */
export const isExpected = ({ caller_speaks }: Call, now: number): boolean =>
  caller_speaks !== undefined && now < caller_speaks + WORDS_WITHIN_MS;

/**
 * When open questions of this kind are decided by the clock: was an early end a cut, and which
 * sentence did words cut.
 */
export const undecidedUntil = (call: Call): number[] =>
  call.queue.flatMap((one) => {
    const { end } = one;
    if (end?.how === 'early') return [decidedAt(call, one, false), decidedAt(call, one, true)];
    return end && isCutUntold(one) ? [end.at + OWED_MS, overBy(call, one)] : [];
  });

/** Whether the caller is in the middle of speaking, as far as the WebSocket reports. */
export const callerSpeaks = ({ caller_speaks }: Call, now: number) =>
  caller_speaks !== undefined && now < caller_speaks + SPEAKS_AT_MOST_MS;
