import type { Stored } from '../call/call-store.ts';
import type { Decision, Input } from '../call/decide.ts';
import type { Delivery } from '../call/delivered.ts';
import type { Call, Utterance } from '../call/document.ts';
import type { Push, Ways } from '../call/interrupt.ts';
import { failed, type Outcome, type OutcomeEvent } from '../call/outcome.ts';
import { isRestOf } from '../call/utterances.ts';
import { onTheWire } from '../protocol/raw.ts';
import { newId } from '../runtime/new-id.ts';
import type { Recorder } from '../runtime/recorder.ts';
import {
  Contended,
  createDeciding,
  type Decided,
  type InputFor,
  TRIES_OF_WHAT_HAPPENED,
} from '../sessions/deciding.ts';
import { SessionLimit } from '../sessions/limits.ts';
import { type ConsequenceParts, createConsequences } from './consequences.ts';
import { type Channels, createPusher } from './pusher.ts';
import { delayFor } from './queueing.ts';

interface Parts extends Channels, ConsequenceParts {
  /** 0–1. */
  readonly random?: () => number;
  readonly recorder?: Recorder | undefined;
}

/** The pushes of one wake-up. The next one goes on. */
const PUSHES_A_WAKE = 4;
/** A call that nobody could read for so long is left to its next event. */
const LOOKS_FOR_MS = 15 * 60_000;

/**
 * Has a call decide about an input, pushes what goes out, and has the call decide about what became
 * of the push.
 */
export function createTelling(parts: Parts) {
  const { sessions, channel, websocket, outcomes, recorder, clock, log } = parts;
  const { random = Math.random } = parts;
  const { list, carryOut } = createConsequences(parts);
  const decideAbout = createDeciding({ sessions, clock, random, list });
  const pushTo = createPusher(parts);
  const ways: Ways = { channel: channel !== undefined, websocket: websocket !== undefined };

  return { ways, tell, tellAndPublish, look };

  /** Decides, and meanwhile prepares what a push would need. */
  function deciding(
    session_id: string,
    inputFor: InputFor,
    attempting?: (decision: Decision | undefined) => void,
  ): Promise<Decided> {
    const decided = decideAbout(session_id, inputFor, { attempting });
    channel?.prepare?.(session_id);
    return decided;
  }

  /** Gives the outcome. Never throws. */
  async function tell(session_id: string, inputFor: InputFor): Promise<Outcome> {
    let attempted: Decision | undefined;
    try {
      const attempting = (decision: Decision | undefined) => {
        attempted = decision;
      };
      const { decision, stored } = await deciding(session_id, inputFor, attempting);
      attempted = undefined;
      const { outcome = UNDECIDED, push } = decision;
      // What follows doesn't hold up the push.
      const following = carryOut(decision);
      const came =
        push && stored ? await pushAndRecord(stored, push, outcome) : of(session_id, outcome);
      await following;
      return came;
    } catch (error) {
      return reportUntold(session_id, error, attempted);
    }
  }

  /** The same for an input without a reply: its outcome is published. */
  async function tellAndPublish(
    session_id: string,
    interruption_id: string,
    inputFor: InputFor,
  ): Promise<Outcome> {
    const outcome = await tell(session_id, inputFor);
    await outcomes.publish([{ interruption_id, ...outcome }]);
    return outcome;
  }

  /**
   * Wakes a call: pushes what may go out by now. `failing_since`: nobody could look at it since
   * then. Never throws.
   */
  async function look(session_id: string, failing_since = clock.now()): Promise<void> {
    try {
      for (let push = 0; push < PUSHES_A_WAKE; push++) {
        const by = newId();
        const { decision, stored } = await deciding(session_id, () => ({ kind: 'wake', by, ways }));
        const { push } = decision;
        const following = carryOut(decision);
        if (!push || !stored) return await following;
        const one = stored.call.queue.find(({ key }) => key === push.key);
        const resumed = stored.call.queue.some((other) => isRestOf(other, push.key));
        const foreseen = { outcome: 'delivered', ...(one?.resume && { resumed }) } as const;
        const outcome = await pushAndRecord(stored, push, foreseen, true);
        await Promise.all([following, outcomes.publish(eventsOf(stored.call, one, outcome))]);
        // It waits again, and another wake-up looks at it.
        if (outcome.outcome === 'deferred') return;
      }
    } catch (error) {
      log.error('look_failed', { session_id, error });
      await lookAgain(session_id, failing_since);
    }
  }

  /** What waits has no other waker, so the same look is tried again. */
  async function lookAgain(session_id: string, failing_since: number): Promise<void> {
    const now = clock.now();
    if (now - failing_since > LOOKS_FOR_MS) return;
    const at = now + delayFor(now - failing_since) * 1000;
    await parts
      .wake?.(session_id, at, failing_since)
      .catch((error: unknown) => log.error('not_woken', { session_id, error }));
  }

  async function pushAndRecord(
    stored: Stored,
    push: Push,
    foreseen: Outcome,
    waited = false,
  ): Promise<Outcome> {
    const { id: session_id } = stored.call;
    const at = clock.now();
    const delivery = await pushTo(stored.call, push);
    if (delivery.status === 'delivered')
      recorder?.keep(session_id, { kind: 'pushed', at, actions: push.actions.map(onTheWire) });
    const input = inputOf(stored.call, push, delivery, waited);
    const { resumed } = foreseen;
    const about =
      resumed === undefined ? {} : { resumed: resumed && delivery.status === 'delivered' };
    try {
      const { decision } = await decideAbout(session_id, () => input, {
        known: stored,
        tries: TRIES_OF_WHAT_HAPPENED,
      });
      await Promise.all([carryOut(decision), recorder?.kept()]);
      return { ...of(session_id, decision.outcome ?? UNDECIDED), ...about };
    } catch (error) {
      log.error('delivery_not_written', { session_id, delivery: delivery.status, error });
      return { ...outcomeOf(session_id, delivery), ...about };
    }
  }

  /**
   * The outcome of an input whose write is in doubt. Nothing was sent, so what may have been
   * written is withdrawn.
   */
  async function reportUntold(
    session_id: string,
    error: unknown,
    attempted: Decision | undefined,
  ): Promise<Outcome> {
    if (error instanceof SessionLimit) {
      log.error('session_limit', { session_id, error });
      return failed(session_id, 'too_large', error.message, false);
    }
    if (error instanceof Contended) {
      log.error('contended', { session_id, error });
      return failed(session_id, 'contended', error.message, true);
    }
    log.error('store_unavailable', { session_id, error });
    if (!attempted) return unavailable(session_id);
    const { call, push } = attempted;
    // It may be waiting. Trying again would say it twice.
    if (!push)
      return failed(session_id, 'in_doubt', 'it may or may not wait for the next event', false);
    const input = inputOf(call, push, NOT_SENT);
    await decideAbout(session_id, () => input).catch((error: unknown) =>
      log.error('claim_kept', { session_id, error }),
    );
    return unavailable(session_id);
  }
}

