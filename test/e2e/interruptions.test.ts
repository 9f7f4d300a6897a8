import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { playOf } from '../../local/recording/recorded-play.ts';
import { readRecording } from '../../local/recording/recording.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { pythonWithBoto3 } from '../support/boto3.ts';
import * as envelopes from '../support/envelopes.ts';
import {
  allOutcomes,
  invoke,
  type LocalRuntime,
  outcomesOf,
  placeCall,
  post,
  run,
  sharedRuntime,
  until,
} from '../support/local-runtime.ts';

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await sharedRuntime();
});

const SAY = 'Your parcel has just been shipped.';
const DELIVERED = { outcomes: [{ outcome: 'delivered' }] };
const GREETING = 'Hello! What is your name?';

/** A caller in the middle of the greeting, who hangs up when the test is over. */
async function listening({ onTestFinished }: TestContext, options: object = {}) {
  const call = await placeCall(runtime.url, { speed: 1, ...options });
  onTestFinished(async () => void (await call.hangsUp()));
  await call.hears(1);
  await new Promise((resolve) => setTimeout(resolve, 550));
  return call;
}

type Caller = Awaited<ReturnType<typeof placeCall>>;
const interrupt = async (body: unknown, headers: Record<string, string> = {}) => {
  const response = await post(`${runtime.url}/interruptions`, body, headers);
  return { status: response.status, body: await response.json() };
};
const words = async ({ session_id }: Caller) =>
  (await outcomesOf(runtime.url, session_id)).map(({ word }) => word).sort();
const sentences = (timeline: TimelineEntry[]) =>
  timeline.flatMap((entry) =>
    entry.kind === 'playback_started' && 'text' in entry ? [entry.text] : [],
  );

/** The greeting was cut by the application at a word, and the replacement began next. */
async function expectCut(call: Caller) {
  expect(await call.hears(2)).toBe(SAY);
  const playback = (await call.timeline()).filter(({ kind }) => kind.startsWith('playback_'));
  expect(playback).toMatchObject([
    { kind: 'playback_started', text: GREETING },
    {
      kind: 'playback_interrupted',
      by: 'app',
      heard: expect.stringMatching(/^Hello!( What( is( your)?)?)?$/),
    },
    { kind: 'playback_started', text: SAY },
  ]);
}

/** The fixtures with the current time, because what is older than 30 seconds isn't said. */
function now<T>(envelope: T): T {
  const text = JSON.stringify(envelope)
    .replace(/2026-11-23T12:00:00(\.000)?Z/g, new Date().toISOString())
    .replaceAll(String(Date.parse('2026-11-23T12:00:00Z')), String(Date.now()));
  return JSON.parse(text) as T;
}

