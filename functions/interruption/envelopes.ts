import { isObject, parseJson } from '../protocol/json.ts';
import type { HttpRequest } from '../runtime/http.ts';
import type { Mapped } from './mapping.ts';
import { type Defaults, InvalidInterruption, isId } from './request.ts';

/** A request out of its envelope. */
export interface Unwrapped extends Defaults {
  readonly request: unknown;
  /** Whoever sent it may address no other labels, and nobody by anything else. */
  readonly label_prefix?: string;
}

type Attributes = Record<string, { Value?: string; stringValue?: string }>;

interface SnsMessage {
  readonly MessageId: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly MessageAttributes?: Attributes;
}

export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: {
    readonly SentTimestamp: string;
    /** Of a FIFO queue: within it the order counts. */
    readonly MessageGroupId?: string;
    /** Of a message that SQS has taken from dead letters; AWS doesn't document it. */
    readonly DeadLetterQueueSourceArn?: string;
  };
  readonly messageAttributes?: Attributes;
}

interface EventBridgeEvent {
  readonly id: string;
  readonly time: string;
  readonly detail: unknown;
}

export type SqsEvent = { readonly Records: readonly SqsRecord[] };
type SnsEvent = { readonly Records: readonly { readonly Sns: SnsMessage }[] };

export const isHttp = (event: unknown): event is HttpRequest =>
  isObject(event) && isObject(event.requestContext) && isObject(event.requestContext.http);

export const isSqs = (event: unknown): event is SqsEvent =>
  recordsOf(event)?.eventSource === 'aws:sqs';

export const isSns = (event: unknown): event is SnsEvent =>
  recordsOf(event)?.EventSource === 'aws:sns';

export const isEventBridge = (event: unknown): event is EventBridgeEvent =>
  isObject(event) && 'detail-type' in event && 'detail' in event && 'source' in event;

/**
 * From a rule whose target is an `InterruptCall`: `{ "interruption": …, "event": … }`. A pipe has
 * an array of them.
 */
export const isMapped = (event: unknown): event is Mapped =>
  isObject(event) && 'interruption' in event && 'event' in event;

/** What an event that was mapped says of itself; where it says nothing, `defaults` are. */
export function identityOf(event: unknown, defaults: Defaults): Defaults {
  const { id, time } = Object(event) as { id?: unknown; time?: unknown };
  return {
    id: isId(id) ? id : defaults.id,
    at: typeof time === 'string' ? timeOf(time) : defaults.at,
  };
}

/** `detail` is the interruption, and nothing else. */
export const fromEventBridge = ({ detail, id, time }: EventBridgeEvent): Unwrapped => ({
  request: detail,
  id,
  at: timeOf(time),
});

/**
 * The message is an interruption, another envelope, or a plain text to say to whom the attributes
 * name.
 */
export function fromSns(message: Partial<SnsMessage> | null | undefined): Unwrapped {
  const { Message, MessageId = '', Timestamp, MessageAttributes } = message ?? {};
  return fromText(Message, MessageAttributes, { id: MessageId, at: timeOf(Timestamp) });
}

/**
 * The attribute of a message that is for one call, of those that its target names: `queueing.ts`
 * writes it.
 */
export const PASSED_ON_FOR = 'passed_on_for';

const LONG_AGO = 0;

/**
 * When a message was sent, ms since 1970. SQS's own redrive sends it anew: it is old, and nobody
 * knows how old.
 */
export const sentAt = (attributes: SqsRecord['attributes']) =>
  attributes.DeadLetterQueueSourceArn ? LONG_AGO : Number(attributes.SentTimestamp);

/** The group of a FIFO queue that a message belongs to. */
export const groupOf = ({ MessageGroupId }: { readonly MessageGroupId?: unknown }) =>
  typeof MessageGroupId === 'string' ? MessageGroupId : undefined;

/** As SNS; the body may be an SNS notification or an EventBridge event, whose id and time count. */
export function fromSqs({ body, messageId, attributes, messageAttributes }: SqsRecord): Unwrapped {
  const unwrapped = fromText(body, messageAttributes, {
    id: messageId,
    at: sentAt(attributes),
  });
  const passed_on_for = messageAttributes?.[PASSED_ON_FOR]?.stringValue;
  return { ...unwrapped, ...(passed_on_for !== undefined && { passed_on_for }) };
}

function fromText(
  text: unknown,
  attributes: Attributes | undefined,
  defaults: Defaults,
): Unwrapped {
  if (typeof text !== 'string')
    throw new InvalidInterruption('the message must be a text: send JSON, or what to say');
  const trimmed = text.trim();
  if (!/^[{["]/.test(trimmed)) return { ...defaults, request: sentence(text, attributes) };
  const value = parseJson(trimmed);
  // As JSON, a text in quotes is what is between them.
  if (typeof value === 'string') return fromText(value, attributes, defaults);
  if (isEventBridge(value)) return fromEventBridge(value);
  if (isNotification(value)) return fromSns(value);
  if (isObject(value)) return { ...defaults, request: value };
  const remedy = 'send a JSON object, or a plain text that begins with none of { [ "';
  throw new InvalidInterruption(`the message begins like JSON and is no JSON object: ${remedy}`);
}

/**
 * What can't be read is no time: then it happened now. A message may hold an envelope that nobody
 * of AWS wrote.
 */
const timeOf = (time: unknown) => (typeof time === 'string' ? Date.parse(time) : Number.NaN);

function sentence(text: string, attributes: Attributes | null | undefined) {
  const read = (name: string) => attributes?.[name]?.Value ?? attributes?.[name]?.stringValue;
  const [session_id, label, account_id, id] = ['session_id', 'label', 'account_id', 'id'].map(read);
  return {
    say: text,
    ...(session_id !== undefined && { session_id }),
    ...(label !== undefined && {
      target: { label, ...(account_id !== undefined && { account_id }) },
    }),
    ...(id !== undefined && { id }),
  };
}

export const isNotification = (value: unknown): value is SnsMessage =>
  isObject(value) && value.Type === 'Notification' && typeof value.Message === 'string';

const recordsOf = (event: unknown): Record<string, unknown> | undefined =>
  isObject(event) && Array.isArray(event.Records) ? event.Records[0] : undefined;
