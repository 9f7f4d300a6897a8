import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ActionDraft } from '../protocol/actions.ts';
import { held } from './condition.ts';
import { replacementKey, sessionKey, sessionPartition, waitingKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import type { Row } from './row.ts';
import { type Replacement, SESSION_TTL_SECONDS, type Tracked, type Waiting } from './session.ts';

/** What was said instead until it is heard, and what waits to be said: items of their own beside the session's row. */
export function createReplacements({ client, table: TableName, clock }: TableParts) {
  return { noteReplacement, replacement, markHeard, takeFollowUp, wait, takeWaiting, startReplacement };

  async function noteReplacement(id: string, note: Replacement, sent: boolean) {
    await put({ ...replacementKey(id, note.key), ...noteRow(note), sent: { BOOL: sent } });
  }

  async function replacement(id: string, key: string): Promise<Replacement | undefined> {
    const Key = replacementKey(id, key);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return Item && readNote(Item);
  }

  async function markHeard(id: string, key: string): Promise<boolean> {
    return held(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: sessionKey(id),
          UpdateExpression: 'SET replacement.heard = :true',
          ConditionExpression: 'replacement.#key = :key AND attribute_not_exists(replacement.heard)',
          ExpressionAttributeNames: { '#key': 'key' },
          ExpressionAttributeValues: { ':true': { BOOL: true }, ':key': { S: key } },
        }),
      ),
    );
  }

  async function takeFollowUp(id: string, { key, heard }: Tracked): Promise<ActionDraft[]> {
    const first = await held(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: sessionKey(id),
          UpdateExpression: 'REMOVE replacement, follow_up',
          ConditionExpression: 'replacement.#key = :key',
          ExpressionAttributeNames: { '#key': 'key' },
          ExpressionAttributeValues: { ':key': { S: key } },
        }),
      ),
    );
    if (!first) return [];
    const notes = (await items(id, 'replacement#')).filter(
      (row) => row.follow_up && (row.sent?.BOOL || (heard && row.key?.S === key)),
    );
    notes.sort((a, b) => Number(a.noted_at?.N) - Number(b.noted_at?.N));
    const taken = await Promise.all(notes.map(take));
    return taken.flatMap((row) => (row ? [...readNote(row).follow_up] : []));
  }

  async function wait(id: string, waiting: Waiting): Promise<boolean> {
    const { arrived_at, expires_at, actions, key } = waiting;
    const Key = waitingKey(id, arrived_at, key);
    await put({
      ...Key,
      ...noteRow(waiting),
      arrived_at: { N: String(arrived_at) },
      said_until: { N: String(expires_at) },
      actions: { S: JSON.stringify(actions) },
    });
    // After the item, so that whoever sees the count finds it; on the row, so that it is ordered against the end.
    const kept = await held(count(id, 1, 'attribute_exists(pk) AND attribute_not_exists(ended_at)'));
    if (!kept) await take(Key);
    return kept;
  }

  async function takeWaiting(id: string, which: 'all' | 'first'): Promise<Waiting[]> {
    const taken: Waiting[] = [];
    for (const row of await items(id, 'waiting#')) {
      if (which === 'first' && taken.some(({ expires_at }) => expires_at > clock.now())) break;
      const mine = await take(row);
      if (mine) taken.push(readWaiting(mine));
    }
    if (taken.length > 0) await count(id, -taken.length, 'attribute_exists(pk)');
    return taken;
  }

  function count(id: string, change: number, ConditionExpression: string) {
    return client.send(
      new UpdateItemCommand({
        TableName,
        Key: sessionKey(id),
        UpdateExpression: 'ADD waiting :change',
        ConditionExpression,
        ExpressionAttributeValues: { ':change': { N: String(change) } },
      }),
    );
  }

  async function startReplacement(id: string, note: Replacement, halfway_at: number) {
    const tracked = { key: { S: note.key }, halfway_at: { N: String(halfway_at) } };
    const followed = note.follow_up.length > 0;
    await Promise.all([
      noteReplacement(id, note, true),
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: sessionKey(id),
          UpdateExpression: `SET replacement = :tracked${followed ? ', follow_up = :true' : ''}`,
          ExpressionAttributeValues: { ':tracked': { M: tracked }, ...(followed && { ':true': { BOOL: true } }) },
        }),
      ),
    ]);
  }

  function noteRow({ key, id, triggered_at, says, follow_up }: Replacement): Row {
    return {
      key: { S: key },
      id: { S: id },
      triggered_at: { N: String(triggered_at) },
      noted_at: { N: String(clock.now()) },
      expires_at: { N: String(Math.floor(clock.now() / 1000) + SESSION_TTL_SECONDS) },
      ...(says !== undefined && { says: { S: says } }),
      ...(follow_up.length > 0 && { follow_up: { S: JSON.stringify(follow_up) } }),
    };
  }

  async function put(Item: Row) {
    await client.send(new PutItemCommand({ TableName, Item }));
  }

  async function items(id: string, prefix: string): Promise<Row[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: sessionPartition(id) }, ':prefix': { S: prefix } },
        ConsistentRead: true,
      }),
    );
    return Items;
  }

  /** Deletes an item; the row for the one who did. */
  async function take({ pk, sk }: Row): Promise<Row | undefined> {
    const Key = { pk, sk } as Row;
    const { Attributes } = await client.send(new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }));
    return Attributes;
  }
}

const readNote = ({ key, id, triggered_at, says, follow_up }: Row): Replacement => ({
  key: key?.S ?? '',
  id: id?.S ?? '',
  triggered_at: Number(triggered_at?.N),
  ...(says?.S !== undefined && { says: says.S }),
  follow_up: JSON.parse(follow_up?.S ?? '[]') as ActionDraft[],
});

const readWaiting = (row: Row): Waiting => ({
  ...readNote(row),
  arrived_at: Number(row.arrived_at?.N),
  expires_at: Number(row.said_until?.N),
  actions: JSON.parse(row.actions?.S ?? '[]') as ActionDraft[],
});
