import { DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ActionDraft } from '../protocol/actions.ts';
import { sessionPartition } from './keys.ts';
import type { TableParts } from './listings.ts';
import { type Row, time } from './row.ts';
import { type Replacement, SESSION_TTL_SECONDS } from './session.ts';

/** Items beside a session's row: what has its own size or its own lifetime. */
export function createItems({ client, table: TableName, clock }: TableParts) {
  return {
    /** Keeps an item no longer than an idle session. */
    async put(item: Row): Promise<void> {
      const expires_at = time(clock.now() / 1000 + SESSION_TTL_SECONDS);
      await client.send(new PutItemCommand({ TableName, Item: { ...item, expires_at } }));
    },

    /** Those whose sort key starts like this, in its order; at most a page (1 MB). */
    async list(id: string, prefix: string): Promise<Row[]> {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': { S: sessionPartition(id) }, ':prefix': { S: prefix } },
          ConsistentRead: true,
        }),
      );
      return Items;
    },

    /** Deletes an item; the item for the one who did. */
    async take({ pk, sk }: Row): Promise<Row | undefined> {
      const Key = { pk, sk } as Row;
      const { Attributes } = await client.send(new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }));
      return Attributes;
    },
  };
}

export const replacementItem = ({ key, id, triggered_at, says, follow_up }: Replacement, notedAt: number): Row => ({
  key: { S: key },
  id: { S: id },
  triggered_at: time(triggered_at),
  noted_at: time(notedAt),
  ...(says !== undefined && { says: { S: says } }),
  ...(follow_up.length > 0 && { follow_up: { S: JSON.stringify(follow_up) } }),
});

export const readReplacement = ({ key, id, triggered_at, says, follow_up }: Row): Replacement => ({
  key: key?.S ?? '',
  id: id?.S ?? '',
  triggered_at: Number(triggered_at?.N),
  ...(says?.S !== undefined && { says: says.S }),
  follow_up: JSON.parse(follow_up?.S ?? '[]') as ActionDraft[],
});
