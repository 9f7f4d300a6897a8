import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createAws } from '../../ops/aws.ts';
import { redrive } from '../../ops/redriving.ts';
import { awsServices } from '../support/aws-service.ts';
import { eventBridge, sns, sqs, sqsRecord } from '../support/envelopes.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noQueue } from '../support/no-queue.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { sqsService } from '../support/sqs-service.ts';

const services = awsServices();
const DEAD = 'https://sqs.example/dead';
const LIVE = 'https://sqs.example/live';
const { id: session_id } = SESSION;
const HOUR = 3_600_000;

let clock: ManualClock = manualClock();
let service: ReturnType<typeof sqsService>;
let lines: string[];
beforeEach(() => {
  clock = manualClock();
  service = sqsService(clock.now);
  lines = [];
});

async function redriven(send = true): Promise<number> {
  const { url: endpoint } = await services(service.listener);
  const credentials = async () => ({ accessKeyId: 'AKID', secretAccessKey: 'SECRET' });
  const aws = createAws({ region: 'eu-central-1', endpoint, credentials }, systemClock);
  const parts = { call: aws.json('sqs'), clock, print: (line: string) => void lines.push(line) };
  return redrive(send, { ...parts, deadLetters: DEAD, interruptions: LIVE, bus: 'OwnBus' });
}

/**
 * A call, and the interrupt function that gets what lies in the queue: what was said, and what came
 * of it.
 */
async function handedOut() {
  const said: string[] = [];
  const outcomes = recordingOutcomes();
  const stack = memoryStack({
    templates: always(defineTemplate({ fallback: 'Pardon?' })),
    sessions: createMemoryStore(clock),
    outcomes,
    jobs: { start: async () => {} },
    queue: noQueue,
    channel: {
      send: async (_id, actions) => {
        said.push(
          ...actions.flatMap((action) => ('text' in action ? [action.text as string] : [])),
        );
        return { status: 'delivered' };
      },
    },
    websocket: undefined,
    clock,
    log: recordingLog(),
  });
  await stack.webhook({ body: JSON.stringify(EVENTS.session_start) });
  for (const { Body, MessageId, Attributes, MessageAttributes } of service.messages(LIVE)) {
    const messageAttributes = Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
        name,
        { stringValue: StringValue },
      ]),
    );
    const record = { messageId: MessageId, attributes: Attributes, messageAttributes };
    expect(await stack.interrupt(sqs(sqsRecord(Body, record)))).toEqual({ batchItemFailures: [] });
  }
  return {
    said,
    came: outcomes.events.map(({ outcome, reason, interruption_id }) => [
      interruption_id,
      reason ?? outcome,
    ]),
  };
}

const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });

const failedInvocation = (requestPayload: unknown, ago = 0) => ({
  version: '1.0',
  timestamp: new Date(clock.now() - ago).toISOString(),
  requestContext: { requestId: 'request-1', condition: 'RetriesExhausted' },
  requestPayload,
  responsePayload: { errorType: 'InterruptionFailed', errorMessage: 'it failed' },
});

const request = (over: object = {}) => ({ session_id, say: 'It has shipped.', ...over });
const valid = request({ max_age_seconds: 24 * 3_600 });
const old = (ago: number) => ({ Attributes: { SentTimestamp: String(clock.now() - ago) } });
const time = (ago: number) => new Date(clock.now() - ago).toISOString();

/** Scheduler has had a minute to invoke. */
const scheduleOf = (ago: number) => ({
  arn: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/calls/order-4711',
  time: time(ago + 60_000),
});
const { arn: ARN, time: DUE } = scheduleOf(HOUR);
const SCHEDULED = createHash('sha256').update(`${ARN} ${DUE}`).digest('hex');

const SHAPES: [name: string, put: (body: object, ago: number) => void, id: string][] = [
  [
    'a message of the queue',
    (body, ago) => service.put(DEAD, body, { ...old(ago), MessageId: 'sqs-1' }),
    'sqs-1',
  ],
  [
    'an event that EventBridge could not deliver',
    (body, ago) => service.put(DEAD, eventBridge(body, { time: time(ago), id: 'eb-1' })),
    'eb-1',
  ],
  [
    'an event on which the function failed',
    (body, ago) =>
      service.put(DEAD, failedInvocation(eventBridge(body, { time: time(ago), id: 'eb-1' }))),
    'eb-1',
  ],
  [
    "an event of somebody else's, mapped by a rule, on which the function failed",
    (body, ago) => {
      const event = eventBridge({ order: '4711' }, { time: time(ago), id: 'eb-1' });
      service.put(DEAD, failedInvocation({ interruption: body, event }));
    },
    'eb-1',
  ],
  [
    'an SNS notification on which the function failed',
    (body, ago) => {
      const event = sns(body);
      Object.assign(event.Records[0]?.Sns ?? {}, { Timestamp: time(ago), MessageId: 'sns-1' });
      service.put(DEAD, failedInvocation(event));
    },
    'sns-1',
  ],
  [
    'an SNS notification that could not be delivered',
    (body, ago) => {
      const Sns = { ...sns(body).Records[0]?.Sns, Timestamp: time(ago), MessageId: 'sns-1' };
      service.put(DEAD, Sns);
    },
    'sns-1',
  ],
  [
    'a schedule that Scheduler could not deliver',
    (interruption, ago) => service.put(DEAD, { interruption, schedule: scheduleOf(ago) }),
    SCHEDULED,
  ],
  [
    'a schedule on which the function failed',
    (interruption, ago) =>
      service.put(DEAD, failedInvocation({ interruption, schedule: scheduleOf(ago) })),
    SCHEDULED,
  ],
  [
    'an invocation that failed',
    (body, ago) => service.put(DEAD, failedInvocation(body, ago)),
    'request-1',
  ],
];

