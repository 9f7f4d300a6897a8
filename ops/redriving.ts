import type { AwsCall } from '../functions/runtime/aws-json.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { createMessageQueue } from '../functions/runtime/message-queue.ts';
import { type DeadLetter, type Reading, readLetter } from './letters.ts';

interface Parts {
  readonly call: AwsCall;
  /** URLs. */
  readonly deadLetters: string;
  readonly interruptions: string;
  /** Name of the stack's own bus. */
  readonly bus?: string | undefined;
  readonly clock: Clock;
  readonly print: (line: string) => void;
}

/** Nobody else gets a letter while it is looked at. */
const LOOKED_AT_SECONDS = 300;
/** What is put back in one go. */
const MOST = 5_000;

/**
 * Shows dead letters and, with `send`, puts those back that are interruptions. Gives how many are
 * left.
 */
export async function redrive(
  send: boolean,
  { call, deadLetters: QueueUrl, interruptions, bus, clock, print }: Parts,
): Promise<number> {
  const queue = createMessageQueue({ url: interruptions, call, clock, random: Math.random });
  const letters = await received();
  const left: DeadLetter[] = [];
  for (const letter of letters) {
    const reading = readLetter(letter, clock.now(), bus);
    const isSent = send && (await sent(letter, reading));
    print(`${isSent ? 'sent  ' : '      '}${reading.about}`);
    if (!isSent) left.push(letter);
  }
  // Whoever looks next finds them at once.
  for (const { ReceiptHandle } of left)
    await call('AmazonSQS.ChangeMessageVisibility', {
      QueueUrl,
      ReceiptHandle,
      VisibilityTimeout: 0,
    });
  print(summary(letters.length, left.length, send));
  return left.length;

  async function received(): Promise<DeadLetter[]> {
    const found = new Map<string, DeadLetter>();
    while (found.size < MOST) {
      const { Messages = [] } = (await call('AmazonSQS.ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: LOOKED_AT_SECONDS,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      })) as { Messages?: DeadLetter[] };
      if (Messages.length === 0) break;
      for (const letter of Messages) found.set(letter.MessageId, letter);
    }
    return [...found.values()];
  }

  /**
   * Deleted once it is certain to be there: one that is there twice is heard once, for it has its
   * id.
   */
  async function sent(letter: DeadLetter, { message }: Reading): Promise<boolean> {
    if (!message) return false;
    const { items, error } = await queue.put([message]);
    if (items.length > 0) {
      print(
        `${letter.MessageId}  could not be put back: ${(error as Error)?.message ?? 'refused'}`,
      );
      return false;
    }
    await call('AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle: letter.ReceiptHandle });
    return true;
  }
}

function summary(found: number, left: number, send: boolean): string {
  if (found === 0) return 'there are no dead letters';
  if (send) return `${found - left} put back, ${left} left`;
  return `${found} dead letters; nothing was changed: add --send to put interruptions back`;
}
