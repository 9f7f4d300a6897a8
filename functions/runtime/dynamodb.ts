import type {
  BatchWriteItemCommandInput,
  BatchWriteItemCommandOutput,
  DeleteItemCommandInput,
  DeleteItemCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  PutItemCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { AwsCall } from './aws-json.ts';

/** What is asked of DynamoDB here, as the SDK's client declares it. */
interface Operations {
  BatchWriteItem: [BatchWriteItemCommandInput, BatchWriteItemCommandOutput];
  DeleteItem: [DeleteItemCommandInput, DeleteItemCommandOutput];
  GetItem: [GetItemCommandInput, GetItemCommandOutput];
  PutItem: [PutItemCommandInput, PutItemCommandOutput];
  Query: [QueryCommandInput, QueryCommandOutput];
  Scan: [ScanCommandInput, ScanCommandOutput];
  UpdateItem: [UpdateItemCommandInput, UpdateItemCommandOutput];
}
export type Operation = keyof Operations;

/** Runs an operation and gives its output. Throws as {@link AwsCall} does. */
export type DynamoDb = <O extends Operation>(
  operation: O,
  input: Operations[O][0],
  signal?: AbortSignal,
) => Promise<Omit<Operations[O][1], '$metadata'>>;

/**
 * The SDK's commands without its client, which was a third of a cold start: six operations in one
 * protocol need no schemas, middleware, endpoint rules or discovery. `call` speaks AWS JSON 1.0.
 */
export const createDynamoDb =
  (call: AwsCall): DynamoDb =>
  async (operation, input, signal) => {
    const output = await call(
      `DynamoDB_20120810.${operation}`,
      withBase64(input) as object,
      signal,
    );
    return withBytes(output) as never;
  };

/**
 * Bytes as they are on the wire. `JSON`'s own hooks take three times as long, and so does the way
 * back.
 */
function withBase64(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(withBase64);
  const wired: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) wired[name] = withBase64(inner);
  return wired;
}

/**
 * Only a value of type B is a text under that name: an attribute called so is an object. Changes
 * what is given.
 */
function withBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  for (const [name, inner] of Object.entries(fields)) {
    if (name === 'B' && typeof inner === 'string') fields.B = Buffer.from(inner, 'base64');
    else withBytes(inner);
  }
  return fields;
}
