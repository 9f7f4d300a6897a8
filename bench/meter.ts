import type { ObservedDynamoDb } from '../test/support/dynamodb-client.ts';

export interface Usage {
  requests: number;
  /** The longest chain of requests of which each waited for the one before. */
  depth: number;
  write_units: number;
}

interface Billed {
  ConsumedCapacity?: Capacity | Capacity[];
}
type Capacity = { CapacityUnits?: number };

/** Counts what goes to DynamoDB, repeated attempts included; the returned function reads and resets. */
export function meter(dynamoDb: ObservedDynamoDb): () => Usage {
  let usage: Usage = { requests: 0, depth: 0, write_units: 0 };
  let answeredDepth = 0;

  dynamoDb.onCall((_operation, input, next) => next({ ...input, ReturnConsumedCapacity: 'TOTAL' }));
  dynamoDb.onAttempt(async (operation, request, next) => {
    const depth = answeredDepth + 1;
    usage.requests += 1;
    usage.depth = Math.max(usage.depth, depth);
    try {
      const answer = await next(request);
      if (isWrite(operation)) usage.write_units += capacityUnits(JSON.parse(String(answer.body)));
      return answer;
    } finally {
      answeredDepth = Math.max(answeredDepth, depth);
    }
  });

  return function read() {
    const read = usage;
    usage = { requests: 0, depth: 0, write_units: 0 };
    answeredDepth = 0;
    return read;
  };
}

export const isWrite = (operation: string) => /^(Update|Put|Delete|BatchWrite)/.test(operation);

export const capacityUnits = ({ ConsumedCapacity = [] }: Billed): number =>
  [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
