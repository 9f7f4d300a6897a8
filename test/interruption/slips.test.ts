import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { createCallHandler } from '../../functions/outbound/call-handler.ts';
import { MAX_DEPTH, MAX_ENTRIES } from '../../functions/protocol/json.ts';
import {
  eventBridge,
  http,
  sns,
  sqs,
  sqsOfRawSns,
  sqsOfSns,
  sqsRecord,
} from '../support/envelopes.ts';
import { lambdaLog } from '../support/lambda-log.ts';
import { manualClock } from '../support/manual-clock.ts';

const session_id = 'session-123';
const NAME = 'Anna Schmidt';
const NUMBER = '+4917639123456';
const FOREIGN = /Anna|anna|Schmidt|17639123456/;

let told: ReturnType<typeof lambdaLog>;
let interrupted: unknown[];
let handle: (event: unknown) => Promise<unknown>;

beforeEach(() => {
  told = lambdaLog();
  interrupted = [];
  handle = createInterruptHandler({
    interrupt: async (interruption) => {
      interrupted.push(interruption);
      return { outcomes: [] };
    },
    outcomes: { publish: async () => {} },
    look: async () => {},
    assets: { names: () => ['hold'], nameOf: () => undefined, clip: async () => undefined },
    clock: manualClock(Date.parse('2026-11-23T12:00:02Z')),
    log: told.log,
  });
});

const SOURCES: [string, (request: unknown) => unknown][] = [
  ['EventBridge', eventBridge],
  ['SNS', sns],
  ['SQS', (request) => sqs(sqsRecord(request))],
  ['SQS after SNS', sqsOfSns],
  ['SQS after EventBridge', (request) => sqs(sqsRecord(eventBridge(request)))],
  ['a direct invocation', (request) => request],
  ['HTTP', http],
];

const SLIPS: [string, unknown][] = [
  ['a target that is a number', { target: NUMBER, say: 'Hi' }],
  ['a target that cannot be read', { target: { caller: `${NUMBER} (${NAME})` }, say: 'Hi' }],
  ['a target that is numeric', { target: { caller: 4917639123456 }, say: 'Hi' }],
  ['a then of words', { session_id, say: 'Hi', then: [`Goodbye ${NAME}`] }],
  ['a then of an unknown type', { session_id, say: 'Hi', then: [{ type: NAME }] }],
  [
    'a then with an unknown key',
    { session_id, say: 'Hi', then: [{ type: 'hangup', [NAME]: NAME }] },
  ],
  ['a numeric id', { session_id, id: 4917639123456 }],
  ['a long id', { session_id, id: NAME.repeat(20) }],
  ['a misspelt key', { session_id, [NAME]: true }],
  ['a key that is a number', { session_id, [NUMBER]: NAME }],
  ['a misspelt key of target', { target: { [NAME]: NUMBER } }],
  ['a misspelt key of say', { session_id, say: { text: 'Hi', [NAME]: 1 } }],
  ['a session id that is a name', { session_id: NAME }],
  ['a label that is too long', { target: { label: NAME.repeat(20) } }],
  ['a time in words', { session_id, triggered_at: NAME }],
  ['a moment in words', { session_id, when: NAME }],
  ['an age in words', { session_id, max_age_seconds: NUMBER }],
  ['a say that is an array', { session_id, say: [NAME] }],
  ['a provider that there is not', { session_id, say: { text: 'Hi', tts: { provider: NAME } } }],
  [
    'a strategy that there is not',
    { session_id, say: { text: 'Hi', barge_in: { strategy: NAME } } },
  ],
  ['SSML that is broken', { session_id, say: { ssml: `<speak><${NAME}></speak>` } }],
  ['a clip that is text', { session_id, play: NAME }],
  ['the name of a clip that is none', { session_id, play: { asset: NAME } }],
  ['the name of no clip', { session_id, play: { asset: 'anna-schmidt' } }],
  ['a clip with another key', { session_id, play: { asset: 'hold', [NAME]: 1 } }],
  [
    'a clip of then that is none',
    { session_id, say: 'Hi', then: [{ type: 'audio', audio: { asset: 'anna-schmidt' } }] },
  ],
];

