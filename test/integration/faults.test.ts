import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import type { Channel } from '../../functions/delivery/channel.ts';
import { createExternalApi } from '../../functions/delivery/external-api.ts';
import { createInvocation } from '../../functions/delivery/invocation.ts';
import { createPost, type Post } from '../../functions/delivery/post.ts';
import { createWebSocket } from '../../functions/delivery/websocket.ts';
import { createOutcomes, type Reply } from '../../functions/interruption/outcomes.ts';
import { wakeBy } from '../../functions/interruption/waking.ts';
import { bedrock } from '../../functions/models/bedrock.ts';
import { audio, hangup } from '../../functions/protocol/builders.ts';
import { createAssets } from '../../functions/runtime/assets.ts';
import { PATIENT } from '../../functions/runtime/aws.ts';
import { awsJsonFor } from '../../functions/runtime/aws-json.ts';
import { createBucket } from '../../functions/runtime/bucket.ts';
import { systemClock as clock, pause } from '../../functions/runtime/clock.ts';
import { createDynamoDb, type DynamoDb } from '../../functions/runtime/dynamodb.ts';
import { createEventBus } from '../../functions/runtime/event-bus.ts';
import { createLimit } from '../../functions/runtime/limit.ts';
import { createMessageQueue } from '../../functions/runtime/message-queue.ts';
import { secretReader } from '../../functions/runtime/secrets-manager.ts';
import { readTokens, sentToken } from '../../functions/runtime/tokens.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { llmAgent } from '../../functions/templates/llm-agent.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { faultyService, WAYS_TO_FAIL, type WayToFail } from '../support/faulty-service.ts';
import { recordingLog } from '../support/log.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';

/** AI Flow hangs up after it. */
const ANSWERED_WITHIN_MS = 1_000;
/** What an answer doesn't need delays it by no more. */
const UNDELAYED_MS = 400;
const INTERRUPTED_WITHIN_MS = 2_000;
const MOST_SENDS = 3;

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'SECRET' };
const at = (endpoint: string) => ({ region: 'eu-central-1', endpoint, credentials });
const sign = async ({ headers }: { headers: object }) => ({ ...headers });
const { random } = Math;
const dynamodb = embeddedDynamoDb();

/** What a fault came to, in one line. */
type Scenario = (url: string) => Promise<string>;

const TEMPLATE = defineTemplate({
  fallback: 'Pardon?',
  onSessionStart: () => 'Hello!',
  onUserSpeak: () => 'An answer.',
});

interface Parts {
  template?: Template;
  sessions?: ReturnType<typeof createMemoryStore>;
  channel?: Channel;
  websocket?: Channel;
  over?: object;
}

interface Asking {
  within?: number;
  webhook?: ReturnType<typeof createWebhookHandler>;
  text?: string;
}

/** The functions with one call that has begun. */
async function aCall({ template = TEMPLATE, sessions, channel, websocket, over }: Parts = {}) {
  const log = recordingLog();
  const id = Math.random().toString(36).slice(2);
  const session = { ...SESSION, id };
  const parts = {
    templates: always(template),
    sessions: sessions ?? createMemoryStore(clock),
    outcomes: createOutcomes({ bus: { put: async () => {} }, log }),
    jobs: { start: async () => {} },
    queue: { put: async () => ({ items: [] }) },
    channel,
    websocket,
    wake: async () => {},
    clock,
    log,
    ...over,
  };
  const stack = memoryStack(parts);
  const event = (type: keyof typeof EVENTS, text?: string) => {
    const spoken = type === 'assistant_speak' && {
      text,
      duration_ms: 10,
      speech_started_at: clock.now() - 10,
    };
    return JSON.stringify({ ...EVENTS[type], ...spoken, session });
  };
  const connection = { routeKey: '$default', connectionId: 'connection-1' };
  if (websocket)
    await stack.websocket({ body: event('session_start'), requestContext: connection });
  else await stack.webhook({ body: event('session_start') });

  return {
    id,
    log,
    parts,
    /** Status and words of an answer, unless it comes too late. */
    async answers(
      type: keyof typeof EVENTS,
      { within = ANSWERED_WITHIN_MS, webhook = stack.webhook, text }: Asking = {},
    ) {
      const began = performance.now();
      const headers = { 'x-api-token': 'the-token' };
      const { statusCode, body } = await webhook({ headers, body: event(type, text) });
      const took = performance.now() - began;
      if (took > within) return `late: ${Math.round(took)} ms`;
      return `${statusCode} ${wordsIn(body)}`.trim();
    },
    /** What came of an interruption, unless it takes too long. */
    async interrupted(request: object = {}) {
      const began = performance.now();
      const whole = { session_id: id, id: 'news', say: 'News.', ...request };
      const came = await stack.interrupt(whole).then(outcomeIn, (error: Error) => error.name);
      const took = performance.now() - began;
      return took > INTERRUPTED_WITHIN_MS ? `late: ${Math.round(took)} ms` : came;
    },
    job: stack.job,
    logged: (message: string) =>
      log.lines.some((line) => line.message === message) ? `, ${message}` : '',
  };
}

