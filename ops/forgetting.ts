import type { AwsCall } from '../functions/runtime/aws-json.ts';
import type { DynamoDb } from '../functions/runtime/dynamodb.ts';
import { sessionPartition } from '../functions/sessions/keys.ts';
import { partiesIn } from '../functions/sessions/parties.ts';
import { Problem } from './command.ts';

interface Parts {
  readonly dynamoDb: DynamoDb;
  readonly sqs: AwsCall;
  readonly table: string;
  /** URL. */
  readonly deadLetters: string;
}

export interface Whom {
  /** Digits, of somebody who called or was called. */
  readonly number?: string | undefined;
  /**
   * Calls by their ids: of those that are over and were recorded nothing else tells whose they
   * were.
   */
  readonly sessions: readonly string[];
}

export interface Forgotten {
  readonly calls: number;
  readonly items: number;
  readonly letters: number;
}

type Row = Parameters<typeof partiesIn>[0];
type Key = Row;

interface Letter {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
}

/** Nobody else gets a letter while it is looked at. */
const LOOKED_AT_SECONDS = 300;
const MOST_LETTERS = 5_000;
const KEYS = { ProjectionExpression: 'pk, sk' };
const ROWS = {
  FilterExpression: 'sk = :call OR sk = :session',
  ExpressionAttributeValues: { ':call': { S: 'call' }, ':session': { S: 'session' } },
};

/**
 * Deletes all that is kept of somebody's calls: rows, history, claims, recordings, whatever they
 * are listed under, and dead letters that name them. What was deleted before a failure stays so;
 * asked again, it does the rest. Throws {@link Problem} for a number of the flow's own.
 */
export async function forget(whom: Whom, { dynamoDb, sqs, ...at }: Parts): Promise<Forgotten> {
  const { number } = whom;
  const calls = new Set(whom.sessions.map(sessionPartition));
  if (number) for await (const row of scanned(ROWS)) if (isOf(row, number)) calls.add(pkOf(row));

  const items: Key[] = [];
  const ids = new Set(whom.sessions);
  for await (const key of scanned(KEYS)) {
    const [pk, sk] = [pkOf(key), key.sk?.S ?? ''];
    const isListing = calls.has(sessionPartition(sk));
    if (isListing) ids.add(sk);
    if (isListing || calls.has(pk) || isListingOf(pk, number)) items.push(key);
  }
  // The row that tells whose call it is goes last.
  for (const Key of items.toSorted((a, b) => Number(isCall(a)) - Number(isCall(b))))
    await dynamoDb('DeleteItem', { TableName: at.table, Key });
  return { calls: calls.size, items: items.length, letters: await forgetLetters([...ids]) };

  async function* scanned(how: object): AsyncGenerator<Row> {
    let ExclusiveStartKey: Key | undefined;
    do {
      const input = { TableName: at.table, ConsistentRead: true, ...how, ExclusiveStartKey };
      const page = (await dynamoDb('Scan', input)) as {
        Items?: Row[];
        LastEvaluatedKey?: Key;
      };
      yield* page.Items ?? [];
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  async function forgetLetters(ids: readonly string[]): Promise<number> {
    const QueueUrl = at.deadLetters;
    const seen = await letters(QueueUrl);
    const names = namesOne([...ids, ...(number ? [number] : [])]);
    const theirs = seen.filter(({ Body }) => names(Body));
    for (const { ReceiptHandle } of theirs)
      await sqs('AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle });
    for (const { ReceiptHandle } of seen.filter((letter) => !theirs.includes(letter)))
      await sqs('AmazonSQS.ChangeMessageVisibility', {
        QueueUrl,
        ReceiptHandle,
        VisibilityTimeout: 0,
      });
    return theirs.length;
  }

  async function letters(QueueUrl: string): Promise<Letter[]> {
    const found = new Map<string, Letter>();
    while (found.size < MOST_LETTERS) {
      const { Messages = [] } = (await sqs('AmazonSQS.ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: LOOKED_AT_SECONDS,
        WaitTimeSeconds: 1,
      })) as { Messages?: Letter[] };
      if (Messages.length === 0) break;
      for (const letter of Messages) found.set(letter.MessageId, letter);
    }
    return [...found.values()];
  }
}

const pkOf = ({ pk }: Key) => pk?.S ?? '';
const isCall = ({ sk }: Key) => sk?.S === 'call' || sk?.S === 'session';

/** Whose listing has outlived its call. */
const isListingOf = (pk: string, number: string | undefined) =>
  number !== undefined && (pk === `caller#${number}` || pk.startsWith(`callee#${number}#`));

function isOf(row: Row, somebody: string): boolean {
  const { caller, callee, number } = partiesIn(row);
  if ((number ?? callee) === somebody)
    throw new Problem('that is a number of your own: whoever called it would be forgotten, too');
  return caller === somebody || callee === somebody;
}

/**
 * A number is written in many ways: between any two of its digits there may be others than digits,
 * as JSON has them.
 */
function namesOne(texts: readonly string[]): (body: string) => boolean {
  const patterns = texts.map((text) =>
    /^\d+$/.test(text)
      ? new RegExp(`(?<!\\d)(?:00|0|\\+)?${[...text].join('[\\s\\-/().]{0,4}')}(?!\\d)`)
      : text,
  );
  return (body) =>
    patterns.some((one) => (typeof one === 'string' ? body.includes(one) : one.test(body)));
}
