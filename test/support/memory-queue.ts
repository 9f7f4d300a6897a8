import type { Queue } from '../../functions/interruption/queueing.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Message } from '../../functions/runtime/message-queue.ts';
import { sqs, sqsRecord } from './envelopes.ts';

interface Parts {
  clock: Clock;
  /** The interrupt function. */
  handle: (event: object) => Promise<unknown>;
  /** Whether the queue takes the next message. */
  takes?: () => boolean;
  /**
   * Where messages without a delay lie until somebody asks for them; without it they come at once.
   */
  held?: Message[];
}

/** The interruption queue in memory: what is delayed comes by the clock. */
export function memoryQueue({ clock, handle, takes = () => true, held }: Parts): Queue {
  return {
    async put(messages) {
      const taken = messages.filter(takes);
      for (const message of taken) {
        if (held && !message.delay_seconds) held.push(message);
        else clock.after((message.delay_seconds ?? 0) * 1000, () => void handOut(message));
      }
      return { items: messages.filter((message) => !taken.includes(message)) };
    },
  };

  async function handOut(message: Message) {
    const reply = await handle(sqs(sqsRecordOf(message)));
    if ((reply as { batchItemFailures: object[] }).batchItemFailures.length > 0) {
      throw new Error(`the function failed on ${message.body}`);
    }
  }
}

/** A message as SQS hands it to a function. */
export const sqsRecordOf = ({ body, attributes }: Message) =>
  sqsRecord(JSON.parse(body), {
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [
        name,
        { stringValue, dataType: 'String' },
      ]),
    ),
  });
