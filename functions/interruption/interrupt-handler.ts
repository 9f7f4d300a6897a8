import { MAX_DEPTH, MAX_ENTRIES, tooDeep, tooMany } from '../protocol/json.ts';
import { type Assets, AssetUnavailable } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import { RequestError } from '../runtime/errors.ts';
import { type HttpRequest, type HttpResponse, header, json, readJson } from '../runtime/http.ts';
import type { Log } from '../runtime/log.ts';
import { type BatchFailures, type Item, tellAll } from './batch.ts';
import { namesIn, withClips } from './clips.ts';
import {
  fromEventBridge,
  fromSns,
  fromSqs,
  groupOf,
  identityOf,
  isEventBridge,
  isHttp,
  isMapped,
  isSns,
  isSqs,
  type SnsEvent,
  type SqsRecord,
  type Unwrapped,
} from './envelopes.ts';
import { type Interrupter, type Invocation, newInvocation } from './fan-out.ts';
import { type Mapped, resolveMapping } from './mapping.ts';
import { failed, type Outcome, type Outcomes, type Reply } from './outcomes.ts';
import { fromPipe, isPiped } from './pipes.ts';
import { fromSchedule, fromState, isFromState, isScheduled } from './provenance.ts';
import {
  type Defaults,
  type Interruption,
  InvalidInterruption,
  isId,
  parseInterruption,
} from './request.ts';
import { fromRestricted, isRestricted, type Restricted, refuseOthers } from './restricted.ts';
import { wokenBy } from './waking.ts';

const MAX_BYTES = 256 * 1024;

