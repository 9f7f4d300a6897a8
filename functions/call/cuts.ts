import { type Call, type End, type Fact, omit, type Utterance } from './document.ts';
import {
  beginOf,
  CROSSING_MS,
  endedShort,
  IMMEDIATE_MS,
  isCutBySound,
  isFollowed,
  LATE_END_MS,
  mayHaveEnded,
  overBy,
  SILENCE_MS,
  SOUNDS_AFTER_MS,
  WORDS_WITHIN_MS,
} from './evidence.ts';
import { change, isRestOf, type Sound, soundsAfter, soundsIn } from './utterances.ts';

/** What was never cut isn't said again. */
export const withoutRest = (call: Call, by: string | undefined): Call =>
  by === undefined
    ? call
    : {
        ...call,
        queue: call.queue.filter((one) => !isRestOf(one, by)),
      };

/** `user_speech_started`. */
export function heardVoice(call: Call, at: number): Call {
  const speaks = { ...call, caller_speaks: Math.max(at, call.caller_speaks ?? 0) };
  const cut = soundsIn(speaks).findLast(
    (one) => endedShort(one) && Math.abs(one.end.at - at) <= IMMEDIATE_MS,
  );
  return cut?.immediate ? cutByCaller(speaks, cut, at) : speaks;
}

/** `user_speak`: what its words have cut, if anything. */
export function heardWords(call: Call, { at, ms, cuts }: Extract<Fact, { kind: 'words' }>): Call {
  const silent = silentBy(call, at);
  if (!cuts || call.queue.some((one) => isCutBySound(call, one, at))) return silent;
  const voice = voiceBy(call, at);
  const since = voice === undefined ? at - SILENCE_MS - ms : voice - ONSET_MS;
  const latest = voice === undefined ? at - RECOGNISED_MS - ms : since;
  const early = soundsIn(call).findLast(
    ({ end }) =>
      end?.how === 'early' &&
      at <= end.at + ms + WORDS_WITHIN_MS &&
      (voice === undefined || end.at >= since - CROSSING_MS),
  );
  const cut = early ?? whoWasCut(call, since, at);
  return cut ? cutByCaller(silent, cut, at) : cutAfter({ ...silent, cut_at: at }, latest, at);
}

/** When the caller began to say what they have said by then, as far as the WebSocket tells. */
const voiceBy = ({ caller_speaks }: Call, at: number) =>
  caller_speaks !== undefined && caller_speaks <= at ? caller_speaks : undefined;

/** They have said it. What they have begun since they are still saying, though it was recorded first. */
export function silentBy(call: Call, at: number): Call {
  if (voiceBy(call, at) === undefined) return call;
  return omit(call, 'caller_speaks');
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
  const end: End = { at, how: 'caller', along: true, owed: true };
  return change(cut, next.key, (one) => ({ ...one, end }));
}

/**
 * What sounded when the words began; or what sounds when they come, where nothing tells when they began. Not if they
 * have cut the last syllables of what ended before it, or what an interruption has cut, too.
 */
function whoWasCut(call: Call, since: number, at: number): Utterance | undefined {
  const sounds = soundsIn(call);
  const sounded = sounds.find((one) => soundedAt(call, one, since));
  const voice = voiceBy(call, at);
  if (voice !== undefined) {
    const cut =
      sounded ??
      sounds.find((one) => cutSince(call, one, since)) ??
      sounds.find((one) => isThere(call, one) && soundedAt(call, one, voice));
    if (!cut) return undefined;
    // What has told that it had begun before they did was what sounded then, whatever has ended since.
    const isKnown = cut.began?.reported === true && !hasBegunSince(cut, since);
    return isKnown || !explained(call, cut, since - CROSSING_MS) ? cut : undefined;
  }
  const crossed = sounds.some(({ end }) => end?.how === 'app' && at < end.at + CROSSING_CUT_MS);
  const sounding = sounds.find((one) => soundedAt(call, one, at));
  const isLater = sounding && hasBegunSince(sounding, since);
  const its = sounded ?? (crossed || isLater ? undefined : sounding);
  const cutBefore = (earlier: number) =>
    sounds.findLast((one) => mayHaveLostItsEnd(call, one, since)) ??
    sounds.find((one) => cutSince(call, one, since, earlier));
  if (!its) return cutBefore(0);
  const before = sounded && cutBefore(RECOGNISED_MS);
  return explained(call, its, since - WORDS_WITHIN_MS, before !== undefined) ? before : its;
}

