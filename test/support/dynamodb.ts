import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { clientSettings } from '../../functions/runtime/aws.ts';
import { type Database, startDatabase } from '../../local/database.ts';

const TABLE = 'sessions';

/** The embedded DynamoDB for one test file, behind the client that the functions use. */
export function embeddedDynamoDb() {
  let database: Database;

  beforeAll(async () => {
    database = await startDatabase(TABLE, () => {});
  });
  afterAll(() => database.stop());

  return {
    table: TABLE,
    client: (settings = {}) =>
      new DynamoDBClient({
        ...clientSettings,
        endpoint: database.endpoint,
        region: 'local',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        ...settings,
      }),
    kill: () => database.stop(),
  };
}
