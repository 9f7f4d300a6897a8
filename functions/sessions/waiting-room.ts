import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ActionDraft } from '../protocol/actions.ts';
import { held } from './condition.ts';
import { createItems, readReplacement, replacementItem } from './items.ts';
import { sessionKey, waitingKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { type Row, time } from './row.ts';
import type { Waiting } from './session.ts';

/** Interruptions that wait for an event of their call. The session's row counts them. */
export function createWaitingRoom(parts: TableParts) {
  const { client, table: TableName, clock } = parts;
  const items = createItems(parts);

  return {
    async wait(id: string, waiting: Waiting): Promise<boolean> {
      const Key = waitingKey(id, waiting.arrived_at, waiting.key);
      await items.put({ ...Key, ...waitingItem(waiting, clock.now()) });
      // After the item, so that whoever sees the count finds it; on the row, so that it is ordered against the end.
      const kept = await held(count(id, 1, 'attribute_exists(pk) AND attribute_not_exists(ended_at)'));
      if (!kept) await items.take(Key);
      return kept;
    },

    async waiting(id: string): Promise<Waiting[]> {
      return (await items.list(id, 'waiting#')).map(readWaiting);
    },

    async take(id: string, { arrived_at, key }: Waiting): Promise<boolean> {
      const mine = await items.take(waitingKey(id, arrived_at, key));
      if (mine) await count(id, -1, 'attribute_exists(pk)');
      return mine !== undefined;
    },
  };

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
}

function waitingItem(waiting: Waiting, now: number): Row {
  const { arrived_at, expires_at, actions, if_turn, after_current, urgent, force } = waiting;
  return {
    ...replacementItem(waiting, now),
    arrived_at: time(arrived_at),
    said_until: time(expires_at),
    actions: { S: JSON.stringify(actions) },
    rules: { S: JSON.stringify({ if_turn, after_current, urgent, force }) },
  };
}

const readWaiting = (row: Row): Waiting => ({
  ...readReplacement(row),
  arrived_at: Number(row.arrived_at?.N),
  expires_at: Number(row.said_until?.N),
  actions: JSON.parse(row.actions?.S ?? '[]') as ActionDraft[],
  ...(JSON.parse(row.rules?.S ?? '{}') as Pick<Waiting, 'if_turn' | 'after_current' | 'urgent' | 'force'>),
});
