import { randomBytes } from 'node:crypto';
import { DeleteItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ActionDraft } from '../protocol/actions.ts';
import { held } from './condition.ts';
import { sessionPartition } from './keys.ts';
import type { TableParts } from './listings.ts';
import { expression, type Row, time } from './row.ts';
import { type Replacement, SESSION_TTL_SECONDS } from './session.ts';

/** Items beside a session's row: what has its own size or its own lifetime. */
export function createItems({ client, table: TableName, clock }: TableParts) {
  return { put, list, take, update, once };

  /** Keeps an item no longer than an idle session. */
  async function put(item: Row): Promise<void> {
    const expires_at = time(clock.now() / 1000 + SESSION_TTL_SECONDS);
    await client.send(new PutItemCommand({ TableName, Item: { ...item, expires_at } }));
  }

  /** Those whose sort key starts like this, in its order, without what has been taken. */
  async function list(id: string, prefix: string): Promise<Row[]> {
    const rows: Row[] = [];
    let ExclusiveStartKey: Row | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          FilterExpression: 'attribute_not_exists(taken_by)',
          ExpressionAttributeValues: { ':pk': { S: sessionPartition(id) }, ':prefix': { S: prefix } },
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      );
      rows.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return rows;
  }

  /**
   * `true` for exactly one taker. Marked first and deleted then: a deletion whose answer got lost couldn't tell its own
   * repetition from somebody else's.
   */
  async function take(key: Row): Promise<boolean> {
    const mine = await once(key, 'taken_by');
    if (mine) await client.send(new DeleteItemCommand({ TableName, Key: keyOf(key) }));
    return mine;
  }

  /** Writes an attribute once, and others with it; `true` for who did, and for its own repetition. */
  function once(key: Row, attribute: string, beside: Row = {}): Promise<boolean> {
    const own = { S: randomBytes(6).toString('base64url') };
    return update(key, ({ name, value }) => {
      const [path, token] = [name(attribute), value(own)];
      return {
        set: [`${path} = ${token}`, ...Object.entries(beside).map(([at, it]) => `${name(at)} = ${value(it)}`)].join(
          ', ',
        ),
        condition: `(attribute_not_exists(${path}) OR ${path} = ${token})`,
      };
    });
  }

  /** Changes an item that is there and not taken; `false` if it isn't. */
  function update(
    key: Row,
    change: (parts: Pick<ReturnType<typeof expression>, 'name' | 'value'>) => { set: string; condition?: string },
  ): Promise<boolean> {
    const { name, value, clauses, input } = expression();
    const { set, condition } = change({ name, value });
    clauses.SET.push(set);
    const conditions = ['attribute_exists(pk)', ...(condition ? [condition] : ['attribute_not_exists(taken_by)'])];
    const command = new UpdateItemCommand({ TableName, Key: keyOf(key), ...input(conditions.join(' AND ')) });
    return held(client.send(command));
  }
}

const keyOf = ({ pk, sk }: Row) => ({ pk, sk }) as Row;

export const replacementItem = (
  { key, id, triggered_at, says, follow_up, starts, turn }: Replacement,
  notedAt: number,
): Row => ({
  key: { S: key },
  id: { S: id },
  triggered_at: time(triggered_at),
  noted_at: time(notedAt),
  starts: time(starts),
  ...(says !== undefined && { says: { S: says } }),
  ...(follow_up.length > 0 && { follow_up: { S: JSON.stringify(follow_up) } }),
  ...(turn !== undefined && { turn: time(turn) }),
});

export const readReplacement = ({ key, id, triggered_at, says, follow_up, starts, turn }: Row): Replacement => ({
  key: key?.S ?? '',
  id: id?.S ?? '',
  triggered_at: Number(triggered_at?.N),
  starts: Number(starts?.N ?? 0),
  ...(says?.S !== undefined && { says: says.S }),
  follow_up: JSON.parse(follow_up?.S ?? '[]') as ActionDraft[],
  ...(turn && { turn: Number(turn.N) }),
});
