import type { AwsCall } from './aws-json.ts';
import { type Fate, type NotTaken, sendInBatches } from './batches.ts';
import type { Clock } from './clock.ts';

/** A message for an SQS queue. Attributes are texts. */
export interface Message {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** It is handed out no earlier; at most 900. */
  readonly delay_seconds?: number;
}

interface Parts {
  /** URL of the queue. */
  readonly url: string;
  readonly call: AwsCall;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

interface SendMessageBatchAnswer {
  /** `Id` is that of an entry. */
  readonly Failed?: readonly { readonly Id: string; readonly SenderFault?: boolean }[];
}

/**
 * Sends messages to an SQS queue until `until` (ms since 1970), and gives those that it didn't
 * take, or perhaps didn't. Source:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export function createMessageQueue({ url, call, clock, random }: Parts) {
  return {
    put: (messages: readonly Message[], until?: number): Promise<NotTaken<Message>> =>
      sendInBatches(messages, { bytesOf, send, clock, random }, until),
  };

  async function send(batch: readonly Message[]): Promise<Fate[]> {
    const Entries = batch.map(({ body, attributes, delay_seconds }, n) => ({
      Id: String(n),
      ...(delay_seconds && { DelaySeconds: delay_seconds }),
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [
          name,
          { DataType: 'String', StringValue },
        ]),
      ),
    }));
    const answer = await call('AmazonSQS.SendMessageBatch', { QueueUrl: url, Entries });
    const { Failed = [] } = answer as SendMessageBatchAnswer;
    const failed = new Map(
      Failed.map(({ Id, SenderFault }) => [Id, SenderFault ? 'refused' : 'again'] as const),
    );
    return batch.map((_message, n) => failed.get(String(n)) ?? 'taken');
  }
}

/** SQS counts attributes with their names and types. */
function bytesOf({ body, attributes }: Message): number {
  const beside = Object.entries(attributes).map(([name, value]) =>
    Buffer.byteLength(`${name}String${value}`),
  );
  return beside.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body));
}
