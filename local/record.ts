import { parseArgs } from 'node:util';
import { DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { keptRecording, tableProblem } from './recording/kept.ts';

/*
 * `npm run recording -- SESSION_ID --table NAME > call.json`: a call that the deployed functions have recorded, as a file
 * that `npm run call -- call.json` plays again. AWS credentials and region come from the environment.
 */

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { table: { type: 'string' } },
  });
  const [session_id] = positionals;
  const { table } = values;
  if (!session_id || !table)
    throw new Error(
      'npm run recording -- SESSION_ID --table NAME: the name is the output RecordingsTableName',
    );
  const client = new DynamoDBClient({});
  const query = (input: QueryCommandInput) =>
    client.send(new QueryCommand(input)).catch((error: Error) => {
      throw new Error(tableProblem(error, table));
    });
  const recording = await keptRecording({ query, table }, session_id);
  console.log(JSON.stringify(recording, undefined, 2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
