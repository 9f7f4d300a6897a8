import type { Operation } from '../../functions/runtime/dynamodb.ts';
import type { ObservedDynamoDb } from './dynamodb-client.ts';

interface Loss {
  /** Of this operation; of any otherwise. */
  readonly of?: Operation;
  /** What happens until it is sent again. */
  readonly between?: () => Promise<unknown>;
}

/**
 * The next write reaches DynamoDB, its answer is lost, and it is sent again. Says whether that has
 * happened.
 */
export function loseFirstAnswer(
  dynamoDb: ObservedDynamoDb,
  { of, between }: Loss = {},
): () => boolean {
  let lost = false;
  dynamoDb.onAttempt(async (operation, request, next) => {
    const answer = await next(request);
    if (lost || (of !== undefined && operation !== of)) return answer;
    lost = true;
    await between?.();
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  });
  return () => lost;
}
