import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import type { Target } from '../functions/call/call-store.ts';
import { systemClock as clock } from '../functions/runtime/clock.ts';
import { createLimit } from '../functions/runtime/limit.ts';
import { createDynamoDbCallStore } from '../functions/sessions/call-store.ts';
import { startDatabase } from '../local/database.ts';
import { eventBridgeApi } from '../local/eventbridge-api.ts';
import { createFunction } from '../local/functions.ts';
import { createMessageQueue } from '../local/message-queue.ts';
import { listen } from '../local/server.ts';
import { sqsApi } from '../local/sqs-api.ts';
import { dynamoDbAt } from '../test/support/dynamodb-client.ts';
import { quantile } from './measure.ts';
import { startProxy, TRUSTING } from './proxy.ts';
import { bundled } from './subjects.ts';
import { aligned, figure } from './table.ts';

/*
 * `node bench/triggers.ts`: from the invocation of the interrupt function until AI Flow has the last request, with the
 * bundle that is deployed, the embedded DynamoDB behind TLS and 4 ms away, and a stand-in for AI Flow, which takes 50 ms
 * for each push. All of it shares this machine, which has room for two invocations at once instead of ten.
 */

const STORE_MS = 4;
const PUSH_MS = 50;
const IDLE_MS = 10_000;
/** On a busy machine a store may be given up: that is said, and measured again. */
const GIVEN_UP_MS = 60_000;
const TABLE = 'sessions';
const { PUSHES = '200', IDLES = '5', EVERYONE = '1000' } = process.env;

/** A row for each kind of trigger. */
export async function triggersToWire(): Promise<string[][]> {
  const world = await startWorld();
  try {
    for (let n = 0; n < 20; n++) await world.tells(1);
    const warm = await inTurn(Number(PUSHES), () => world.tells(1));
    const idle = await inTurn(Number(IDLES), () => world.tells(1, IDLE_MS));
    const fifty = await inTurn(10, () => world.tells(50));
    const everyone = [await world.tells(Number(EVERYONE))];
    return [
      ['trigger → bytes on the wire, ms', 'p50', 'p99', 'ratio'],
      ...Object.entries({
        'one call': warm,
        'one call, after ten idle seconds': idle,
        'the last of 50 calls': fifty,
        [`the last of ${EVERYONE} calls`]: everyone,
      }).map(([name, samples]) => [
        name,
        figure(quantile(samples)),
        figure(quantile(samples, 0.99)),
        figure(quantile(samples) / quantile(warm)),
      ]),
    ];
  } finally {
    await world.stop();
  }
}

async function inTurn(count: number, sample: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < count; n++) samples.push(await sample());
  return samples;
}

async function startWorld() {
  const database = await startDatabase(TABLE, console.error);
  const proxy = await startProxy(() => database.endpoint, STORE_MS);
  const server = await listen(0);
  let [left, lastAt] = [0, 0];
  let allTold = Promise.withResolvers<void>();
  // As early as it can be told: before anything of the request is read.
  const aiFlow = createServer((request, response) => {
    lastAt = performance.now();
    left -= 1;
    if (left === 0) allTold.resolve();
    request.resume();
    setTimeout(() => response.writeHead(202).end(), PUSH_MS);
  });
  await new Promise<void>((ready) => aiFlow.listen(0, '127.0.0.1', ready));
  const interrupt = createFunction({
    data: { name: 'interrupt', bundle: bundled('interrupt'), timeout_ms: 10_000 },
    env: {
      ...TRUSTING,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
      AWS_ENDPOINT_URL_SQS: `${server.url}/sqs`,
      AWS_ENDPOINT_URL_EVENTBRIDGE: `${server.url}/eventbridge`,
      SESSIONS_TABLE: TABLE,
      OUTCOMES_BUS: 'local',
      INTERRUPTION_QUEUE_URL: `${server.url}/sqs/interruptions`,
      EXTERNAL_API_URL: `http://127.0.0.1:${(aiFlow.address() as AddressInfo).port}/calls/{session_id}`,
      EXTERNAL_API_TOKEN: 'bench',
    },
    clock,
    output: new PassThrough().resume(),
  });
  server.serve(
    new Hono()
      .route('/', sqsApi(createMessageQueue({ interrupt, clock, log: console.error })))
      .route(
        '/',
        eventBridgeApi(() => {}),
      ),
    () => {},
  );
  await interrupt.start();
  const dynamoDb = dynamoDbAt(database.endpoint, { connect_ms: 60_000, total_ms: 60_000 });
  const log = { info() {}, warn: console.error, error: console.error };
  const store = createDynamoDbCallStore({ dynamoDb, table: TABLE, clock, log });

  const atOnce = createLimit(20);
  const begun = async () => {
    const id = crypto.randomUUID();
    const { call } = await store.record(id, { id, at: clock.now(), kind: 'start' });
    await store.list(call, EVERYBODY);
    return call;
  };

  return {
    /** From a trigger for everyone, `idle_ms` after so many calls have begun, until AI Flow has the last request, ms. */
    async tells(count: number, idle_ms = 0): Promise<number> {
      const calls = await Promise.all(Array.from({ length: count }, () => atOnce(begun)));
      await sleep(idle_ms);
      [left, allTold] = [count, Promise.withResolvers()];
      const began = performance.now();
      const answer = await interrupt.invoke(JSON.stringify(TRIGGER));
      await Promise.race([allTold.promise, sleep(GIVEN_UP_MS, undefined, { ref: false })]);
      await Promise.all(calls.map((call) => atOnce(() => store.unlist(call, EVERYBODY))));
      if (left === 0) return lastAt - began;
      console.error(`once more: ${left} of ${count} calls weren't told: ${answer.payload}`);
      return this.tells(count, idle_ms);
    },
    async stop() {
      await interrupt.stop();
      aiFlow.closeAllConnections();
      aiFlow.close();
      await server.stop();
      await proxy.stop();
      await database.stop();
    },
  };
}

const EVERYBODY: readonly Target[] = [{ everyone: true }];
const TRIGGER = {
  target: { everyone: true },
  say: 'We close in five minutes.',
  max_age_seconds: 300,
};

if (import.meta.main) {
  console.log(aligned(await triggersToWire()));
  process.exit();
}