describe.each(SOURCES)('over %s', (_source, envelope) => {
  it.each(SLIPS)('%s is refused, and reaches no log', async (_slip, request) => {
    await told.invoked(() => handle(envelope(request)));
    expect(interrupted).toEqual([]);
    expect(told.text()).toContain('refused');
    expect(told.text()).not.toMatch(FOREIGN);
  });

  it('what is nested too deep is refused by name', async () => {
    const context = JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`);
    await expectRefused(envelope({ session_id, context }), /more than 32 levels/);
  });

  it.each([MAX_DEPTH - 1, MAX_DEPTH])(
    '%i levels of context are too many or not, as everywhere',
    async (levels) => {
      const context = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
      await told.invoked(() => handle(envelope({ session_id, context })));
      expect(interrupted).toHaveLength(levels < MAX_DEPTH ? 1 : 0);
    },
  );

  it('what has too many entries is refused by name', async () => {
    const context = Array.from({ length: MAX_ENTRIES + 1 }, () => 1);
    await expectRefused(envelope({ session_id, context }), /at most 10000 keys and entries/);
  });

  it('what is too large is refused by name', async () => {
    await expectRefused(
      envelope({ session_id, say: 'x'.repeat(256 * 1024) }),
      /at most 262144 bytes|too_large/,
    );
  });
});

async function expectRefused(event: unknown, message: RegExp) {
  const answer = await told.invoked(() => handle(event));
  expect(`${told.text()}${JSON.stringify(answer)}`).toMatch(message);
  expect(`${told.text()}${JSON.stringify(answer)}`).toMatch(
    /InvalidInterruption|invalid_interruption|too_/,
  );
  expect(interrupted).toEqual([]);
}

const DEEP = `{"session_id":"${session_id}","context":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;

it.each([
  ['EventBridge', eventBridge(JSON.parse(DEEP))],
  ['SNS', sns(DEEP)],
  ['SQS', sqs(sqsRecord(DEEP))],
  ['SQS after SNS', sqsOfSns(DEEP)],
  [
    'SQS after EventBridge',
    sqs(sqsRecord(`{"detail-type":"a","source":"b","id":"i","time":"t","detail":${DEEP}}`)),
  ],
  ['a direct invocation', JSON.parse(DEEP)],
  ['HTTP', http(DEEP)],
])('what would overflow a stack is refused by name over %s', async (_source, event) => {
  await expectRefused(event, /more than 32 levels/);
});

describe('whoever sent it over HTTP', () => {
  const answer = async (request: unknown) =>
    ((await handle(http(request))) as { body: string }).body;

  it('sees their own value', async () => {
    expect(await answer({ session_id, when: NAME })).toContain(`got \\"${NAME}\\"`);
    expect(await answer({ session_id, id: 4711 })).toContain('got 4711');
    expect(JSON.parse(await answer({ session_id, [NAME]: 1 })).error).toMatchObject({
      field: NAME,
      message: expect.stringContaining(`${NAME} is not a known field`),
    });
  });

  it.each([
    ['a key', { session_id, ['k'.repeat(200_000)]: 1 }],
    [
      'a key of then',
      { session_id, say: 'Hi', then: [{ type: 'hangup', ['k'.repeat(200_000)]: 1 }] },
    ],
    ['an id', { session_id, id: 'i'.repeat(200_000) }],
    ['a session', { session_id: 's'.repeat(200_000) }],
    ['a type', { session_id, say: 'Hi', then: [{ type: 't'.repeat(200_000) }] }],
    [
      '2,000 keys',
      Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`key-${n}`.repeat(10), 1])),
    ],
  ])('sees no more than the beginning of %s of 200 KB', async (_what, request) => {
    expect((await answer(request)).length).toBeLessThan(1_000);
    expect(told.text().length).toBeLessThan(1_000);
  });
});

describe('a text of SNS or SQS', () => {
  const attributes = { label: 'order:4711' };
  const carriers: [string, (text: string) => unknown][] = [
    ['SNS', (text) => sns(text, attributes)],
    ['SQS', (text) => sqsOfRawSns(text, attributes)],
    ['SQS after SNS', (text) => sqsOfSns(text, attributes)],
  ];

  it.each(carriers)(
    'that begins like JSON and is none is refused, never read to anybody: %s',
    async (_carrier, envelope) => {
      for (const text of [
        '[1]',
        '["Hello"]',
        '[laughs] Hello',
        '"Hello',
        '"Hello" he said',
        '{Hello}',
        ' \n[',
        '{',
        '\uFEFF[1]',
      ]) {
        await told.invoked(() => handle(envelope(text)));
      }
      expect(interrupted).toEqual([]);
      expect(told.text()).toContain('begins like JSON');
      expect(told.text()).not.toContain('Hello');
    },
  );

  it.each(carriers)('in quotes is what is between them: %s', async (_carrier, envelope) => {
    await handle(envelope('"Your parcel has \\"shipped\\"."'));
    await handle(envelope(JSON.stringify(JSON.stringify({ session_id, say: 'Hello' }))));
    expect(interrupted).toMatchObject([
      { target: { label: 'order:4711' }, replacement: { text: 'Your parcel has "shipped".' } },
      { target: { session_id }, replacement: { text: 'Hello' } },
    ]);
  });

  it.each(carriers)('that does not begin like JSON is said: %s', async (_carrier, envelope) => {
    for (const text of ['4711', 'true', 'null', 'Hello [you] {there} "friend"', '„Hallo“'])
      await handle(envelope(text));
    expect(interrupted).toHaveLength(5);
  });

  it.each([
    ['SNS', { Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'm', Timestamp: 't' } }] }],
    ['SQS', sqs(sqsRecord('', { body: undefined }))],
  ])('that is missing is refused by name: %s', async (_carrier, event) => {
    await told.invoked(() => handle(event));
    expect(told.text()).toContain('InvalidInterruption');
  });
});