interface Parts {
  readonly interrupt: Interrupter;
  /** Looks whether what waits in a call may go out by now. */
  readonly look: (session_id: string) => Promise<void>;
  readonly outcomes: Outcomes;
  /** Without them nothing is played by name. */
  readonly assets?: Assets | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** It could neither be said nor be put back on the queue: its source must deliver it again. Its name is what Lambda, Step Functions and alarms see. */
export class InterruptionFailed extends Error {
  override readonly name = 'InterruptionFailed';
  readonly expose = true;
}

/** The part of Lambda's context that is read here. */
export interface LambdaContext {
  readonly awsRequestId?: string;
  getRemainingTimeInMillis?(): number;
}

/** Any trigger in, `[barge_in, speak]` to the sessions it concerns out. What each source gets back: `docs/interruptions.md`. */
export function createInterruptHandler(parts: Parts) {
  const { interrupt, look, outcomes, assets, clock, log } = parts;

  return async function handle(event: unknown, context: LambdaContext = {}) {
    const invocation = newInvocation(clock.now() + leftIn(context));
    const unheard: Invocation = { ...invocation, retries: true };
    if (isHttp(event)) return overHttp(event, invocation);
    if (isSqs(event)) return tellAll(messages(event.Records, unheard), log);
    if (isPiped(event)) return fromPipes(event, unheard);
    if (isSns(event)) return notifications(event, unheard);
    if (isEventBridge(event)) return void (await orFail(fromEventBridge(event), unheard));
    return invoked(event, context.awsRequestId ?? 'direct', invocation);
  };

  function invoked(event: unknown, id: string, invocation: Invocation): Promise<Reply> {
    const unheard: Invocation = { ...invocation, retries: true };
    const defaults = { id, at: clock.now() };
    if (isMapped(event)) return fromRule(event, defaults, unheard);
    if (isRestricted(event)) return orFail(restricted(event, id), unheard);
    if (isScheduled(event)) return orFail(fromSchedule(event), unheard);
    // Here somebody waits for the reply, and tries again by themselves: a state what fails by a name.
    if (isFromState(event)) return orFail(fromState(event), invocation);
    return reply({ request: event, ...defaults }, invocation);
  }

  async function notifications({ Records }: SnsEvent, invocation: Invocation): Promise<void> {
    await Promise.all(Records.map(({ Sns }) => orFail(fromSns(Sns), invocation)));
  }

  async function fromRule(mapped: Mapped, defaults: Defaults, invocation: Invocation) {
    return orFail(await fromMapped(mapped, identityOf(mapped.event, defaults)), invocation);
  }

  /** What a path doesn't find is a mistake of whoever wrote the rule: told to all who listen, and a dead letter. */
  async function fromMapped(mapped: Mapped, identity: Defaults): Promise<Unwrapped> {
    const { request, unresolved } = resolvedMapping(mapped, identity.id);
    if (!unresolved) return { request, ...identity };
    const { id } = Object(request) as { id?: unknown };
    const interruption_id = isId(id) ? id : identity.id;
    const nobody = failed(undefined, 'unresolved_path', unresolved.logged, false);
    await outcomes.publish([{ interruption_id, ...nobody }]);
    throw unresolved;
  }

  function resolvedMapping(mapped: Mapped, id: string) {
    try {
      return resolveMapping(mapped);
    } catch (error) {
      throw refused(error, id);
    }
  }

  async function reply(unwrapped: Unwrapped, invocation: Invocation): Promise<Reply> {
    const interruption = await read(unwrapped);
    return { interruption_id: interruption.id, ...(await interrupt(interruption, invocation)) };
  }

  function restricted(event: Restricted, id: string): Unwrapped {
    try {
      return fromRestricted(event);
    } catch (error) {
      throw refused(error, id);
    }
  }

  async function read({ request, label_prefix, ...defaults }: Unwrapped): Promise<Interruption> {
    const { id } = defaults;
    try {
      refuseExcess(request);
      const playable = await withClips(request, assets);
      const interruption = parseInterruption(playable, defaults, clock.now());
      refuseOthers(interruption, label_prefix);
      return { ...interruption, request: { ...interruption.request, ...namesIn(request) } };
    } catch (error) {
      throw refused(error, id);
    }
  }

  function refused(error: unknown, id: string): unknown {
    if (error instanceof InvalidInterruption)
      log.warn('refused', { ...(isId(id) && { interruption_id: id }), field: error.loggedField });
    return error;
  }

  async function orFail(unwrapped: Unwrapped, invocation: Invocation): Promise<Reply> {
    const replied = await reply(unwrapped, invocation);
    const again = replied.outcomes.filter(({ error }) => error?.retryable);
    if (again.length === 0) return replied;
    const remedy = `send it again with "id": ${JSON.stringify(replied.interruption_id)}, and nobody hears it twice`;
    throw new InterruptionFailed(`it failed for ${again.length} call(s): ${remedy}`);
  }

  function messages(records: readonly SqsRecord[], invocation: Invocation): Item[] {
    return records.filter(Boolean).map((record) => {
      const group = groupOf(Object(record.attributes));
      return {
        itemIdentifier: record.messageId,
        group,
        tell: async () => {
          const woken = wokenBy(record.body);
          if (woken !== undefined) return look(woken);
          return orFail(fromSqs(record), ofGroup(invocation, group));
        },
      };
    });
  }

  function fromPipes(entries: readonly unknown[], invocation: Invocation): Promise<BatchFailures> {
    const records = entries.map(fromPipe).filter(({ isTest }) => !isTest);
    const items = records.map(({ itemIdentifier, group, mapped, identity }) => ({
      itemIdentifier,
      group,
      tell: async () => orFail(await fromMapped(mapped, identity), ofGroup(invocation, group)),
    }));
    return tellAll(items, log);
  }

  async function overHttp(request: HttpRequest, invocation: Invocation): Promise<HttpResponse> {
    const { requestId = 'http', timeEpoch = clock.now() } = request.requestContext ?? {};
    try {
      const body = readJson(request, MAX_BYTES);
      const id = header(request, 'idempotency-key') ?? requestId;
      const interruption = await read({ request: body, id, at: timeEpoch });
      const interrupted = await interrupt(interruption, invocation);
      const { outcomes: all } = interrupted;
      const single = 'session_id' in interruption.target;
      return json(single ? statusOf(all[0]) : statusOfAll(all), {
        interruption_id: interruption.id,
        ...interrupted,
      });
    } catch (error) {
      const { status, body } = refusal(error);
      return json(status, body);
    }
  }
}

/** What has an order is tried again by its source alone: on our queue it would come after those behind it. */
const ofGroup = (invocation: Invocation, group: string | undefined): Invocation =>
  group === undefined ? invocation : { ...invocation, retries: false };

/** ms. */
const leftIn = (context: LambdaContext) =>
  context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;

/** What `readJson` refuses over HTTP; the other ways in have limits of their own, or none. */
function refuseExcess(request: unknown): void {
  if (tooDeep(request))
    throw new InvalidInterruption(`must not be nested more than ${MAX_DEPTH} levels deep`);
  if (tooMany(request))
    throw new InvalidInterruption(`must hold at most ${MAX_ENTRIES} keys and entries in all`);
  const bytes = Buffer.byteLength(JSON.stringify(request) ?? '');
  if (bytes > MAX_BYTES)
    throw new InvalidInterruption(`must be at most ${MAX_BYTES} bytes of JSON; got ${bytes}`);
}

/** What the sender is told. Throws what is no fault of the request. */
function refusal(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (error instanceof AssetUnavailable)
    return new RequestError(503, 'asset_unavailable', error.message);
  if (!(error instanceof InvalidInterruption)) throw error;
  return new RequestError(400, 'invalid_interruption', error.told, { field: error.field });
}

const SKIPPED_STATUS: { readonly [reason: string]: number } = {
  unknown_session: 404,
  session_ended: 410,
  duplicate: 200,
  cancelled: 200,
};

function statusOf(outcome: Outcome | undefined): number {
  switch (outcome?.outcome) {
    case 'deferred':
    // Passed on: it has none yet.
    case undefined:
      return 202;
    case 'skipped':
      return SKIPPED_STATUS[outcome.reason ?? ''] ?? 409;
    case 'failed':
      return outcome.error?.code === 'invalid_context' ? 400 : 502;
    default:
      return 200;
  }
}

const statusOfAll = (outcomes: readonly Outcome[]) =>
  outcomes.length > 0 && outcomes.every(({ outcome }) => outcome === 'failed')
    ? Math.max(...outcomes.map(statusOf))
    : 200;
