import { isDeepStrictEqual } from 'node:util';
import type { ActionDraft } from '../protocol/actions.ts';
import { type Answering, answer } from './answer.ts';
import type { Listed } from './call-store.ts';
import { type Cancel, cancel } from './cancel.ts';
import { type Delivered, takeDelivery } from './delivered.ts';
import { type Call, freshCall, MAX_APPLIED, MAX_FACTS, omit } from './document.ts';
import { foldBy } from './fold.ts';
import { canPush, interrupt, type Push, type Trigger, type Ways } from './interrupt.ts';
import { type Part, takePart } from './job.ts';
import { leave } from './leave.ts';
import type { Outcome } from './outcome.ts';
import { verdictOf } from './queue.ts';
import { prune } from './sending.ts';
import { isOfTrigger, type Settled, settle } from './settle.ts';
import { waitingIn } from './utterances.ts';
import { wakeAt } from './waking.ts';

/**
 * Anything that can change what a caller hears. `by` names the attempt, which is applied only once.
 */
export type Input =
  | ({ readonly kind: 'event' } & { readonly event: Answering })
  | { readonly kind: 'trigger'; readonly trigger: Trigger }
  | { readonly kind: 'part'; readonly part: Part }
  | ({ readonly kind: 'delivery'; readonly by: string } & Delivered)
  | ({ readonly kind: 'cancel'; readonly by: string } & Cancel)
  /** A wake-up: what waits may go out by now. */
  | { readonly kind: 'wake'; readonly by: string; readonly ways: Ways };

/** The call after the input, whether it must be written, and what to do once it is. */
export interface Decision extends Settled {
  readonly save: boolean;
  /** The answer to the event. */
  readonly actions?: readonly ActionDraft[];
  readonly outcome?: Outcome;
  readonly push?: Push;
  /** When the call must be looked at again, ms since 1970. */
  readonly wake?: number;
  /** Ids of interruptions to put beside the document before it is written. */
  readonly evicted?: Call['claims'];
  /** What the call is to be listed by, and no longer listed by. */
  readonly list?: readonly Listed[];
  readonly unlist?: readonly Listed[];
}

/**
 * Decides what a call does about an input: the one place that decides what a caller hears. Pure,
 * synchronous, total. `document` is missing for an unknown call: then interruptions are refused.
 */
export function decide(document: Call | undefined, input: Input, now: number): Decision {
  const call = document && foldBy(document, now);
  const by = byOf(input);
  if (call?.applied.includes(by)) return { call, save: false, publish: [] };
  const decision = decideByKind(call, input, now);
  if (!document) return { ...decision, call: freshCall('') };
  // Only an event proves that there is such a call.
  const mayWrite = input.kind === 'event' || decision.save;
  const listing = mayWrite ? listingsOf(document, decision.call) : undefined;
  const waking = mayWrite ? wakingFor(decision, input, now) : undefined;
  const isFull = input.kind === 'event' && document.facts.length > MAX_FACTS;
  if (!decision.save && !listing && !waking?.wake && !isFull) return decision;
  const applied = [...decision.call.applied, by].slice(-MAX_APPLIED);
  const kept = omit(prune(decision.call, now), 'wakes_at');
  return {
    ...decision,
    ...listing,
    ...waking?.wake,
    save: true,
    call: { ...kept, applied, ...listing?.listed, ...waking?.kept },
  };
}

/**
 * The wake-up that this call needs. One message is under way at a time, unless it would come too
 * late.
 */
function wakingFor({ call, wake }: Decision, input: Input, now: number) {
  const at = wake ?? (isReachable(call, input) ? wakeAt(call, now) : undefined);
  const known = input.kind === 'wake' ? undefined : call.wakes_at;
  const isKnown =
    known !== undefined && known > now && (at === undefined || known <= at + LATER_MS);
  if (isKnown) return { kept: { wakes_at: known } };
  return at === undefined ? undefined : { kept: { wakes_at: at }, wake: { wake: at } };
}