/** Words may have cut its last syllables, and no others have come since. */
const mayHaveLostItsEnd = (call: Call, one: Sound, since: number) =>
  endedShort(one) && one.end.at > since - RECOGNISED_MS && !isFollowed(call, one.end);

/** Its beginning was told of, or what may be its end. */
const isThere = (call: Call, one: Sound) => one.began?.reported || mayHaveEnded(call, one);

/** Words that had begun before it can't have cut it. */
const hasBegunSince = ({ began }: Utterance, since: number) =>
  began?.reported === true && began.at > since;

/**
 * Whether the caller may have cut what has ended before this one left, and nothing tells of an end since. `crossed`: they
 * may have cut what an interruption cut, too, whose end is told of as late as that travels.
 */
function explained(
  { silent_at = 0, unowned_at = 0 }: Call,
  { sent, began }: Sound,
  since: number,
  crossed = false,
): boolean {
  const ended = Math.max(silent_at, unowned_at <= sent.at ? unowned_at : 0);
  if (ended < since) return false;
  // It was queued behind what has ended; a little later only the report of an older end is late.
  const wasQueued = !began && ended > sent.at + LATE_END_MS;
  const isAfter = ended <= sent.at + CROSSING_MS && (crossed || !hasBegunBefore(began, ended));
  // At once it is the same end once more.
  return (isAfter || wasQueued) && unowned_at < Math.max(ended + SOUNDS_AFTER_MS, sent.at);
}

/** So long before an end that it isn't that of the sentence before it. */
const hasBegunBefore = (began: Utterance['began'], ended: number) =>
  began?.reported === true && began.at <= ended - SOUNDS_AFTER_MS;

/** So long words may be on their way that cut what an interruption has cut, too. */
const CROSSING_CUT_MS = 1_000;

/** Whether it sounded when the words began, isn't known to have been said, and can be cut by words. */
const soundedAt = (call: Call, one: Utterance, since: number) =>
  one.guarded !== 'protected' &&
  !one.end &&
  beginOf(call, one) <= since &&
  since < overBy(call, one);

function cutByCaller(call: Call, its: Utterance, at: number): Call {
  // An end that nobody here was thought to have was its own.
  const { unowned_at = 0 } = call;
  const isTold = unowned_at >= beginOf(call, its);
  const owed = its.end ? its.end.owed : !isTold;
  const cut = its.end?.at ?? (isTold ? unowned_at : at);
  const end: End = { at: cut, how: 'caller', ...(owed && { owed }) };
  const heard = change(call, its.key, (one) => ({ ...one, end }));
  return cutBehind(withoutRest(heard, its.end?.by), its.key, cut);
}

/**
 * An interruption has cut it after the caller had begun to, which they did so much earlier at most. No others have come since:
 * those had begun before these.
 */
const cutSince = (call: Call, one: Utterance, since: number, earlier = 0) =>
  one.end?.how === 'app' &&
  !isFollowed(call, one.end) &&
  beginOf(call, one) <= since &&
  since - (one.end.crossed ? RECOGNISED_MS : earlier) < one.end.at;

/** What was still to sound is cut with it. */
export function cutBehind(call: Call, key: string, at: number): Call {
  const end: End = { at, how: 'caller', along: true };
  const behind = soundsAfter(call, key);
  // What has begun behind it proves that they have cut nothing there.
  const begun = behind.findIndex(({ began }) => began?.reported);
  const along = behind
    .slice(0, begun < 0 ? undefined : begun)
    .filter((one) => one.sent.at < at && isUntold(one.end));
  const queue = call.queue.map((one) =>
    along.some(({ key }) => key === one.key) ? { ...one, end } : one,
  );
  return along.flatMap((one) => one.end?.by ?? []).reduce(withoutRest, { ...call, queue });
}

/** It hasn't been told of; an interruption that was to cut it came too late, or something newer was said instead. */
const isUntold = (end: End | undefined) =>
  !end || end.how === 'app' || (end.how === 'full' && end.owed === true);
