import { withoutRest } from './cuts.ts';
import { type Call, type End, type Fact, omit, type Utterance } from './document.ts';
import { howEnded } from './ends.ts';
import { beginOf, CROSSING_MS, isCutUntold, LOST_END_MS, soundingAt } from './evidence.ts';
import { expectedMs, isAnnounced, isBelieved, isWhole } from './length.ts';
import { withoutRestOf } from './queue.ts';
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

/** `assistant_speak`: whose beginning it tells of, and with that the end of all before it. */
export function heardBegin(call: Call, fact: Began): Call {
  const its = whoBegan(call, fact);
  if (!its) return withForeign(call, fact);
  const { started, ms } = fact;
  const isTold = started !== undefined && started >= its.sent.at && started <= fact.at;
  const at = beginAt(call, its, isTold ? started : fact.at, fact.at);
  const ordered = inOrder(call, its, at, isTold ? at : at - CROSSING_MS);
  if (ordered !== call) return heardBegin(ordered, fact);
  const length = ms === undefined ? its.length : { ...its.length, announced: ms };
  const begun: Sound = { ...its, began: { at, reported: true }, length };
  // Only words of its own prove that what is in doubt has arrived, and what left in the same array with it.
  const isSure = fact.print !== undefined;
  const known = isSure && its.sent.unsure ? confirmAll(call, its.sent.by) : call;
  const judged = rejudge(isSure ? confirm(begun) : begun, at, at === started);
  const isUncut = its.end && !judged.end;
  const told = isUncut ? withoutRestOf(uncutBehind(known, its), its.key) : known;
  const now = change(told, its.key, () => judged);
  return endBefore(saidToItsEnd(now, its, at), its.key, at);
}

/** The next one begins just when it was announced to end: words had cut another one. */
function saidToItsEnd(call: Call, its: Sound, at: number): Call {
  const one = soundBefore(call, its);
  if (!one?.began?.reported || !isCutUntold(one)) return call;
  if (!isAnnounced(one.length, at - one.began.at)) return call;
  const end: End = { at, how: 'full', owed: true };
  return withoutRestOf(
    change(call, one.key, (said) => ({ ...said, end })),
    one.key,
  );
}

/**
 * What was to cut it has arrived before it, and so was cut by it: it has begun before `earliest`, the first moment at which
 * this may have begun, or would have cut this by now.
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

/** Nor was what left with it, and was thought to be cut with it. */
function uncutBehind(call: Call, { end: cut, sent }: Sound): Call {
  const isCutWith = (one: Utterance) =>
    one.end?.along && one.end.at === cut?.at && one.sent?.by === sent.by;
  return { ...call, queue: call.queue.map((one) => (isCutWith(one) ? omit(one, 'end') : one)) };
}

const isJudged = ({ how }: End) => how === 'full' || how === 'early';

/** Another clock is behind by less. */
const CLOCKS_DIFFER_MS = 500;

/** When it began: not before the sentence before it has ended, as told or as announced, whatever another clock says. */
function beginAt(call: Call, its: Utterance, told: number, now: number): number {
  const before = soundBefore(call, its);
  if (!before) return told;
  const free = before.end ? toldEnd(before.end) : announcedEnd(before, told);
  return Math.max(told, Math.min(free, now));
}

const toldEnd = ({ how, at, owed }: End) => (how === 'full' && !owed ? at : 0);

/** Where this one begins much earlier, the caller has cut that. */
function announcedEnd({ began, length }: Sound, next: number): number {
  if (!began?.reported || !isBelieved(length)) return 0;
  const end = began.at + expectedMs(length);
  return next > end - CLOCKS_DIFFER_MS ? end : 0;
}

const confirmAll = (call: Call, by: string): Call => ({
  ...call,
  queue: call.queue.map((one) => (one.sent?.by === by ? confirm(one) : one)),
});

/** AI Flow has taken it. */
function confirm<One extends Utterance>(one: One): One {
  if (!one.sent?.unsure) return one;
  const { unsure, ...sent } = one.sent;
  return { ...one, sent: unsure === 'told' ? { ...sent, doubted: true } : sent };
}

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
 * Its end was judged before its beginning was known. What has begun since hadn't ended, nor been cut; nor has what had
 * `surely` begun only just before: that end is another one's.
 */
function rejudge(one: Sound, began: number, surely: boolean): Utterance {
  const { end, length, ...rest } = one;
  if (!end) return one;
  const isWrong =
    surely &&
    isJudged(end) &&
    end.at < began + CROSSING_MS &&
    !isWhole(length, end.at - began, true);
  // What the caller had cut by then can't have been this; and what begins has arrived after a cut, however late that
  // was told of.
  const isLater =
    began > end.at + CROSSING_MS ||
    (surely && (end.along || (end.how === 'caller' && began >= end.at)));
  if (isWrong || isLater) return { ...rest, length };
  if (!isJudged(end)) return one;
  const how = isWhole(length, end.at - began, true) || end.how === 'full' ? 'full' : 'early';
  return { ...one, end: { ...end, how } };
}

/** How it ended before its time, where only what was said next tells of it: words that said they had cut something cut it. */
function cutShort(call: Call, one: Sound, at: number): End['how'] {
  const how = howEnded(call, one, at);
  return how === 'early' && (call.cut_at ?? 0) >= beginOf(call, one) ? 'caller' : how;
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
      if (index >= place || !isSound(one)) return one;
      // It was cut by this one, and no earlier.
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
