import type { Call, Utterance } from './document.ts';
import { handingOver, type Interrupted, saved } from './interrupt.ts';
import { failed, type Outcome, skippedAs } from './outcome.ts';
import { verdictOf } from './queue.ts';
import { undoSend, without, withoutRestOf } from './sending.ts';
import { dropVain, IN_DOUBT, isOfTrigger } from './settle.ts';
import {
  isFromElsewhere,
  isToldInDoubt,
  isUnconfirmed,
  utteranceIn,
  waitingIn,
} from './utterances.ts';

/** What became of a push. */
export type Delivery =
  | { readonly status: 'delivered' | 'expired' | 'no_way' | 'gone' }
  | {
      readonly status: 'refused';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    }
  | { readonly status: 'in_doubt'; readonly message: string };

export interface Delivered {
  readonly key: string;
  readonly delivery: Delivery;
  /** The input that sent it. Another attempt may have sent the same since. */
  readonly sent_by?: string | undefined;
  /** Whether its sender has already had a reply, so that we must try again. */
  readonly waited?: boolean;
}

/** Nobody else tries again what had waited, or what a job says. */
const AGAIN_MS = 2_000;

/**
 * Decides what becomes of an utterance, now that the fate of its push is known. There is no undo:
 * each failure is an input like any other.
 */
export function takeDelivery(
  call: Call,
  { key, delivery, sent_by, waited = false }: Delivered,
  now: number,
): Interrupted {
  const one = utteranceIn(call, key);
  const outcome = outcomeOf(call.id, delivery);
  // Another attempt has sent it since.
  if (!one?.sent || (sent_by ?? one.sent.by) !== one.sent.by) return saved(call, outcome);
  if (isOfTrigger(one) && isToldInDoubt(one)) return tooLate(call, one, delivery, now);
  // An event has proved meanwhile that it arrived.
  if (!isUnconfirmed(one)) return saved(call, outcome);
  const never = (before: Call, told: Outcome) => wakeFreed(withdraw(before, key), told, now);
  switch (delivery.status) {
    case 'delivered':
    case 'in_doubt': {
      const settled = dropVain(recordSent(call, one, delivery.status === 'in_doubt', now), now);
      return { ...wakeFreed(settled.call, outcome, now), publish: settled.publish };
    }
    case 'gone': {
      // If the call is alive after all, its next event fetches what belongs to the conversation.
      const known = isFromElsewhere(one)
        ? saved(withdraw(call, key), outcome)
        : waitingAgain(call, key, now);
      return { ...known, call: { ...known.call, unreachable: now } };
    }
    case 'expired':
      return never(call, outcome);
    case 'no_way':
      return waitingAgain(call, key, now);
    case 'refused':
      if (one.cancelled) return never(call, skippedAs(call.id, 'cancelled'));
      return delivery.retryable && (waited || one.job !== undefined)
        ? { wake: now + AGAIN_MS, ...waitingAgain(call, key, now) }
        : never(releaseClaim(call, key), outcome);
  }
}

/**
 * It waits again; or it is dropped at once if something happened meanwhile that rules it out,
 * because no event may follow.
 */
function waitingAgain(call: Call, key: string, now: number): Interrupted {
  const again = undoSend(call, key);
  const one = utteranceIn(again, key);
  const verdict = one && verdictOf(again, one, now);
  return typeof verdict === 'object'
    ? wakeFreed(without(again, key), skippedAs(call.id, verdict.never), now)
    : saved(again, { session_id: call.id, outcome: 'deferred' });
}

/** If something that waited may go now, nobody else would send it: a wake-up does. */
export const wakeFreed = (call: Call, outcome: Outcome, now: number): Interrupted => ({
  ...saved(call, outcome),
  ...(waitingIn(call).some((one) => verdictOf(call, one, now) === 'go') && { wake: now }),
});

/** It was already published as in doubt, and others have decided on that. So it stays in doubt. */
function tooLate(call: Call, one: Utterance, { status }: Delivery, now: number): Interrupted {
  const { code, message, retryable } = IN_DOUBT;
  const outcome: Outcome = { ...failed(call.id, code, message, retryable), published: true };
  if (status === 'gone') return saved({ ...call, unreachable: now }, outcome);
  const mayHaveLeft = status === 'delivered' || status === 'in_doubt';
  return saved(mayHaveLeft ? recordSent(call, one, true, now) : call, outcome);
}

/** Gives its claim back, so that the same id may be sent again. */
const releaseClaim = (call: Call, key: string): Call => ({
  ...call,
  claims: call.claims.filter(([claim]) => claim !== key),
});

function outcomeOf(session_id: string, delivery: Delivery): Outcome {
  switch (delivery.status) {
    case 'delivered':
      return { session_id, outcome: 'delivered' };
    case 'in_doubt':
      return failed(session_id, 'in_doubt', delivery.message, false);
    case 'gone':
      return skippedAs(session_id, 'session_ended');
    case 'expired':
      return skippedAs(session_id, 'expired');
    case 'no_way':
      return { session_id, outcome: 'deferred' };
    case 'refused':
      return failed(session_id, delivery.code, delivery.message, delivery.retryable);
  }
}

/** It was never sent: neither it nor what was to follow it comes. */
const withdraw = (call: Call, key: string): Call => without(undoSend(call, key), key);

/** Records that AI Flow has taken it, or may have: either way it isn't said again. */
function recordSent(call: Call, one: Utterance, isDoubtful: boolean, now: number): Call {
  const isIts = (own: Utterance) => own.sent?.by === one.sent?.by && isUnconfirmed(own);
  const queue = call.queue.map((own): Utterance => {
    if (!own.sent || !isIts(own)) return own;
    const { at, by } = own.sent;
    return { ...own, sent: { at, by, ...(isDoubtful && { unsure: 'told' }) } };
  });
  const known = handingOver({ ...call, queue }, one.actions, now);
  if (!isDoubtful) return known;
  return call.queue.filter(isIts).reduce((all, { key }) => withoutRestOf(all, key), known);
}
