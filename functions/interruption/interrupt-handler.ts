import { failed } from '../call/outcome.ts';
import { MAX_DEPTH, MAX_ENTRIES, tooDeep, tooMany } from '../protocol/json.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
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
  type SqsRecord,
  type Unwrapped,
} from './envelopes.ts';
import { type Interrupter, type Invocation, newInvocation } from './fan-out.ts';
import { refusalOf, statusFor } from './http-reply.ts';
import { type Mapped, resolveMapping } from './mapping.ts';
import type { Outcomes, Reply } from './outcomes.ts';
import { fromPipe, isPiped } from './pipes.ts';
import { fromSchedule, fromState, isFromState, isScheduled } from './provenance.ts';
import {
  type Defaults,
  type Interruption,
  InvalidInterruption,
  isId,
  parseInterruption,
} from './request.ts';
import { fromRestricted, isRestricted, refuseOthers } from './restricted.ts';
import { wokenBy } from './waking.ts';

const MAX_BYTES = 256 * 1024;

interface Parts {
  readonly interrupt: Interrupter;
  /** Looks whether what waits in a call may go out by now. */
  readonly look: (session_id: string, failing_since?: number) => Promise<void>;
  readonly outcomes: Outcomes;
  /** Without them nothing is played by name. */
  readonly assets?: Assets | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * It could neither be said nor be put back on the queue: its source must deliver it again. Its name
 * is what Lambda, Step Functions and alarms see.
 */
export class InterruptionFailed extends Error {
  override readonly name = 'InterruptionFailed';
  readonly expose = true;
}

/** The part of Lambda's context that is read here. */
export interface LambdaContext {
  readonly awsRequestId?: string;
  getRemainingTimeInMillis?(): number;
}

/**
 * Any trigger in, `[barge_in, speak]` to the sessions it concerns out. What each source gets back:
 * `docs/interruptions.md`.
 */
export function createInterruptHandler(parts: Parts) {
  const { interrupt, look, outcomes, assets, clock, log } = parts;

  return async function handle(event: unknown, context: LambdaContext = {}) {
    const invocation = newInvocation(clock.now() + leftIn(context));
    const unheard: Invocation = { ...invocation, retries: true };
    if (isHttp(event)) return overHttp(event, invocation);
    if (isSqs(event)) return tellAll(messages(event.Records, unheard), log);
    if (isPiped(event)) return fromPipes(event, unheard);
    if (isSns(event))
      return void (await Promise.all(
        event.Records.map(({ Sns }) => orFail(fromSns(Sns), unheard)),
      ));
    if (isEventBridge(event)) return void (await orFail(fromEventBridge(event), unheard));
    const defaults = { id: context.awsRequestId ?? 'direct', at: clock.now() };
    const handedOver = await fromOurs(event, defaults);
    if (handedOver) return orFail(handedOver, unheard);
    // Here somebody waits for the reply, and tries again by themselves: a state what fails by a
    // name.
    if (isFromState(event)) return orFail(fromState(event), invocation);
    return reply({ request: event, ...defaults }, invocation);
  };

  /** What a rule or a schedule of ours hands over, with what it knows beside it. */
  async function fromOurs(event: unknown, defaults: Defaults): Promise<Unwrapped | undefined> {
    if (isMapped(event)) return fromMapped(event, identityOf(event.event, defaults));
    if (isRestricted(event)) return refusing(defaults.id, () => fromRestricted(event));
    return isScheduled(event) ? fromSchedule(event) : undefined;
  }

  /**
   * What a path doesn't find is a mistake of whoever wrote the rule: told to all who listen, and a
   * dead letter.
   */
  async function fromMapped(mapped: Mapped, identity: Defaults): Promise<Unwrapped> {
    const { request, unresolved } = await refusing(identity.id, () => resolveMapping(mapped));
    if (!unresolved) return { request, ...identity };
    const { id } = Object(request) as { id?: unknown };
    const interruption_id = isId(id) ? id : identity.id;
    const nobody = failed(undefined, 'unresolved_path', unresolved.logged, false);
    await outcomes.publish([{ interruption_id, ...nobody }]);
    throw unresolved;
  }

  async function reply(unwrapped: Unwrapped, invocation: Invocation): Promise<Reply> {
    const interruption = await read(unwrapped);
    return { interruption_id: interruption.id, ...(await interrupt(interruption, invocation)) };
  }

  function read({ request, label_prefix, ...defaults }: Unwrapped): Promise<Interruption> {
    return refusing(defaults.id, async () => {
      refuseExcess(request);
      const playable = await withClips(request, assets);
      const interruption = parseInterruption(playable, defaults, clock.now());
      refuseOthers(interruption, label_prefix);
      return { ...interruption, request: { ...interruption.request, ...namesIn(request) } };
    });
  }

  /** Logs what is refused under the id that it would have had. */
  async function refusing<T>(id: string, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof InvalidInterruption)
        log.warn('refused', { ...(isId(id) && { interruption_id: id }), field: error.loggedField });
      throw error;
    }
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
          if (woken) return look(woken.wake, woken.failing_since);
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
      return json(statusFor(interruption, interrupted.outcomes), {
        interruption_id: interruption.id,
        ...interrupted,
      });
    } catch (error) {
      const { status, body } = refusalOf(error);
      return json(status, body);
    }
  }
}

/**
 * What has an order is tried again by its source alone: on our queue it would come after those
 * behind it.
 */
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
