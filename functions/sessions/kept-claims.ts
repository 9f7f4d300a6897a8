import type { Call } from '../call/document.ts';
import { claimsKey } from './keys.ts';
import { epochSeconds, type TableParts } from './table.ts';

/** No call lasts longer. */
const CLAIMS_TTL_SECONDS = 24 * 3600;
const CLAIM = 'c#';

/**
 * Ids of interruptions for which the document has no more room, with what they said: one item a
 * call.
 */
export function createKeptClaims({ dynamoDb, table: TableName, clock }: TableParts) {
  return {
    async keepClaims(id: string, claims: Call['claims']): Promise<void> {
      if (claims.length === 0) return;
      const contents = claims.map(([, content], n) => [`:c${n}`, { S: content }]);
      await dynamoDb('UpdateItem', {
        TableName,
        Key: claimsKey(id),
        UpdateExpression: `SET ${['expires_at = :expiry', ...claims.map((_, n) => `#c${n} = :c${n}`)]}`,
        ExpressionAttributeNames: Object.fromEntries(
          claims.map(([key], n) => [`#c${n}`, CLAIM + key]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(contents),
          ':expiry': epochSeconds(clock.now(), CLAIMS_TTL_SECONDS),
        },
      });
    },

    async claimed(id: string, key: string): Promise<string | undefined> {
      const { Item } = await dynamoDb('GetItem', {
        TableName,
        Key: claimsKey(id),
        ProjectionExpression: '#claim',
        ExpressionAttributeNames: { '#claim': CLAIM + key },
        ConsistentRead: true,
      });
      return Item?.[CLAIM + key]?.S;
    },
  };
}
