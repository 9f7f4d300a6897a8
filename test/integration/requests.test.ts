import { expect, it } from 'vitest';
import { meter, type Usage } from '../../bench/meter.ts';
import type { Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import type { Channel } from '../../functions/delivery/channel.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { noJobs } from '../support/no-jobs.ts';
import { noQueue } from '../support/no-queue.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

const dynamodb = embeddedDynamoDb();
// 40 characters: about 2.7 s.
const ANSWER = 'Your parcel will be with you on Tuesday.';
const NEWS = 'No: it will be with you today, at three.';

const TEMPLATE: Template = {
  onSessionStart: () => 'Hello!',
  onUserSpeak: () => ANSWER,
};

it.each([
  ['tells that a sentence begins', 1, { ...EVENTS.assistant_speak, text: 'Hello!' }],
  ['is only recorded', 1, EVENTS.user_input_timeout],
  ['is answered', 2, EVENTS.user_speak],
])('an event that %s costs %i, and as many write units', async (_, requests, event) => {
  const line = await answered(TEMPLATE);
  await line.hear(event);
  expect(line.usage()).toEqual({ requests, depth: requests, write_units: requests });
});

it.each([
  ['is only recorded', 2, EVENTS.user_input_timeout],
  ['is answered', 4, EVENTS.user_speak],
])('an event that %s sets %i timers, and one for each request', async (_, timers, event) => {
  const line = await answered(TEMPLATE);
  const before = line.timers();
  await line.hear(event);
  expect(line.timers() - before).toBe(timers);
});

it('the end of a call costs an item for each way to find it, and no more in sequence than a third', async () => {
  const line = await answered(TEMPLATE);
  await line.hear(EVENTS.session_end);
  expect(line.usage()).toEqual({ requests: 5, depth: 3, write_units: 5 });
});

it('the start of a call costs two in sequence, and an item for each way to find it', async () => {
  const line = await answered(TEMPLATE);
  expect(line.start).toEqual({ requests: 3, depth: 2, write_units: 5 });
});

it('an interruption costs two before its bytes leave, and one after', async () => {
  const line = await answered(TEMPLATE);
  await line.says('Where is it?');
  line.usage();
  let before = 0;
  line.onSend(() => {
    before = line.usage().requests;
  });
  expect(await line.interrupt({ say: NEWS })).toMatchObject([{ outcome: 'delivered' }]);
  expect([before, line.usage().requests]).toEqual([2, 1]);
});

it('connects for the push before anything is read of the call', async () => {
  const line = await answered(TEMPLATE);
  line.usage();
  let before = Number.NaN;
  line.onPrepare(() => {
    before = line.usage().requests;
  });
  expect(await line.interrupt({ say: NEWS })).toMatchObject([{ outcome: 'delivered' }]);
  expect(before).toBe(0);
});

it.each([
  ['with a then', { then: [{ type: 'hangup' }] }, ['barge_in', NEWS, 'hangup']],
  ['that is deferred', { when: 'after_current' }, ['barge_in', NEWS]],
])('one %s costs at most 8 until all of it has been heard', async (_, request, told) => {
  const line = await answered(TEMPLATE);
  await line.says('Where is it?');
  line.usage();
  const [outcome] = await line.interrupt({ say: NEWS, ...request });
  if (outcome?.outcome === 'delivered') await line.hear(EVENTS.assistant_speech_ended);
  else await line.ends(ANSWER);
  await line.begins(NEWS);
  await line.ends(NEWS);
  expect(line.told()).toEqual(told);
  expect(line.usage().requests).toBeLessThanOrEqual(8);
});

/** A call whose greeting has been heard. */
async function answered(template: Template) {
  const client = dynamodb.client();
  let timers = 0;
  const time = manualClock();
  const clock = {
    ...time,
    after(ms: number, callback: () => void) {
      timers++;
      return time.after(ms, callback);
    },
  };
  const session = { ...SESSION, id: Math.random().toString(36).slice(2) };
  const usage = meter(client);
  const told: string[] = [];
  let [onSend, onPrepare] = [() => {}, () => {}];
  const channel: Channel = {
    prepare: () => onPrepare(),
    async send(_id, actions) {
      onSend();
      told.push(...actions.map(wordOf));
      return { status: 'delivered' };
    },
  };
  const log = recordingLog();
  const { assistant, interrupter } = memoryStack({
    templates: always(template),
    sessions: createDynamoDbCallStore({ dynamoDb: client, table: dynamodb.table, clock, log }),
    outcomes: recordingOutcomes(),
    jobs: noJobs,
    queue: noQueue,
    channel,
    websocket: undefined,
    clock,
    log,
  });
  const line = {
    usage,
    hear,
    begins,
    ends,
    says,
    interrupt,
    told: () => told,
    timers: () => timers,
    onSend: (run: () => void) => (onSend = run),
    onPrepare: (run: () => void) => (onPrepare = run),
    /** Of `session_start`. */
    start: {} as Usage,
  };
  await hear(EVENTS.session_start);
  line.start = usage();
  await begins('Hello!');
  await ends('Hello!');
  usage();
  return line;

  async function hear(event: object) {
    const at = clock.now();
    const actions = await assistant({ ...event, session } as never, { at, deadline: at + 800 });
    told.push(...actions.map(wordOf));
  }

  async function begins(text: string) {
    await clock.advance(200);
    await hear({
      ...EVENTS.assistant_speak,
      text,
      duration_ms: lengthOf(text),
      speech_started_at: clock.now(),
    });
  }

  async function ends(text: string) {
    await clock.advance(lengthOf(text));
    await hear(EVENTS.assistant_speech_ended);
  }

  /** The caller says something, and hears the beginning of the answer. */
  async function says(text: string) {
    await hear({ ...EVENTS.user_speak, text });
    await begins(ANSWER);
    await clock.advance(500);
    told.splice(0);
  }

  async function interrupt(request: object) {
    const whole = { session_id: session.id, max_age_seconds: 60, ...request };
    const defaults = { id: 'news', at: clock.now() };
    return (await interrupter(parseInterruption(whole, defaults, clock.now()))).outcomes;
  }
}

const wordOf = (action: object) =>
  'text' in action ? String(action.text) : 'type' in action ? String(action.type) : '';

const lengthOf = (text: string) => Math.round((text.length * 1000) / 15);
