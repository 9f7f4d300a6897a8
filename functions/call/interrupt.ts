import type { ActionDraft } from '../protocol/actions.ts';
import type { Decision } from './decide.ts';
import { type Call, MAX_CLAIMS, MAX_WAITING, type Rules, type Utterance } from './document.ts';
import { soundingAt } from './evidence.ts';
import { leave } from './leave.ts';
import { failed, type Outcome, type Refusal, type SkipReason, skippedAs } from './outcome.ts';
import { guardOver, isAboutSound, mustHearCaller, onItsWay } from './queue.ts';
import { ahead, restBehind } from './resuming.ts';
import { applyChanges, type Changes } from './state.ts';
import { isSaid, utterancesOf, waitingIn } from './utterances.ts';
import { keyOf } from './words.ts';

/** An interruption on its way to one call. */
export interface Trigger {
  /** The id of this attempt. */
  readonly by: string;
  /** The id of the interruption. */
  readonly id: string;
  readonly triggered_at: number;
  readonly expires_at: number;
  /** A hash of what it asks for, to tell apart the same id with other content. */
  readonly content: string;
  /** The target by which the call must still be found. */
  readonly who?: {
    readonly label?: string;
    readonly caller?: string;
    readonly callee?: string;
    readonly account_id?: string;
  };
  readonly actions: readonly ActionDraft[];
  /** What follows once the actions have been heard. */
  readonly then: readonly ActionDraft[];
  readonly rules: Rules;
  /** What the template changed when it worded this; kept if it is said. */
  readonly changes?: Changes;
  readonly resume: boolean;
  readonly dry_run: boolean;
  /** How calls can be reached without an event. */
  readonly ways: Ways;
  /** The content hash of the same id, if it was found beside the document. */
  readonly claimed?: string | undefined;
}

/** Ways to reach a call: an endpoint for any call, or the WebSocket of a call that has one. */
export interface Ways {
  readonly channel: boolean;
  readonly websocket: boolean;
}

export const canPush = ({ socket, unreachable }: Call, { channel, websocket }: Ways) =>
  unreachable === undefined && (channel || (websocket && socket !== undefined));

/** What to push as soon as the call is written. */
export interface Push {
  readonly key: string;
  readonly actions: readonly ActionDraft[];
  /** The interruption whose outcome this push decides. */
  readonly id?: string | undefined;
  readonly expires_at?: number | undefined;
}

export type Interrupted = Decision & Required<Pick<Decision, 'outcome'>>;

/**
 * Decides about an interruption: the first reason against it counts, then what it must wait for.
 */
export function interrupt(call: Call | undefined, trigger: Trigger, now: number): Interrupted {
  const refusal = refusalOf(call, trigger, now);
  if (!call || refusal) return refused(call, trigger, refusal ?? 'unknown_session');
  if (trigger.rules.not_while_caller_speaks && !(trigger.ways.websocket && call.socket))
    return websocketOnly(call);
  const waits = mustWait(call, trigger, now);
  const veto = (!waits && guardOver(call, trigger, now)) || notSpeaking(call, trigger, now);
  if (veto) return refused(call, trigger, veto);
  if (waits && waitingIn(call).length >= MAX_WAITING) return refused(call, trigger, 'queue_full');
  return waits ? deferred(call, trigger, now) : pushed(call, trigger, now);
}

function refusalOf(
  call: Call | undefined,
  { who, id, claimed, rules, expires_at }: Trigger,
  now: number,
): Refusal | undefined {
  if (now >= expires_at) return 'expired';
  if (!call || !isAmong(call, who)) return 'unknown_session';
  if (call.ended !== undefined || call.unreachable !== undefined) return 'session_ended';
  if (call.transferred) return 'transferred';
  const known = contentOf(call, id, claimed);
  if (known !== undefined) return known === CANCELLED ? 'cancelled' : 'duplicate';
  const { if_turn } = rules;
  return if_turn !== undefined && (if_turn < call.turn || if_turn > call.opened)
    ? 'stale_turn'
    : undefined;
}

/** The content hash of an id that came before; `CANCELLED` if it was cancelled first. */
export const contentOf = (call: Call, id: string, claimed: string | undefined) =>
  claimed ?? call.claims.find(([key]) => key === keyOf(id))?.[1];

/** Stands in place of the content hash of an id that was cancelled before it came. */
export const CANCELLED = '';

const isAmong = (call: Call, { label, ...who }: NonNullable<Trigger['who']> = {}) =>
  (label === undefined || call.labels.includes(label)) &&
  (['caller', 'callee', 'account_id'] as const).every(
    (name) => who[name] === undefined || who[name] === call[name],
  );

function mustWait(call: Call, trigger: Trigger, now: number): boolean {
  const { rules, ways } = trigger;
  if (!canPush(call, ways) || mustHearCaller(call, { from: 'interruption', rules }, now))
    return true;
  if (isAboutSound(trigger) && onItsWay(call, now)) return true;
  return rules.after_current === true && soundingAt(call, now).length > 0;
}

