import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { systemClock as clock } from '../functions/runtime/clock.ts';
import { createLimit } from '../functions/runtime/limit.ts';
import { createDynamoDbCallStore } from '../functions/sessions/call-store.ts';
import { startDatabase } from '../local/database.ts';
import { eventBridgeApi } from '../local/eventbridge-api.ts';
import { createFunction } from '../local/functions.ts';
import { toEvent } from '../local/http-api.ts';
import { createMessageQueue } from '../local/message-queue.ts';
import { listen } from '../local/server.ts';
import { sqsApi } from '../local/sqs-api.ts';
import { dynamoDbAt } from '../test/support/dynamodb-client.ts';
import { timed } from './measure.ts';
import { bundled } from './subjects.ts';

/*
 * `node bench/fan-out.ts 1000`: what a broadcast to so many calls takes with the bundle that is deployed, the embedded
 * DynamoDB, and stand-ins for SQS, EventBridge and AI Flow, which takes 50 ms for each push. All of it shares this
 * machine, which has room for two invocations at once instead of ten.
 */

const COUNT = Number(process.argv[2] ?? 1_000);
const PUSH_MS = 50;
const TABLE = 'sessions';

const database = await startDatabase(TABLE, console.error);
const server = await listen(0);
const told = new Map<string, number>();
const outcomes = new Map<string, number>();
const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);

const interrupt = createFunction({
  data: { name: 'interrupt', bundle: bundled('interrupt'), timeout_ms: 10_000 },
  env: {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_SQS: `${server.url}/sqs`,
    AWS_ENDPOINT_URL_EVENTBRIDGE: `${server.url}/eventbridge`,
    SESSIONS_TABLE: TABLE,
    OUTCOMES_BUS: 'local',
    INTERRUPTION_QUEUE_URL: `${server.url}/sqs/interruptions`,
    EXTERNAL_API_URL: `${server.url}/calls/{session_id}`,
    EXTERNAL_API_TOKEN: 'bench',
  },
  clock,
  output: new PassThrough().resume(),
});
const app = new Hono()
  .post('/calls/:id', async (c) => {
    count(told, c.req.param('id'));
    await sleep(PUSH_MS);
    return c.body(null, 202);
  })
  .route('/', sqsApi(createMessageQueue({ interrupt, clock, log: console.error })))
  .route(
    '/',
    eventBridgeApi((event) => void count(outcomes, event['detail-type'])),
  );
server.serve(app, () => {});

try {
  await interrupt.start();
  await placeCalls();
  let reply = '';
  const started = performance.now();
  const replied_ms = await timed(async () => {
    reply = await broadcast();
  });
  while (
    [...outcomes.values()].reduce((sum, n) => sum + n, 0) < COUNT &&
    performance.now() - started < 120_000
  )
    await sleep(10);
  const all_ms = performance.now() - started;
  const twice = [...told.values()].filter((times) => times > 1).length;
  console.log(`reply after ${Math.round(replied_ms)} ms: ${reply}`);
  console.log(
    `${told.size} of ${COUNT} calls told, ${twice} of them twice, after ${Math.round(all_ms)} ms`,
  );
  console.log(Object.fromEntries(outcomes));
} finally {
  await interrupt.stop();
  await server.stop();
  await database.stop();
}

async function placeCalls() {
  const dynamoDb = dynamoDbAt(database.endpoint, { connect_ms: 60_000, total_ms: 60_000 });
  const log = { info() {}, warn: console.error, error: console.error };
  const store = createDynamoDbCallStore({ dynamoDb, table: TABLE, clock, log });
  const place = async (id: string) => {
    const { call } = await store.record(id, { id, at: clock.now(), kind: 'start' });
    await store.list(call, [{ everyone: true }]);
  };
  const atOnce = createLimit(50);
  const ids = Array.from({ length: COUNT }, () => crypto.randomUUID());
  await Promise.all(ids.map((id) => atOnce(() => place(id))));
}

async function broadcast(): Promise<string> {
  const body = JSON.stringify({
    target: { everyone: true },
    say: 'We close in five minutes.',
    max_age_seconds: 300,
  });
  const event = await toEvent(new Request(`${server.url}/interruptions`, { method: 'POST', body }));
  const { payload } = await interrupt.invoke(JSON.stringify(event));
  const { statusCode, body: text } = JSON.parse(payload) as { statusCode: number; body: string };
  return `${statusCode} ${text.slice(0, 200)}`;
}
