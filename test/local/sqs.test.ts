import { beforeAll, expect, test, vi } from 'vitest';
import { fromSqs, type SqsEvent } from '../../functions/interruption/envelopes.ts';
import { awsJsonFor } from '../../functions/runtime/aws-json.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createMessageQueue as createSender } from '../../functions/runtime/message-queue.ts';
import type { LambdaFunction } from '../../local/functions.ts';
import { createMessageQueue } from '../../local/message-queue.ts';
import { listen } from '../../local/server.ts';
import { sqsApi } from '../../local/sqs-api.ts';

let invoked: SqsEvent[];
let logged: string[];
let gate: ReturnType<typeof Promise.withResolvers<void>>;
let answer: { payload: string; failed?: true };
let sender: ReturnType<typeof createSender>;
let url: string;

const interrupt: LambdaFunction = {
  start: async () => {},
  async invoke(payload) {
    const reply = { id: 'request-1', ...answer };
    invoked.push(JSON.parse(payload) as SqsEvent);
    await gate.promise;
    return reply;
  },
  stop: async () => {},
};

beforeAll(async () => {
  [invoked, logged, gate] = [[], [], Promise.withResolvers()];
  answer = { payload: '{"batchItemFailures":[]}' };
  const server = await listen(0);
  server.serve(
    sqsApi(createMessageQueue({ interrupt, clock: systemClock, log: (line) => logged.push(line) })),
    () => {},
  );
  url = `${server.url}/sqs`;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  // What is sent again because the machine is busy comes twice.
  const patience = { connect_ms: 10_000, total_ms: 10_000 };
  const call = awsJsonFor('sqs', { endpoint: url, region: 'local' }, systemClock, patience);
  sender = createSender({
    url: `${url}/interruptions`,
    call,
    clock: systemClock,
    random: Math.random,
  });
  return async () => {
    vi.unstubAllEnvs();
    await server.stop();
  };
});

const message = (n: number) => ({
  body: JSON.stringify({ n }),
  attributes: { passed_on_for: `call-${n}` },
});

test('messages reach the function as SQS hands them over, ten at a time, two invocations at once', async () => {
  expect(await sender.put(Array.from({ length: 300 }, (_, n) => message(n)))).toEqual({
    items: [],
  });
  // All have arrived, and the first two invocations haven't come to an end.
  expect(invoked).toHaveLength(2);
  gate.resolve();
  await expect.poll(() => invoked.flatMap(({ Records }) => Records)).toHaveLength(300);
  const records = invoked.splice(0).flatMap(({ Records }) => Records);
  expect(new Set(records.map(({ messageId }) => messageId)).size).toBe(300);
  const one = fromSqs(records.find(({ body }) => body === '{"n":7}') ?? expect.unreachable());
  expect(one).toMatchObject({
    request: { n: 7 },
    passed_on_for: 'call-7',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(Math.abs(one.at - Date.now())).toBeLessThan(10_000);
});

test('a message that is delayed comes when it is due', async () => {
  await sender.put([{ ...message(1), delay_seconds: 1 }, message(2)]);
  await expect.poll(() => invoked.length).toBe(1);
  expect(invoked.splice(0)[0]?.Records[0]?.body).toBe('{"n":2}');
  await expect
    .poll(() => invoked.splice(0)[0]?.Records[0]?.body, { timeout: 3_000 })
    .toBe('{"n":1}');
});

test.each([
  { payload: '{"batchItemFailures":[{"itemIdentifier":"m-1"}]}' },
  { payload: '{"errorType":"Sandbox.Timedout"}', failed: true as const },
])('what the function fails on is logged: %j', async (failure) => {
  answer = failure;
  await sender.put([message(1)]);
  await expect
    .poll(() => logged.splice(0))
    .toEqual([expect.stringMatching(/^SQS messages failed: .*(m-1|Timedout)/)]);
});

test.each([
  ['AmazonSQS.PurgeQueue', { QueueUrl: 'q' }, 'InvalidAction'],
  ['AmazonSQS.SendMessageBatch', { QueueUrl: 'q' }, 'SerializationException'],
  ['AmazonSQS.SendMessageBatch', { QueueUrl: 'q', Entries: [] }, 'BatchEntryCount'],
  [
    'AmazonSQS.SendMessageBatch',
    { QueueUrl: 'q', Entries: [{ Id: '0', MessageBody: 'x'.repeat(2 ** 20 + 1) }] },
    'BatchRequestTooLong',
  ],
  [
    'AmazonSQS.SendMessageBatch',
    { QueueUrl: 'q', Entries: [{ Id: '0', MessageBody: '', DelaySeconds: 901 }] },
    'SerializationException',
  ],
])('%s with something else is refused', async (target, body, type) => {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'x-amz-target': target },
  });
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { __type: `com.amazonaws.sqs#${type}` },
  ]);
});