function wordsIn(body = '[]'): string {
  const actions = JSON.parse(body) as
    | { type: string; text?: string }[]
    | { error: { code: string } };
  if (!Array.isArray(actions)) return actions.error.code;
  return actions.map(({ type, text }) => text ?? type).join(' ');
}

function outcomeIn(reply: unknown): string {
  const [{ outcome, reason, error } = { outcome: 'nobody' }] = (reply as Reply).outcomes;
  return [outcome, reason, error?.code, error?.retryable && 'retryable'].filter(Boolean).join(' ');
}

/** Counts, and fails more than there may be. */
function counted(post: Post) {
  let sends = 0;
  const counting: Post = (request) => {
    sends++;
    return post(request);
  };
  return {
    post: counting,
    sends: () => (sends > MOST_SENDS ? `too many sends: ${sends}` : `sent ${sends}×`),
  };
}

const queueAt = (url: string) =>
  createMessageQueue({
    url: `${url}/queue`,
    call: awsJsonFor('sqs', at(url), clock, PATIENT),
    clock,
    random,
  });

const told = (): Channel => ({ send: async () => ({ status: 'delivered' }) });

function externalApi(url: string, token: () => Promise<string> = async () => 'token') {
  const settings = {
    url: `${url}/{session_id}`,
    method: 'POST',
    authHeader: 'Authorization',
    authScheme: 'Bearer',
    acceptedStatuses: '200-299',
  };
  const { post, sends } = counted(createPost(clock));
  return { channel: createExternalApi({ settings, token, post, clock, random }), sends };
}

