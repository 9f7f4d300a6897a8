import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../functions/call/outcome.ts';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import type { Interruption } from '../../functions/interruption/request.ts';
import {
  eventBridge,
  http,
  sns,
  sqs,
  sqsOfRawSns,
  sqsOfSns,
  sqsRecord,
} from '../support/envelopes.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { wav } from '../support/wav.ts';

const session_id = 'session-123';
const SAY = { session_id, say: 'Your parcel has shipped.' };
const AT = Date.parse('2026-11-23T12:00:00Z');
const DELIVERED: Outcome = { session_id, outcome: 'delivered' };
const failed = (retryable: boolean): Outcome => ({
  session_id,
  outcome: 'failed',
  error: { code: retryable ? 'unreachable' : 'in_doubt', message: 'no', retryable },
});
const INVALID: Outcome = {
  session_id,
  outcome: 'failed',
  error: { code: 'invalid_context', message: 'context.status: must be a string', retryable: false },
};

let seen: Interruption[];
let looked: string[];
let retried: (boolean | undefined)[];
let outcomes: Outcome[];
let handle: (event: unknown, context?: { awsRequestId?: string }) => Promise<unknown>;

beforeEach(() => {
  [seen, looked, retried] = [[], [], []];
  outcomes = [DELIVERED];
  const clock = manualClock(AT + 2000);
  handle = createInterruptHandler({
    interrupt: async (interruption, invocation) => {
      seen.push(interruption);
      retried.push(invocation?.retries);
      return { outcomes };
    },
    outcomes: { publish: async () => {} },
    look: async (id) => void looked.push(id),
    clock,
    log: recordingLog(),
  });
});

const overHttp = async (body: unknown, over: object = {}) => {
  const response = (await handle(http(body, over))) as { statusCode: number; body: string };
  return { status: response.statusCode, body: JSON.parse(response.body) };
};

describe('envelopes', () => {
  const EB = 'eb-17793124-05d4-b198-2fde-7ededc63b103';
  const SNS = 'sns-95df01b4-ee98-5cb9-9903-4c221d41eb5e';
  const SQS = 'sqs-059f36b4-87a3-44ab-83d2-661975830a7d';

  it.each([
    ['EventBridge', eventBridge(SAY), EB],
    ['SNS', sns(SAY), SNS],
    ['SNS, plain text', sns(SAY.say, { session_id }), SNS],
    ['SNS, plain text with an id', sns(SAY.say, { session_id, id: 'own' }), 'own'],
    ['SNS of EventBridge', sns(eventBridge(SAY)), EB],
    ['SQS', sqs(sqsRecord(SAY)), SQS],
    ['SQS of SNS', sqsOfSns(SAY), SNS],
    ['SQS of SNS, plain text', sqsOfSns(SAY.say, { session_id }), SNS],
    ['SQS of SNS, raw', sqsOfRawSns(SAY), SQS],
    ['SQS of SNS, raw, plain text', sqsOfRawSns(SAY.say, { session_id }), SQS],
    ['SQS of EventBridge', sqs(sqsRecord(eventBridge(SAY))), EB],
    ['SQS of SNS of EventBridge', sqsOfSns(eventBridge(SAY)), EB],
    ['HTTP', http(SAY), 'http-JKJaXmPLvHcESHA='],
    [
      'HTTP, Base64',
      http(Buffer.from(JSON.stringify(SAY)).toString('base64'), { isBase64Encoded: true }),
      'http-JKJaXmPLvHcESHA=',
    ],
    ['HTTP with a key', http(SAY, { headers: { 'Idempotency-Key': 'own' } }), 'own'],
    [
      'the request’s own id first',
      http({ ...SAY, id: 'mine' }, { headers: { 'idempotency-key': 'own' } }),
      'mine',
    ],
  ])('%s', async (_name, event, id) => {
    await handle(event);
    expect(seen).toMatchObject([
      {
        id,
        target: { session_id },
        actions: [{ type: 'barge_in' }, { type: 'speak', text: SAY.say }],
        triggered_at: AT,
      },
    ]);
  });

  it('a direct invocation happens now', async () => {
    expect(await handle(SAY, { awsRequestId: 'lambda-id' })).toEqual({
      interruption_id: 'lambda-id',
      outcomes: [DELIVERED],
    });
    expect(seen).toMatchObject([{ id: 'lambda-id', triggered_at: AT + 2000 }]);
  });

  it('a plain text goes to a label', async () => {
    await handle(sns('We close in five minutes.', { label: 'store:7' }));
    expect(seen).toMatchObject([{ target: { label: 'store:7' } }]);
  });

  it('UTF-8 survives Base64', async () => {
    const body = Buffer.from(JSON.stringify({ ...SAY, say: 'Grüße' })).toString('base64');
    await handle(http(body, { isBase64Encoded: true }));
    expect(seen).toMatchObject([{ replacement: { text: 'Grüße' } }]);
  });
});

