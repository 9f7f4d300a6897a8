import { parseJson, tooDeep } from '../protocol/json.ts';
import {
  groupOf,
  identityOf,
  isEventBridge,
  isMapped,
  isNotification,
  sentAt,
} from './envelopes.ts';
import type { Mapped } from './mapping.ts';
import { type Defaults, InvalidInterruption } from './request.ts';
import { isS3Test, withPlainKeys } from './s3.ts';

/** 32 levels of DynamoDB, each of which has its type around it, and what is around them. */
const MAX_RECORD_DEPTH = 80;

/** A record out of the array that a pipe hands over. */
interface Piped {
  /**
   * How a pipe wants its failure named. Source:
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
   */
  readonly itemIdentifier: string;
  /** Of what its source keeps in order: it must be told in it. */
  readonly group?: string | undefined;
  readonly identity: Defaults;
  /**
   * Its event is opened: types of DynamoDB unmarshalled, data of Kinesis and keys of S3 decoded.
   */
  readonly mapped: Mapped;
  /** Nothing has happened: its source only asks whether messages arrive. */
  readonly isTest: boolean;
}

type Loose = Readonly<Record<string, unknown>>;
type Opened = Pick<Piped, 'group' | 'identity'> & { readonly event: unknown };

/** From a pipe with the input template of an assistant: `[{ "interruption": …, "event": … }]`. */
export const isPiped = (event: unknown): event is readonly unknown[] =>
  Array.isArray(event) && event.some(isMapped);

/**
 * Throws {@link InvalidInterruption} for what no pipe has read from SQS, Kinesis or DynamoDB: its
 * failure has no name.
 */
export function fromPipe(entry: unknown): Piped {
  const { interruption, event } = Object(entry) as Partial<Mapped>;
  const record = Object(event) as Loose;
  const itemIdentifier = record.messageId ?? record.eventID;
  if (typeof itemIdentifier !== 'string' || !itemIdentifier || tooDeep(record, MAX_RECORD_DEPTH))
    throw new InvalidInterruption(
      'event must be a record of SQS, Kinesis or DynamoDB, as a pipe reads it',
      'event',
    );
  const { event: opened, ...rest } = open(record, itemIdentifier);
  const isTest = isS3Test(record.body);
  return { itemIdentifier, ...rest, isTest, mapped: { interruption, event: opened } };
}

function open(record: Loose, id: string): Opened {
  switch (record.eventSource) {
    case 'aws:dynamodb':
      return fromDynamoDb(record, id);
    case 'aws:kinesis':
      return fromKinesis(record, id);
    default:
      return fromQueue(record, id);
  }
}

/** A pipe reads one shard of a stream at a time. */
const SHARD = 'shard';

function fromQueue(record: Loose, id: string): Opened {
  const attributes = Object(record.attributes) as Parameters<typeof sentAt>[0] & Loose;
  return {
    group: groupOf(attributes),
    identity: innermost(record.body, { id, at: sentAt(attributes) }),
    event: { ...record, body: withPlainKeys(record.body) },
  };
}

function fromKinesis(record: Loose, id: string): Opened {
  const data = decoded(record.data);
  const at = Number(record.approximateArrivalTimestamp) * 1000;
  return { group: SHARD, identity: innermost(data, { id, at }), event: { ...record, data } };
}

const IMAGES = ['Keys', 'NewImage', 'OldImage'];

function fromDynamoDb(record: Loose, id: string): Opened {
  const change = Object(record.dynamodb) as Loose;
  const entries = Object.entries(change).map(([name, of]) => [
    name,
    IMAGES.includes(name) ? unmarshalled({ M: of }) : of,
  ]);
  const at = Number(change.ApproximateCreationDateTime) * 1000;
  const event = { ...record, dynamodb: Object.fromEntries(entries) };
  return { group: SHARD, identity: { id, at }, event };
}

/** A message that is an envelope of EventBridge or SNS keeps the identity that it had. */
function innermost(message: unknown, defaults: Defaults): Defaults {
  const value = typeof message === 'string' ? parseJson(message) : message;
  if (isEventBridge(value)) return identityOf(value, defaults);
  if (!isNotification(value)) return defaults;
  const { MessageId: id, Timestamp: time, Message } = value;
  return innermost(Message, identityOf({ id, time }, defaults));
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Pipes decode JSON themselves and leave the rest; what is no text stays as it came. */
function decoded(data: unknown): unknown {
  if (typeof data !== 'string' || !BASE64.test(data)) return data;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'));
  } catch {
    return data;
  }
}

/**
 * A value without its type around it. Source:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html
 */
function unmarshalled(attribute: unknown): unknown {
  const [[type, value] = []] = Object.entries(Object(attribute));
  switch (type) {
    case 'N':
      return numeric(value);
    case 'NULL':
      return null;
    case 'L':
      return Array.isArray(value) ? value.map(unmarshalled) : undefined;
    case 'NS':
      return Array.isArray(value) ? value.map(numeric) : undefined;
    case 'M':
      return Object.fromEntries(
        Object.entries(Object(value)).map(([name, of]) => [name, unmarshalled(of)]),
      );
    default:
      return value;
  }
}

/** A number that JavaScript would round stays the text that it is. */
function numeric(text: unknown): unknown {
  const number = Number(text);
  return String(number) === text ? number : text;
}