const notSpeaking = (call: Call, { rules }: Trigger, now: number) =>
  rules.only_if_speaking && soundingAt(call, now).length === 0 ? 'not_speaking' : undefined;

function refused(call: Call | undefined, trigger: Trigger, reason: SkipReason): Interrupted {
  const { id, claimed, content } = trigger;
  const differs = reason === 'duplicate' && call && contentOf(call, id, claimed) !== content;
  return skipped(call, reason, {
    ...(differs && { differs: true }),
    ...(trigger.resume && { resumed: false }),
  });
}

/** Skipped, and nothing of it is kept. */
export function skipped(
  call: Call | undefined,
  reason: SkipReason,
  more: Pick<Outcome, 'differs' | 'resumed'> = {},
): Interrupted {
  const outcome = { ...skippedAs(call?.id, reason), ...more };
  return { call: call as Call, outcome, save: false, publish: [] };
}

function websocketOnly(call: Call): Interrupted {
  const message =
    'only a WebSocket tells when the caller speaks: leave not_while_caller_speaks out for this call';
  return { ...saved(call, failed(call.id, 'websocket_only', message, false)), save: false };
}

/** The call is written, and nothing goes out. */
export const saved = (call: Call, outcome: Outcome): Interrupted => ({
  call,
  outcome,
  save: true,
  publish: [],
});

function deferred(call: Call, trigger: Trigger, now: number): Interrupted {
  const outcome: Outcome = {
    session_id: call.id,
    outcome: 'deferred',
    ...(trigger.resume && { resumed: false }),
  };
  const after = trigger.rules.after_current ? soundingAt(call, now)[0]?.key : undefined;
  const resume = trigger.resume && isSaid(trigger.actions) && { resume: true as const };
  const own = utterancesOfTrigger(call, trigger).map((one) =>
    one.from === 'interruption' ? { ...one, ...(after && { after }), ...resume } : one,
  );
  const { call: waiting, evicted } = claimFor({ ...call, queue: [...call.queue, ...own] }, trigger);
  return { ...saved(waiting, outcome), evicted };
}

function pushed(call: Call, trigger: Trigger, now: number): Interrupted {
  const { by, resume, expires_at } = trigger;
  const key = keyOf(trigger.id);
  const own = utterancesOfTrigger(call, trigger);
  const rest = resume && isSaid(trigger.actions) ? restBehind(call, own, now) : [];
  const { call: ready, evicted } = claimFor(
    { ...call, queue: ahead([...call.queue, ...own], rest) },
    trigger,
  );
  const [left, actions] = leave(ready, key, by, now);
  const resumed = resume && { resumed: rest.length > 0 };
  const outcome: Outcome = { session_id: call.id, outcome: 'delivered', ...resumed };
  return { ...saved(left, outcome), push: { key, actions, expires_at }, evicted };
}

/** Notes that a human talks from now on, if these actions hand the call over. */
export function handingOver(call: Call, actions: readonly ActionDraft[], now: number): Call {
  const transfer = actions.find(({ type }) => type === 'transfer');
  if (transfer?.type !== 'transfer') return call;
  return { ...call, transferred: { at: now, timeout: transfer.timeout !== undefined } };
}

/** The words of an interruption, with its `then` behind the last of them. */
function utterancesOfTrigger(
  call: Call,
  { id, triggered_at, expires_at, actions, then, rules }: Trigger,
): Utterance[] {
  const common = { start: call.starts, trigger: { id, at: triggered_at } };
  const said = utterancesOf(withVoice(actions, call), keyOf(id), {
    ...common,
    from: 'interruption',
    rules,
    expires_at,
  });
  const last = said.findLast(({ length }) => length) ?? said.at(-1);
  const more = utterancesOf(withVoice(then, call), `${keyOf(id)}.t`, {
    ...common,
    from: 'then',
    ...(last && { behind: last.key }),
  });
  return [...said, ...more];
}

/** The same in the voice that the call has been using, unless they have their own. */
export const withVoice = (actions: readonly ActionDraft[], { voice: tts }: Call): ActionDraft[] =>
  actions.map((action) =>
    tts && action.type === 'speak' && !action.tts ? { ...action, tts } : action,
  );

/** Claims its id, and keeps what the template changed. */
const claimFor = (call: Call, { id, content, changes }: Trigger) =>
  claim({ ...call, ...(changes && applyChanges(call, changes)) }, id, content);

/** Adds an id to the document, which keeps the newest ones. */
export function claim(
  call: Call,
  id: string,
  content: string,
): { call: Call; evicted: Call['claims'] } {
  const claims = [...call.claims, [keyOf(id), content] as const];
  const evicted = claims.slice(0, -MAX_CLAIMS);
  const more = evicted.length > 0 && { more: true as const };
  return { call: { ...call, claims: claims.slice(-MAX_CLAIMS), ...more }, evicted };
}
