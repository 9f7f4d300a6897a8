import { type Call, type End, MAX_SENT, omit, type Utterance } from './document.ts';
import { endBy, endedShort, isCutBySound, mayHaveEnded, soundingAt } from './evidence.ts';
import { placesOf } from './queue.ts';
import {
  bargesIn,
  change,
  followersOf,
  inOneBreath,
  isBeingSent,
  isFromElsewhere,
  isRestOf,
  isSound,
  isToldInDoubt,
  isUnconfirmed,
  soundsIn,
  utteranceIn,
  waitingIn,
} from './utterances.ts';

/**
 * Marks it as sent by the input `by`, together with what goes out in the same array. A `barge_in`
 * in it cuts what is being said.
 */
export function send(call: Call, key: string, by: string, now: number, unsure = false): Call {
  const leaving = inOneBreath(call, key);
  const one = utteranceIn(call, key);
  const cut = one && bargesIn(one);
  // The call flow cuts its own sentence, and so takes back what was to follow that.
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
  // In the order in which they will be heard.
  return {
    ...withMusic(before, queue, leaving),
    queue: [...queue.filter((one) => one.sent), ...queue.filter((one) => !one.sent)],
  };
}

/** Notes a loop of music that these begin or end. */
function withMusic(call: Call, queue: readonly Utterance[], keys: readonly string[]): Call {
  const loop = queue
    .flatMap(({ key, actions }) => (keys.includes(key) ? actions : []))
    .findLast(({ type }) => type === 'mix_audio');
  if (loop?.type !== 'mix_audio') return call;
  const still = omit(call, 'music');
  return loop.stop ? still : { ...still, music: true };
}

/**
 * Cuts everything that is sounding. A sentence that hasn't begun behind the first one never makes a
 * sound, so its end will not be reported.
 */
function cutSounding(call: Call, end: End): Call {
  const { owed: _, ...untold } = end;
  const [first, ...more] = soundingAt(call, end.at);
  const own = first && mayHaveEnded(call, first) ? { ...end, crossed: true as const } : end;
  const cut = first ? change(call, first.key, (one) => ({ ...one, end: own })) : call;
  return more.reduce(
    (all, { key }) => change(all, key, (one) => ({ ...one, end: one.began ? end : untold })),
    cut,
  );
}

/**
 * It hasn't been sent after all, so it waits again. What it was to cut goes on, and nothing of that
 * is resumed.
 */
export function undoSend(call: Call, key: string): Call {
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

/**
 * Without the waiting rest of that sentence. What stood behind the rest stands behind what the rest
 * stood behind.
 */
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

/**
 * Without it, and without the followers that belong to it. Anything else that stood behind it
 * stands behind nothing any more.
 */
export function without(call: Call, key: string): Call {
  const gone = new Set([key, ...followersOf(call, key).map((one) => one.key)]);
  const left = call.queue.filter((one) => !gone.has(one.key));
  const isFreed = ({ behind }: Utterance) => behind !== undefined && gone.has(behind);
  return { ...call, queue: left.map((one) => (isFreed(one) ? omit(one, 'behind') : one)) };
}

/** Events of a sentence that is over may arrive this much later. */
const LATE_MS = 5_000;

/**
 * No function lives longer. Until then the sender of what is in doubt may come back and report on
 * it.
 */
const SENDER_LIVES_MS = 60_000;

const isAwaited = (one: Utterance, now: number) =>
  isToldInDoubt(one) && now < (one.sent?.at ?? 0) + SENDER_LIVES_MS;

/** Forgets what is over, unless something still refers to it. */
export function prune(call: Call, now: number): Call {
  const needed = new Set([
    ...waitingIn(call).flatMap((one) => placesOf(call, one.behind).map(({ key }) => key)),
    ...timing(call, now),
  ]);
  const last = soundsIn(call).at(-1);
  const isKept = (one: Utterance) => {
    if (!one.sent || isBeingSent(one) || one === last || needed.has(one.key)) return true;
    if (isUnconfirmed(utteranceIn(call, one.end?.by)) || isCutBySound(call, one, now)) return true;
    // It may turn out not to have been sent.
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

/** Keys of sentences whose end is the only evidence of when the next one begins. */
function timing(call: Call, now: number): string[] {
  const sounds = soundsIn(call);
  return sounds.flatMap(({ key }, place) => {
    const next = sounds[place + 1];
    if (!next?.sent || next.began || (next.end && next.end.how !== 'app')) return [];
    const end = endBy(call, sounds[place] as Utterance, now);
    return end && end.at > next.sent.at ? [key] : [];
  });
}

/**
 * With a voice that reports nothing the queue would grow. The oldest goes first, what is protected
 * goes last, and what something stands behind never goes.
 */
function bounded(queue: readonly Utterance[], needed: ReadonlySet<string | undefined>) {
  const sent = queue.filter((one) => one.sent);
  const spare = sent.filter((one) => !isBeingSent(one) && !needed.has(one.key));
  const order = spare.toSorted((a, b) => Number(!b.guarded) - Number(!a.guarded));
  const gone = order.slice(0, Math.max(0, sent.length - MAX_SENT));
  return queue.filter((one) => !gone.includes(one));
}
