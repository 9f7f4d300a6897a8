import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { createExternalApi } from '../../functions/delivery/external-api.ts';
import { createOutcomes } from '../../functions/interruption/outcomes.ts';
import { audio } from '../../functions/protocol/builders.ts';
import { fixedTokens, readTokens, type Tokens } from '../../functions/runtime/tokens.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { lambdaLog } from '../support/lambda-log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noQueue } from '../support/no-queue.ts';
import { wav } from '../support/wav.ts';
import { alarmsIn, awsMetricsOf, metricsOf, rings, type Sums } from './alarm.ts';
import { externalApi, only, outbound, synthesize } from './synthesize.ts';

const template = synthesize({ outbound });
const alarms = alarmsIn(template);
const { id: session_id } = SESSION;

/** The alarms that ring, over what the functions have just logged and what AWS counts. */
const ringing = (now: Sums, before: Sums = {}) =>
  Object.entries(alarms)
    .filter(([, alarm]) => rings(alarm, now, before))
    .map(([name]) => name);

interface Options {
  readonly template?: Template;
  readonly sessions?: Partial<CallStore>;
  readonly channel?: () => Promise<Delivery>;
  readonly tokens?: Tokens;
}

let clock: ReturnType<typeof manualClock>;
let told: ReturnType<typeof lambdaLog>;
beforeEach(() => {
  clock = manualClock();
  told = lambdaLog();
});

const polite = defineTemplate({ fallback: 'Once more, please.', onUserSpeak: () => 'Yes?' });

/** The functions with a log as CloudWatch has it. */
function functions(options: Options = {}) {
  const { log } = told;
  const { channel } = options;
  const parts = {
    templates: always(options.template ?? polite),
    sessions: { ...createMemoryStore(clock), ...options.sessions },
    outcomes: createOutcomes({ bus: { put: async () => {} }, log }),
    jobs: { start: async () => {} },
    queue: noQueue,
    channel: channel && { send: channel },
    websocket: undefined,
    clock,
    log,
  };
  const stack = memoryStack(parts);
  const tokens = options.tokens ?? { accepts: async () => true, values: async () => [] };
  const webhook = createWebhookHandler({ ...parts, wake: async () => {}, tokens });
  /** An event that API Gateway took `ago` ms ago. */
  const hear = (event: object, ago = 0) =>
    webhook({
      headers: { 'x-api-token': 'wrong' },
      body: JSON.stringify(event),
      requestContext: { timeEpoch: clock.now() - ago },
    });
  let count = 0;
  const interrupt = (over: object = {}) =>
    stack.interrupt({ session_id, say: 'It has shipped.', id: `i-${++count}`, ...over });
  return { ...stack, hear, interrupt };
}

const counted = (name: 'webhook' | 'websocket' | 'interrupt' | 'job') =>
  metricsOf(template, name, told.text().split('\n'));

describe('an ordinary call', () => {
  it('rings nothing, and counts the answers that somebody waits for', async () => {
    const { hear, interrupt } = functions({ channel: async () => ({ status: 'delivered' }) });
    await hear(EVENTS.session_start);
    await hear(userSpeak('Hello'));
    for (let n = 0; n < 3; n++) {
      await interrupt();
      await clock.advance(100);
      await hear({
        ...EVENTS.assistant_speak,
        text: 'It has shipped.',
        speech_started_at: clock.now(),
      });
      await clock.advance(3_000);
      await hear(EVENTS.assistant_speech_ended);
    }
    const sums = counted('webhook');
    expect(sums).toMatchObject({ Answers: 2, Delivered: 3, Heard: 3, Missed: 0 });
    expect(ringing(sums)).toEqual([]);
  });
});

