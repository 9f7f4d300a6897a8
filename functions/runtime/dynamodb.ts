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
 * The SDK's commands without its client, which was a third of a cold start: six operations in one protocol need no
 * schemas, middleware, endpoint rules or discovery. `call` speaks AWS JSON 1.0.
 */
export const createDynamoDb =
  (call: AwsCall): DynamoDb =>
  async (operation, input, signal) =>
    (await call(`DynamoDB_20120810.${operation}`, input, signal)) as never;