describe.concurrent('each envelope through the Invoke API cuts the playing speak', () => {
  const json = (session_id: string) => ({ session_id, say: SAY });
  const { eventBridge, sns, sqs, sqsRecord, sqsOfSns, sqsOfRawSns, http } = envelopes;
  const acknowledged = { batchItemFailures: [] };

  test.for<[string, (session_id: string) => unknown, unknown]>([
    ['EventBridge', (id) => eventBridge(json(id)), null],
    ['SNS with JSON', (id) => sns(json(id)), null],
    ['SNS with plain text and attributes', (session_id) => sns(SAY, { session_id }), null],
    ['SQS', (id) => sqs(sqsRecord(json(id))), acknowledged],
    ['SQS with an SNS notification', (id) => sqsOfSns(json(id)), acknowledged],
    [
      'SQS with an SNS notification of plain text',
      (session_id) => sqsOfSns(SAY, { session_id }),
      acknowledged,
    ],
    ['SQS with raw SNS delivery', (id) => sqsOfRawSns(json(id)), acknowledged],
    [
      'SQS with raw SNS delivery of plain text',
      (session_id) => sqsOfRawSns(SAY, { session_id }),
      acknowledged,
    ],
    ['SQS with an EventBridge event', (id) => sqs(sqsRecord(eventBridge(json(id)))), acknowledged],
    [
      'HTTP API',
      (id) => http(json(id)),
      { statusCode: 200, body: expect.stringContaining('"delivered"') },
    ],
    ['direct', json, { interruption_id: expect.any(String), outcomes: [{ outcome: 'delivered' }] }],
  ])('%s', async ([, envelope, reply], context) => {
    const call = await listening(context);
    const response = await invoke(runtime.url, 'interrupt', now(envelope(call.session_id)));
    expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([200, null]);
    const answer: unknown = await response.json();
    if (reply === null) expect(answer).toBeNull();
    else expect(answer).toMatchObject(reply as object);
    await expectCut(call);
  });

  test('what is no interruption is a function error with its name', async () => {
    const response = await invoke(runtime.url, 'interrupt', now(eventBridge({ say: SAY })));
    expect(response.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(await response.json()).toMatchObject({ errorType: 'InvalidInterruption' });
  });
});

test.concurrent('an event on the embedded EventBridge cuts the playing speak', async (context) => {
  const call = await listening(context);
  const Detail = JSON.stringify({ session_id: call.session_id, say: SAY });
  const response = await post(
    `${runtime.url}/eventbridge`,
    { Entries: [{ EventBusName: 'default', Source: 'shop', DetailType: 'Order Shipped', Detail }] },
    { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' },
  );
  expect(await response.json()).toEqual({
    FailedEntryCount: 0,
    Entries: [{ EventId: expect.any(String) }],
  });
  await expectCut(call);
});

test.concurrent('a recording has what interrupted the call, and which call flow answered', async (context) => {
  const call = await listening(context);
  await interrupt({ session_id: call.session_id, say: SAY, id: 'recorded' });
  await expectCut(call);
  const path = `${runtime.url}/simulator/calls/${call.session_id}/recording`;
  const recording = readRecording(await (await fetch(path)).text());
  expect(recording.template).toBe('conversation');
  expect(playOf(recording).play.map(({ line }) => line)).toEqual([
    `assistant says "${GREETING}"`,
    expect.stringMatching(/^interrupted with {"say":.*"recorded".* after "Hello!/),
    'assistant is cut by the app',
    `assistant says "${SAY}"`,
  ]);
});

test.concurrent('the same trigger three times at once is heard once', async (context) => {
  const call = await listening(context);
  const interruption = { session_id: call.session_id, say: SAY, id: 'order-4711' };
  const replies = await Promise.all([
    interrupt(interruption),
    interrupt(interruption),
    interrupt(interruption),
  ]);
  const { session_id } = call;
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(replies.map(({ body }) => body)).toEqual(
    expect.arrayContaining([
      { interruption_id: 'order-4711', outcomes: [{ session_id, outcome: 'delivered' }] },
      {
        interruption_id: 'order-4711',
        outcomes: [{ session_id, outcome: 'skipped', reason: 'duplicate' }],
      },
    ]),
  );
  await expectCut(call);
  await until(async () => (await words(call)).length === 4, 'four outcomes');
  expect(await words(call)).toEqual(['delivered', 'duplicate', 'duplicate', 'heard']);
  expect(
    (await interrupt({ ...interruption, id: undefined }, { 'idempotency-key': 'order-4711' })).body,
  ).toMatchObject({
    outcomes: [{ reason: 'duplicate' }],
  });
  expect(sentences(await call.timeline())).toEqual([GREETING, SAY]);
});

test.concurrent('the outcome Heard tells the milliseconds from the trigger to the first word', async (context) => {
  const call = await listening(context);
  const triggered_at = new Date(Date.now() - 2000).toISOString();
  await interrupt({ session_id: call.session_id, say: SAY, id: 'late', triggered_at });
  await until(async () => (await words(call)).includes('heard'), 'the outcome');
  const heard = (await outcomesOf(runtime.url, call.session_id)).find(
    ({ word }) => word === 'heard',
  );
  expect(heard).toMatchObject({
    outcome: 'Interruption Heard',
    interruption_id: 'late',
    took_ms: expect.any(Number),
  });
  expect(heard?.took_ms).toBeGreaterThanOrEqual(2000);
  expect(heard?.took_ms).toBeLessThan(4000);
});

describe.concurrent('what follows the replacement', () => {
  const TRANSFER = {
    type: 'transfer',
    target_phone_number: '493023125100',
    caller_id_name: 'Shop',
    caller_id_number: '493023125000',
  };

  test('happens after it has ended, and not before', async (context) => {
    const call = await listening(context);
    await interrupt({ session_id: call.session_id, say: SAY, then: [TRANSFER] });
    const transferred = async () =>
      (await call.timeline()).some((e) => e.kind === 'action' && e.action.type === 'transfer');
    await until(transferred, 'the transfer');
    const timeline = await call.timeline();
    const story = timeline.map((entry) =>
      entry.kind === 'action' ? entry.action.type : entry.kind,
    );
    expect(story.filter((word) => word !== 'event')).toEqual([
      'speak',
      'playback_started',
      'barge_in',
      'playback_interrupted',
      'speak',
      'playback_started',
      'playback_finished',
      'transfer',
    ]);
    expect(timeline.find((e) => e.kind === 'action' && e.action.type === 'transfer')).toMatchObject(
      {
        source: 'webhook',
      },
    );
  });

  test('follows silence at once', async (context) => {
    const call = await listening(context);
    await interrupt({ session_id: call.session_id, then: [{ type: 'hangup' }] });
    await call.ends();
    expect(sentences(await call.timeline())).toEqual([GREETING]);
  });
});

describe.concurrent('over HTTP', () => {
  test.each([
    ['invalid_interruption', 'target', { say: SAY }],
    ['invalid_interruption', 'target', { session_id: 'a', target: { session_id: 'a' }, say: SAY }],
    ['invalid_interruption', 'play', { session_id: 'a', say: SAY, play: 'UklGRg==' }],
    ['invalid_interruption', 'sya', { session_id: 'a', sya: SAY }],
    ['invalid_interruption', 'then.0', { session_id: 'a', say: SAY, then: [{ type: 'barge_in' }] }],
    ['invalid_json', undefined, '{"session_id":'],
  ])('400 %s names %s', async (code, field, sent) => {
    const { status, body } = await interrupt(sent);
    expect(status).toBe(400);
    expect(body).toEqual({ error: { code, message: expect.any(String), ...(field && { field }) } });
  });

  test('413 for more than 256 KiB', async () => {
    const { status, body } = await interrupt({ session_id: 'a', say: 'x'.repeat(256 * 1024) });
    expect([status, body]).toMatchObject([413, { error: { code: 'too_large' } }]);
  });

  test('404 for a call that never was', async () => {
    const { status, body } = await interrupt({ session_id: 'nobody', say: SAY, id: 'i-1' });
    const outcomes = [{ session_id: 'nobody', outcome: 'skipped', reason: 'unknown_session' }];
    expect([status, body]).toEqual([404, { interruption_id: 'i-1', outcomes }]);
  });

  test('410 after hang-up', async (context) => {
    const call = await listening(context);
    await call.hangsUp();
    await call.ends();
    const { session_id } = call;
    const { status, body } = await interrupt({ session_id, say: SAY, id: 'i-1' });
    const outcomes = [{ session_id, outcome: 'skipped', reason: 'session_ended' }];
    expect([status, body]).toEqual([410, { interruption_id: 'i-1', outcomes }]);
  });

  test('409 for what comes too late', async (context) => {
    const call = await listening(context);
    const expires_at = new Date(Date.now() - 1000).toISOString();
    const { status, body } = await interrupt({ session_id: call.session_id, say: SAY, expires_at });
    expect([status, body]).toMatchObject([
      409,
      { outcomes: [{ outcome: 'skipped', reason: 'expired' }] },
    ]);
    expect(await words(call)).toEqual(['expired']);
  });

  test('405 for other methods, 415 for a form', async () => {
    expect((await fetch(`${runtime.url}/interruptions`)).status).toBe(405);
    expect((await interrupt('{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await interrupt('{}', { origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('whom it concerns', () => {
  test('caller and callee, in any notation of the number', async (context) => {
    const [one, two] = await Promise.all([
      listening(context, { from: '+493023125011', to: '+493023125012' }),
      listening(context, { from: '+493023125021', to: '+493023125022' }),
    ]);
    const delivered = ({ session_id }: Caller) => ({
      status: 200,
      body: { outcomes: [{ session_id, outcome: 'delivered' }] },
    });
    expect(await interrupt({ target: { caller: '0049 30 23125011' }, say: SAY })).toMatchObject(
      delivered(one),
    );
    expect(await interrupt({ target: { callee: '493023125022' }, say: SAY })).toMatchObject(
      delivered(two),
    );
    expect([await one.hears(2), await two.hears(2)]).toEqual([SAY, SAY]);
    expect([await words(one), await words(two)]).not.toContain('duplicate');
  });

  test('everyone', async (context) => {
    const calls = await Promise.all([1, 2, 3].map(() => listening(context)));
    const { status, body } = await interrupt({ target: { everyone: true }, say: SAY });
    const ids = (body as { outcomes: { session_id: string }[] }).outcomes.map(
      ({ session_id }) => session_id,
    );
    expect(status).toBe(200);
    expect(ids).toEqual(expect.arrayContaining(calls.map(({ session_id }) => session_id)));
    await Promise.all(calls.map(expectCut));
  });

  test('nobody on the line is 200 without outcomes', async () => {
    const nobody = await interrupt({ target: { label: 'order:4711' }, say: SAY });
    expect([nobody.status, nobody.body]).toMatchObject([200, { outcomes: [] }]);
  });
});

test('more calls than one invocation tells are passed on, and each hears it once', async () => {
  const to = '+493023125777';
  // Sixty in the same instant overrun the embedded database, and this is about calls that are
  // known.
  const calls: Caller[] = [];
  while (calls.length < 60) {
    const six = await Promise.all(
      Array.from({ length: 6 }, () => placeCall(runtime.url, { to, speed: 0.2 })),
    );
    await Promise.all(six.map((call) => call.hears(1)));
    calls.push(...six);
  }
  const closing = { target: { callee: to }, say: SAY, id: 'closing' };
  const told = async (word: string) => {
    const of = (await allOutcomes(runtime.url)).filter((outcome) => outcome.word === word);
    const ids = new Set(of.map(({ session_id }) => session_id));
    return calls.every(({ session_id }) => ids.has(session_id));
  };
  const foreseen = async () =>
    (await interrupt({ ...closing, dry_run: true })).body as { outcomes: object[] };
  await until(async () => (await foreseen()).outcomes.length === 60, 'all calls to be listed');
  expect(await interrupt(closing)).toMatchObject({
    status: 200,
    body: { outcomes: [], queued: 60 },
  });
  await until(() => told('heard'), 'the words', 20_000);
  expect(await interrupt(closing)).toMatchObject({ body: { queued: 60 } });
  await until(() => told('duplicate'), 'the second outcome', 20_000);
  for (const call of calls) {
    expect(sentences(await call.timeline()).filter((text) => text === SAY)).toHaveLength(1);
    await call.hangsUp();
  }
});

test.concurrent('`npm run call -- interrupt` shows the sentence, the cut, the replacement and the replies', async () => {
  const { exited, printed } = run('local/call.ts', ['interrupt']);
  expect(await exited, printed.stderr).toBe(0);
  expect(printed.stdout).toMatch(/assistant +Anna, you said: I ordered a yellow bicycle with/);
  expect(printed.stdout).toMatch(
    /cut +by the app, heard: "Anna, you said: I ordered a yellow bicycle/,
  );
  expect(printed.stdout.match(/assistant +Good news/g)).toHaveLength(1);
  expect(printed.stdout).toMatch(/HTTP → 200 (delivered|duplicate)/);
  expect(printed.stdout.match(/outcome +(delivered|duplicate)/g)).toHaveLength(3);
});

describe('the examples for those who send', () => {
  const has = (tool: string, ...args: string[]) => spawnSync(tool, args).status === 0;
  const examples = join(import.meta.dirname, '../../examples');

  test.concurrent.for<[file: string, tool: string | false | undefined, shell?: true]>([
    ['interrupt.py', pythonWithBoto3],
    ['interrupt.ts', process.execPath],
    ['interrupt.sh', has('aws', '--version') && 'sh', true],
    ['interrupt-signed.sh', has('curl', '--aws-sigv4', 'aws', '--version') && 'sh', true],
  ])('%s interrupts a call, as its first lines say', async ([file, tool, shell], { skip }) => {
    if (!tool) return skip('its tool is missing');
    const call = await placeCall(runtime.url, { speed: 1 });
    await call.hears(1);
    const target = { session_id: call.session_id };
    const { PATH, HOME } = process.env;
    const env = {
      PATH,
      HOME,
      AWS_ENDPOINT_URL: runtime.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: `${runtime.url}/eventbridge`,
      AWS_REGION: 'local',
      AWS_DEFAULT_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'of a role',
      INTERRUPTIONS_URL: `${runtime.url}/interruptions`,
    };
    const args = shell ? [JSON.stringify({ target, say: SAY })] : [JSON.stringify(target), SAY];
    const { stdout } = await promisify(execFile)(tool, [join(examples, file), ...args], { env });
    if (file !== 'interrupt.ts') expect(JSON.parse(stdout)).toMatchObject(DELIVERED);
    await until(async () => sentences(await call.timeline()).includes(SAY), `${SAY} of ${file}`);
    await call.hangsUp();
  });
});
