import { randomUUID } from 'node:crypto';
import type { LambdaFunction } from './functions.ts';
import type { Log } from './log.ts';

// As in `lib/interruption-queue.ts`.
const BATCH_SIZE = 10;
/** Deployed it is ten. Here all invocations share a thread, and more at once would miss their time limits. */
const MAX_CONCURRENCY = 2;

/** A message as Lambda hands it to a function, in the part that functions read. */
interface SqsRecord {
  messageId: string;
  body: string;
  attributes: { SentTimestamp: string; ApproximateReceiveCount: string };
  messageAttributes: Record<string, { stringValue: string; dataType: string }>;
  eventSource: 'aws:sqs';
}

export interface Message {
  body: string;
  attributes: Record<string, string>;
}

/** Takes messages and gives their ids. */
export type MessageQueue = (messages: readonly Message[]) => string[];

/** The interruption queue of the stack: hands its messages to the function, ten at a time, two invocations at once. */
export function createMessageQueue({ interrupt, log }: { interrupt: LambdaFunction; log: Log }): MessageQueue {
  const waiting: SqsRecord[] = [];
  let running = 0;

  return (messages) => {
    const records = messages.map(recordOf);
    waiting.push(...records);
    while (running < MAX_CONCURRENCY && waiting.length > 0) void consume();
    return records.map(({ messageId }) => messageId);
  };

  async function consume(): Promise<void> {
    running++;
    while (waiting.length > 0) await invoke(waiting.splice(0, BATCH_SIZE));
    running--;
  }

  async function invoke(Records: SqsRecord[]): Promise<void> {
    const { failed, payload } = await interrupt.invoke(JSON.stringify({ Records }));
    const { batchItemFailures = [] } = failed ? {} : (JSON.parse(payload) as { batchItemFailures?: object[] });
    // Deployed they would be delivered again, and be dead letters at last.
    if (failed) log(`SQS messages failed: ${payload}`);
    else if (batchItemFailures.length > 0) log(`SQS messages failed: ${JSON.stringify(batchItemFailures)}`);
  }
}

const recordOf = ({ body, attributes }: Message): SqsRecord => ({
  messageId: randomUUID(),
  body,
  attributes: { SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1' },
  messageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]),
  ),
  eventSource: 'aws:sqs',
});
