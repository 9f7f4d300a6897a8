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

/** Without the waiting rest of what that utterance was to cut. */
export const withoutRest = (call: Call, by: string | undefined): Call =>
  by === undefined
    ? call
    : {
        ...call,
        queue: call.queue.filter((one) => !isRestOf(one, by)),
      };

/** Handles `user_speech_started`. */
export function heardVoice(call: Call, at: number): Call {
  const speaks = { ...call, caller_speaks: Math.max(at, call.caller_speaks ?? 0) };
  const cut = soundsIn(speaks).findLast(
    (one) => endedShort(one) && Math.abs(one.end.at - at) <= IMMEDIATE_MS,
  );
  return cut?.immediate ? cutByCaller(speaks, cut, at) : speaks;
}

/** Handles `user_speak`: marks the sentence that its words cut, if any. */
export function heardWords(call: Call, { at, ms, cuts }: Extract<Fact, { kind: 'words' }>): Call {
  const silent = silentBy(call, at);
  if (!cuts || call.queue.some((one) => isCutBySound(call, one, at))) return silent;
  const voice = voiceBy(call, at);
  const since = voice === undefined ? at - SILENCE_MS - ms : voice - ONSET_MS;
  const latest = voice === undefined ? at - RECOGNISED_MS - ms : since;
  const early = soundsIn(call).filter(
    ({ end }) =>
      end?.how === 'early' &&
      at <= end.at + ms + WORDS_WITHIN_MS &&
      (voice === undefined || end.at >= since - CROSSING_MS),
  );
  // They cut once: what sounded when they began, where that is known.
  const cut = early.at(voice === undefined ? -1 : 0) ?? whoWasCut(call, since, at);
  return cut ? cutByCaller(silent, cut, at) : cutAfter({ ...silent, cut_at: at }, latest, at);
}

/** When the caller began these words, if the WebSocket has reported it. */
const voiceBy = ({ caller_speaks }: Call, at: number) =>
  caller_speaks !== undefined && caller_speaks <= at ? caller_speaks : undefined;

/**
 * The caller has finished these words. Words that they began later go on, even if that was recorded
 * first.
 */
export const silentBy = (call: Call, at: number): Call =>
  voiceBy(call, at) === undefined ? call : omit(call, 'caller_speaks');

/** A recogniser reports words at most this long after the last of them. */
const RECOGNISED_MS = 1_500;

/** The caller's first sound is reported this much later. */
const ONSET_MS = 120;

/**
 * If words cut the last syllables of a sentence that counts as whole, they also cut what was to
 * follow it.
 */
function cutAfter(call: Call, since: number, at: number): Call {
  const last = soundsIn(call).findLast(
    ({ end }) => end?.how === 'full' && !end.owed && end.at <= at,
  );
  if (!last?.end || last.end.at < since) return call;
  const cut = cutBehind(call, last.key, last.end.at);
  const next = cut.queue.find((one) => !call.queue.includes(one));
  if (!next) return cut;
  // That one may have begun, and its own end may still come.
  const end: End = { at, how: 'caller', along: true, owed: true };
  return change(cut, next.key, (one) => ({ ...one, end }));
}

/**
 * The sentence that sounded when the words began; or, if that moment is unknown, the one that
 * sounds when they arrive. Not if the words have cut the last syllables of the sentence before it,
 * or what an interruption cut, too.
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
    // A sentence that was reported to begin before the words did was sounding then, whatever has
    // ended since.
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

/** Whether these words may have cut its last syllables; no other words have come since. */
const mayHaveLostItsEnd = (call: Call, one: Sound, since: number) =>
  endedShort(one) && one.end.at > since - RECOGNISED_MS && !isFollowed(call, one.end);

/** Whether its beginning was reported, or an end that may be its own. */
const isThere = (call: Call, one: Sound) => one.began?.reported || mayHaveEnded(call, one);

/** Whether it began after the words did, so that they can't have cut it. */
const hasBegunSince = ({ began }: Utterance, since: number) =>
  began?.reported === true && began.at > since;

/**
 * Whether the last reported end explains the words: the caller cut what ended before this one was
 * sent, and nothing has ended since. `crossed`: they may have cut what an interruption cut, too;
 * that end is reported as late as the push travels.
 */
function explained(
  { silent_at = 0, unowned_at = 0 }: Call,
  { sent, began }: Sound,
  since: number,
  crossed = false,
): boolean {
  const ended = Math.max(silent_at, unowned_at <= sent.at ? unowned_at : 0);
  if (ended < since) return false;
  // It was queued behind the sentence that ended. Just after it was sent, an end is only an older
  // one that was reported late.
  const wasQueued = !began && ended > sent.at + LATE_END_MS;
  const isAfter = ended <= sent.at + CROSSING_MS && (crossed || !hasBegunBefore(began, ended));
  // An end that comes at once is the same report again.
  return (isAfter || wasQueued) && unowned_at < Math.max(ended + SOUNDS_AFTER_MS, sent.at);
}

/** Whether it began so long before an end that the end isn't the previous sentence's. */
const hasBegunBefore = (began: Utterance['began'], ended: number) =>
  began?.reported === true && began.at <= ended - SOUNDS_AFTER_MS;

/** Words that cut what an interruption cut, too, may be on their way for so long. */
const CROSSING_CUT_MS = 1_000;

/** Whether it sounded at `since`, isn't known to have ended, and can be cut by words. */
const soundedAt = (call: Call, one: Utterance, since: number) =>
  one.guarded !== 'protected' &&
  !one.end &&
  beginOf(call, one) <= since &&
  since < overBy(call, one);

function cutByCaller(call: Call, its: Utterance, at: number): Call {
  // An end that fitted no sentence was this one's.
  const { unowned_at = 0 } = call;
  const isTold = unowned_at >= beginOf(call, its);
  const owed = its.end ? its.end.owed : !isTold;
  const cut = its.end?.at ?? (isTold ? unowned_at : at);
  const end: End = { at: cut, how: 'caller', ...(owed && { owed }) };
  const heard = change(call, its.key, (one) => ({ ...one, end }));
  return cutBehind(withoutRest(heard, its.end?.by), its.key, cut);
}

/**
 * Whether an interruption cut it after the caller had begun to, by at most `earlier` ms. Not if
 * other words have come since, because those began before these.
 */
const cutSince = (call: Call, one: Utterance, since: number, earlier = 0) =>
  one.end?.how === 'app' &&
  !isFollowed(call, one.end) &&
  beginOf(call, one) <= since &&
  since - (one.end.crossed ? RECOGNISED_MS : earlier) < one.end.at;

/** Cuts what was still to sound behind that sentence. */
export function cutBehind(call: Call, key: string, at: number): Call {
  const end: End = { at, how: 'caller', along: true };
  const behind = soundsAfter(call, key);
  // A sentence that has begun behind it wasn't cut by these words.
  const begun = behind.findIndex(({ began }) => began?.reported);
  const along = behind
    .slice(0, begun < 0 ? undefined : begun)
    .filter((one) => one.sent.at < at && isUntold(one.end));
  const queue = call.queue.map((one) =>
    along.some(({ key }) => key === one.key) ? { ...one, end } : one,
  );
  return along.flatMap((one) => one.end?.by ?? []).reduce(withoutRest, { ...call, queue });
}

/**
 * Whether its end is still open: none was reported, an interruption that was to cut it came too
 * late, or something newer was said instead.
 */
const isUntold = (end: End | undefined) =>
  !end || end.how === 'app' || (end.how === 'full' && end.owed === true);
