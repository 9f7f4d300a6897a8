import { withoutRest } from './cuts.ts';
import { type Call, type End, type Fact, omit, type Utterance } from './document.ts';
import { howEnded } from './ends.ts';
import { beginOf, CROSSING_MS, isCutUntold, LOST_END_MS, soundingAt } from './evidence.ts';
import { expectedMs, isAnnounced, isBelieved, isWhole } from './length.ts';
import { withoutRestOf } from './sending.ts';
import {
  change,
  isBeingSent,
  isSound,
  type Sound,
  soundBefore,
  soundsIn,
  utteranceIn,
  waitingIn,
} from './utterances.ts';

type Began = Extract<Fact, { kind: 'began' }>;

/** Handles `assistant_speak`: a sentence has begun, so every sentence before it has ended. */
export function heardBegin(before: Call, fact: Began): Call {
  const call = saidToItsEnd(before, fact);
  const its = whoBegan(call, fact);
  if (!its) return withForeign(call, fact);
  const { started, ms } = fact;
  const isTold = started !== undefined && started >= its.sent.at && started <= fact.at;
  const at = beginAt(call, its, isTold ? started : fact.at, fact.at);
  const ordered = inOrder(call, its, at, isTold ? at : at - CROSSING_MS);
  if (ordered !== call) return heardBegin(ordered, fact);
  const length = ms === undefined ? its.length : { ...its.length, announced: ms };
  // Only its own text proves that a sentence in doubt has arrived, and with it the rest of its
  // array.
  const known = fact.print === undefined ? call : confirmAll(call, its.sent.by);
  const end = rejudge({ ...its, length }, at, at === started);
  const isUncut = its.end && !end;
  const told = isUncut ? withoutRestOf(uncutBehind(known, its), its.key) : known;
  const now = change(told, its.key, (one) => ({
    ...omit(one, 'end'),
    began: { at, reported: true },
    length,
    ...(end && { end }),
  }));
  return endBefore(now, its.key, at);
}

/**
 * If a sentence begins just when the last one was announced to end, words had not cut that one. A
 * report without words may be of a sentence that was thought to be cut along with it.
 */
function saidToItsEnd(call: Call, { print, at: toldAt, started = toldAt }: Began): Call {
  const one = soundsIn(call).findLast(({ began }) => began?.reported);
  if (!one?.began || !isCutUntold(one)) return call;
  const at = Math.min(started, toldAt);
  if (!isAnnounced(one.length, at - one.began.at)) return call;
  const end: End = { at, how: 'full', owed: true };
  const uncut = print === undefined ? uncutBehind(call, one) : call;
  return withoutRestOf(
    change(uncut, one.key, (own) => ({ ...own, end })),
    one.key,
  );
}

/**
 * Swaps two pushes that crossed on their way: the sentence that was to cut this one arrived first,
 * so this one has cut it. That is so if the other one began before `earliest`, the first moment at
 * which this one can have begun, or if it hasn't begun though it would have cut this one by now.
 */
function inOrder(call: Call, its: Utterance, at: number, earliest: number): Call {
  const cutter = utteranceIn(call, its.end?.by);
  if (!cutter?.length || !its.end || (isBeingSent(cutter) && !cutter.began)) return call;
  const { began } = cutter;
  const isFirst = began?.reported ? began.at < earliest : at > its.end.at + CROSSING_MS;
  if (!isFirst) return call;
  const isOwn = ({ end, sent }: Utterance) => end?.by === cutter.key && sent?.by === its.sent?.by;
  const own = call.queue.filter(isOwn).map(({ end: _, ...one }): Utterance => one);
  const end: End = { at, how: 'app', by: its.key, ...(began && { owed: true }) };
  return {
    ...call,
    queue: withoutRest(call, cutter.key).queue.flatMap((one) => {
      if (isOwn(one)) return [];
      return one === cutter ? [{ ...one, end: one.end ?? end }, ...own] : [one];
    }),
  };
}

/** Sentences of the same array that were thought to be cut along with it weren't cut either. */
function uncutBehind(call: Call, { end: cut, sent }: Sound): Call {
  const isCutWith = (one: Utterance) =>
    one.end?.along && one.end.at === cut?.at && one.sent?.by === sent.by;
  return { ...call, queue: call.queue.map((one) => (isCutWith(one) ? omit(one, 'end') : one)) };
}

const isJudged = ({ how }: End) => how === 'full' || how === 'early';