describe('what callers hear', () => {
  it('as a fallback rings Fallbacks', async () => {
    const broken = defineTemplate({
      fallback: 'Once more, please.',
      onUserSpeak: () => {
        throw new Error('boom');
      },
    });
    const { hear } = functions({ template: broken });
    await hear(userSpeak('Hello'));
    expect(counted('webhook')).toMatchObject({ Answers: 1, Fallbacks: 1 });
    expect(ringing(counted('webhook'))).toEqual(['Fallbacks']);
    expect(ringing({ Answers: 100, Fallbacks: 10 })).toEqual([]);
  });

  it('late rings LateAnswers, from the moment at which API Gateway took the event', async () => {
    const { hear } = functions();
    await hear(userSpeak('Hello'), 1_001);
    expect(ringing(counted('webhook'))).toEqual(['LateAnswers']);
  });

  it('and the end of a hold, that nobody waits for, rings nothing', async () => {
    const { hear } = functions();
    await hear(EVENTS.assistant_speech_ended, 3_500);
    expect(ringing(counted('webhook'))).toEqual([]);
  });

  it('as silence, because it was too large for the WebSocket, rings LostAnswers', async () => {
    const long = defineTemplate({
      fallback: audio(wav(150_000)),
      onUserSpeak: () => audio(wav(150_000)),
    });
    const { websocket } = functions({ template: long });
    await websocket({
      body: JSON.stringify(userSpeak('Hello')),
      requestContext: { routeKey: '$default', connectionId: 'c', requestTimeEpoch: clock.now() },
    });
    expect(ringing(counted('websocket'))).toEqual(['Fallbacks', 'LostAnswers']);
  });

  it('as an apology, because a job got lost, rings LostAnswers', async () => {
    const slow = defineTemplate({
      fallback: 'Once more, please.',
      progress: 'Still looking.',
      apology: 'I could not find out.',
      onUserSpeak: () => later({ hold: 'One moment.', job: {} }),
      onJob: () => 'It has left.',
    });
    const { hear } = functions({ template: slow });
    await hear(EVENTS.session_start);
    await hear(userSpeak('4711'));
    await clock.advance(61_000);
    await hear(EVENTS.user_input_timeout);
    expect(ringing(counted('webhook'))).toEqual(['LostAnswers']);
  });

  it('as an apology, because a job failed, rings LostAnswers by the error of its function', () => {
    expect(awsMetricsOf(alarms.LostAnswers as never)).toEqual(['AWS/Lambda/Errors']);
  });
});

describe('what a call is made of', () => {
  const down = () => Promise.reject(new Error('DynamoDB is down'));

  it('cannot be read: StoreFailures, in one call', async () => {
    const { hear } = functions({ sessions: { record: down } });
    for (const event of [EVENTS.session_start, EVENTS.assistant_speak, userSpeak('Hello')])
      await hear(event);
    expect(ringing(counted('webhook'))).toEqual(['StoreFailures']);
  });

  it('cannot be written: StoreFailures', async () => {
    const { hear } = functions({ sessions: { save: down } });
    for (const text of ['One', 'Two', 'Three']) await hear(userSpeak(text));
    expect(counted('webhook').StoreFailures).toBe(3);
    expect(ringing(counted('webhook'))).toEqual(['StoreFailures']);
  });

  it('cannot be interrupted, for want of the store: both alarms', async () => {
    const { interrupt } = functions({
      sessions: { read: down },
      channel: async () => ({ status: 'delivered' }),
    });
    for (let n = 0; n < 3; n++) await interrupt();
    expect(ringing(counted('interrupt'))).toContain('StoreFailures');
  });

  it('is a slow read once: nothing', () => {
    expect(ringing({ StoreFailures: 2 })).toEqual([]);
  });
});

describe('tokens', () => {
  it('that cannot be read ring SecretFailures', async () => {
    const read = () => Promise.reject(new Error('AccessDenied'));
    const { hear } = functions({ tokens: readTokens(read, clock, told.log) });
    expect(await hear(userSpeak('Hello'))).toMatchObject({ statusCode: 503 });
    expect(ringing(counted('webhook'))).toEqual(['SecretFailures']);
  });

  it('of AI Flow, too, that cannot be read to interrupt', async () => {
    const { send } = createExternalApi({
      settings: externalApi,
      token: () => Promise.reject(new Error('AccessDenied')),
      post: async () => 202,
      clock,
      random: Math.random,
    });
    const channel = () => send(session_id, [], clock.now() + 100);
    const { hear, interrupt } = functions({ channel });
    await hear(EVENTS.session_start);
    await interrupt();
    expect(ringing(counted('interrupt'))).toContain('SecretFailures');
  });

  it('that are wrong ring Unauthorized', async () => {
    const { hear } = functions({ tokens: fixedTokens('right') });
    expect(await hear(EVENTS.session_start)).toMatchObject({ statusCode: 401 });
    expect(ringing(counted('webhook'))).toEqual(['Unauthorized']);
  });
});

