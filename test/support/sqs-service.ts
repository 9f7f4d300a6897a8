import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';

export interface StoredMessage {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  Attributes: { SentTimestamp: string };
  MessageAttributes: Record<string, { DataType: string; StringValue: string }>;
}

interface Asked {
  QueueUrl: string;
  ReceiptHandle: string;
  VisibilityTimeout: number;
  MaxNumberOfMessages: number;
  Entries: {
    Id: string;
    MessageBody: string;
    MessageAttributes: StoredMessage['MessageAttributes'];
  }[];
}

/** SQS in memory, in the part that `ops` uses: queues by URL, and who is being looked at. */
export function sqsService(now: () => number) {
  const queues = new Map<string, StoredMessage[]>();
  const hidden = new Set<string>();
  const queue = (url: string) => queues.get(url) ?? queues.set(url, []).get(url) ?? [];

  function put(url: string, body: unknown, over: Partial<StoredMessage> = {}) {
    queue(url).push({
      MessageId: randomUUID(),
      ReceiptHandle: randomUUID(),
      Body: typeof body === 'string' ? body : JSON.stringify(body),
      Attributes: { SentTimestamp: String(now()) },
      MessageAttributes: {},
      ...over,
    });
  }

  const operations: Record<string, (asked: Asked) => object> = {
    ReceiveMessage({ QueueUrl, MaxNumberOfMessages }) {
      const Messages = queue(QueueUrl)
        .filter(({ ReceiptHandle }) => !hidden.has(ReceiptHandle))
        .slice(0, MaxNumberOfMessages);
      for (const { ReceiptHandle } of Messages) hidden.add(ReceiptHandle);
      return Messages.length > 0 ? { Messages } : {};
    },
    ChangeMessageVisibility({ ReceiptHandle, VisibilityTimeout }) {
      if (VisibilityTimeout === 0) hidden.delete(ReceiptHandle);
      return {};
    },
    DeleteMessage({ QueueUrl, ReceiptHandle }) {
      queues.set(
        QueueUrl,
        queue(QueueUrl).filter((one) => one.ReceiptHandle !== ReceiptHandle),
      );
      return {};
    },
    SendMessageBatch({ QueueUrl, Entries }) {
      for (const { MessageBody, MessageAttributes } of Entries)
        put(QueueUrl, MessageBody, { MessageAttributes });
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
  };

  const listener: RequestListener = async (request, response) => {
    const name = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    const operation = operations[name];
    if (!operation) {
      response.writeHead(400).end(JSON.stringify({ __type: 'InvalidAction', message: name }));
      return;
    }
    response.end(JSON.stringify(operation(JSON.parse(await textOf(request)) as Asked)));
  };
  return { listener, put, messages: (url: string) => queue(url), hidden };
}

export async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
