import {
  fromEventBridge,
  fromSns,
  fromSqs,
  identityOf,
  isEventBridge,
  isMapped,
  isSns,
  PASSED_ON_FOR,
  type Unwrapped,
} from '../functions/interruption/envelopes.ts';
import { type Mapped, resolveMapping } from '../functions/interruption/mapping.ts';
import { fromSchedule, isScheduled } from '../functions/interruption/provenance.ts';
import {
  type Defaults,
  type Interruption,
  parseInterruption,
} from '../functions/interruption/request.ts';
import { isRestricted } from '../functions/interruption/restricted.ts';
import { wokenBy } from '../functions/interruption/waking.ts';
import { InvalidValue } from '../functions/protocol/invalid.ts';
import type { Message } from '../functions/runtime/message-queue.ts';

/** A message of the dead-letter queue, as SQS gives it. */
export interface DeadLetter {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes: { readonly SentTimestamp: string };
  readonly MessageAttributes?: Record<string, { readonly StringValue?: string }>;
}

/**
 * What can become of one. `about` is for a person to read: it holds no number, and nothing that is
 * to be said.
 */
export interface Reading {
  readonly about: string;
  /** Goes to the interruption queue; missing where nothing is to be put back. */
  readonly message?: Message;
}

/**
 * Lambda's record of an invocation that failed. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
interface FailedInvocation {
  readonly timestamp: string;
  readonly requestContext: { readonly requestId: string };
  readonly requestPayload: unknown;
}

/**
 * Lambda hands an event over for a minute, and doesn't say when it got it: at most so long before.
 */
const MAX_EVENT_AGE_MS = 60_000;

/**
 * Reads a dead letter of any shape: a message, what EventBridge or Scheduler had to send, or an
 * invocation that failed. `bus`: the name of the stack's own, where events are interruptions.
 */
export function readLetter(letter: DeadLetter, now: number, bus?: string): Reading {
  const { MessageId, Body } = letter;
  if (wokenBy(Body) !== undefined) return { about: `${MessageId}  a wake-up of our own` };
  try {
    const { source, unwrapped } = unwrap(letter, bus);
    const request = dated(unwrapped);
    const interruption = parseInterruption(withoutClip(request), unwrapped, now);
    return {
      about: `${interruption.id}  ${source}  ${fateOf(interruption, now)}`,
      message: {
        body: JSON.stringify(request),
        attributes:
          unwrapped.passed_on_for === undefined ? {} : { [PASSED_ON_FOR]: unwrapped.passed_on_for },
      },
    };
  } catch (error) {
    if (error instanceof NoInterruption) return { about: `${MessageId}  ${error.message}` };
    if (!(error instanceof InvalidValue)) throw error;
    return { about: `${MessageId}  stays: no interruption: ${error.logged}` };
  }
}

class NoInterruption extends Error {
  override readonly name = 'NoInterruption';
}

/** On the queue nobody would remember what its sender may address. */
const OF_ANOTHER_BUS = 'stays: an event of another bus: put it there again';

/**
 * The rule that EventBridge names begins with its bus. Source:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const isOf = ({ MessageAttributes }: DeadLetter, bus: string | undefined): boolean => {
  const rule = MessageAttributes?.RULE_ARN?.StringValue;
  return rule === undefined || bus === undefined || rule.includes(`:rule/${bus}/`);
};

function unwrap(
  letter: DeadLetter,
  bus: string | undefined,
): { source: string; unwrapped: Unwrapped } {
  const value = parsed(letter.Body);
  if (isFailedInvocation(value)) return { source: 'invocation', unwrapped: invoked(value) };
  if (isScheduled(value)) return { source: 'Scheduler', unwrapped: fromSchedule(value) };
  if (isEventBridge(value) && !isOf(letter, bus)) throw new NoInterruption(OF_ANOTHER_BUS);
  const attributes = Object.entries(letter.MessageAttributes ?? {}).map(
    ([name, { StringValue = '' }]) => [name, { stringValue: StringValue }] as const,
  );
  const unwrapped = fromSqs({
    messageId: letter.MessageId,
    body: letter.Body,
    // When it was sent first: what SQS itself moves to the dead letters keeps it.
    attributes: { SentTimestamp: letter.Attributes.SentTimestamp },
    messageAttributes: Object.fromEntries(attributes),
  });
  return { source: isEventBridge(value) ? 'EventBridge' : 'SQS', unwrapped };
}

function invoked({ requestPayload, requestContext, timestamp }: FailedInvocation): Unwrapped {
  if (isRestricted(requestPayload)) throw new NoInterruption(OF_ANOTHER_BUS);
  if (isEventBridge(requestPayload)) return fromEventBridge(requestPayload);
  if (isSns(requestPayload)) return fromSns(requestPayload.Records[0]?.Sns);
  const own = {
    id: requestContext.requestId,
    at: Date.parse(timestamp) - MAX_EVENT_AGE_MS,
  };
  if (isMapped(requestPayload)) return mapped(requestPayload, own);
  if (isScheduled(requestPayload)) return fromSchedule(requestPayload);
  if (isObject(requestPayload) && 'turn' in requestPayload)
    throw new NoInterruption('stays: a job; its caller has heard an apology');
  if (isObject(requestPayload) && 'to' in requestPayload)
    throw new NoInterruption('stays: a call that was to be placed');
  return { request: requestPayload, ...own };
}

/**
 * Of a rule that maps somebody else's event: what it came to, with the id and time of that event.
 */
function mapped(payload: Mapped, own: Defaults): Unwrapped {
  const { request, unresolved } = resolveMapping(payload);
  if (unresolved) throw unresolved;
  return { request, ...identityOf(payload.event, own) };
}

/** The request with its own id and time in it: whatever delivers it now, it is as old as it was. */
function dated({ request, id, at }: Unwrapped): unknown {
  if (!isObject(request)) return request;
  if (request.triggered_at === undefined && !Number.isFinite(at))
    throw new NoInterruption('stays: nobody knows when it was sent');
  return {
    id,
    ...(Number.isFinite(at) && { triggered_at: new Date(at).toISOString() }),
    ...request,
  };
}

/** Whether the clip is there is for the function to find out. */
function withoutClip(request: unknown): unknown {
  if (!isObject(request) || !isObject(request.play)) return request;
  const { play: _clip, ...rest } = request;
  return rest;
}

function fateOf({ expires_at }: Interruption, now: number): string {
  const until = new Date(expires_at).toISOString();
  return expires_at > now
    ? `valid until ${until}: would be said, if its call is still there`
    : `expired ${until}: would stay unspoken`;
}

const isFailedInvocation = (value: unknown): value is FailedInvocation =>
  isObject(value) && 'requestPayload' in value && isObject(value.requestContext);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
