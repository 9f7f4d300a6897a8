import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

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

/** Counts what goes from `client` to DynamoDB, repeated attempts included; the returned function reads and resets. */
export function meter(client: DynamoDBClient): () => Usage {
  let usage: Usage = { requests: 0, depth: 0, write_units: 0 };
  let answeredDepth = 0;

  client.middlewareStack.add(
    (next) => (args) =>
      next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as never }),
    { step: 'initialize' },
  );
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const depth = answeredDepth + 1;
        usage.requests += 1;
        usage.depth = Math.max(usage.depth, depth);
        try {
          const result = await next(args);
          if (isWrite(commandName)) usage.write_units += capacityUnits(result.output as Billed);
          return result;
        } finally {
          answeredDepth = Math.max(answeredDepth, depth);
        }
      },
    // Outside the deserialiser, so that the answer is an object; inside the retries.
    { step: 'finalizeRequest', priority: 'low' },
  );

  return function read() {
    const read = usage;
    usage = { requests: 0, depth: 0, write_units: 0 };
    answeredDepth = 0;
    return read;
  };
}

const isWrite = (commandName = '') =>
  /^(Update|Put|Delete|BatchWrite|TransactWrite)/.test(commandName);

const capacityUnits = ({ ConsumedCapacity = [] }: Billed): number =>
  [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