const SCENARIOS: Record<string, Scenario> = {
  async 'DynamoDB, while a caller waits'(url) {
    const call = awsJsonFor('dynamodb', at(url), clock);
    const log = recordingLog();
    const table = { dynamoDb: createDynamoDb(call), table: 't', clock, log };
    const faulty = await aCall({ sessions: createDynamoDbCallStore(table) });
    return faulty.answers('user_speak');
  },

  /** Each write is carried out, and its answer gets lost. */
  async 'DynamoDB, which has written the claim of an interruption'(url) {
    let down = false;
    const lost = awsJsonFor('dynamodb', at(url), clock);
    const working = dynamodb.client({ connect_ms: 5_000, total_ms: 5_000 });
    const dynamoDb = (async (operation, input, signal) => {
      if (!down || operation !== 'UpdateItem') return working(operation, input, signal);
      await working(operation, input, signal).catch(() => {});
      return createDynamoDb(lost)(operation, input, signal);
    }) as DynamoDb;
    let sends = 0;
    const channel: Channel = {
      async send() {
        sends++;
        return { status: 'delivered' };
      },
    };
    const log = recordingLog();
    const sessions = createDynamoDbCallStore({ dynamoDb, table: dynamodb.table, clock, log });
    const call = await aCall({ sessions, channel });
    down = true;
    const came = await call.interrupted();
    down = false;
    return `${came}; again: ${await call.interrupted()}; said ${sends}×`;
  },

  async 'Secrets Manager, for the token of the webhook'(url) {
    const read = secretReader('arn', awsJsonFor('secretsmanager', at(url), clock));
    const { parts, answers } = await aCall();
    const webhook = createWebhookHandler({ ...parts, tokens: readTokens(read, clock, parts.log) });
    return answers('user_speak', { webhook });
  },

  async 'Secrets Manager, for the token of the external API'(url) {
    const read = secretReader('arn', awsJsonFor('secretsmanager', at(url), clock));
    const { channel, sends } = externalApi('http://127.0.0.1:9', sentToken(read));
    const { interrupted } = await aCall({ channel });
    return `${await interrupted()}, ${sends()}`;
  },

  async 'EventBridge, while a caller waits'(url) {
    const log = recordingLog();
    const bus = createEventBus({
      name: 'bus',
      call: awsJsonFor('events', at(url), clock),
      clock,
      random,
    });
    const call = await aCall({ over: { outcomes: createOutcomes({ bus, log }) } });
    const came = await call.interrupted();
    return `${came}; ${await call.answers('user_input_timeout', { within: UNDELAYED_MS })}`;
  },

  async 'EventBridge, for an outcome'(url) {
    const log = recordingLog();
    const call = awsJsonFor('events', at(url), clock, PATIENT);
    const bus = createEventBus({ name: 'bus', call, clock, random });
    const { interrupted } = await aCall({
      channel: told(),
      over: { outcomes: createOutcomes({ bus, log }) },
    });
    const came = await interrupted();
    return `${came}, ${log.lines.map(({ message }) => message).join(', ')}`;
  },

  async 'SQS, for a wake while a caller waits'(url) {
    const queue = queueAt(url);
    const { answers, logged } = await aCall({
      template: defineTemplate({ fallback: 'Pardon?', onUserSpeak: () => ['Goodbye.', hangup()] }),
      over: { wake: wakeBy(queue, clock) },
    });
    return `${await answers('user_speak', { within: UNDELAYED_MS })}${logged('not_woken')}`;
  },

  async 'SQS, for a wake of an interruption'(url) {
    const queue = queueAt(url);
    const { interrupted, logged } = await aCall({
      channel: told(),
      over: { wake: wakeBy(queue, clock) },
    });
    return `${await interrupted({ when: 'after_current' })}${logged('not_woken')}`;
  },

  async 'Lambda, for a job'(url) {
    const start = createInvocation({ url, sign, post: createPost(clock) });
    const template = defineTemplate({
      fallback: 'Pardon?',
      progress: 'Still looking.',
      onUserSpeak: () => later({ hold: 'One moment.', job: {} }),
      onJob: () => 'Done.',
    });
    const { answers } = await aCall({ template, over: { jobs: { start } } });
    return answers('user_speak');
  },

  async 'the external API'(url) {
    const { channel, sends } = externalApi(url);
    const { interrupted } = await aCall({ channel });
    return `${await interrupted()}, ${sends()}`;
  },

  async 'the WebSocket management API'(url) {
    const { post, sends } = counted(createPost(clock));
    const websocket = createWebSocket({ endpoint: url, sign, post, clock, random });
    const { interrupted } = await aCall({ websocket });
    return `${await interrupted()}, ${sends()}`;
  },

  async 'S3, while a caller waits'(url) {
    const template = defineTemplate({
      fallback: 'Pardon?',
      assets: ['intro'],
      onUserSpeak: () => audio({ asset: 'intro' }),
    });
    const assets = createAssets({ folder: '/nowhere', bucket: createBucket({ url, sign, clock }) });
    const { answers } = await aCall({ template, over: { assets } });
    return answers('user_speak');
  },

  async 'S3, for a clip of an interruption'(url) {
    const assets = createAssets({ folder: '/nowhere', bucket: createBucket({ url, sign, clock }) });
    const { interrupted } = await aCall({ channel: told(), over: { assets } });
    return interrupted({ say: undefined, play: { asset: 'intro' } });
  },

  async 'Bedrock, for a slow answer'(url) {
    const client = new BedrockRuntimeClient({
      ...at(url),
      requestHandler: { requestTimeout: 200 },
      maxAttempts: 1,
    });
    const words: string[] = [];
    const channel: Channel = {
      async send(_to, actions) {
        words.push(...actions.flatMap((action) => ('text' in action ? [String(action.text)] : [])));
        return { status: 'delivered' };
      },
    };
    const converse = bedrock({ client, modelId: 'model' });
    const template = llmAgent({ converse, lookUp: async () => '' });
    const jobs: object[] = [];
    const start = async (job: object) => void jobs.push(job);
    const call = await aCall({ template, channel, over: { jobs: { start } } });
    const hold = await call.answers('user_speak');
    await call.answers('assistant_speak', { text: 'Let me see.' });
    // Nobody says it sooner.
    await pause(clock, 700);
    await call.answers('assistant_speech_ended');
    const came = await call.job(jobs[0]).then(
      () => 'done',
      (error: Error) => error.name,
    );
    client.destroy();
    return `${hold}; ${came}: ${words.join(' ')}`;
  },
};

const CLIENT_ERRORS = [400, 401, 403, 404, 409] as const;
const TRANSIENT = [429, 500, 503] as const;
const UNANSWERED = ['stall before the answer', 'stall inside the body', 'slow drip'] as const;