/** A wake-up may be late by this much. */
const LATER_MS = 500;

function isReachable(call: Call, input: Input): boolean {
  if (input.kind === 'event') return input.event.pushes;
  const asked = askedBy(input);
  return input.kind === 'delivery' || ('ways' in asked && canPush(call, asked.ways));
}

function decideByKind(call: Call | undefined, input: Input, now: number): Decision {
  if (input.kind === 'trigger') return decideTrigger(call, input.trigger, now);
  if (input.kind === 'part') return takePart(call, input.part, now);
  if (input.kind === 'cancel') return cancel(call, input, now);
  if (!call) return { call: freshCall(''), save: false, publish: [] };
  switch (input.kind) {
    case 'event':
      return answer(call, input.event, now);
    case 'delivery':
      return takeDelivery(call, input, now);
    case 'wake':
      return wake(call, input, now);
  }
}

/** A dry run changes nothing. */
function decideTrigger(call: Call | undefined, trigger: Trigger, now: number): Decision {
  const decision = interrupt(call, trigger, now);
  if (!trigger.dry_run) return decision;
  return { call: call as Call, save: false, publish: [], outcome: decision.outcome };
}

/** Pushes the first that may go out. What follows it has its own moment. */
function wake(call: Call, { by, ways }: Extract<Input, { kind: 'wake' }>, now: number): Decision {
  const { call: settled, publish } = settle(call, now);
  const waiting = waitingIn(settled);
  const ready =
    canPush(settled, ways) &&
    waiting.find((one) => !one.with && verdictOf(settled, one, now) === 'go');
  if (!ready) return { call: settled, publish, save: settled !== call || waiting.length > 0 };
  const { key, expires_at, trigger } = ready;
  const [left, actions] = leave(settled, key, by, now);
  const id = isOfTrigger(ready) ? trigger?.id : undefined;
  return { call: left, save: true, publish, push: { key, actions, id, expires_at } };
}

/**
 * What to list and unlist, compared with what is certainly listed. A listing that failed since
 * isn't certain.
 */
function listingsOf(document: Call, after: Call) {
  const isOver = after.ended !== undefined;
  const listed = isOver ? undefined : `s${after.starts}`;
  const isKnown = after.listed === listed && document.listed === listed;
  const [before, all] = [targetsOf(document), targetsOf(after)];
  if (isKnown && (isOver || isDeepStrictEqual(before, all))) return undefined;
  return {
    list: isOver ? [] : minus(all, after.listed === listed ? before : []),
    unlist: isOver ? [...minus(before, all), ...all] : minus(before, all, ofAnyAccount),
    listed: { listed } as Pick<Call, 'listed'>,
  };
}

/** Everything that a call can be found by. */
function targetsOf(call: Call): Listed[] {
  const { caller, callee, account_id, socket, labels } = call;
  const account = account_id !== undefined && { account_id };
  return [
    { everyone: true, ...account },
    ...(caller ? [{ caller, ...account }] : []),
    ...(callee ? [{ callee, ...account }] : []),
    ...(socket ? [{ connection: socket.id }] : []),
    ...labels.map((label) => ({ label, ...account })),
  ];
}

const minus = (
  from: readonly Listed[],
  less: readonly Listed[],
  seen = (listed: Listed): object => listed,
) => from.filter((one) => !less.some((other) => isDeepStrictEqual(seen(one), seen(other))));

/**
 * The account is no part of a listing's key, so a listing that only changes its account must not be
 * deleted.
 */
const ofAnyAccount = (listed: Listed): object => ({ ...listed, account_id: undefined });

const byOf = (input: Input): string =>
  input.kind === 'event' ? input.event.id : askedBy(input).by;

function askedBy(input: Exclude<Input, { kind: 'event' }>) {
  if (input.kind === 'trigger') return input.trigger;
  return input.kind === 'part' ? input.part : input;
}