/** Two clocks differ by less than this. */
const CLOCKS_DIFFER_MS = 500;

/**
 * When it began. Whatever another clock says, it can't have begun before the previous sentence
 * ended, as reported or as announced.
 */
function beginAt(call: Call, its: Utterance, told: number, now: number): number {
  const before = soundBefore(call, its);
  if (!before) return told;
  return Math.max(told, Math.min(toldEnd(before, told), now));
}

/**
 * The end of the previous sentence, as reported or announced; 0 if this one begins so much earlier
 * than that was announced that the caller must have cut it.
 */
function toldEnd({ began, length, end }: Sound, next: number): number {
  if (end) return end.how === 'full' && !end.owed ? end.at : 0;
  if (!began?.reported || !isBelieved(length)) return 0;
  const announced = began.at + expectedMs(length);
  return next > announced - CLOCKS_DIFFER_MS ? announced : 0;
}

/** Marks all that this input has sent as taken by AI Flow. */
const confirmAll = (call: Call, by: string): Call => ({
  ...call,
  queue: call.queue.map((one) => {
    if (one.sent?.by !== by || !one.sent.unsure) return one;
    const { unsure, ...sent } = one.sent;
    return { ...one, sent: unsure === 'told' ? { ...sent, doubted: true } : sent };
  }),
});

/**
 * Adds a sentence that this document doesn't know: its answer wasn't written, or the call is older
 * than the document.
 */
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

/**
 * The sentence that has begun: the one with this text; else the first that was sent and hasn't
 * begun, unless the report is older than that.
 */
function whoBegan(call: Call, { print, started }: Began): Sound | undefined {
  const sounds = soundsIn(call);
  const own = print === undefined ? [] : sounds.filter((one) => one.print === print);
  const silent = own.filter(({ began }) => !began?.reported);
  if (own.length > 0) return silent.find(({ end }) => !end) ?? silent.at(-1);
  const next = sounds.find(
    ({ began, end, sent }) => !began && !end && (print === undefined || sent.unsure === undefined),
  );
  return next && started !== undefined && started < next.sent.at ? undefined : next;
}

/**
 * Judges its end again, now that its beginning is known. A sentence that began after that end
 * hadn't ended, nor been cut: the end was another one's. If the beginning is `surely` right, the
 * same holds for one that began just before that end.
 */
function rejudge({ end, length }: Sound, began: number, surely: boolean): End | undefined {
  if (!end) return undefined;
  const isWrong =
    surely &&
    isJudged(end) &&
    end.at < began + CROSSING_MS &&
    !isWhole(length, end.at - began, true);
  // The caller can't have cut what hadn't begun. What begins after a cut was sent after it, however
  // late the cut was reported.
  const isLater =
    began > end.at + CROSSING_MS ||
    (surely && (end.along || (end.how === 'caller' && began >= end.at)));
  if (isWrong || isLater) return undefined;
  if (!isJudged(end)) return end;
  const how = isWhole(length, end.at - began, true) || end.how === 'full' ? 'full' : 'early';
  return { ...end, how };
}

/**
 * How a sentence ended early if only the next one's beginning shows it: words that reported a cut
 * have cut it.
 */
function cutShort(call: Call, one: Sound, at: number): End['how'] {
  const how = howEnded(call, one, at);
  return how === 'early' && (call.cut_at ?? 0) >= beginOf(call, one) ? 'caller' : how;
}

/**
 * Every sentence before this one has ended; and as a whole, if this one was already queued behind
 * it. If this one was sent only afterwards, its beginning says nothing about how the other one
 * ended.
 */
function endBefore(call: Call, key: string, at: number): Call {
  const place = call.queue.findIndex((one) => one.key === key);
  const left = call.queue[place]?.sent?.at ?? 0;
  const hasWaited = (end: number) => left < end - CROSSING_MS;
  return {
    ...call,
    queue: call.queue.map((one, index) => {
      if (index >= place || !isSound(one)) return one;
      // This one cut it, and no earlier than now.
      if (one.end?.owed && one.end.by === key) return { ...one, end: { ...one.end, at } };
      if (!one.end) {
        const isSure = hasWaited(at) || !one.began?.reported;
        return { ...one, end: { at, how: isSure ? 'full' : cutShort(call, one, at), owed: true } };
      }
      return one.end.how === 'early' && hasWaited(one.end.at)
        ? { ...one, end: { ...one.end, how: 'full' } }
        : one;
    }),
  };
}
