import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome, OutcomeEvent } from '../../functions/call/outcome.ts';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { type Interruption, InvalidInterruption } from '../../functions/interruption/request.ts';
import { eventBridge, sns, sqsRecord } from '../support/envelopes.ts';
import { lambdaLog } from '../support/lambda-log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { dynamoDb, kinesis, queued } from '../support/pipe-envelopes.ts';

const NOW = Date.parse('2026-11-23T12:00:02Z');
const ORDER = { orderId: 4711, note: 'Anna' };
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const notification = (message: unknown) => sns(message).Records[0]?.Sns as object;
const SQS = { id: sqsRecord('').messageId, triggered_at: NOW - 2000 };
const SNS = { id: 'sns-95df01b4-ee98-5cb9-9903-4c221d41eb5e', triggered_at: NOW - 2000 };
const EVENT = { id: eventBridge({}).id, triggered_at: NOW - 2000 };

let seen: Interruption[];
let published: OutcomeEvent[];
let told: ReturnType<typeof lambdaLog>;
/** Of a call, by the text that it is told. */
let outcomes: Record<string, Outcome>;
let handle: (event: unknown) => Promise<unknown>;

beforeEach(() => {
  [seen, published, outcomes, told] = [[], [], {}, lambdaLog()];
  handle = createInterruptHandler({
    interrupt: async (interruption) => {
      seen.push(interruption);
      const outcome = outcomes[String(interruption.request.say)];
      return { outcomes: outcome ? [outcome] : [] };
    },
    look: async () => {},
    outcomes: { publish: async (events) => void published.push(...events) },
    clock: manualClock(NOW),
    log: told.log,
  });
});

const through = (path: string, ...records: unknown[]) =>
  handle(
    records.map((event) => ({ interruption: { target: { label: `order:{${path}}` } }, event })),
  );
