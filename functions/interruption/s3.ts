import { parseJson } from '../protocol/json.ts';
import { isNotification } from './envelopes.ts';

interface S3Record {
  readonly eventSource: 'aws:s3';
  readonly s3?: { readonly object?: { readonly key?: unknown } };
}

/**
 * S3 asks with it whether messages arrive, when a notification is configured: it is about no
 * object.
 */
export function isS3Test(message: unknown): boolean {
  const value = opened(message);
  if (isNotification(value)) return isS3Test(value.Message);
  return Object(value).Event === 's3:TestEvent';
}

/**
 * A message of S3, alone or inside of a notification of SNS, with the keys of objects as they are:
 * S3 encodes them as forms do, other than for EventBridge. Any other message stays as it is.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function withPlainKeys(message: unknown): unknown {
  const value = opened(message);
  if (isNotification(value)) {
    const Message = withPlainKeys(value.Message);
    return Message === value.Message ? message : { ...value, Message };
  }
  const { Records } = Object(value) as { Records?: unknown };
  if (!Array.isArray(Records) || !Records.every(isS3Record)) return message;
  return { ...Object(value), Records: Records.map(withPlainKey) };
}

function withPlainKey(record: S3Record): S3Record {
  const key = record.s3?.object?.key;
  if (typeof key !== 'string') return record;
  return { ...record, s3: { ...record.s3, object: { ...record.s3?.object, key: decoded(key) } } };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

const opened = (message: unknown) => (typeof message === 'string' ? parseJson(message) : message);

const isS3Record = (record: unknown): record is S3Record => Object(record).eventSource === 'aws:s3';