describe('HTTP', () => {
  it.each<[string, Outcome, number]>([
    ['delivered', DELIVERED, 200],
    ['deferred', { session_id, outcome: 'deferred' }, 202],
    ['unknown', { session_id, outcome: 'skipped', reason: 'unknown_session' }, 404],
    ['ended', { session_id, outcome: 'skipped', reason: 'session_ended' }, 410],
    ['duplicate', { session_id, outcome: 'skipped', reason: 'duplicate' }, 200],
    ['expired', { session_id, outcome: 'skipped', reason: 'expired' }, 409],
    ['too many that wait', { session_id, outcome: 'skipped', reason: 'queue_full' }, 409],
    ['called off', { session_id, outcome: 'skipped', reason: 'cancelled' }, 200],
    ['failed', failed(true), 502],
    ['a context that does not parse', INVALID, 400],
  ])('one session: %s', async (_name, outcome, status) => {
    outcomes = [outcome];
    expect(await overHttp({ ...SAY, id: 'x' })).toEqual({
      status,
      body: { interruption_id: 'x', outcomes: [outcome] },
    });
  });

  it.each<[string, Outcome[], number]>([
    ['nobody', [], 200],
    ['some failed', [failed(true), DELIVERED], 200],
    ['all failed', [failed(true), failed(false)], 502],
    ['none parses', [INVALID, INVALID], 400],
    ['one does not parse', [INVALID, failed(true)], 502],
    ['skipped', [{ session_id, outcome: 'skipped', reason: 'session_ended' }], 200],
  ])('a label: %s', async (_name, all, status) => {
    outcomes = all;
    expect(await overHttp({ target: { label: 'a' }, say: 'Hi' })).toMatchObject({
      status,
      body: { outcomes: all },
    });
  });

  it.each([
    ['no JSON', 'hello', 400, 'invalid_json', undefined],
    ['nothing', '', 400, 'invalid_json', undefined],
    ['an unknown field', { ...SAY, loud: true }, 400, 'invalid_interruption', 'loud'],
    [
      '256 KiB and one byte',
      JSON.stringify(SAY).padEnd(256 * 1024 + 1),
      413,
      'too_large',
      undefined,
    ],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 400, 'too_deep', undefined],
    ['8 kHz', { session_id, play: wav(10, { rate: 8000 }) }, 400, 'invalid_interruption', 'play'],
  ])('%s', async (_name, body, status, code, field) => {
    expect(await overHttp(body)).toMatchObject({
      status,
      body: { error: { code, ...(field && { field }) } },
    });
    expect(seen).toEqual([]);
  });

  it('a key that is too long', async () => {
    expect(await overHttp(SAY, { headers: { 'idempotency-key': 'x'.repeat(129) } })).toMatchObject({
      status: 400,
    });
  });

  it('256 KiB are enough', async () => {
    expect(await overHttp(JSON.stringify(SAY).padEnd(256 * 1024))).toMatchObject({ status: 200 });
  });
});

describe('what fails for the moment', () => {
  it.each<[string, unknown, boolean]>([
    ['EventBridge', eventBridge(SAY), true],
    ['SNS', sns(SAY), true],
    ['SQS', sqs(sqsRecord(SAY)), true],
    ['HTTP', http(SAY), false],
    ['a direct invocation', SAY, false],
  ])('is tried again by us where nobody gets a reply: %s', async (_name, event, retries) => {
    await handle(event);
    expect(retried).toEqual([retries]);
  });
});

describe('what could not be put back either', () => {
  it.each([
    ['EventBridge', eventBridge(SAY)],
    ['SNS', sns(SAY)],
  ])(
    '%s: throws InterruptionFailed for what may be retried, and only for that',
    async (_name, event) => {
      outcomes = [DELIVERED, failed(true)];
      await expect(handle(event)).rejects.toMatchObject({ name: 'InterruptionFailed' });
      outcomes = [failed(false), { session_id, outcome: 'skipped', reason: 'duplicate' }];
      expect(await handle(event)).toBeUndefined();
    },
  );

  it.each([
    ['EventBridge', eventBridge({ ...SAY, loud: true })],
    ['SNS', sns({ ...SAY, loud: true })],
    ['SNS, broken JSON', sns('{"session_id":')],
    ['SNS, plain text without a target', sns('Hello')],
    ['SNS, plain text with two targets', sns('Hello', { session_id, label: 'a' })],
    ['direct', { ...SAY, loud: true }],
    ['direct, empty', {}],
    ['direct, null', null],
    ['direct, no records', { Records: [] }],
  ])('%s: throws InvalidInterruption', async (_name, event) => {
    await expect(handle(event)).rejects.toMatchObject({ name: 'InvalidInterruption' });
  });

  it('SQS: only the bad ones of a batch', async () => {
    const records = [
      sqsRecord(SAY, { messageId: 'good' }),
      sqsRecord('{"broken', { messageId: 'broken' }),
      sqsRecord('Hello', { messageId: 'no-target' }),
      sqsRecord({ ...SAY, id: 'other' }, { messageId: 'good-too' }),
    ];
    expect(await handle(sqs(...records))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'broken' }, { itemIdentifier: 'no-target' }],
    });
    expect(seen).toHaveLength(2);
  });

  it('SQS: what failed and may be retried; never what was skipped', async () => {
    outcomes = [failed(true)];
    expect(await handle(sqs(sqsRecord(SAY, { messageId: 'a' })))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'a' }],
    });
    outcomes = [{ session_id, outcome: 'skipped', reason: 'expired' }];
    expect(await handle(sqs(sqsRecord(SAY)))).toEqual({ batchItemFailures: [] });
    outcomes = [failed(false)];
    expect(await handle(sqs(sqsRecord(SAY)))).toEqual({ batchItemFailures: [] });
  });

  it('SQS: has the call looked at that a message of our own names', async () => {
    const records = [sqsRecord({ wake: session_id }), sqsRecord(SAY)];
    expect(await handle(sqs(...records))).toEqual({ batchItemFailures: [] });
    expect([looked, seen.length]).toEqual([[session_id], 1]);
  });

  it('direct: the reply says so', async () => {
    outcomes = [failed(true)];
    expect(await handle(SAY)).toMatchObject({ outcomes: [{ error: { retryable: true } }] });
  });
});