const found = async (path: string, record: unknown) => {
  const interruption = { target: { label: 'x' }, context: { of: path } };
  expect(await handle([{ interruption, event: record }])).toEqual({ batchItemFailures: [] });
  return Object(seen.at(-1)?.context).of;
};
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('what a pipe hands over', () => {
  it.each<[string, unknown, string, object]>([
    ['a message', queued(JSON.stringify(ORDER)), '$.body.orderId', SQS],
    ['a message whose JSON the pipe has put in place', queued(ORDER), '$.body.orderId', SQS],
    [
      'a topic behind a queue',
      queued(JSON.stringify(notification(ORDER))),
      '$.body.Message.orderId',
      SNS,
    ],
    ['the same, in place', queued(notification(ORDER)), '$.body.Message.orderId', SNS],
    [
      'an event behind a topic',
      queued(notification(eventBridge(ORDER))),
      '$.body.Message.detail.orderId',
      EVENT,
    ],
    ['an event in a queue', queued(eventBridge(ORDER)), '$.body.detail.orderId', EVENT],
    [
      'a record of Kinesis',
      kinesis(base64(JSON.stringify(ORDER))),
      '$.data.orderId',
      { id: kinesis('').eventID, triggered_at: NOW - 1013 },
    ],
    [
      'a record of Kinesis, decoded by the pipe',
      kinesis(ORDER),
      '$.data.orderId',
      { id: kinesis('').eventID },
    ],
    ['an event in Kinesis', kinesis(eventBridge(ORDER)), '$.data.detail.orderId', EVENT],
    [
      'a change in DynamoDB',
      dynamoDb({ orderId: { N: '4711' } }),
      '$.dynamodb.NewImage.orderId',
      { id: dynamoDb({}).eventID, triggered_at: NOW - 2000 },
    ],
  ])('%s, interrupts with its own id and time', async (_what, record, path, identity) => {
    expect(await through(path, record)).toEqual(failures());
    expect(seen).toMatchObject([{ target: { label: 'order:4711' }, ...identity }]);
  });

  it('is old, if SQS has taken it from dead letters', async () => {
    const { attributes } = sqsRecord('');
    const redriven = { ...attributes, DeadLetterQueueSourceArn: 'arn:aws:sqs:eu:1:dead' };
    await through('$.body.orderId', queued(ORDER, { attributes: redriven }));
    expect(seen).toMatchObject([{ triggered_at: 0 }]);
  });

  it('may say no time: then it happened now', async () => {
    await through('$.dynamodb.Keys.Id', dynamoDb({}, { dynamodb: { Keys: { Id: { N: '7' } } } }));
    expect(seen).toMatchObject([{ target: { label: 'order:7' }, triggered_at: NOW }]);
  });

  it.each<[string, unknown, unknown]>([
    ['a text', { S: '007' }, '007'],
    ['a number', { N: '-1.5' }, -1.5],
    ['a number that would be rounded', { N: '12345678901234567890' }, '12345678901234567890'],
    ['a flag', { BOOL: false }, false],
    ['null', { NULL: true }, null],
    ['a list', { L: [{ S: 'a' }, { N: '2' }] }, ['a', 2]],
    ['a map', { M: { a: { M: { b: { S: 'c' } } } } }, { a: { b: 'c' } }],
    ['a set of texts', { SS: ['a', 'b'] }, ['a', 'b']],
    ['a set of numbers', { NS: ['1', '2'] }, [1, 2]],
    ['bytes', { B: 'AAEC' }, 'AAEC'],
    ['what is none', { N: {} }, {}],
    ['a key that every object has', { M: { constructor: { S: 'x' } } }, { constructor: 'x' }],
  ])('%s of DynamoDB has lost its type', async (_what, attribute, value) => {
    expect(await found('$.dynamodb.NewImage.it', dynamoDb({ it: attribute }))).toEqual(value);
  });

  it('is as it is beside the images of DynamoDB', async () => {
    expect(await found('$.dynamodb.SequenceNumber', dynamoDb({}))).toBe('111');
  });

  it.each([{ L: 'x' }, { NS: 7 }])(
    '%j, which is no list, costs its own record alone',
    async (it) => {
      const good = dynamoDb({ it: { S: 'good' } });
      const bad = dynamoDb({ it }, { eventID: 'bad' });
      expect(await through('$.dynamodb.NewImage.it', bad, good)).toEqual(failures('bad'));
      expect(seen).toMatchObject([{ target: { label: 'order:good' } }]);
    },
  );

  it('has 32 levels of DynamoDB, and no thousands', async () => {
    const nested = (levels: number): object =>
      Array.from({ length: levels }).reduce<object>((of) => ({ M: { in: of } }), { S: 'x' });
    const path = `$.dynamodb.NewImage.it${'.in'.repeat(31)}`;
    expect(await found(path, dynamoDb({ it: nested(31) }))).toBe('x');
    await expect(found(path, dynamoDb({ it: nested(3000) }))).rejects.toThrow(InvalidInterruption);
  });

  it.each<[string, unknown, unknown]>([
    ['a text', base64('Grüße'), 'Grüße'],
    ['a text, decoded already', 'Grüße', 'Grüße'],
    ['a text that would have meant something else in Base64', 'A 17', 'A 17'],
    ['JSON in JSON', base64('{"a":1}'), '{"a":1}'],
    ['bytes that are no text', base64(Buffer.from([0xff, 0xfe, 0xfd])), '//79'],
    ['nothing', '', ''],
  ])('%s in Kinesis', async (_what, data, value) => {
    expect(await found('$.data', kinesis(data))).toBe(value);
  });

  const KEY = 'Größe 1+2/a%b.pdf';
  const ENCODED = 'Gr%C3%B6%C3%9Fe+1%2B2/a%25b.pdf';
  const upload = (key: unknown) => ({
    Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { object: { key } } }],
  });
  const ofKey = '.Records[0].s3.object.key';

  it.each<[string, unknown, string, unknown]>([
    ['S3 behind a topic', queued(notification(upload(ENCODED))), '$.body.Message', KEY],
    [
      'the same as a text',
      queued(JSON.stringify(notification(upload(ENCODED)))),
      '$.body.Message',
      KEY,
    ],
    ['S3', queued(upload(ENCODED)), '$.body', KEY],
    ['S3 as a text', queued(JSON.stringify(upload(ENCODED))), '$.body', KEY],
    ['S3, if it is encoded otherwise', queued(upload('100%')), '$.body', '100%'],
    ['others', queued({ Records: [{ s3: { object: { key: ENCODED } } }] }), '$.body', ENCODED],
  ])('the key of an object, of %s, is as it is', async (_what, record, path, key) => {
    expect(await found(path + ofKey, record)).toBe(key);
  });

  const TEST = {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2026-11-23T12:00:00.000Z',
    Bucket: 'receipts',
    RequestId: '5582815E1AEA5ADF',
    HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
  };

  it.each<[string, unknown]>([
    ['alone', TEST],
    ['as a text', JSON.stringify(TEST)],
    ['behind a topic', notification(TEST)],
    ['behind a topic, as a text', JSON.stringify(notification(TEST))],
  ])("S3's test, %s, is taken, and is nothing that has failed", async (_what, body) => {
    const later = queued(upload('a.pdf'), { messageId: 'later' });
    expect(await through(`$.body${ofKey}`, queued(body), later)).toEqual(failures());
    expect(seen).toMatchObject([{ target: { label: 'order:a.pdf' } }]);
    expect(published).toEqual([]);
  });

  it.each([[null], [7], [{}], [[]], [{ messageId: '' }], [{ eventID: 7 }], [undefined]])(
    'is refused as a whole if one of it (%j) has no name to fail by',
    async (record) => {
      const good = queued(ORDER);
      await expect(through('$.body.orderId', good, record)).rejects.toThrow(InvalidInterruption);
      expect(seen).toEqual([]);
    },
  );

  it('is not what is sent directly', async () => {
    await expect(handle([{ say: 'Hi' }])).rejects.toThrow(InvalidInterruption);
    await expect(handle([])).rejects.toThrow(InvalidInterruption);
  });
});

