import { randomUUID } from 'node:crypto';
import type { Interruption, Source } from './play.ts';

/**
 * Sends an interruption to the runtime at `url` as one source does; resolves with what that source
 * was told, in a few words.
 */
export const sendThrough = (
  source: Source,
  url: string,
  interruption: Interruption,
): Promise<string> => SENDERS[source](url, interruption);

const SENDERS: Record<Source, (url: string, interruption: Interruption) => Promise<string>> = {
  async HTTP(url, interruption) {
    const response = await post(`${url}/interruptions`, interruption);
    const { outcomes, error } = (await response.json()) as HttpReply;
    if (error) throw new Error(`the interruption was refused: ${error.message}`);
    const words = outcomes?.map(({ outcome, reason }) => reason ?? outcome).join(', ');
    return `${response.status} ${words || 'nobody is on the line'}`;
  },

  async SQS(url, interruption) {
    const record = {
      messageId: randomUUID(),
      eventSource: 'aws:sqs',
      attributes: { SentTimestamp: String(Date.now()) },
      messageAttributes: {},
      body: JSON.stringify(interruption),
    };
    const response = await post(`${url}/2015-03-31/functions/interrupt/invocations`, {
      Records: [record],
    });
    const { batchItemFailures } = (await response.json()) as { batchItemFailures?: unknown[] };
    return batchItemFailures?.length === 0 ? 'accepted' : 'refused';
  },

  async EventBridge(url, interruption) {
    const Entries = [
      { Source: 'shop', DetailType: 'Order Shipped', Detail: JSON.stringify(interruption) },
    ];
    const response = await post(
      `${url}/eventbridge`,
      { Entries },
      { 'x-amz-target': 'AWSEvents.PutEvents' },
    );
    const { FailedEntryCount } = (await response.json()) as { FailedEntryCount: number };
    return FailedEntryCount === 0 ? 'accepted' : 'refused';
  },
};

interface HttpReply {
  outcomes?: { outcome: string; reason?: string }[];
  error?: { message: string };
}

const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
