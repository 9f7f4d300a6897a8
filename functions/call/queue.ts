import { type Call, type End, MAX_SENT, omit, type Utterance } from './document.ts';
import {
  CROSSING_MS,
  callerSpeaks,
  endBy,
  endedShort,
  isCutBySound,
  isCutUntold,
  isOwed,
  isUndecided,
  LATE_END_MS,
  mayBeCut,
  mayHaveEnded,
  overBy,
  soundingAt,
  WORDS_WITHIN_MS,
} from './evidence.ts';
import type { SkipReason } from './outcome.ts';
import {
  changed,
  followersOf,
  isBeingSent,
  isFromElsewhere,
  isOvertaken,
  isRestOf,
  isSilence,
  isSound,
  isToldInDoubt,
  isUnconfirmed,
  type Sound,
  soundsAfter,
  soundsIn,
  utteranceIn,
  waitingIn,
} from './utterances.ts';

/** What becomes of something that waits: it goes out, goes on waiting, or never comes, and why. */
export type Verdict = 'go' | 'wait' | { readonly never: SkipReason };

/** Of which call, when, and whether a sentence may be cut at this moment. */
export interface Moment {
  readonly now: number;
  /** A sentence has only just begun: nothing cuts it. */
  readonly sparing?: boolean;
}

/**
 * The rules of everything that waits, in one table; the first row that fits decides.
 *
 * | it waits for | until |
 * |---|---|
 * | nothing any more | the call is over, it is too late, or its turn has been overtaken |
 * | the caller | a human has talked to them; they have said what they are saying |
 * | what it stands behind | that has been heard; a `then` also when the caller has cut it; and never comes where it was to break a silence that is broken |
 * | what is being said | it may cut that, or that has ended; and never comes where that was long ago, if it is only said into a sentence |
 * | everything else that waits | it is said, where this one ends the call |
 */
export function verdictOf(call: Call, one: Utterance, { now, sparing = false }: Moment): Verdict {
  const never = neverComes(call, one, now);
  if (never) return { never };
  if (call.transferred || mustHearCaller(call, one, now)) return 'wait';
  const before = standing(call, one, now);
  if (before !== 'free') return before;
  if (one.job !== undefined && isLaterPart(call, one)) return 'wait';
  if (one.rules?.after_current && mustEnd(call, one, now)) return 'wait';
  if (one.from === 'rest' && isEarly(call, one, now)) return 'wait';
  if (one.ends && !cuts(one) && isNotLast(call, one, now)) return 'wait';
  if (!mayBeHeard(call, one, now, sparing)) return 'wait';
  return isOutOfNowhere(call, one, now) ? { never: 'not_speaking' } : 'go';
}

/** The line is silent for longer: then a wake-up by the clock has come, too. */
const FOLLOWS_WITHIN_MS = 2_000;

/** It was to be said into a sentence, and doesn't follow one either that has been said to its end while it waited. */
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
 * What words are said to have cut may sound until its end is told of, because they don't say what; or until the next
 * sentence begins.
 */
const maySound = (call: Call, { key, end }: Utterance, now: number) =>
  end?.how === 'caller' &&
  isOwed(end, now) &&
  !soundsAfter(call, key).some(({ began }) => began?.reported);

/** What it is the rest of may go on; or is just being sent, and may never have sounded. */
function isEarly(call: Call, rest: Utterance, now: number): boolean {
  const all = inOneBreath(call, rest.key);
  const of = call.queue.flatMap(({ key, after }) => (all.includes(key) ? (after ?? []) : []));
  return call.queue.some(
    (one) => of.includes(one.key) && (isBeingSent(one) || mayGoOn(call, one, now)),
  );
}

/** Where ends are told of, what words are said to have cut goes on until one tells so. */
const mayGoOn = (call: Call, one: Utterance, now: number) =>
  maySound(call, one, now) ||
  (call.silent_at !== undefined && isCutUntold(one) && now < overBy(call, one));

/** Parts of a job don't overtake each other. */
const isLaterPart = ({ queue }: Call, { key, job }: Utterance) =>
  queue.find((other) => other.job === job && (!other.sent || isBeingSent(other)))?.key !== key;

/** Belongs to the conversation, so what the caller says next is about it, or overtakes it. */
const isConversation = (one: Pick<Utterance, 'from' | 'rules'>) =>
  !isFromElsewhere(one) || one.rules?.if_turn !== undefined;

