import { randomBytes } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ActionDraft } from '../protocol/actions.ts';
import { held } from './condition.ts';
import { createItems, readReplacement, replacementItem } from './items.ts';
import { sessionKey, waitingKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { expression, type Row, time } from './row.ts';
import type { Waiting, WaitingRules } from './session.ts';

/** Interruptions that wait for an event of their call. The session's row says that there may be some. */
export function createWaitingRoom(parts: TableParts) {
  const { client, table: TableName, clock } = parts;
  const items = createItems(parts);

  return {
    async wait(id: string, waiting: Waiting): Promise<boolean> {
      const Key = waitingKey(id, waiting.arrived_at, waiting.key);
      await items.put({ ...Key, ...waitingItem(waiting, clock.now()) });
      // After the item, so that whoever sees it finds one; on the row, so that it is ordered against the end.
      const kept = await announced(id);
      if (!kept) await items.take(Key);
      return kept;
    },

    async waiting(id: string): Promise<Waiting[]> {
      return (await items.list(id, 'waiting#')).map(readWaiting);
    },

    take(id: string, { arrived_at, key }: Waiting): Promise<boolean> {
      return items.take(waitingKey(id, arrived_at, key));
    },

    async nobodyWaits(id: string, seen: string): Promise<void> {
      const { name, value, clauses, input } = expression();
      clauses.REMOVE.push(name('waiting'));
      const condition = `${name('waiting')} = ${value({ S: seen })}`;
      await held(client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(condition) })));
    },
  };

  /** A new value each time: who has looked before must not say that nobody waits. And written twice it is the same. */
  function announced(id: string): Promise<boolean> {
    const { name, value, clauses, input } = expression();
    clauses.SET.push(`${name('waiting')} = ${value({ S: randomBytes(3).toString('base64url') })}`);
    const condition = 'attribute_exists(pk) AND attribute_not_exists(ended_at)';
    return held(client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(condition) })));
  }
}

function waitingItem(waiting: Waiting, now: number): Row {
  const { arrived_at, expires_at, actions, if_turn, after_current, not_while_caller_speaks, urgent, force } = waiting;
  return {
    ...replacementItem(waiting, now),
    arrived_at: time(arrived_at),
    said_until: time(expires_at),
    actions: { S: JSON.stringify(actions) },
    rules: { S: JSON.stringify({ if_turn, after_current, not_while_caller_speaks, urgent, force }) },
  };
}

const readWaiting = (row: Row): Waiting => ({
  ...readReplacement(row),
  arrived_at: Number(row.arrived_at?.N),
  expires_at: Number(row.said_until?.N),
  actions: JSON.parse(row.actions?.S ?? '[]') as ActionDraft[],
  ...(JSON.parse(row.rules?.S ?? '{}') as WaitingRules),
});
