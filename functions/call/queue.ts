import type { Call, End, Utterance } from './document.ts';
import {
  CROSSING_MS,
  callerSpeaks,
  endBy,
  isCutUntold,
  isOwed,
  isUndecided,
  LATE_END_MS,
  mayBeCut,
  overBy,
  soundingAt,
  WORDS_WITHIN_MS,
} from './evidence.ts';
import type { SkipReason } from './outcome.ts';
import {
  bargesIn,
  inOneBreath,
  isAnsweredMeanwhile,
  isBeingSent,
  isFromElsewhere,
  isOvertaken,
  isSilence,
  isUnconfirmed,
  type Sound,
  soundsAfter,
  soundsIn,
  utteranceIn,
  waitingIn,
} from './utterances.ts';

/**
 * What becomes of a waiting utterance: it goes out, goes on waiting, or never comes for a reason.
 */
export type Verdict = 'go' | 'wait' | { readonly never: SkipReason };

/**
 * The verdict on a waiting utterance. The first row that fits decides.
 *
 * | if | verdict |
 * |---|---|
 * | the call is over, it is too late or cancelled, or its turn was overtaken | never |
 * | a human has taken the call, or the caller is to be heard first | wait |
 * | its predecessor was cut, silenced or never arrived; a `then` also follows a cut | never |
 * | its predecessor hasn't been heard yet | wait |
 * | an earlier part of its job hasn't gone out | wait |
 * | the sentence that it was asked to let end is sounding (`after_current`) | wait |
 * | it is a rest, and the sentence that it resumes may still be sounding | wait |
 * | it ends the call, and something else is still to be said | wait |
 * | something is sounding that it doesn't, or mustn't, cut | wait |
 * | it is only said into a sentence, and none is sounding (`only_if_speaking`) | never |
 * | else | go |
 *
 * `sparing`: a sentence has only just begun, so nothing may cut it.
 */
export function verdictOf(call: Call, one: Utterance, now: number, sparing = false): Verdict {
  const never = neverComes(call, one, now);
  if (never) return { never };
  if (call.transferred || mustHearCaller(call, one, now)) return 'wait';
  const before = verdictBehind(call, one, now);
  if (before !== 'free') return before;
  if (one.job !== undefined && isLaterPart(call, one)) return 'wait';
  if (one.rules?.after_current && mustEnd(call, one, now)) return 'wait';
  if (one.from === 'rest' && isEarly(call, one, now)) return 'wait';
  if (one.ends && !cuts(one) && isNotLast(call, one, now)) return 'wait';
  if (!mayBeHeard(call, one, now, sparing)) return 'wait';
  return isOutOfNowhere(call, one, now) ? { never: 'not_speaking' } : 'go';
}

/**
 * A wake-up by the clock comes within this time; after it the line has been silent for too long.
 */
const FOLLOWS_WITHIN_MS = 2_000;

/**
 * With `only_if_speaking`: nothing is sounding, and no sentence has just ended while this one
 * waited.
 */
function isOutOfNowhere(call: Call, { rules, with: along }: Utterance, now: number): boolean {
  if (!rules?.only_if_speaking || along !== undefined) return false;
  const isFollowed = (one: Utterance) => {
    const end = endBy(call, one, now);
    const isOver = end?.how === 'full' || end?.how === 'early';
    return !end || (isOver && now < end.at + FOLLOWS_WITHIN_MS);
  };
  return !soundsIn(call).some(isFollowed);
}

/**
 * Words with `barged_in` don't say which sentence they cut. So the one that we took for it may
 * still sound, until its end is reported or the next sentence begins.
 */
const maySound = (call: Call, { key, end }: Utterance, now: number) =>
  end?.how === 'caller' &&
  isOwed(end, now) &&
  !soundsAfter(call, key).some(({ began }) => began?.reported);

/**
 * The sentence that this would resume may still be sounding, or is just being sent and may never
 * have sounded.
 */
function isEarly(call: Call, rest: Utterance, now: number): boolean {
  const all = inOneBreath(call, rest.key);
  const of = call.queue.flatMap(({ key, after }) => (all.includes(key) ? (after ?? []) : []));
  return call.queue.some(
    (one) => of.includes(one.key) && (isBeingSent(one) || mayGoOn(call, one, now)),
  );
}

/**
 * Where AI Flow reports ends, a sentence that words are said to have cut may go on until its end is
 * reported.
 */
const mayGoOn = (call: Call, one: Utterance, now: number) =>
  maySound(call, one, now) ||
  (call.silent_at !== undefined && isCutUntold(one) && now < overBy(call, one));

/** Parts of a job don't overtake each other. */
const isLaterPart = ({ queue }: Call, { key, job }: Utterance) =>
  queue.find((other) => other.job === job && (!other.sent || isBeingSent(other)))?.key !== key;

/** Whether it belongs to the conversation: then the caller's next words answer or overtake it. */
const isConversation = (one: Pick<Utterance, 'from' | 'rules'>) =>
  !isFromElsewhere(one) || one.rules?.if_turn !== undefined;