function neverComes(call: Call, one: Utterance, now: number): SkipReason | undefined {
  if (call.ended !== undefined) return 'session_ended';
  if (one.start !== call.starts && one.from !== 'interruption') return 'session_ended';
  if (one.cancelled) return 'cancelled';
  if (one.expires_at !== undefined && now >= one.expires_at) return 'expired';
  return isOvertaken(call, one) ? 'stale_turn' : undefined;
}

/** Whether the caller is heard first. */
export function mustHearCaller(
  call: Call,
  one: Pick<Utterance, 'from' | 'rules'>,
  now: number,
): boolean {
  if (isConversation(one) && (call.pending.length > 0 || isUndecided(call, now))) return true;
  // Once the WebSocket is gone nothing tells any more when the caller speaks.
  return (
    one.rules?.not_while_caller_speaks === true &&
    call.socket !== undefined &&
    callerSpeaks(call, now)
  );
}

/** Whether what it stands behind lets it go. */
function standing(call: Call, one: Utterance, now: number): Verdict | 'free' {
  if (one.falls && isTakenBack(call, one.behind)) return { never: 'cut' };
  if (one.falls && now < crossedUntil(call, one.behind)) return 'wait';
  const own = utteranceIn(call, one.behind);
  // Whoever sends it may still be about to.
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

/** Words from elsewhere, or of a job, or what ends the call; and not perhaps. */
const hasCome = (one: Utterance) =>
  (one.ends || (one.trigger && one.length)) && one.sent && !isUnconfirmed(one);

/** Silence calls off what would end the call. */
function silencedBehind(
  call: Call,
  one: Utterance,
  before: Utterance,
  now: number,
): Verdict | undefined {
  // Perhaps nobody has silenced it.
  if (
    before.end?.silent &&
    isUnconfirmed(utteranceIn(call, before.end.by)) &&
    now < overBy(call, before, true)
  )
    return 'wait';
  if (!one.ends) return undefined;
  const isSilenced = before.end?.silent || (before.sent && waitsToSilence(call, before, now));
  return isSilenced ? { never: 'silenced' } : undefined;
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
  // No end has told of the cut, so perhaps it was another sentence's.
  const untold = end.owed ? before : end.along && cutTogether(call, end);
  return untold && now < overBy(call, untold) ? 'wait' : 'free';
}

/** The sentence that sounded when words cut it, and what was to follow it, as long as no end has told of that. */
const cutTogether = ({ queue }: Call, { at }: End) =>
  queue.find((one) => isCutUntold(one) && one.end?.at === at);

/** Nothing but silence is asked for into a sentence, and it waits: where nothing can be pushed, that ends before it can be cut. */
const waitsToSilence = (call: Call, before: Utterance, now: number) =>
  waitingIn(call).some(
    ({ key, from, rules, actions, trigger, expires_at }) =>
      from === 'interruption' &&
      now < (expires_at ?? Number.POSITIVE_INFINITY) &&
      // What is said since then isn't what it was asked for.
      (trigger?.at ?? 0) >= (before.sent?.at ?? 0) &&
      isSilence(actions) &&
      !rules?.after_current &&
      (rules?.force || before.guarded !== 'protected') &&
      !call.queue.some(({ behind }) => behind === key),
  );

/**
 * Perhaps nobody has heard those words, and no `assistant_speak` tells of them: what was to follow doesn't come, and what
 * they were to cut may have been heard.
 */
function behindDoubt(call: Call, one: Utterance, before: Utterance, now: number): Verdict | 'free' {
  if (!endBy(call, before, now)) return 'wait';
  return one.from === 'then' || one.from === 'rest' ? { never: 'in_doubt' } : 'free';
}

/** What it stands behind: that sentence, what was said in its place, what was said in the place of that, … */
function placesOf(call: Call, behind: string | undefined): Utterance[] {
  const before = utteranceIn(call, behind);
  return before ? [before, ...placesOf(call, inItsPlace(call, before))] : [];
}

/** What it stands behind by now. */
export const predecessorOf = (call: Call, behind: string | undefined) =>
  placesOf(call, behind).at(-1);

/** What is said in the place of a sentence that was cut: its rest, or what has cut it. */
function inItsPlace({ queue }: Call, { end }: Utterance): string | undefined {
  if (end?.by === undefined || end.silent) return undefined;
  const { by } = end;
  return queue.findLast(({ key, from }) => from === 'rest' && key.startsWith(`${by}.`))?.key ?? by;
}

/**
 * Until then nobody knows whether the caller has cut a sentence: words may come that had cut it just before something
 * else did, or its beginning, where it has left just after a cut whose report was late.
 */
export const crossedUntil = (call: Call, behind: string | undefined): number =>
  Math.max(0, ...placesOf(call, behind).map(({ end }) => (end ? knownFrom(end) : 0)));

function knownFrom({ at, along, crossed }: End): number {
  if (along) return at + LATE_END_MS;
  return crossed ? at + WORDS_WITHIN_MS + CROSSING_MS : 0;
}

/** The call flow itself has cut what this stands behind, or what was said in its place. */
export const isTakenBack = (call: Call, behind: string | undefined): boolean =>
  placesOf(call, behind).some(({ end }) => end?.how === 'self');

/** Whatever joins, from wherever it comes, is said before the call ends; of what ends it a `then` comes first. */
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
  // One interruption lets the other end: each has been asked for.
  const isMeant = ({ sent }: Sound) => isAboutSound(one) && sent.at <= (one.trigger?.at ?? 0);
  if (sounding.some((other) => isFromElsewhere(other) && !isMeant(other))) return false;
  return !guardOver(call, one, now);
}

