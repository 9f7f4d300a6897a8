import type { Call } from '../call/document.ts';
import { claimsKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { expression } from './row.ts';

/** No call lasts longer. */
const CLAIMS_TTL_SECONDS = 24 * 3600;

/** Ids of interruptions for which the document has no more room, with what they said: one item a call. */
export function createKeptClaims({ dynamoDb, table: TableName, clock }: TableParts) {
  const nowSeconds = () => Math.floor(clock.now() / 1000);

  return {
    async keepClaims(id: string, claims: Call['claims']): Promise<void> {
      if (claims.length === 0) return;
      const { name, value, clauses, input } = expression();
      clauses.SET.push(
        `${name('expires_at')} = ${value({ N: String(nowSeconds() + CLAIMS_TTL_SECONDS) })}`,
      );
      for (const [key, content] of claims)
        clauses.SET.push(`${name(CLAIM + key)} = ${value({ S: content })}`);
      await dynamoDb('UpdateItem', { TableName, Key: claimsKey(id), ...input() });
    },

    async claimed(id: string, key: string): Promise<string | undefined> {
      const { Item } = await dynamoDb('GetItem', {
        TableName,
        Key: claimsKey(id),
        ProjectionExpression: '#claim, expires_at',
        ExpressionAttributeNames: { '#claim': CLAIM + key },
        ConsistentRead: true,
      });
      return Number(Item?.expires_at?.N ?? 0) > nowSeconds() ? Item?.[CLAIM + key]?.S : undefined;
    },
  };
}

const CLAIM = 'c#';
