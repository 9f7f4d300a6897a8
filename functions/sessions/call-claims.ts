import { held } from './condition.ts';
import { callKey } from './keys.ts';
import type { TableParts } from './listings.ts';

/** After that the same id may be called again. */
const CLAIM_TTL_SECONDS = 24 * 3600;

/** The right to place an outbound call, once for each id: an item of its own, for there is no session yet. */
export function createCallClaims({ dynamoDb, table: TableName, clock }: Omit<TableParts, 'log'>) {
  return {
    /** `true` for exactly one owner, and for the repetition of a write whose answer got lost. */
    claim(id: string, owner: string): Promise<boolean> {
      const now = Math.floor(clock.now() / 1000);
      const claiming = dynamoDb('PutItem', {
        TableName,
        Item: {
          ...callKey(id),
          claimed_by: { S: owner },
          expires_at: { N: String(now + CLAIM_TTL_SECONDS) },
        },
        // TTL deletes late.
        ConditionExpression:
          'attribute_not_exists(pk) OR claimed_by = :owner OR expires_at <= :now',
        ExpressionAttributeValues: { ':owner': { S: owner }, ':now': { N: String(now) } },
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