function neverComes(call: Call, one: Utterance, now: number): SkipReason | undefined {
  if (call.ended !== undefined) return 'session_ended';
  if (one.start !== call.starts && one.from !== 'interruption') return 'session_ended';
  if (one.cancelled) return 'cancelled';
  if (one.expires_at !== undefined && now >= one.expires_at) return 'expired';
  return isOvertaken(call, one) ? 'stale_turn' : undefined;
}

/** Whether the caller is to be heard first. */
export function mustHearCaller(
  call: Call,
  one: Pick<Utterance, 'from' | 'rules'>,
  now: number,
): boolean {
  if (isConversation(one) && (call.pending.length > 0 || isUndecided(call, now))) return true;
  // Without a WebSocket nothing reports when the caller begins to speak.
  return (
    one.rules?.not_while_caller_speaks === true &&
    call.socket !== undefined &&
    callerSpeaks(call, now)
  );
}

/** The verdict as far as its predecessor decides it; `free` if that lets it go. */
function verdictBehind(call: Call, one: Utterance, now: number): Verdict | 'free' {
  if (one.falls && isTakenBack(call, one.behind)) return { never: 'cut' };
  if (one.falls && now < crossedUntil(call, one.behind)) return 'wait';
  const own = utteranceIn(call, one.behind);
  // Its sender may not have sent it yet.
  if (isBeingSent(own)) return 'wait';
  const before = predecessorOf(call, one.behind);
  if (!before) return 'free';
  if (one.into_silence && hasCome(before)) return { never: 'stale_turn' };
  const silenced = silencedBehind(call, one, before, now);
  if (silenced) return silenced;
  if (!before.sent || isBeingSent(before)) return 'wait';
  if (isUnconfirmed(before) || isUnconfirmed(own)) return behindDoubt(call, one, before, now);
  return before.length ? behindSentence(call, one, before, now) : 'free';
}

/** Whether it is speech of an interruption or job, or ends the call, and has certainly arrived. */
const hasCome = (one: Utterance) =>
  (one.ends || (one.trigger && one.length)) && one.sent && !isUnconfirmed(one);

/** An interruption that asks for silence calls off what would end the call. */
function silencedBehind(
  call: Call,
  one: Utterance,
  before: Utterance,
  now: number,
): Verdict | undefined {
  // The interruption that asked for silence may never have arrived.
  if (
    before.end?.silent &&
    isUnconfirmed(utteranceIn(call, before.end.by)) &&
    now < overBy(call, before, true)
  )
    return 'wait';
  if (!one.ends) return undefined;
  const isSilenced = before.end?.silent || (before.sent && waitsToSilence(call, before, now));
  if (isSilenced) return { never: 'silenced' };
  // What is still to be said between them comes all the same.
  const further = before.sent ? undefined : predecessorOf(call, before.behind ?? before.with);
  return further && !isAnsweredMeanwhile(before, further)
    ? silencedBehind(call, one, further, now)
    : undefined;
}

function behindSentence(
  call: Call,
  one: Utterance,
  before: Utterance,
  now: number,
): Verdict | 'free' {
  const end = endBy(call, before, now, one.ends !== undefined || one.from === 'then');
  if (!end || end.how === 'early') return 'wait';
  if (end.how !== 'caller') return 'free';
  if (one.falls) return { never: 'cut' };
  // No end has confirmed the cut, so the caller may have cut another sentence.
  const untold = cutTogether(call, end);
  return untold && now < overBy(call, untold) ? 'wait' : 'free';
}

/**
 * The sentence that words cut together with those behind it, as long as no end has confirmed that.
 */
const cutTogether = ({ queue }: Call, { at }: End) =>
  queue.find((one) => isCutUntold(one) && one.end?.at === at);

/**
 * Whether an interruption that asks only for silence waits for this sentence. Where nothing can be
 * pushed, the sentence ends before it can be cut.
 */
const waitsToSilence = (call: Call, before: Utterance, now: number) =>
  waitingIn(call).some(
    ({ key, from, rules, actions, trigger, expires_at }) =>
      from === 'interruption' &&
      now < (expires_at ?? Number.POSITIVE_INFINITY) &&
      // It doesn't concern what was said later.
      (trigger?.at ?? 0) >= (before.sent?.at ?? 0) &&
      isSilence(actions) &&
      !rules?.after_current &&
      (rules?.force || before.guarded !== 'protected') &&
      !call.queue.some(({ behind }) => behind === key),
  );

/**
 * No `assistant_speak` proves that the caller heard its predecessor. So what was to follow doesn't
 * come, nor does a rest: what the predecessor was to cut may have been heard whole.
 */
function behindDoubt(call: Call, one: Utterance, before: Utterance, now: number): Verdict | 'free' {
  if (!endBy(call, before, now)) return 'wait';
  return one.from === 'then' || one.from === 'rest' ? { never: 'in_doubt' } : 'free';
}

/**
 * The sentence that it stands behind, what was said in place of that sentence, what was said in
 * place of that, …
 */
export function placesOf(call: Call, behind: string | undefined): Utterance[] {
  const before = utteranceIn(call, behind);
  return before ? [before, ...placesOf(call, inItsPlace(call, before))] : [];
}

