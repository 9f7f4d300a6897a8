import { type Call, type Utterance, WAITED } from './document.ts';
import { beginOf, endBy } from './evidence.ts';
import type { OutcomeEvent, SkipReason } from './outcome.ts';
import { verdictOf, without, withoutRestOf } from './queue.ts';
import { change, isFromElsewhere, isUnconfirmed, waitingIn } from './utterances.ts';

/** A call after a decision, and what is to be told of it once that is written. */
export interface Settled {
  readonly call: Call;
  readonly publish: readonly OutcomeEvent[];
}

/** Whoever sends leaves it be after so long: by then others may have decided without it. */
export const SENT_WITHIN_MS = 3_000;
/** A send that nobody has confirmed for so long won't be confirmed any more. */
export const CONFIRMED_WITHIN_MS = 5_000;

/** Draws what follows from the evidence for whatever is known of: heard, in doubt, never to come. */
export function settle(call: Call, now: number): Settled {
  const heard = tellHeard(noticeUnheard(withoutOverJobs(call), now), now);
  const doubted = tellDoubt(heard.call, now);
  const left = dropVain(doubted.call, now);
  return { call: left.call, publish: [...heard.publish, ...doubted.publish, ...left.publish] };
}

function withoutOverJobs(call: Call): Call {
  const jobs = call.ended === undefined ? call.jobs.filter(({ turn }) => turn >= call.turn) : [];
  return jobs.length === call.jobs.length ? call : { ...call, jobs };
}

/** Its time is over, and nothing tells that it has begun: AI Flow didn't take an answer that came so late. */
function noticeUnheard(call: Call, now: number): Call {
  const isLost = (one: Utterance) =>
    one.sent?.by.startsWith(WAITED) && !one.began && endBy(call, one, now)?.how === 'full';
  return !call.unheard && call.queue.some(isLost) ? { ...call, unheard: true } : call;
}

/** Its first word tells that it is heard; or its end, of a voice that doesn't report itself. */
function tellHeard(call: Call, now: number): Settled {
  const heard = call.queue.filter(
    (one) => isOfTrigger(one) && one.sent && !one.told && hasBeenHeard(call, one, now),
  );
  return {
    call: heard.reduce(
      (told, { key }) => change(told, key, (one) => ({ ...one, told: true })),
      call,
    ),
    publish: heard.map((one) => ({
      ...about(call, one),
      outcome: 'heard',
      took_ms: Math.max(0, Math.round(beginOf(call, one) - (one.trigger?.at ?? 0))),
    })),
  };
}

/** Nothing but its own words, which have told that it arrived, proves it of what is in doubt. */
function hasBeenHeard(call: Call, one: Utterance, now: number): boolean {
  if (isUnconfirmed(one)) return false;
  if (one.began?.reported) return true;
  const isOver = one.end !== undefined && !one.end.owed && endBy(call, one, now)?.how === 'full';
  // Its first word would have been told of: no clip's is.
  return isOver && (one.print === undefined || !reportsItself(call));
}

const reportsItself = ({ queue }: Call) => queue.some(({ began }) => began?.reported);

/** Who was to confirm it has died. It isn't repeated. */
function tellDoubt(call: Call, now: number): Settled {
  const lost = call.queue.filter(
    ({ sent }) => sent?.unsure === true && now > sent.at + CONFIRMED_WITHIN_MS,
  );
  return {
    call: lost.reduce(
      (told, { key }) =>
        withoutRestOf(
          change(told, key, (one) => ({
            ...one,
            ...(one.sent && { sent: { ...one.sent, unsure: 'told' } }),
          })),
          key,
        ),
      call,
    ),
    publish: lost
      .filter(isOfTrigger)
      .map((one) => ({ ...about(call, one), outcome: 'failed', error: IN_DOUBT })),
  };
}

export const IN_DOUBT = {
  code: 'in_doubt',
  message: 'whoever sent it died before AI Flow answered',
  retryable: false,
};

/** What waits in vain goes, and whoever asked for it is told why. */
export function dropVain(call: Call, now: number): Settled {
  let settled: Settled = { call, publish: [] };
  for (const one of waitingIn(call)) {
    const verdict = verdictOf(call, one, { now });
    if (typeof verdict === 'object') settled = drop(settled, one.key, verdict.never);
  }
  return settled;
}

/** Takes away what waits, and all that stands behind it; each interruption is told once. */
export function drop({ call, publish }: Settled, key: string, reason: SkipReason): Settled {
  const left = without(call, key);
  const gone = call.queue.filter((one) => !left.queue.includes(one));
  const told = new Map<string, OutcomeEvent>();
  for (const one of gone) {
    const id = one.trigger?.id;
    if (id === undefined) continue;
    // Its words never came: nothing is to be said of what was to follow them.
    if (isOfTrigger(one)) told.set(id, { ...about(call, one), outcome: 'skipped', reason });
    else if (isFromElsewhere(one) && !told.has(id))
      told.set(id, { ...about(call, one), outcome: 'then_skipped', reason });
  }
  return { call: left, publish: [...publish, ...told.values()] };
}

/** The words of an interruption or a job, and not what goes out with them or behind them. */
export const isOfTrigger = ({ trigger, from, with: along, behind }: Utterance) =>
  trigger !== undefined &&
  along === undefined &&
  behind === undefined &&
  (from === 'interruption' || from === 'job');

/** Whom an outcome is about. */
export const about = ({ id }: Call, { trigger }: Utterance) => ({
  interruption_id: trigger?.id ?? '',
  session_id: id,
});
