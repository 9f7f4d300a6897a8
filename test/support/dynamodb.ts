import { afterAll, beforeAll } from 'vitest';
import type { Patience } from '../../functions/runtime/aws.ts';
import { type Database, startDatabase } from '../../local/database.ts';
import { dynamoDbAt } from './dynamodb-client.ts';

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
    endpoint: () => database.endpoint,
    client: (patience?: Patience) => dynamoDbAt(database.endpoint, patience),
    kill: () => database.stop(),
  };
}
