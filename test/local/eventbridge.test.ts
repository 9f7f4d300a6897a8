import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { beforeAll, expect, test, vi } from 'vitest';
import { awsJsonFor } from '../../functions/runtime/aws-json.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createEventBus as createPublisher, SOURCE } from '../../functions/runtime/event-bus.ts';
import { createEventBus } from '../../local/event-bus.ts';
import { eventBridgeApi } from '../../local/eventbridge-api.ts';
import { createOutcomes } from '../../local/outcomes.ts';
import { listen } from '../../local/server.ts';
import { fakeLambda } from '../support/lambda.ts';

let outcomes: ReturnType<typeof createOutcomes>;
let invoked: unknown[];
let logged: string[];
let client: EventBridgeClient;
let publisher: ReturnType<typeof createPublisher>;
let url: string;
const interrupt = fakeLambda((event) => void invoked.push(event));

beforeAll(async () => {
  outcomes = createOutcomes();
  invoked = [];
  logged = [];
  const server = await listen(0);
  server.serve(
    eventBridgeApi(createEventBus({ interrupt, outcomes, log: (line) => logged.push(line) })),
    () => {},
  );
  url = `${server.url}/eventbridge`;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  client = new EventBridgeClient({ endpoint: url, region: 'local' });
  const call = awsJsonFor('events', { endpoint: url, region: 'local' }, systemClock);
  publisher = createPublisher({ name: 'local', call, clock: systemClock, random: Math.random });
  return async () => {
    vi.unstubAllEnvs();
    client.destroy();
    await server.stop();
  };
});

const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));
const SHIPPED = { Source: 'shop', DetailType: 'Order Shipped', Detail: '{"say":"Grüße"}' };

test('what the functions publish is an outcome and interrupts nobody', async () => {
  const detail = { interruption_id: 'i-1', session_id: 's-1' };
  await publisher.put([{ detailType: 'Interruption Delivered', detail }]);
  expect(SOURCE).toBe('ai-flow-lambda');
  expect(outcomes.list()).toEqual([
    { time: expect.any(String), detail_type: 'Interruption Delivered', detail },
  ]);
  expect(invoked).toEqual([]);
});

test('any other event reaches the interrupt function as EventBridge hands it over', async () => {
  const { FailedEntryCount, Entries } = await put({
    ...SHIPPED,
    Time: new Date('2026-11-23T09:00:00.900Z'),
    Resources: ['arn:aws:s3:::orders'],
  });
  expect(FailedEntryCount).toBe(0);
  expect(invoked.splice(0)).toEqual([
    {
      version: '0',
      id: Entries?.[0]?.EventId,
      'detail-type': 'Order Shipped',
      source: 'shop',
      account: '000000000000',
      time: '2026-11-23T09:00:00Z',
      region: 'eu-central-1',
      resources: ['arn:aws:s3:::orders'],
      detail: { say: 'Grüße' },
    },
  ]);
});

test('an event that the function fails on is taken, and logged', async () => {
  interrupt.failWith({ errorType: 'InvalidInterruption' });
  expect((await put(SHIPPED)).FailedEntryCount).toBe(0);
  await expect
    .poll(() => logged)
    .toEqual([expect.stringMatching(/^EventBridge event \S+ from shop failed: .*Invalid/)]);
});

test.each([
  ['MalformedDetail', { ...SHIPPED, Detail: 'shipped' }],
  ['MalformedDetail', { ...SHIPPED, Detail: '[]' }],
  ['InvalidArgument', { Source: 'shop', Detail: '{}' }],
])('%s is told for that entry alone: %j', async (ErrorCode, entry) => {
  const { FailedEntryCount, Entries } = await put(entry, { ...SHIPPED, Source: SOURCE });
  expect([FailedEntryCount, Entries]).toMatchObject([
    1,
    [{ ErrorCode }, { EventId: expect.any(String) }],
  ]);
});

test('more than ten entries are refused', async () => {
  await expect(put(...Array(11).fill(SHIPPED))).rejects.toThrow('got 11');
});

test.each([
  ['AWSEvents.ListRules', '{}', 'UnknownOperationException'],
  ['AWSEvents.PutEvents', '{"Entries":', 'SerializationException'],
])('%s with %s is refused', async (target, body, type) => {
  const response = await fetch(url, { method: 'POST', body, headers: { 'x-amz-target': target } });
  expect([response.status, await response.json()]).toMatchObject([400, { __type: type }]);
});
