import { type Context, Hono } from 'hono';
import * as z from 'zod/mini';
import type { Message, MessageQueue } from './message-queue.ts';

const MAX_ENTRIES = 10;
const MAX_BYTES = 1024 * 1024;

/** What the functions send, and nothing that would be overlooked here. */
const requestSchema = z.strictObject({
  QueueUrl: z.string(),
  Entries: z.array(
    z.strictObject({
      Id: z.string(),
      MessageBody: z.string(),
      DelaySeconds: z.optional(z.int().check(z.gte(0), z.lte(900))),
      MessageAttributes: z.optional(
        z.record(
          z.string(),
          z.strictObject({ DataType: z.literal('String'), StringValue: z.string() }),
        ),
      ),
    }),
  ),
});
type Entry = z.output<typeof requestSchema>['Entries'][number];

/**
 * SQS's `SendMessageBatch` at `/sqs`, to the one queue there is. Source:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export function sqsApi(queue: Pick<MessageQueue, 'put'>): Hono {
  return new Hono().post('/sqs/*', async (c) => {
    const target = c.req.header('x-amz-target') ?? '';
    if (target !== 'AmazonSQS.SendMessageBatch') {
      return refuse(
        c,
        'InvalidAction',
        `X-Amz-Target must be AmazonSQS.SendMessageBatch; got ${target}`,
      );
    }
    const request = requestSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!request.success)
      return refuse(c, 'SerializationException', z.prettifyError(request.error));
    const { Entries } = request.data;
    if (Entries.length === 0 || Entries.length > MAX_ENTRIES) {
      return refuse(
        c,
        'BatchEntryCount',
        `Entries must have 1 to ${MAX_ENTRIES} entries; got ${Entries.length}`,
      );
    }
    const bytes = Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
    if (bytes > MAX_BYTES)
      return refuse(c, 'BatchRequestTooLong', `at most ${MAX_BYTES} bytes; got ${bytes}`);
    const ids = queue.put(Entries.map(messageOf));
    return c.json({
      Successful: Entries.map(({ Id }, n) => ({ Id, MessageId: ids[n] })),
      Failed: [],
    });
  });
}

const messageOf = ({ MessageBody, MessageAttributes = {}, DelaySeconds = 0 }: Entry): Message => ({
  body: MessageBody,
  delay_seconds: DelaySeconds,
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
  ),
});

function refuse(c: Context, type: string, message: string): Response {
  return c.json({ __type: `com.amazonaws.sqs#${type}`, message }, 400);
}
