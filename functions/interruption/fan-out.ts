import type { CallStore } from '../call/call-store.ts';
import { failed, type Outcome, skippedAs } from '../call/outcome.ts';
import type { Clock } from '../runtime/clock.ts';
import { createLimit, type Limit } from '../runtime/limit.ts';
import type { Log } from '../runtime/log.ts';
import type { Outcomes, Reply } from './outcomes.ts';
import type { Queueing } from './queueing.ts';
import type { Interruption } from './request.ts';

interface Parts extends Queueing {
  readonly sessions: Pick<CallStore, 'find'>;
  /** Interrupts one call. Never throws. */
  readonly interruptOne: (session_id: string, interruption: Interruption) => Promise<Outcome>;
  readonly outcomes: Outcomes;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export type Interrupted = Omit<Reply, 'interruption_id'>;

/** What an invocation has: all interruptions in it share both. */
export interface Invocation {
  /** ms since 1970: Lambda ends it. */
  readonly ends_at: number;
  readonly atOnce: Limit;
  /** Whether nobody waits for a reply, so that we try again what fails for the moment. */
  readonly retries: boolean;
}

/**
 * Interrupts every call that an interruption concerns, at most once each, and publishes what came
 * of it.
 */
export type Interrupter = (
  interruption: Interruption,
  invocation?: Invocation,
) => Promise<Interrupted>;

/** Calls that one invocation interrupts side by side. */
const AT_ONCE = 20;
/** More calls than one invocation should tell one after another while callers wait. */
const QUEUED_ABOVE = 50;

/** The longest that one call takes, with each request answered at its last moment. */
const ONE_TAKES_MS = 4_000;
/** The same if the call's template has to find the words first. */
export const ONE_WORDED_TAKES_MS = ONE_TAKES_MS + 5_000;
/** The time that is kept for publishing outcomes. */
const PUBLISHING_TAKES_MS = 2_000;

/** `ends_at`: ms since 1970. */
export const newInvocation = (ends_at = Number.POSITIVE_INFINITY): Invocation => ({
  ends_at,
  atOnce: createLimit(AT_ONCE),
  retries: false,
});

/**
 * Finds the calls that an interruption concerns, and tells a few of them side by side. If there are
 * many, or this invocation would end too soon, each gets an invocation of its own. No call is left
 * without an outcome.
 */
export function createFanOut(parts: Parts): Interrupter {
  const { sessions, interruptOne, passOn, retry, outcomes, clock, log } = parts;

  return async function interrupt(interruption, invocation = newInvocation()) {
    const { id } = interruption;
    // Nothing is looked up for an interruption that is too late.
    if (clock.now() >= interruption.expires_at)
      return conclude(interruption, invocation, [skippedAsExpired(interruption)]);
    const ids = await findConcerned(interruption).catch((error: unknown) => {
      log.error('store_unavailable', { interruption_id: id, error });
      return undefined;
    });
    if (ids) return tell(ids, interruption, invocation);
    const unknown = failed(undefined, 'store_unavailable', 'no calls could be looked up', true);
    return conclude(interruption, invocation, [unknown]);
  };

  async function findConcerned({
    target,
    passed_on_for,
  }: Interruption): Promise<readonly string[]> {
    if (passed_on_for !== undefined) return [passed_on_for];
    return 'session_id' in target ? [target.session_id] : sessions.find(target);
  }

  async function tell(ids: readonly string[], interruption: Interruption, invocation: Invocation) {
    const { ends_at, atOnce } = invocation;
    const isMany = ids.length > (interruption.context === undefined ? QUEUED_ABOVE : AT_ONCE);
    const takes = interruption.context === undefined ? ONE_TAKES_MS : ONE_WORDED_TAKES_MS;
    const inTurn = (session_id: string) =>
      atOnce(async () =>
        clock.now() + takes <= ends_at ? interruptOne(session_id, interruption) : undefined,
      );
    const told = isMany && !interruption.dry_run ? [] : await Promise.all(ids.map(inTurn));
    const outcomes = told.filter((outcome) => outcome !== undefined);
    const rest = ids.filter((_id, n) => told[n] === undefined);
    if (rest.length === 0) return conclude(interruption, invocation, outcomes);
    if (interruption.dry_run)
      return conclude(interruption, invocation, [...outcomes, ...rest.map(outOfTime)]);
    const lost = await passOn(rest, interruption, ends_at - PUBLISHING_TAKES_MS);
    return conclude(interruption, invocation, [...outcomes, ...lost], rest.length - lost.length);
  }

  /** Publishes what is final. */
  async function conclude(
    interruption: Interruption,
    { ends_at, retries }: Invocation,
    all: readonly Outcome[],
    queued = 0,
  ): Promise<Interrupted> {
    const { id, dry_run, cancel } = interruption;
    const results = retries ? await retry(all, interruption, ends_at - PUBLISHING_TAKES_MS) : all;
    if (!dry_run && cancel === undefined) {
      await outcomes.publish(results.map((outcome) => ({ interruption_id: id, ...outcome })));
    }
    const replied = results.map(({ published: _, ...outcome }): Outcome => outcome);
    return { outcomes: replied, ...(queued > 0 && { queued }) };
  }
}

const skippedAsExpired = ({ target, passed_on_for }: Interruption): Outcome =>
  skippedAs(passed_on_for ?? ('session_id' in target ? target.session_id : undefined), 'expired');

const outOfTime = (session_id: string): Outcome =>
  failed(
    session_id,
    'out_of_time',
    'the function would have ended before it was looked at: name fewer calls',
    true,
  );
