import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

interface Loss {
  /** Of this command, `UpdateItem` say; of any otherwise. */
  readonly of?: string;
  /** What happens until the SDK writes again. */
  readonly between?: () => Promise<unknown>;
}

/** The next write reaches DynamoDB, its answer is lost, and the SDK writes again. Says whether that has happened. */
export function loseFirstAnswer(client: DynamoDBClient, { of, between }: Loss = {}): () => boolean {
  let lost = false;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        if (lost || (of !== undefined && commandName !== `${of}Command`)) return result;
        lost = true;
        await between?.();
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $retryable: {} });
      },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return () => lost;
}
