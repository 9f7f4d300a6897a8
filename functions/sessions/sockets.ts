import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { held } from './condition.ts';
import { sessionKey } from './keys.ts';
import type { createListings, TableParts } from './listings.ts';
import { expression } from './row.ts';

/** The WebSockets that events come over: each session knows its own, and each is listed with its sessions. */
export function createSockets({ client, table: TableName }: TableParts, listed: ReturnType<typeof createListings>) {
  return {
    async detach(id: string, connection: string): Promise<void> {
      const { name, value, clauses, input } = expression();
      const known = name('connection');
      clauses.REMOVE.push(known, name('speaks_at'), name('spoke_at'));
      const still = `${known} = ${value({ S: connection })}`;
      await held(client.send(new UpdateItemCommand({ TableName, Key: sessionKey(id), ...input(still) })));
      await listed.remove(id, [{ connection }]);
    },
  };
}
