import { type Call, type Utterance, WAITED } from './document.ts';
import { beginOf, endBy } from './evidence.ts';
import type { OutcomeEvent, SkipReason } from './outcome.ts';
import { verdictOf } from './queue.ts';
import { without, withoutRestOf } from './sending.ts';
import { change, isFromElsewhere, isUnconfirmed, waitingIn } from './utterances.ts';

/** A call after a decision, and the outcomes to publish once it is written. */
export interface Settled {
  readonly call: Call;
  readonly publish: readonly OutcomeEvent[];
}

/** A sender that was held up for longer gives up, because others may decide without it by then. */
export const SENT_WITHIN_MS = 3_000;
/** A send that isn't confirmed within this time won't be confirmed any more. */
export const CONFIRMED_WITHIN_MS = 5_000;

/**
 * Draws the conclusions from the evidence: what was heard, what is in doubt, what will never come.
 */
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

/**
 * Notes that AI Flow doesn't take late answers: one that had waited never began, though its time is
 * over.
 */
function noticeUnheard(call: Call, now: number): Call {
  const isLost = (one: Utterance) =>
    one.sent?.by.startsWith(WAITED) && !one.began && endBy(call, one, now)?.how === 'full';
  return !call.unheard && call.queue.some(isLost) ? { ...call, unheard: true } : call;
}

/** Publishes `heard` at the first word; or at the end, if the voice doesn't report beginnings. */
function tellHeard(call: Call, now: number): Settled {
  const heard = call.queue.filter(
    (one) => isOfTrigger(one) && !one.told && hasBeenHeard(call, one, now),
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

/** Of what is in doubt only its own text proves that; then it is no longer unconfirmed. */
function hasBeenHeard(call: Call, one: Utterance, now: number): boolean {
  if (isUnconfirmed(one)) return false;
  if (one.began?.reported) return true;
  const isOver = one.end !== undefined && !one.end.owed && endBy(call, one, now)?.how === 'full';
  // A reporting voice would have reported its first word. A clip never does.
  return isOver && (one.print === undefined || !reportsItself(call));
}

const reportsItself = ({ queue }: Call) => queue.some(({ began }) => began?.reported);

/** Publishes as in doubt what its sender never confirmed. It isn't repeated. */
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

/** Drops what waits in vain, and publishes why. */
export function dropVain(call: Call, now: number): Settled {
  let settled: Settled = { call, publish: [] };
  for (const one of waitingIn(call)) {
    const verdict = verdictOf(call, one, now);
    if (typeof verdict === 'object') settled = drop(settled, one.key, verdict.never);
  }
  return settled;
}

/**
 * Drops something that waits with all that stands behind it, and publishes one outcome for each
 * interruption. Of a `then` that is dropped piece by piece it publishes the first.
 */
export function drop({ call, publish }: Settled, key: string, reason: SkipReason): Settled {
  const left = without(call, key);
  const gone = call.queue.filter((one) => !left.queue.includes(one));
  const told = new Map<string, OutcomeEvent>();
  for (const one of gone) {
    const id = one.trigger?.id;
    if (id === undefined) continue;
    // Its words never came, so its `then` needs no event of its own.
    if (isOfTrigger(one)) told.set(id, { ...about(call, one), outcome: 'skipped', reason });
    else if (isFromElsewhere(one) && !one.told && !told.has(id))
      told.set(id, { ...about(call, one), outcome: 'then_skipped', reason });
  }
  const isTold = ({ from, trigger }: Utterance) => from === 'then' && told.has(trigger?.id ?? '');
  const queue = left.queue.map((one) => (isTold(one) ? { ...one, told: true as const } : one));
  return { call: { ...left, queue }, publish: [...publish, ...told.values()] };
}

/** Whether it is the first utterance of an interruption or a job, which stands for the whole. */
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
