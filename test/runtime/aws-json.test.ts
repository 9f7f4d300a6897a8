import { describe, expect, it } from 'vitest';
import { createAwsJson, endpointOf } from '../../functions/runtime/aws-json.ts';
import type { Answer } from '../../functions/runtime/exchange.ts';
import type { Unsigned } from '../../functions/runtime/sigv4.ts';
import { manualClock } from '../support/manual-clock.ts';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const error = (type: string, status = 400) => answer(status, { __type: type, message: 'No.' });

/**
 * A service that answers, or breaks off, in this order; its last answer is the one to whatever
 * follows.
 */
function setup(...answers: (Answer | Error)[]) {
  const clock = manualClock();
  const asked: Unsigned[] = [];
  const call = createAwsJson({
    url: 'https://events.local/',
    version: '1.1',
    sign: async ({ headers }) => ({ ...headers, authorization: `signed at ${clock.now()}` }),
    async exchange(request) {
      asked.push(request as Unsigned);
      const next = answers[Math.min(asked.length, answers.length) - 1] as Answer | Error;
      if (next instanceof Error) throw next;
      return next;
    },
    clock,
    random: () => 0.5,
  });
  return { clock, asked, call };
}

const OK = answer(200, { FailedEntryCount: 0 });
const TARGET = 'AWSEvents.PutEvents';

/** What a call comes to if time passes. */
async function outcomeOf({ call, clock }: ReturnType<typeof setup>): Promise<unknown> {
  const calling = call(TARGET, {}).catch((error: unknown) => error);
  await clock.advance(50);
  return calling;
}

describe('a call of an AWS service', () => {
  it('is a signed POST that names its operation', async () => {
    const { call, asked, clock } = setup(OK);
    expect(await call(TARGET, { Entries: [{ Detail: '{"say":"Grüße"}' }] })).toEqual({
      FailedEntryCount: 0,
    });
    expect(asked).toEqual([
      {
        method: 'POST',
        url: 'https://events.local/',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': TARGET,
          authorization: `signed at ${clock.now()}`,
        },
        body: '{"Entries":[{"Detail":"{\\"say\\":\\"Grüße\\"}"}]}',
      },
    ]);
  });

  it.each([
    ['its body', error('ResourceNotFoundException')],
    ['its body, with a namespace', error('com.amazonaws.secretsmanager#ResourceNotFoundException')],
    [
      'its body, with an address',
      error('ResourceNotFoundException:http://internal.amazon.com/coral/'),
    ],
    [
      'a header',
      answer(
        400,
        { Message: 'No.' },
        { 'x-amzn-errortype': 'ResourceNotFoundException:http://x.y/' },
      ),
    ],
  ])('that is refused throws an error with the name in %s', async (_where, refusal) => {
    const refused = setup(refusal);
    expect(await outcomeOf(refused)).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `${TARGET}: No.`,
    });
    expect(refused.asked).toHaveLength(1);
  });

  it.each([
    ['503', answer(503, '<html>'), 'UnknownError'],
    ['500 with a type', error('InternalServiceError', 500), 'InternalServiceError'],
    ['429', answer(429, ''), 'UnknownError'],
    ['a throttled call', error('ThrottlingException'), 'ThrottlingException'],
    ['a broken connection', new Error('socket hang up'), 'Error'],
  ])('is repeated once after %s', async (_what, failure, name) => {
    const recovering = setup(failure, OK);
    expect(await outcomeOf(recovering)).toEqual({ FailedEntryCount: 0 });
    const failing = setup(failure);
    expect(await outcomeOf(failing)).toMatchObject({ name });
    expect(failing.asked).toHaveLength(2);
  });

  it('pauses before it is repeated, and is signed again', async () => {
    const { call, clock, asked } = setup(answer(503, ''), OK);
    const start = clock.now();
    const calling = call(TARGET, {});
    await clock.advance(49);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    await calling;
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([
      `signed at ${start}`,
      `signed at ${start + 50}`,
    ]);
  });

  it('that was answered without JSON is not repeated, and nobody quotes the answer', async () => {
    const odd = setup(answer(200, '"s3cret"'));
    expect(await outcomeOf(odd)).toMatchObject({
      name: 'UnknownError',
      message: `${TARGET}: the answer was 200`,
    });
    expect(odd.asked).toHaveLength(1);
  });

  it('is not repeated for whom has given up', async () => {
    const { call, clock, asked } = setup(answer(503, ''), OK);
    const stop = new AbortController();
    const calling = call(TARGET, {}, stop.signal).catch((error: unknown) => error);
    await clock.advance(10);
    stop.abort(new Error('too late'));
    await clock.advance(40);
    expect(await calling).toMatchObject({ message: 'too late' });
    expect(asked).toHaveLength(1);
  });
});

it.each([
  ['eu-central-1', 'https://events.eu-central-1.amazonaws.com/'],
  ['us-gov-west-1', 'https://events.us-gov-west-1.amazonaws.com/'],
  ['cn-north-1', 'https://events.cn-north-1.amazonaws.com.cn/'],
])('the endpoint in %s is %s', (region, url) => {
  expect(endpointOf('events', region)).toBe(url);
});
