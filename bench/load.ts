import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { always } from '../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../functions/assistant/webhook-handler.ts';
import type { CallStore } from '../functions/call/call-store.ts';
import { fold } from '../functions/call/fold.ts';
import { systemClock as clock } from '../functions/runtime/clock.ts';
import { fixedTokens } from '../functions/runtime/tokens.ts';
import { createDynamoDbCallStore } from '../functions/sessions/call-store.ts';
import conversation from '../functions/templates/conversation.ts';
import { startDatabase } from '../local/database.ts';
import { createFunction } from '../local/functions.ts';
import { createPacing, EVENTS } from '../local/pacing.ts';
import { dynamoDbAt } from '../test/support/dynamodb-client.ts';
import { createMemoryStore } from '../test/support/memory-store.ts';
import { quantile } from './measure.ts';
import { bundled } from './subjects.ts';

/*
 * `npm run load [-- CALLS SECONDS]` (200 calls, 20 s): so many calls at once, each of which says something every second.
 * Once against the functions in this process with a table in memory, once against the bundle that is deployed, in a worker,
 * with the embedded DynamoDB. Answered: within the second that AI Flow waits. Late: after it. Lost: not at all, or the call
 * doesn't know of it afterwards.
 */

const CALLS = Number(process.argv[2] ?? 200);
const SECONDS = Number(process.argv[3] ?? 20);
const TOKEN = 'load';
const EVERY_MS = 1_000;
const IN_TIME_MS = 1_000;

interface Subject {
  readonly name: string;
  /** Gives status and body. */
  readonly post: (request: object) => Promise<{ statusCode: number; body?: string }>;
  readonly store: Pick<CallStore, 'read'>;
}

const ok = [await inProcess(), await onLocalStack()].every(Boolean);
process.exitCode = ok ? 0 : 1;

function inProcess(): Promise<boolean> {
  const sessions = createMemoryStore(clock);
  const silent = { info() {}, warn: console.error, error: console.error };
  const post = createWebhookHandler({
    templates: always(conversation),
    sessions,
    outcomes: { publish: async () => {} },
    jobs: { start: async () => {} },
    wake: async () => {},
    tokens: fixedTokens(TOKEN),
    clock,
    log: silent,
  });
  return loaded({ name: 'in this process, table in memory', post, store: sessions });
}

async function onLocalStack(): Promise<boolean> {
  const TABLE = 'sessions';
  const database = await startDatabase(TABLE, console.error);
  const NOBODY = 'http://127.0.0.1:9';
  const webhook = createFunction({
    data: { name: 'webhook', bundle: bundled('webhook'), timeout_ms: 10_000 },
    env: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
      AWS_ENDPOINT_URL_SQS: NOBODY,
      AWS_ENDPOINT_URL_EVENTBRIDGE: NOBODY,
      SESSIONS_TABLE: TABLE,
      OUTCOMES_BUS: 'local',
      INTERRUPTION_QUEUE_URL: `${NOBODY}/queue`,
      JOB_FUNCTION_URL: NOBODY,
      WEBHOOK_TOKEN: TOKEN,
    },
    clock,
    output: new PassThrough().resume(),
  });
  const dynamoDb = dynamoDbAt(database.endpoint, { connect_ms: 60_000, total_ms: 60_000 });
  const log = { info() {}, warn: console.error, error: console.error };
  try {
    const pace = createPacing({ clock, line: EVENTS, waited: () => {} });
    await webhook.start();
    return await loaded({
      name: 'the bundle, embedded DynamoDB',
      // As `npm start` does: on Lambda each event has a machine of its own, here they stand in line.
      post: (request) =>
        pace(async () => {
          const requestContext = { timeEpoch: clock.now() };
          const { payload } = await webhook.invoke(JSON.stringify({ ...request, requestContext }));
          return JSON.parse(payload);
        }),
      store: createDynamoDbCallStore({ dynamoDb, table: TABLE, clock, log }),
    });
  } finally {
    await webhook.stop();
    await database.stop();
  }
}

/** Whether no event was lost. */
async function loaded({ name, post, store }: Subject): Promise<boolean> {
  const took: number[] = [];
  let [unanswered, silent] = [0, 0];
  const calls = Array.from({ length: CALLS }, (_, n) => ({ id: `load-${n}`, said: 0 }));

  async function hear(id: string, event: object): Promise<void> {
    const began = performance.now();
    const body = JSON.stringify({ ...event, session: { id, from_phone_number: '4917639123456' } });
    const reply = await post({ headers: { 'x-api-token': TOKEN }, body });
    took.push(performance.now() - began);
    if (reply.statusCode !== 200) unanswered++;
    else if (!reply.body?.includes('"speak"')) silent++;
  }

  async function talk(call: (typeof calls)[number]): Promise<void> {
    await sleep(Math.random() * EVERY_MS);
    await hear(call.id, { type: 'session_start' });
    const begun = performance.now();
    while (call.said < SECONDS) {
      // At a steady rate, however late the answer is.
      await sleep(Math.max(0, begun + (call.said + 1) * EVERY_MS - performance.now()));
      call.said++;
      const text = `Question ${call.said} is about order ${call.said * 7} and nothing else`;
      await hear(call.id, { type: 'user_speak', text });
    }
  }

  await Promise.all(calls.map(talk));
  const turns = await Promise.all(
    calls.map(async ({ id }) => {
      const stored = await store.read(id);
      return stored ? fold(stored.call).opened : 0;
    }),
  );
  const forgotten = calls.reduce((sum, { said }, n) => sum + said - (turns[n] ?? 0), 0);
  const late = took.filter((ms) => ms > IN_TIME_MS).length;
  const lost = unanswered + silent + forgotten;
  const at = [0.5, 0.99, 1].map((share) => `${Math.round(quantile(took, share))}`).join(' / ');
  console.log(
    `${name}: ${CALLS} calls, ${took.length} events in ${SECONDS} s: ${took.length - late - unanswered - silent} answered, ${late} late, ${lost} lost (${unanswered} refused, ${silent} silent, ${forgotten} forgotten); ${at} ms (median, 99 %, slowest)`,
  );
  return lost === 0;
}
