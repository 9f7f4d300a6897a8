import { defineTemplate } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { InvalidInterruption } from '../../functions/interruption/request.ts';
import { createCallHandler } from '../../functions/outbound/call-handler.ts';
import { InvalidCall } from '../../functions/outbound/request.ts';
import { parseAction } from '../../functions/protocol/actions.ts';
import { InvalidValue } from '../../functions/protocol/invalid.ts';
import { createLog } from '../../functions/runtime/log.ts';
import { choicesFrom } from '../explore/choices.ts';
import { eventBridge, http, sns, sqs, sqsRecord } from '../support/envelopes.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { mutated } from './mutations.ts';

const { id: session_id } = SESSION;

/** A reply to whoever sent it, and a line of a log, is no longer, whatever came in. */
const MAX_REPLY = 4_000;
const MAX_LINE = 4_000;
/** A call is remembered for hours: each world has only so many. */
const A_WORLD = 250;

const INTERRUPTIONS = [
  { session_id, say: 'Your parcel has shipped.', id: 'a', max_age_seconds: 60 },
  {
    target: { label: 'order:4711' },
    say: { text: 'Hello', tts: { provider: 'azure', language: 'de-DE' } },
  },
  {
    target: { caller: SESSION.from_phone_number },
    say: { ssml: '<speak>Hello</speak>' },
    resume: true,
  },
  {
    target: { everyone: true, account_id: 'account-1' },
    context: { status: 'shipped' },
    urgent: true,
  },
  {
    session_id,
    say: 'Goodbye.',
    if_turn: 1,
    then: [
      {
        type: 'transfer',
        target_phone_number: '493023125001',
        caller_id_name: 'A',
        caller_id_number: '493023125000',
      },
    ],
    triggered_at: '2026-11-23T12:00:00Z',
    expires_at: '2026-11-24T12:00:00Z',
  },
  { session_id, cancel: 'a' },
];
const MAPPING = {
  target: { label: 'order:{$.detail.orderId}' },
  context: { status: '$.detail.status', items: '$.detail.items[0]' },
  id: '{$.detail.orderId}-{$.detail.status}',
};
const DETAIL = { orderId: '4711', status: 'shipped', items: [{ id: 1 }] };
const KINESIS = {
  eventSource: 'aws:kinesis',
  eventID: 'shardId-000000000000:4961',
  data: Buffer.from(JSON.stringify({ detail: DETAIL })).toString('base64'),
  approximateArrivalTimestamp: 1_763_900_000,
};
const STREAM = {
  eventSource: 'aws:dynamodb',
  eventID: 'c4ca4238',
  dynamodb: {
    NewImage: { status: { S: 'shipped' }, n: { N: '1' } },
    ApproximateCreationDateTime: 1_763_900_000,
  },
};

const SCHEDULE = {
  arn: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/default/reminder',
  time: '2026-11-23T12:00:00Z',
};
/** Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
const CONTEXT = {
  Execution: {
    Id: 'arn:aws:states:eu-central-1:123456789012:execution:orders:1',
    Input: { orderId: '4711' },
    Name: '1',
    StartTime: '2026-11-23T11:59:59.000Z',
  },
  State: { EnteredTime: '2026-11-23T12:00:00.000Z', Name: 'Tell', RetryCount: 0 },
  Map: { Item: { Index: 0, Value: { orderId: '4711' } } },
};

type World = ReturnType<typeof aWorld>;

function aWorld() {
  const clock = manualClock(Date.parse('2026-11-23T12:00:01Z'));
  const lines: string[] = [];
  const log = createLog('fuzz', (line) => void lines.push(line));
  const template = defineTemplate({
    fallback: 'Pardon?',
    history: { turns: 3 },
    onSessionStart: (_event, { labels }) => {
      labels.add('order:4711');
      return 'Hello!';
    },
    onUserSpeak: ({ text }) => text?.slice(0, 500) || 'Nothing?',
    onDtmfReceived: ({ digit }) => `You pressed ${digit}`,
    onTrigger: () => 'News.',
  });
  const stack = memoryStack({
    templates: always(template),
    sessions: createMemoryStore(clock),
    outcomes: recordingOutcomes(),
    jobs: { start: async () => {} },
    queue: { put: async () => ({ items: [] }) },
    channel: { send: async () => ({ status: 'delivered' }) },
    websocket: undefined,
    assets: { clip: async () => undefined, names: () => [], nameOf: () => undefined },
    wake: async () => {},
    clock,
    log,
  });
  const claims = { claim: async () => true, release: async () => {} };
  const placeCall = async () => ({ status: 'placed' }) as const;
  return { ...stack, call: createCallHandler({ claims, placeCall, log }), lines };
}

/**
 * Feeds a function with what was made of a document. Throws what it may not throw, and an error
 * that says what is wrong.
 */
type Feed = (world: World, text: string) => Promise<void>;
interface Source {
  readonly documents: readonly unknown[];
  readonly feed: Feed;
}

/**
 * Every way in, with envelopes as AWS makes them: `whole` ones are mutated themselves, as whoever
 * may invoke can send.
 */