/** The sentence that it stands behind by now. */
export const predecessorOf = (call: Call, behind: string | undefined) =>
  placesOf(call, behind).at(-1);

/** What replaces a sentence that was cut: its rest, or else what cut it. */
function inItsPlace({ queue }: Call, { end }: Utterance): string | undefined {
  if (end?.by === undefined || end.silent) return undefined;
  const { by } = end;
  return queue.findLast(({ key, from }) => from === 'rest' && key.startsWith(`${by}.`))?.key ?? by;
}

/**
 * Until then it is unknown whether the caller cut the sentence. Words may still come that cut it
 * just before something else did. Or its beginning may come, if it was sent just after a cut that
 * was reported late.
 */
export const crossedUntil = (call: Call, behind: string | undefined): number =>
  Math.max(0, ...placesOf(call, behind).map(({ end }) => (end ? knownFrom(end) : 0)));

function knownFrom({ at, along, crossed }: End): number {
  if (along) return at + LATE_END_MS;
  return crossed ? at + WORDS_WITHIN_MS + CROSSING_MS : 0;
}

/** Whether the call flow itself has cut its predecessor, or what replaced that. */
const isTakenBack = (call: Call, behind: string | undefined): boolean =>
  placesOf(call, behind).some(({ end }) => end?.how === 'self');

/** Whether the call is to end behind that sentence. */
export const endsBehind = (call: Call, { key }: Utterance): boolean =>
  waitingIn(call).some(
    ({ ends, falls, behind }) =>
      ends && !(falls && isTakenBack(call, behind)) && predecessorOf(call, behind)?.key === key,
  );

/**
 * Whether something else must be said before the call ends. Of several that would end it a `then`
 * comes first.
 */
const isNotLast = (call: Call, one: Utterance, now: number) =>
  soundingAt(call, now, true).length > 0 ||
  call.queue.some(
    (other) => isBeingSent(other) || maySound(call, other, now) || mayBeCut(call, other, now),
  ) ||
  waitingIn(call).some(
    (other) =>
      other.with === undefined &&
      !neverComes(call, other, now) &&
      (!other.ends || (other.from === 'then' && one.from !== 'then')),
  );

function mayBeHeard(call: Call, one: Utterance, now: number, sparing: boolean): boolean {
  if (isOvertaking(one) && onItsWay(call, now)) return false;
  const sounding = soundingAt(call, now);
  if (sounding.length === 0) return !cuts(one) || !guardOver(call, one, now);
  if (!one.length && !bargesIn(one)) return true;
  if (sparing || !cuts(one)) return false;
  // One interruption lets another one finish: somebody asked for each.
  const isMeant = ({ sent }: Sound) => isAboutSound(one) && sent.at <= (one.trigger?.at ?? 0);
  if (sounding.some((other) => isFromElsewhere(other) && !isMeant(other))) return false;
  return !guardOver(call, one, now);
}

/**
 * Whether it is about the sentence that was sounding: it silences that, or is only said into it.
 */
export const isAboutSound = ({ actions, rules }: Pick<Utterance, 'actions' | 'rules'>): boolean =>
  isSilence(actions) || rules?.only_if_speaking === true;

/**
 * Whether it must not overtake a push that is under way. That push would cut speech that cuts
 * nothing itself; and what is about the pushed sentence would arrive before it.
 */
const isOvertaking = (one: Utterance) => isAboutSound(one) || (one.length && !cuts(one));

/** A push that takes longer won't arrive any more. */
const TRAVELS_MS = 1_000;

/** The push that is under way, if it would cut whatever arrives before it. */
export const onItsWay = ({ queue }: Call, now: number) =>
  queue.findLast(
    (one) =>
      isBeingSent(one) &&
      now < (one.sent?.at ?? 0) + TRAVELS_MS &&
      (one.length || one.ends || bargesIn(one)),
  );

/** Whether it may cut a sentence. Anything else waits for silence. */
function cuts({ from, rules, actions, after }: Utterance): boolean {
  if ((from !== 'interruption' && from !== 'job') || actions[0]?.type !== 'barge_in') return false;
  return !rules?.after_current || after !== undefined;
}

/** Whether the sentence that it was asked to let end is still sounding. */
const mustEnd = (call: Call, { after }: Utterance, now: number) =>
  soundingAt(call, now).some(({ key }) => key === after);

/**
 * What protects the current or next sentence from this one. A sentence that is only about to be cut
 * still counts as current. A cut can't be undone, so the slower clock decides when a sentence is
 * over.
 */
export function guardOver(
  call: Call,
  one: Pick<Utterance, 'rules'>,
  now: number,
): 'protected' | 'outranked' | undefined {
  if (one.rules?.force) return undefined;
  const guards = soundsIn(call)
    .filter(
      (other) =>
        !endBy(call, other, now, true) ||
        isBeingSent(utteranceIn(call, other.end?.by)) ||
        maySound(call, other, now),
    )
    .map(({ guarded }) => guarded);
  if (guards.includes('protected')) return 'protected';
  return guards.includes('urgent') && !one.rules?.urgent ? 'outranked' : undefined;
}
