import { randomUUID } from 'node:crypto';
import type { Clock } from '../functions/runtime/clock.ts';
import type { LambdaFunction } from './functions.ts';
import type { Log } from './log.ts';

// As in `lib/interruption-queue.ts`.
const BATCH_SIZE = 10;
/**
 * Deployed it is ten. Here all invocations share a thread, and more at once would miss their time
 * limits.
 */
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
  /** It is handed out no earlier. */
  delay_seconds: number;
}

export interface MessageQueue {
  /** Takes messages and gives their ids. */
  put(messages: readonly Message[]): string[];
  /** Forgets what is still delayed. */
  stop(): Promise<void>;
}

interface Parts {
  interrupt: LambdaFunction;
  clock: Clock;
  log: Log;
}

/**
 * The interruption queue of the stack: hands its messages to the function, ten at a time, two
 * invocations at once.
 */
export function createMessageQueue({ interrupt, clock, log }: Parts): MessageQueue {
  const waiting: SqsRecord[] = [];
  const delayed = new Set<() => void>();
  let running = 0;

  return {
    put: (messages) =>
      messages.map((message) => {
        const record = recordOf(message, clock.now());
        if (message.delay_seconds > 0) delay(record, message.delay_seconds);
        else handOut(record);
        return record.messageId;
      }),
    async stop() {
      for (const cancel of delayed) cancel();
    },
  };

  function delay(record: SqsRecord, seconds: number) {
    const cancel = clock.after(seconds * 1000, () => {
      delayed.delete(cancel);
      handOut(record);
    });
    delayed.add(cancel);
  }

  function handOut(record: SqsRecord) {
    waiting.push(record);
    if (running < MAX_CONCURRENCY) void consume();
  }

  async function consume(): Promise<void> {
    running++;
    // What is put together is handed out together.
    await Promise.resolve();
    while (waiting.length > 0) await invoke(waiting.splice(0, BATCH_SIZE));
    running--;
  }

  async function invoke(Records: SqsRecord[]): Promise<void> {
    const { failed, payload } = await interrupt.invoke(JSON.stringify({ Records }));
    const { batchItemFailures = [] } = failed
      ? {}
      : (JSON.parse(payload) as { batchItemFailures?: object[] });
    // Deployed they would be delivered again, and be dead letters at last.
    if (failed) log(`SQS messages failed: ${payload}`);
    else if (batchItemFailures.length > 0)
      log(`SQS messages failed: ${JSON.stringify(batchItemFailures)}`);
  }
}

const recordOf = ({ body, attributes }: Message, now: number): SqsRecord => ({
  messageId: randomUUID(),
  body,
  attributes: { SentTimestamp: String(now), ApproximateReceiveCount: '1' },
  messageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [
      name,
      { stringValue, dataType: 'String' },
    ]),
  ),
  eventSource: 'aws:sqs',
});
