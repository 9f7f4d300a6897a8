import { defineTemplate, later } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import type { OutcomeEvent } from '../../functions/call/outcome.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { wakeBy } from '../../functions/interruption/waking.ts';
import type { Job } from '../../functions/jobs/job.ts';
import { hangup } from '../../functions/protocol/builders.ts';
import { createAwsJson } from '../../functions/runtime/aws-json.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createExchange } from '../../functions/runtime/exchange.ts';
import type { Message } from '../../functions/runtime/message-queue.ts';
import { signFor } from '../../functions/runtime/sigv4.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { dynamoDbAt } from '../support/dynamodb-client.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';

/** An item, as DynamoDB's JSON has it. */
export type Row = Record<string, object>;

/**
 * What functions of one version have left behind: rows, messages that are queued, and jobs that
 * have not begun.
 */
export interface Left {
  /** When they were replaced, ms since 1970. */
  readonly at: number;
  readonly rows: readonly Row[];
  readonly messages: readonly Message[];
  readonly jobs: readonly Job[];
}

/** The calls that are live while a version is deployed; what each is in the middle of. */
export const CALLS = {
  /** Has an order, and an interruption with a hangup that waits for the next event. */
  waiting: 'call-waiting',
  /** Has been promised an answer. */
  promised: 'call-promised',
  /** Has an interruption that failed for the moment, and lies in the queue. */
  retried: 'call-retried',
  /** Has heard `shipped`. */
  told: 'call-told',
  ended: 'call-ended',
} as const;

export const LONG = `${'It is a long way to tell. '.repeat(30)}And that was all.`;

const template = defineTemplate<{ order: string }, { order: string }>({
  fallback: 'Pardon?',
  progress: 'I am still looking.',
  apology: 'I could not find out.',
  history: { turns: 5 },
  onSessionStart: () => 'Hello! What is your order number?',
  onUserSpeak({ text }, { state, labels }) {
    if (text === 'bye') return ['Goodbye!', hangup()];
    if (text === 'tell') return LONG;
    const order = /\d{4}/.exec(text)?.[0];
    if (!order) return `Your order is ${state.order ?? 'unknown'}.`;
    state.order = order;
    labels.add(`order:${order}`);
    return later({ hold: 'One moment.', job: { order } });
  },
  onJob: ({ order }) => `Order ${order} is packed.`,
  onTrigger: ({ context }) => `News: ${JSON.stringify(context)}`,
} as Parameters<typeof defineTemplate<{ order: string }, { order: string }>>[0]);

const TABLE = 'sessions';
const START = Date.parse('2026-11-28T08:00:00Z');
const PATIENT = { connect_ms: 10_000, total_ms: 20_000 };

/**
 * The functions of this version on a table, with a queue and jobs that nobody takes until somebody
 * asks.
 */
export function functionsOn(endpoint: string, at = START) {
  const clock = manualClock(at);
  const log = recordingLog();
  const left = { messages: [] as Message[], jobs: [] as Job[] };
  const events: OutcomeEvent[] = [];
  const said: string[] = [];
  const reach: { delivery: Delivery } = { delivery: { status: 'delivered' } };
  const dynamoDb = dynamoDbAt(endpoint, PATIENT);
  const queue = {
    put: async (messages: readonly Message[]) => {
      left.messages.push(...messages);
      return { items: [] };
    },
  };
  const stack = memoryStack({
    templates: always(template as never),
    sessions: createDynamoDbCallStore({ dynamoDb, table: TABLE, clock, log }),
    outcomes: { publish: async (published) => void events.push(...published) },
    jobs: { start: async (job) => void left.jobs.push(job) },
    queue,
    channel: {
      send: async (_to, actions) => {
        if (reach.delivery.status === 'delivered') said.push(...textsOf(actions));
        return reach.delivery;
      },
    },
    websocket: undefined,
    wake: wakeBy(queue, clock),
    random: () => 0.5,
    clock,
    log,
  });
  const hear = async (id: string, event: object) => {
    const session = {
      id,
      account_id: 'account-1',
      from_phone_number: '4917639123456',
      to_phone_number: '493023125000',
    };
    const body = JSON.stringify({ ...event, session });
    const answer = await stack.webhook({ body, requestContext: { timeEpoch: clock.now() } });
    return textsOf(JSON.parse(answer.body ?? '[]') as object[]);
  };
  return { ...stack, hear, clock, log, left, events, said, reach };
}

export const textsOf = (actions: readonly object[]) =>
  actions.map((action) =>
    'text' in action ? String(action.text) : (action as { type: string }).type,
  );

/** Plays the calls, and gives what is left behind. */
export async function play(endpoint: string): Promise<Left> {
  const world = functionsOn(endpoint);
  const { hear, interrupt, clock, reach, left } = world;
  for (const id of Object.values(CALLS)) await hear(id, { type: 'session_start' });
  await clock.advance(3_000);
  for (const id of Object.values(CALLS)) await hear(id, { type: 'assistant_speech_ended' });
  await hear(CALLS.promised, { type: 'user_speak', text: 'It is 4711' });
  await hear(CALLS.waiting, { type: 'user_speak', text: 'It is 4712' });
  await clock.advance(2_000);
  await hear(CALLS.waiting, { type: 'assistant_speech_ended' });
  await hear(CALLS.waiting, { type: 'user_speak', text: 'tell' });
  await interrupt({
    session_id: CALLS.waiting,
    id: 'waits',
    say: 'Your parcel has shipped.',
    when: 'after_current',
    then: [{ type: 'hangup' }],
    max_age_seconds: 600,
  });
  await interrupt({ session_id: CALLS.told, id: 'shipped', say: 'Your parcel has shipped.' });
  reach.delivery = { status: 'refused', code: 'unreachable', message: 'down', retryable: true };
  await interrupt({
    version: '0',
    id: 'event-1',
    source: 'shop',
    'detail-type': 'Order Shipped',
    time: new Date(clock.now()).toISOString(),
    detail: { session_id: CALLS.retried, say: 'Better late than never.', max_age_seconds: 600 },
  });
  await hear(CALLS.ended, { type: 'session_end' });
  const rows = (await scanned(endpoint)).sort(byKey);
  return { at: clock.now(), rows, ...left };
}

/** Leaves these rows in the table, and no others. */
export async function load(endpoint: string, rows: readonly Row[]): Promise<void> {
  const call = raw(endpoint);
  for (const { pk, sk } of await scanned(endpoint))
    await call('DynamoDB_20120810.DeleteItem', { TableName: TABLE, Key: { pk, sk } });
  for (const Item of rows) await call('DynamoDB_20120810.PutItem', { TableName: TABLE, Item });
}

async function scanned(endpoint: string): Promise<Row[]> {
  const answer = await raw(endpoint)('DynamoDB_20120810.Scan', { TableName: TABLE });
  return (answer as { Items: Row[] }).Items;
}

/** DynamoDB's own JSON, binaries as the Base64 that is on the wire. */
const raw = (url: string) =>
  createAwsJson({
    url,
    version: '1.0',
    sign: signFor('dynamodb', 'local', Date.now, {
      accessKeyId: 'local',
      secretAccessKey: 'local',
    }),
    exchange: createExchange({
      peer: 'dynamodb',
      clock: systemClock,
      ...PATIENT,
      max_bytes: 8 << 20,
    }),
    clock: systemClock,
    random: Math.random,
  });

const byKey = (one: Row, other: Row) => (keyOf(one) < keyOf(other) ? -1 : 1);
const keyOf = ({ pk, sk }: Row) => JSON.stringify([pk, sk]);