export type Telling = ReturnType<typeof createTelling>;

const UNDECIDED: Outcome = { outcome: 'skipped', reason: 'duplicate' };

const NOT_SENT: Delivery = {
  status: 'refused',
  code: 'store_unavailable',
  message: '',
  retryable: true,
};

/** What became of a push is an input, too. */
function inputOf({ queue }: Call, { key }: Push, delivery: Delivery, waited = false): Input {
  const sent_by = queue.find((one) => one.key === key)?.sent?.by;
  return { kind: 'delivery', by: newId(), key, delivery, sent_by, waited };
}

/** Nothing was decided: it may be asked again. */
export const unavailable = (session_id: string): Outcome =>
  failed(session_id, 'store_unavailable', 'the call could not be read or written', true);

const of = (session_id: string, outcome: Outcome): Outcome => ({ ...outcome, session_id });

/** The outcome of a push that couldn't be written. */
function outcomeOf(session_id: string, delivery: Delivery): Outcome {
  if (delivery.status === 'delivered') return { session_id, outcome: 'delivered' };
  const code = delivery.status === 'refused' ? delivery.code : 'in_doubt';
  return failed(session_id, code, 'what became of it could not be written', false);
}

/** The events for a push that had waited. Of a `then` only that it never comes. */
function eventsOf({ queue }: Call, one: Utterance | undefined, outcome: Outcome): OutcomeEvent[] {
  if (!one?.trigger || one.from === 'rest') return [];
  const event: OutcomeEvent = { interruption_id: one.trigger.id, ...outcome };
  if (one.from !== 'then') return [event];
  if (one.told) return [];
  const doubt = isDoubtful(outcome);
  // What stands behind it comes if it was heard after all, or has an event of its own.
  if (doubt && queue.some(({ behind }) => behind === one.key)) return [];
  const never = outcome.outcome === 'skipped' || outcome.outcome === 'failed';
  const { reason = doubt ? 'in_doubt' : 'refused' } = outcome;
  return never ? [{ ...event, outcome: 'then_skipped', reason }] : [];
}

const isDoubtful = ({ error }: Outcome) => error?.code === 'in_doubt';