describe('interruptions', () => {
  /** Some, each in a call that is there. */
  async function interrupted(channel: () => Promise<Delivery>, over: object = {}) {
    const { hear, interrupt } = functions({ channel });
    await hear(EVENTS.session_start);
    for (let n = 0; n < 3; n++) {
      await interrupt(over);
      // The call proves that it lives.
      await hear(userSpeak(`Hello ${n}`));
    }
    return ringing(counted('interrupt'));
  }

  it('that fail ring FailedInterruptions', async () => {
    const refused = {
      status: 'refused',
      code: 'refused',
      message: '400',
      retryable: false,
    } as const;
    expect(await interrupted(async () => refused)).toEqual(['FailedInterruptions']);
    expect(told.text()).toContain('"code":"refused","why":"400"');
  });

  it('that AI Flow takes and nobody hears ring UnheardInterruptions', async () => {
    expect(await interrupted(async () => ({ status: 'delivered' }))).toEqual([
      'UnheardInterruptions',
    ]);
    expect(ringing({ Delivered: 10, Heard: 6, Missed: 0 })).toEqual([]);
  });

  it('to calls that AI Flow says it does not know, though they go on, ring it', async () => {
    expect(await interrupted(async () => ({ status: 'gone' }))).toEqual(['UnheardInterruptions']);
  });

  it('that come too late ring it', async () => {
    const over = { triggered_at: new Date(clock.now() - 60_000).toISOString() };
    expect(await interrupted(async () => ({ status: 'delivered' }), over)).toEqual([
      'UnheardInterruptions',
    ]);
  });

  it('whose transfer nobody knows to have come ring ThenLost', async () => {
    const then = [{ type: 'hangup' }];
    const inDoubt = async () => ({ status: 'in_doubt', message: 'reset' }) as const;
    const { hear, interrupt } = functions({ channel: inDoubt });
    await hear(EVENTS.session_start);
    await interrupt({ then });
    await clock.advance(10_000);
    await hear(userSpeak('Hello?'));
    const sums = counted('interrupt');
    expect(sums.ThenLost).toBe(1);
    expect(ringing(sums)).toEqual(['FailedInterruptions', 'ThenLost']);
  });

  it('whose hangup somebody calls off ring nothing', async () => {
    const { hear, interrupt } = functions({ channel: async () => ({ status: 'delivered' }) });
    await hear(EVENTS.session_start);
    await interrupt({ then: [{ type: 'hangup' }], id: 'one' });
    await interrupt({ say: undefined, cancel: 'one' });
    expect(told.text()).toContain('interruption_then_skipped');
    expect(ringing(counted('interrupt'))).toEqual([]);
  });
});

describe('what only AWS sees', () => {
  it('is an event that the stage turned away: Throttles, by the access log', () => {
    const { AccessLogSettings } = only(template, 'AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
    }).properties;
    const { Format } = AccessLogSettings as { Format: string };
    const line = (status: string) => Format.replace('$context.status', status);
    expect(ringing(metricsOf(template, 'access', [line('429')]))).toEqual(['Throttles']);
    expect(ringing(metricsOf(template, 'access', [line('200'), line('401')]))).toEqual([]);
  });

  it.each([
    ['Throttles', 'AWS/Lambda/Throttles', 5],
    ['Throttles', 'AWS/ApiGateway/ClientError', 1],
    ['Errors', 'AWS/Lambda/Errors', 2],
    ['ServerErrors', 'AWS/ApiGateway/5xx', 1],
    ['ServerErrors', 'AWS/ApiGateway/ExecutionError', 1],
  ])('rings %s by %s', (name, metric, count) => {
    const alarm = alarms[name];
    expect(alarm && awsMetricsOf(alarm).filter((one) => one === metric)).toHaveLength(count);
    for (const id of alarm?.Metrics?.filter(({ MetricStat }) => MetricStat).map(({ Id }) => Id) ??
      [])
      expect(alarm?.Metrics?.at(0)?.Expression).toContain(id);
  });

  it('is a dead letter: DeadLetters, as often as one comes, and it clears though they lie there', () => {
    const visible = 'ApproximateNumberOfMessagesVisible';
    const inFlight = 'ApproximateNumberOfMessagesNotVisible';
    expect(ringing({ [visible]: 1, [inFlight]: 0 })).toEqual(['DeadLetters']);
    expect(ringing({ [visible]: 2, [inFlight]: 0 }, { [visible]: 1, [inFlight]: 0 })).toEqual([
      'DeadLetters',
    ]);
    expect(ringing({ [visible]: 2, [inFlight]: 0 }, { [visible]: 2, [inFlight]: 0 })).toEqual([]);
    // Somebody has looked at them.
    expect(ringing({ [visible]: 2, [inFlight]: 0 }, { [visible]: 0, [inFlight]: 2 })).toEqual([]);
  });
});

it('every alarm has a row in docs/operations.md, and a test here', () => {
  const rows = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const documented = [...rows.matchAll(/^\| \*\*(\w+)\*\* \|/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual(Object.keys(alarms).sort());
  expect(Object.keys(alarms).sort()).toEqual([
    'DeadLetters',
    'Errors',
    'FailedInterruptions',
    'Fallbacks',
    'LateAnswers',
    'LostAnswers',
    'SecretFailures',
    'ServerErrors',
    'StoreFailures',
    'ThenLost',
    'Throttles',
    'Unauthorized',
    'UnheardInterruptions',
  ]);
});

describe('the topic', () => {
  const alarmTopic = 'arn:aws:sns:eu-central-1:123456789012:on-call';

  it('is told of every alarm', () => {
    const told = Object.values(alarmsIn(synthesize({ alarmTopic })));
    expect(told).toHaveLength(Object.keys(alarms).length);
    for (const { AlarmActions } of told) expect(AlarmActions).toEqual([alarmTopic]);
  });

  it('is optional', () => {
    for (const { AlarmActions } of Object.values(alarms)) expect(AlarmActions).toBeUndefined();
  });
});
