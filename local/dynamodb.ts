import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/*
 * The embedded DynamoDB: a process of its own, started by `database.ts`, so that `pkill -f local/dynamodb.ts` shows
 * what callers hear when the database is gone. In memory: every start begins empty.
 */

const TABLE = process.argv[2];
const endpoint = await listen();
await createTable(endpoint);
process.send?.({ endpoint });

// The channel closes however the parent ends, SIGKILL included.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; the parent decides when the database goes.
process.on('SIGINT', () => {});

async function listen(): Promise<string> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function createTable(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  client.destroy();
}
