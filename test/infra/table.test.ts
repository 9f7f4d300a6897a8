import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { startDatabase } from '../../local/database.ts';
import { only, synthesize } from './synthesize.ts';

it('the table of `npm start` has the keys of the deployed one', async () => {
  const { KeySchema, AttributeDefinitions } = only(synthesize(), 'AWS::DynamoDB::Table').properties;
  const database = await startDatabase('sessions', console.log);
  try {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({
      endpoint: database.endpoint,
      region: 'local',
      credentials,
    });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'sessions' }));
    expect(Table).toMatchObject({ KeySchema, AttributeDefinitions });
  } finally {
    await database.stop();
  }
});