describe('the failures of a batch', () => {
  const retryable: Outcome = {
    outcome: 'failed',
    error: { code: 'unreachable', message: 'no', retryable: true },
  };
  const say = (...records: unknown[]) =>
    handle(
      records.map((event) => ({
        interruption: { target: { label: 'x' }, say: '$.body.text' },
        event,
      })),
    );
  const said = () => seen.map(({ request }) => request.say);
  const message = (messageId: string, body: unknown, attributes: object = {}) =>
    queued(body, { messageId, attributes: { ...sqsRecord('').attributes, ...attributes } });
  const group = { MessageGroupId: 'g' };

  it('are those that no path fits, which are told to all who listen, and those that may still succeed', async () => {
    outcomes.b = retryable;
    const batch = [
      message('1', { text: 'a' }),
      message('2', { text: 'b' }),
      message('3', { txt: 'Anna' }),
      message('4', 'Anna'),
      message('5', { text: 'c' }),
    ];
    expect(await say(...batch)).toEqual(failures('2', '3', '4'));
    expect(said()).toEqual(['a', 'b', 'c']);
    expect(published).toMatchObject([
      { interruption_id: '3', outcome: 'failed', error: { code: 'unresolved_path' } },
      { interruption_id: '4', outcome: 'failed', error: { code: 'unresolved_path' } },
    ]);
    expect(told.text()).not.toContain('Anna');
  });

  it('of a FIFO queue are all behind one that may still succeed', async () => {
    outcomes.b = retryable;
    const texts = [{}, { text: 'a' }, { text: 'b' }, { text: 'c' }];
    const batch = texts.map((body, n) => message(`${n}`, body, group));
    expect(await say(...batch)).toEqual(failures('0', '2', '3'));
    expect(said()).toEqual(['a', 'b']);
  });

  it('are told one after the other, where there is an order', async () => {
    const order: string[] = [];
    const slow = createInterruptHandler({
      interrupt: async ({ id }) => {
        order.push(`begin ${id}`);
        await Promise.resolve();
        order.push(`end ${id}`);
        return { outcomes: [] };
      },
      look: async () => {},
      outcomes: { publish: async () => {} },
      clock: manualClock(NOW),
      log: told.log,
    });
    const records = ['a', 'b'].map((eventID) => dynamoDb({}, { eventID }));
    await slow(
      records.map((event) => ({ interruption: { target: { everyone: true }, say: 'Hi' }, event })),
    );
    expect(order).toEqual(['begin a', 'end a', 'begin b', 'end b']);
  });
});