describe('an envelope that nobody of AWS wrote', () => {
  const any = fc.jsonValue();
  const notification = fc.record(
    {
      Type: fc.constant('Notification'),
      Message: fc.oneof(fc.string(), any),
      MessageId: any,
      Timestamp: any,
      MessageAttributes: any,
    },
    { requiredKeys: ['Type'] },
  );
  const event = fc.record({ 'detail-type': any, source: any, detail: any, id: any, time: any });
  const bodies = fc.oneof(any, notification, event);

  it('is read, or refused by name', () =>
    fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const text = JSON.stringify(body);
        for (const sent of [
          sns(text),
          sqs(sqsRecord(text)),
          body,
          http(text),
          { Records: [{ EventSource: 'aws:sns', Sns: body }] },
        ]) {
          await handle(sent).catch((error: Error) =>
            expect(error.name).toBe('InvalidInterruption'),
          );
        }
      }),
    ));
});

describe('a call to place', () => {
  it.each([
    ['a national number', { to: '0176 39123456' }],
    ['a name', { to: NAME }],
    ['a misspelt key', { to: NUMBER, [NAME]: NUMBER }],
    ['a numeric id', { to: NUMBER, id: 4917639123456 }],
    ['words', `call ${NAME} at ${NUMBER}`],
    ['10,000 levels', JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)],
  ])('%s is refused, and reaches no log', async (_slip, request) => {
    const call = createCallHandler({
      placeCall: () => Promise.reject(new Error('called')),
      claims: { claim: async () => true, release: async () => {} },
      log: told.log,
    });
    await told.invoked(() => call(request, { awsRequestId: 'request-1' }));
    await told.invoked(() => call(eventBridge(request), { awsRequestId: 'request-1' }));
    expect(told.text().match(/"errorType":"InvalidCall"/g)).toHaveLength(2);
    expect(told.text()).not.toMatch(FOREIGN);
  });
});
