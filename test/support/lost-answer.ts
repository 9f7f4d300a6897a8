import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The next write reaches DynamoDB, its answer is lost, and the SDK writes again. Says whether that has happened. */
export function loseFirstAnswer(client: DynamoDBClient): () => boolean {
  let lost = false;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (lost) return result;
      lost = true;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $retryable: {} });
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return () => lost;
}
