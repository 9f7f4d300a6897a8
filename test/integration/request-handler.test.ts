import type { RequestListener, ServerResponse } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { freshCall } from '../../functions/call/document.ts';
import { createPost } from '../../functions/delivery/post.ts';
import { clientSettings } from '../../functions/runtime/aws.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createRequestHandler } from '../../functions/runtime/request-handler.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { awsServices } from '../support/aws-service.ts';
import { fact } from '../support/facts.ts';
import { recordingLog } from '../support/log.ts';

const services = awsServices();
const drips: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const drip of drips.splice(0)) clearInterval(drip);
});

const BODY = '{"Item":{"pk":{"S":"a"}}}';
const GET = new GetItemCommand({ TableName: 'sessions', Key: { pk: { S: 'a' }, sk: { S: 'a' } } });

const dripping = (response: ServerResponse, text: string, ms = 40) => {
  drips.push(setInterval(() => response.write(text), ms));
};

const clientAt = (endpoint: string, settings = {}) =>
  new DynamoDBClient({ ...clientSettings, endpoint, region: 'eu-central-1', ...settings });

/** What an attempt may take, twice, with the pause between and a slow machine. */
const BOUND_MS = 1_500;

describe('an answer of DynamoDB', () => {
  const bad: [string, RequestListener][] = [
    ['that never begins', () => {}],
    [
      'whose body never begins',
      (_request, response) => void response.writeHead(200).flushHeaders(),
    ],
    [
      'whose body stalls',
      (_request, response) => void response.writeHead(200).write(BODY.slice(0, 5)),
    ],
    [
      'whose body stalls before its announced end',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': BODY.length }).write(BODY.slice(0, -1)),
    ],
    ['whose body drips', (_request, response) => dripping(response.writeHead(200), ' ')],
    ['that is an error, and drips', (_request, response) => dripping(response.writeHead(500), ' ')],
  ];

  it.each(bad)('%s is waited for no longer than it may, twice', async (_what, answer) => {
    let asked = 0;
    const { url } = await services((request, response) => {
      asked++;
      answer(request, response);
    });
    const began = performance.now();
    await expect(clientAt(url).send(GET)).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'AWS gave no answer within 300 ms',
    });
    expect(performance.now() - began).toBeLessThan(BOUND_MS);
    expect(asked).toBe(2);
  });

  it.each(bad)('%s fails what is read and written of a call in time', async (_what, answer) => {
    const { url } = await services(answer);
    const parts = { table: 'sessions', clock: systemClock, log: recordingLog() };
    const store = createDynamoDbCallStore({ client: clientAt(url), ...parts });
    const began = performance.now();
    const stored = { call: freshCall('a'), revision: 1, folded: [] };
    const requests = [
      store.record('a', fact({ kind: 'other' })),
      store.read('a'),
      store.save(stored, stored.call),
    ];
    await Promise.all(
      requests.map((request) => expect(request).rejects.toThrow('no answer within 300 ms')),
    );
    expect(performance.now() - began).toBeLessThan(BOUND_MS);
  });

  it('is read whole, over one connection', async () => {
    const { url, seen } = await services((request, response) => {
      request.resume().on('end', () => {
        response
          .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
          .write(BODY.slice(0, 5));
        setTimeout(() => response.end(BODY.slice(5)), 20);
      });
    });
    const client = clientAt(url);
    for (const _ of [1, 2, 3]) expect((await client.send(GET)).Item).toEqual({ pk: { S: 'a' } });
    expect(seen.connections).toBe(1);
  });

  it('is asked for again after a broken connection', async () => {
    let asked = 0;
    const { url } = await services((request, response) => {
      if (++asked === 1) request.socket.destroy();
      else response.end(BODY);
    });
    expect((await clientAt(url).send(GET)).Item).toEqual({ pk: { S: 'a' } });
  });

  it('is not waited for by whom has given up', async () => {
    const stop = new AbortController();
    let asked = 0;
    const { url } = await services(() => {
      asked++;
      stop.abort();
    });
    const requestHandler = createRequestHandler(
      { connectionTimeout: 60_000, requestTimeout: 60_000 },
      systemClock,
    );
    const sending = clientAt(url, { requestHandler }).send(GET, { abortSignal: stop.signal });
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked).toBe(1);
  });

  it('may be as long as DynamoDB makes it, but not without end', async () => {
    const long = JSON.stringify({ Item: { text: { S: 'x'.repeat(1024 * 1024) } } });
    const { url } = await services((_request, response) => response.end(long));
    expect((await clientAt(url).send(GET)).Item?.text?.S).toHaveLength(1024 * 1024);
    const { url: endless } = await services((_request, response) =>
      dripping(response, 'x'.repeat(4 * 1024 * 1024), 5),
    );
    const requestHandler = createRequestHandler(
      { connectionTimeout: 5_000, requestTimeout: 5_000 },
      systemClock,
    );
    await expect(clientAt(endless, { requestHandler, maxAttempts: 1 }).send(GET)).rejects.toThrow(
      'at most 8388608 bytes',
    );
  });
});

it('a post lets go of an answer that has no end', async () => {
  const { url } = await services((request, response) => {
    dripping(response.writeHead(202), ' ');
    closed.push(new Promise((resolve) => request.socket.once('close', resolve)));
  });
  const closed: Promise<unknown>[] = [];
  const post = createPost(systemClock, { connect_ms: 300, total_ms: 300 });
  expect(await post({ method: 'POST', url, headers: {}, body: '{}' })).toBe(202);
  await closed[0];
});