/** It was asked for into what had left by then: it silences that, or wouldn't be said without it. */
export const isAboutSound = ({ actions, rules }: Pick<Utterance, 'actions' | 'rules'>): boolean =>
  isSilence(actions) || rules?.only_if_speaking === true;

/** What cuts nothing would be cut by what is just being pushed; what is about that would arrive before it. */
const isOvertaking = (one: Utterance) => isAboutSound(one) || (one.length && !cuts(one));

/** A push that takes longer doesn't arrive any more. */
const TRAVELS_MS = 1_000;

/** What is just being pushed, and would cut whatever arrives before it. */
export const onItsWay = ({ queue }: Call, now: number) =>
  queue.findLast(
    (one) =>
      isBeingSent(one) &&
      now < (one.sent?.at ?? 0) + TRAVELS_MS &&
      (one.length || one.ends || bargesIn(one)),
  );

const bargesIn = ({ actions }: Utterance) => actions.some(({ type }) => type === 'barge_in');

/** Whether it may cut a sentence; anything else waits for silence. */
function cuts({ from, rules, actions, after }: Utterance): boolean {
  if ((from !== 'interruption' && from !== 'job') || actions[0]?.type !== 'barge_in') return false;
  return !rules?.after_current || after !== undefined;
}

/** What it was asked to let end is sounding. */
const mustEnd = (call: Call, { after }: Utterance, now: number) =>
  soundingAt(call, now).some(({ key }) => key === after);

/**
 * What protects what is being said, or is about to be, from this one; what is only about to be cut is still being said. A
 * cut can't be undone, so the slower clock counts.
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

/** It leaves by the input `by`, with what goes out in the same breath; a `barge_in` in it cuts what is being said. */
export function send(call: Call, key: string, by: string, now: number, unsure = false): Call {
  const leaving = inOneBreath(call, key);
  const one = utteranceIn(call, key);
  const cut = one && bargesIn(one);
  // The call flow says it, and takes back what it was about to do.
  const isFlow = one && !isFromElsewhere(one);
  const silent = !call.queue.some((one) => leaving.includes(one.key) && one.length);
  const before = cut
    ? cutSounding(call, {
        at: now,
        how: isFlow ? 'self' : 'app',
        by: key,
        owed: true,
        ...(silent && { silent }),
      })
    : call;
  const sent = { at: now, by, ...(unsure && { unsure: true as const }) };
  const queue = before.queue.map((one) => (leaving.includes(one.key) ? { ...one, sent } : one));
  // In the order in which they are heard.
  return {
    ...withMusic(before, queue, leaving),
    queue: [...queue.filter((one) => one.sent), ...queue.filter((one) => !one.sent)],
  };
}

/** A loop that these begin or end. */
function withMusic(call: Call, queue: readonly Utterance[], keys: readonly string[]): Call {
  const loop = queue
    .flatMap(({ key, actions }) => (keys.includes(key) ? actions : []))
    .findLast(({ type }) => type === 'mix_audio');
  if (loop?.type !== 'mix_audio') return call;
  const still = omit(call, 'music');
  return loop.stop ? still : { ...still, music: true };
}

/** It, and what goes out with it in one array, in order. */
export function inOneBreath(call: Call, key: string): string[] {
  const next = call.queue.find((one) => one.with === key);
  return [key, ...(next ? inOneBreath(call, next.key) : [])];
}

/** What hasn't begun behind what is being said never makes a sound: no end of it will be told of. */
function cutSounding(call: Call, end: End): Call {
  const { owed: _, ...untold } = end;
  const [first, ...more] = soundingAt(call, end.at);
  const own = first && mayHaveEnded(call, first) ? { ...end, crossed: true as const } : end;
  const cut = first ? changed(call, first.key, (one) => ({ ...one, end: own })) : call;
  return more.reduce(
    (all, { key }) => changed(all, key, (one) => ({ ...one, end: one.began ? end : untold })),
    cut,
  );
}