/** What comes of each fault, by scenario. */
const OUTCOMES: Record<string, Record<string, readonly WayToFail[]>> = {
  'DynamoDB, while a caller waits': { '200 An answer.': WAYS_TO_FAIL },
  'DynamoDB, which has written the claim of an interruption': {
    'failed store_unavailable retryable; again: delivered; said 1×': WAYS_TO_FAIL,
  },
  'Secrets Manager, for the token of the webhook': { '503 secret_unavailable': WAYS_TO_FAIL },
  'Secrets Manager, for the token of the external API': {
    'failed secret_unavailable retryable, sent 0×': WAYS_TO_FAIL,
  },
  'EventBridge, while a caller waits': { 'deferred; 200 barge_in News.': WAYS_TO_FAIL },
  'EventBridge, for an outcome': {
    'delivered, interruption_delivered, outcome_not_published': WAYS_TO_FAIL,
  },
  'SQS, for a wake while a caller waits': { '200 Goodbye.': WAYS_TO_FAIL },
  'SQS, for a wake of an interruption': { 'deferred, not_woken': WAYS_TO_FAIL },
  'Lambda, for a job': {
    '200 Pardon?': [
      ...CLIENT_ERRORS,
      ...TRANSIENT,
      'connect time-out',
      'reset',
      'stall inside the body',
      'truncated JSON',
      'TLS failure',
    ],
    // Lambda may have taken it: the job is waited for.
    '200 One moment.': ['stall before the answer', 'slow drip'],
  },
  'the external API': {
    'failed refused, sent 1×': [400, 403, 409],
    'failed refused, sent 2×': [401],
    'skipped session_ended, sent 1×': [404],
    'failed refused retryable, sent 3×': [429, 503],
    'failed unreachable retryable, sent 3×': ['connect time-out', 'TLS failure'],
    'failed in_doubt, sent 1×': [500, 'reset', 'stall before the answer', 'slow drip'],
    // The status says all.
    'delivered, sent 1×': ['stall inside the body', 'truncated JSON'],
  },
  'the WebSocket management API': {
    'failed refused, sent 1×': CLIENT_ERRORS,
    'failed refused retryable, sent 3×': [429, 503],
    'failed unreachable retryable, sent 3×': ['connect time-out', 'TLS failure'],
    'failed in_doubt, sent 1×': [500, 'reset', 'stall before the answer', 'slow drip'],
    'delivered, sent 1×': ['stall inside the body', 'truncated JSON'],
  },
  'S3, while a caller waits': { '200 Pardon?': WAYS_TO_FAIL },
  'S3, for a clip of an interruption': {
    AssetUnavailable: [
      ...([400, 401, 409] as const),
      ...TRANSIENT,
      ...UNANSWERED,
      'connect time-out',
      'reset',
      'truncated JSON',
      'TLS failure',
    ],
    // There is no such clip, as far as S3 tells.
    InvalidInterruption: [403, 404],
  },
  'Bedrock, for a slow answer': {
    '200 Let me see.; JobFailed: I am sorry, I cannot answer that now. Please try again in a minute.':
      WAYS_TO_FAIL,
  },
};

/**
 * A machine that is busy is late now and then; what is wrong with the code is wrong each time, with
 * fewer beside it.
 */
const AT_ONCE = [12, 4, 1];

const came: Record<string, Record<string, string>> = Object.fromEntries(
  Object.keys(SCENARIOS).map((name) => [name, {}]),
);

beforeAll(async () => {
  const cells = Object.entries(SCENARIOS).flatMap(([name, play]) =>
    WAYS_TO_FAIL.map((fault) => ({ name, play, fault })),
  );
  for (const size of AT_ONCE) {
    const atOnce = createLimit(size);
    const left = cells.filter(({ name, fault }) => !expected(name, came[name]?.[fault], fault));
    await Promise.all(left.map((cell) => atOnce(() => played(cell))));
  }
}, 90_000);

async function played({ name, play, fault }: Cell): Promise<void> {
  const service = await faultyService(fault);
  Object.assign(came[name] ?? {}, { [fault]: await play(service.url) });
  await service.stop();
}

interface Cell {
  readonly name: string;
  readonly play: Scenario;
  readonly fault: WayToFail;
}

const expected = (name: string, outcome = '', fault: WayToFail) =>
  OUTCOMES[name]?.[outcome]?.includes(fault) ?? false;

describe.each(Object.keys(SCENARIOS))('%s', (name) => {
  const cells = Object.entries(OUTCOMES[name] ?? {}).flatMap(([outcome, faults]) =>
    faults.map((fault) => ({ fault, outcome })),
  );

  it('has an outcome for each fault, and only one', () => {
    expect(cells.map(({ fault }) => fault).sort()).toEqual([...WAYS_TO_FAIL].sort());
  });

  it.each(cells)('$fault: $outcome', ({ fault, outcome }) => {
    expect(came[name]?.[fault]).toBe(outcome);
  });
});
