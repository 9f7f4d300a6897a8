import { readPhoneNumber } from '../functions/protocol/phone-number.ts';
import { createDynamoDb } from '../functions/runtime/dynamodb.ts';
import { findStack, Problem, readOptions, run } from './command.ts';
import { forget } from './forgetting.ts';

const USAGE =
  'whom? npm run forget -- +4917639123456 --stack NAME; of calls whose ids you know: --session ID, as often as you like';

/**
 * `npm run forget -- NUMBER [--session ID] --stack NAME`: deletes all that a stack keeps of
 * somebody's calls.
 */
await run(async (args, env) => {
  const {
    session: sessions = [],
    positionals,
    ...given
  } = readOptions(
    args,
    {
      session: { type: 'string', multiple: true },
    },
    true,
  );
  const [text, ...more] = positionals;
  const number = readPhoneNumber(text);
  if (more.length > 0 || (text !== undefined && !number) || (!number && sessions.length === 0))
    throw new Problem(USAGE);
  const { aws, outputs } = await findStack(given, env);
  const { SessionsTableName: table, DeadLettersUrl: deadLetters } = outputs;
  if (!table || !deadLetters)
    throw new Problem('the stack has no output SessionsTableName: deploy this version first');
  const dynamoDb = createDynamoDb(aws.json('dynamodb'));
  const parts = { dynamoDb, sqs: aws.json('sqs'), table, deadLetters };
  const { calls, items, letters } = await forget({ number, sessions }, parts);
  console.log(`${calls} calls forgotten: ${items} items and ${letters} dead letters deleted`);
  return true;
});
