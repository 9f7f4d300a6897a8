import { callKey } from './keys.ts';
import { epochSeconds, held, type TableParts } from './table.ts';

/** After that the same id may be called again. */
const CLAIM_TTL_SECONDS = 24 * 3600;

/**
 * The right to place an outbound call, once for each id: an item of its own, for there is no
 * session yet.
 */
export function createCallClaims({ dynamoDb, table: TableName, clock }: Omit<TableParts, 'log'>) {
  return {
    /** `true` for exactly one owner, and for the repetition of a write whose answer got lost. */
    claim(id: string, owner: string): Promise<boolean> {
      const now = clock.now();
      const claiming = dynamoDb('PutItem', {
        TableName,
        Item: {
          ...callKey(id),
          claimed_by: { S: owner },
          expires_at: epochSeconds(now, CLAIM_TTL_SECONDS),
        },
        ConditionExpression:
          'attribute_not_exists(pk) OR claimed_by = :owner OR expires_at <= :now',
        ExpressionAttributeValues: { ':owner': { S: owner }, ':now': epochSeconds(now) },
      });
      return held(claiming);
    },

    async release(id: string, owner: string): Promise<void> {
      const releasing = dynamoDb('DeleteItem', {
        TableName,
        Key: callKey(id),
        ConditionExpression: 'claimed_by = :owner',
        ExpressionAttributeValues: { ':owner': { S: owner } },
      });
      await held(releasing);
    },
  };
}