export const SOURCES: Readonly<Record<string, Source>> = {
  webhook: { documents: Object.values(EVENTS), feed: toWebhook },
  websocket: { documents: Object.values(EVENTS), feed: toWebSocket },
  HTTP: { documents: INTERRUPTIONS, feed: ({ interrupt }, text) => http200(interrupt(http(text))) },
  EventBridge: inside((text) => eventBridge(valueIn(text))),
  SNS: inside((text) => sns(text)),
  SQS: inside((text) => sqs(sqsRecord(text), sqsRecord(text, { messageId: 'second' }))),
  'SQS of EventBridge': inside((text) => sqs(sqsRecord(eventBridge(valueIn(text))))),
  'a direct invocation': inside(valueIn),
  'a rule with a mapping': {
    documents: [DETAIL],
    feed: refusing(({ interrupt }, text) =>
      interrupt({ interruption: MAPPING, event: eventBridge(valueIn(text)) }),
    ),
  },
  'a mapping itself': {
    documents: [MAPPING],
    feed: refusing(({ interrupt }, text) =>
      interrupt({ interruption: valueIn(text), event: eventBridge(DETAIL) }),
    ),
  },
  'a pipe': {
    documents: [sqsRecord({ detail: DETAIL }), KINESIS, STREAM],
    feed: refusing(({ interrupt }, text) =>
      interrupt([{ interruption: MAPPING, event: valueIn(text) }]),
    ),
  },
  'an envelope': {
    documents: [
      eventBridge(INTERRUPTIONS[0]),
      sns(INTERRUPTIONS[0]),
      sqs(sqsRecord(INTERRUPTIONS[0])),
      http(INTERRUPTIONS[0]),
      [{ interruption: MAPPING, event: sqsRecord(DETAIL) }],
    ],
    feed: refusing(({ interrupt }, text) => interrupt(valueIn(text))),
  },
  'a schedule': {
    documents: INTERRUPTIONS.map((interruption) => ({ interruption, schedule: SCHEDULE })),
    feed: refusing(({ interrupt }, text) => interrupt(valueIn(text))),
  },
  'a state of Step Functions': {
    documents: INTERRUPTIONS.map((interruption) => ({ interruption, execution: CONTEXT })),
    feed: refusing(({ interrupt }, text) => interrupt(valueIn(text))),
  },
  'a call to be placed': {
    documents: [{ to: '+4917639123456', id: 'call-1' }],
    feed: refusing(({ call }, text) => call(valueIn(text), { awsRequestId: 'request-1' })),
  },
  'a job': {
    documents: [{ id: 'job-1', session_id, turn: 1, input: { order: '4711' } }],
    feed: refusing(({ job }, text) => job(valueIn(text))),
  },
};

/** What was wrong with an input: where it came in, its seed, and why. */
export interface Finding {
  readonly source: string;
  readonly seed: number;
  readonly why: string;
}

/** Feeds a source with so many inputs, the same ones from the same first seed on. */
export async function fuzz(source: string, first: number, count: number): Promise<Finding[]> {
  const { documents, feed } = SOURCES[source] as Source;
  const findings: Finding[] = [];
  let world = aWorld();
  for (let n = 0; n < count; n++) {
    if (n % A_WORLD === 0) world = await begun();
    const seed = first + n;
    const choices = choicesFrom(seed);
    const text = mutated(choices.pick(documents), choices);
    const why = await whyWrong(() => feed(world, text), world.lines);
    if (why) findings.push({ source, seed, why });
  }
  return findings;
}

async function begun(): Promise<World> {
  const world = aWorld();
  await world.webhook({ body: JSON.stringify(EVENTS.session_start) });
  return world;
}

async function whyWrong(feed: () => Promise<void>, lines: string[]): Promise<string | undefined> {
  lines.length = 0;
  try {
    await feed();
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : `threw ${String(error)}`;
  }
  const long = lines.find((line) => line.length > MAX_LINE);
  return long && `a line of ${long.length} characters: ${long.slice(0, 300)}`;
}

function inside(envelope: (text: string) => unknown): Source {
  return {
    documents: INTERRUPTIONS,
    feed: refusing(({ interrupt }, text) => interrupt(envelope(text))),
  };
}

const REFUSALS = [InvalidInterruption, InvalidCall, InvalidValue];

/** An error is an answer where it says what is wrong with the input. */
function refusing(feed: (world: World, text: string) => Promise<unknown>): Feed {
  return async (world, text) => {
    try {
      bounded(JSON.stringify(await feed(world, text), withoutEchoes) ?? '');
    } catch (error) {
      if (!REFUSALS.some((refusal) => error instanceof refusal)) throw error;
      bounded((error as Error).message);
    }
  };
}

/** SQS and pipes want to see again by what name they know a record. */
const withoutEchoes = (key: string, value: unknown) =>
  key === 'itemIdentifier' ? undefined : value;

async function toWebhook({ webhook }: World, text: string): Promise<void> {
  const { statusCode, body = '' } = await webhook({ body: text });
  if (statusCode === 200) return valid(body);
  if (![204, 400, 413].includes(statusCode)) throw new Error(`answered ${statusCode} ${body}`);
  bounded(body);
}

async function toWebSocket({ websocket }: World, text: string): Promise<void> {
  const requestContext = { routeKey: '$default', connectionId: 'connection-1' };
  const { statusCode, body } = await websocket({ body: text, requestContext });
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  if (body !== undefined) valid(body);
}

async function http200(replying: Promise<unknown>): Promise<void> {
  const { statusCode, body = '' } = (await replying) as { statusCode: number; body?: string };
  if (![200, 202, 400, 404, 409, 410, 413].includes(statusCode))
    throw new Error(`answered ${statusCode} ${body.slice(0, 300)}`);
  bounded(body);
}

function valid(body: string): void {
  const actions: unknown = JSON.parse(body);
  if (!Array.isArray(actions) || actions.length === 0)
    throw new Error(`answered ${body.slice(0, 300)}`);
  for (const action of actions) parseAction(action);
}

function bounded(reply: string): void {
  if (reply.length > MAX_REPLY)
    throw new Error(`a reply of ${reply.length} characters: ${reply.slice(0, 300)}`);
}

/** As a service hands it over: what is no JSON is a text. */
function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