describe.each(SHAPES)('%s', (_name, put, id) => {
  it('is put back with its own id, and said while it is valid', async () => {
    put(valid, HOUR);
    expect(await redriven()).toBe(0);
    expect(service.messages(DEAD)).toEqual([]);
    expect(await handedOut()).toEqual({ said: ['It has shipped.'], came: [[id, 'delivered']] });
  });

  it('stays unspoken once it has expired, though SQS thinks it is new', async () => {
    put(request(), HOUR);
    await redriven();
    expect(await handedOut()).toEqual({ said: [], came: [[id, 'expired']] });
  });

  it('keeps the id and the time that it has itself', async () => {
    put({ ...valid, id: 'shipped-4711', triggered_at: time(2 * 24 * HOUR) }, HOUR);
    await redriven();
    expect(await handedOut()).toEqual({ said: [], came: [['shipped-4711', 'expired']] });
  });

  it('is only shown first, without what it would say', async () => {
    put(valid, HOUR);
    expect(await redriven(false)).toBe(1);
    expect(service.messages(LIVE)).toEqual([]);
    expect(service.messages(DEAD)).toHaveLength(1);
    expect(service.hidden.size).toBe(0);
    expect(lines.join('\n')).toContain(id);
    expect(lines.join('\n')).toMatch(/valid until .*\n1 dead letters; nothing was changed/);
    expect(lines.join('\n')).not.toContain('shipped.');
  });
});

it('a text with its target in attributes, and a call of many, keep whom they are for', async () => {
  service.put(DEAD, 'It has shipped.', {
    MessageAttributes: { session_id: { DataType: 'String', StringValue: session_id } },
  });
  const everyone = { target: { everyone: true }, say: 'We close early.' };
  service.put(DEAD, everyone, {
    MessageAttributes: { passed_on_for: { DataType: 'String', StringValue: 'another-call' } },
  });
  await redriven();
  const { said, came } = await handedOut();
  expect(said).toEqual(['It has shipped.']);
  expect(came.map(([, word]) => word)).toEqual(['delivered', 'unknown_session']);
});

it('what is said twice is heard once', async () => {
  service.put(DEAD, { ...valid, id: 'shipped' });
  service.put(DEAD, { ...valid, id: 'shipped' });
  await redriven();
  expect((await handedOut()).said).toEqual(['It has shipped.']);
});

it.each([
  [
    'an event that the function refused',
    failedInvocation({ label_prefix: 'shop:', event: eventBridge(valid) }),
    {},
  ],
  [
    'one that EventBridge could not deliver',
    eventBridge(valid),
    { RULE_ARN: attribute('arn:aws:events:eu-central-1:123456789012:rule/ShopBus/Rule') },
  ],
])(
  '%s of a restricted bus stays: on the queue it could address anybody',
  async (_name, body, attributes) => {
    service.put(DEAD, body, { MessageAttributes: attributes });
    expect(await redriven()).toBe(1);
    expect(lines[0]).toContain('an event of another bus');
  },
);

it('an event of the own bus that EventBridge could not deliver is put back', async () => {
  const RULE_ARN = attribute('arn:aws:events:eu-central-1:123456789012:rule/OwnBus/Rule');
  service.put(DEAD, eventBridge(valid), { MessageAttributes: { RULE_ARN } });
  expect(await redriven()).toBe(0);
});

it.each([
  ['a job', failedInvocation({ id: 'job-1', session_id, turn: 1, input: {} }), 'a job'],
  ['a call', failedInvocation({ to: '+4917639123456' }), 'a call that was to be placed'],
  ['a slip', { session_id, say: 'Hello', urgnet: true }, 'stays: no interruption'],
  ['no JSON object', '[1]', 'stays: no interruption'],
  ['a wake-up', '{"wake":"session-1"}', 'a wake-up of our own'],
])('%s stays where it is', async (_name, body, about) => {
  service.put(DEAD, body);
  expect(await redriven()).toBe(1);
  expect(service.messages(LIVE)).toEqual([]);
  expect(service.messages(DEAD)).toHaveLength(1);
  expect(lines[0]).toContain(about);
  expect(lines.join('\n')).not.toContain('17639123456');
});

it('of more than SQS gives at once, none is forgotten', async () => {
  for (let n = 0; n < 25; n++) service.put(DEAD, { ...valid, id: `i-${n}` });
  expect(await redriven()).toBe(0);
  expect(service.messages(LIVE)).toHaveLength(25);
});

it('there may be none', async () => {
  expect(await redriven()).toBe(0);
  expect(lines).toEqual(['there are no dead letters']);
});

describe("SQS's own redrive, which gives a new id and a new time", () => {
  const DeadLetterQueueSourceArn = 'arn:aws:sqs:eu-central-1:123456789012:interruptions';
  const again = { Attributes: { SentTimestamp: '0', DeadLetterQueueSourceArn } };

  it('has nothing spoken that has no time of its own', async () => {
    service.put(LIVE, valid, {
      Attributes: { ...again.Attributes, SentTimestamp: String(clock.now()) },
    });
    expect((await handedOut()).said).toEqual([]);
  });

  it('has spoken what is valid by the time of its envelope', async () => {
    service.put(LIVE, eventBridge(valid, { time: time(1_000) }), again);
    expect((await handedOut()).said).toEqual(['It has shipped.']);
  });
});