/** It hasn't left after all: it waits again, and what it was to cut goes on, so nothing of that is said again. */
export function unsent(call: Call, key: string): Call {
  const own = inOneBreath(call, key);
  const unsaid = own.reduce(withoutRestOf, call);
  return {
    ...unsaid,
    queue: unsaid.queue
      .filter((one) => !isRestOf(one, key))
      .map((one) => {
        if (own.includes(one.key) && one.sent) {
          const { sent: _, began: __, end: ___, ...waiting } = one;
          return waiting;
        }
        if (one.end?.by !== key) return one;
        return omit(one, 'end');
      }),
  };
}

/** What nobody knows to have been heard isn't said again; what was to be said after that is. */
export function withoutRestOf(call: Call, key: string): Call {
  const rest = call.queue.find((one) => one.from === 'rest' && !one.sent && one.after === key);
  if (!rest) return call;
  const queue = call.queue.flatMap((one) => {
    if (one === rest) return [];
    if (one.with === rest.key)
      return [{ ...one, with: rest.with, behind: rest.behind } as Utterance];
    return one.behind === rest.key ? [{ ...one, behind: rest.behind ?? key }] : [one];
  });
  return withoutRestOf({ ...call, queue }, key);
}

/** Without it, and without what belongs to it behind it; what was only to come later doesn't wait for it any more. */
export function without(call: Call, key: string): Call {
  const gone = new Set([key, ...followersOf(call, key).map((one) => one.key)]);
  const left = call.queue.filter((one) => !gone.has(one.key));
  const isFreed = ({ behind }: Utterance) => behind !== undefined && gone.has(behind);
  return { ...call, queue: left.map((one) => (isFreed(one) ? omit(one, 'behind') : one)) };
}

/** For so long the events of a sentence that is over may still be on their way. */
const LATE_MS = 5_000;

/** No function lives longer: until then whoever was sending what is in doubt may come back to tell of it. */
const SENDER_LIVES_MS = 60_000;

const isAwaited = (one: Utterance, now: number) =>
  isToldInDoubt(one) && now < (one.sent?.at ?? 0) + SENDER_LIVES_MS;

/** Forgets what is over and what nothing refers to any more. */
export function pruned(call: Call, now: number): Call {
  const needed = new Set([
    ...waitingIn(call).flatMap((one) => placesOf(call, one.behind).map(({ key }) => key)),
    ...timing(call, now),
  ]);
  const last = soundsIn(call).at(-1);
  const isKept = (one: Utterance) => {
    if (!one.sent || isBeingSent(one) || one === last || needed.has(one.key)) return true;
    if (isUnconfirmed(utteranceIn(call, one.end?.by)) || isCutBySound(call, one, now)) return true;
    // It may turn out that it hasn't gone out.
    if (!one.length) return now < one.sent.at + LATE_MS;
    const end = endBy(call, one, now);
    if (!end) return true;
    const isCertain =
      !end.owed && one.began?.reported === true && !(isSound(one) && endedShort(one));
    return now < end.at + LATE_MS && !isCertain;
  };
  const kept = call.queue.flatMap((one) => {
    if (isKept(one)) return [one];
    return isAwaited(one, now)
      ? [{ ...one, end: one.end ?? { at: now, how: 'full' as const } }]
      : [];
  });
  return { ...call, queue: bounded(kept, needed) };
}

/** Sentences whose end tells when the next one begins, as long as nothing else does. */
function timing(call: Call, now: number): string[] {
  const sounds = soundsIn(call);
  return sounds.flatMap(({ key }, place) => {
    const next = sounds[place + 1];
    if (!next?.sent || next.began || (next.end && next.end.how !== 'app')) return [];
    const end = endBy(call, sounds[place] as Utterance, now);
    return end && end.at > next.sent.at ? [key] : [];
  });
}

/** A voice that tells nothing of itself lets the queue grow: what is protected, or stood behind, goes last or never. */
function bounded(queue: readonly Utterance[], needed: ReadonlySet<string | undefined>) {
  const sent = queue.filter((one) => one.sent);
  const spare = sent.filter((one) => !isBeingSent(one) && !needed.has(one.key));
  const order = [
    ...spare.filter(({ guarded }) => !guarded),
    ...spare.filter(({ guarded }) => guarded),
  ];
  const gone = order.slice(0, Math.max(0, sent.length - MAX_SENT));
  return gone.length === 0 ? queue : queue.filter((one) => !gone.includes(one));
}
