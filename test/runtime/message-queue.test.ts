import { expect, it } from 'vitest';
import { createMessageQueue } from '../../functions/runtime/message-queue.ts';
import { manualClock } from '../support/manual-clock.ts';
import { passing } from '../support/passing.ts';

const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/interruptions';
const message = (n: number) => ({ body: `{"n":${n}}`, attributes: { passed_on_for: `call-${n}` } });

/** A queue in SQS, which fails these entries of each call; it takes what is left over. */
function setup(...failures: { Id: string; SenderFault: boolean }[][]) {
  const clock = manualClock();
  const calls: { QueueUrl: string; Entries: { MessageBody: string }[] }[] = [];
  const queue = createMessageQueue({
    url,
    async call(target, input) {
      expect(target).toBe('AmazonSQS.SendMessageBatch');
      calls.push(input as (typeof calls)[number]);
      const Failed = failures[calls.length - 1];
      return { Successful: [], ...(Failed && { Failed }) };
    },
    clock,
    random: () => 0.5,
  });
  return {
    calls,
    put: (count: number) =>
      passing(clock, queue.put(Array.from({ length: count }, (_, n) => message(n))), 1_000),
  };
}

it('sends messages with their attributes, each by an id of its own', async () => {
  const { calls, put } = setup();
  expect(await put(11)).toEqual({ items: [] });
  const entry = (n: number, Id: string) => ({
    Id,
    MessageBody: `{"n":${n}}`,
    MessageAttributes: { passed_on_for: { DataType: 'String', StringValue: `call-${n}` } },
  });
  expect(calls).toMatchObject([
    { QueueUrl: url, Entries: [entry(0, '0'), ...Array(8).fill({}), entry(9, '9')] },
    { QueueUrl: url, Entries: [entry(10, '0')] },
  ]);
});

it('hands a message out later where it says so', async () => {
  const clock = manualClock();
  const sent: object[] = [];
  const call = async (_target: string, input: object) => {
    sent.push(input);
    return {};
  };
  const queue = createMessageQueue({ url, call, clock, random: () => 0.5 });
  await queue.put([{ ...message(1), delay_seconds: 7 }, message(2)]);
  expect(sent).toMatchObject([{ Entries: [{ DelaySeconds: 7 }, { Id: '1' }] }]);
  expect(sent).not.toHaveProperty('0.Entries.1.DelaySeconds');
});

it('sends again what failed by no fault of ours, and gives what was not taken', async () => {
  const { calls, put } = setup([
    { Id: '1', SenderFault: true },
    { Id: '2', SenderFault: false },
  ]);
  expect(await put(4)).toEqual({ items: [message(1)] });
  expect(calls.map(({ Entries }) => Entries.map(({ MessageBody }) => MessageBody))).toEqual([
    ['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}'],
    ['{"n":2}'],
  ]);
});
