import { once } from 'node:events';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { listen, type Server } from '../../local/server.ts';
import { createWebSocketApi, type WebSocketApi } from '../../local/websocket-api.ts';
import { fakeLambda } from '../support/lambda.ts';

interface Event {
  requestContext: {
    routeKey: string;
    eventType: string;
    connectionId: string;
    requestTimeEpoch: number;
  };
  headers?: Record<string, string>;
  body?: string;
}

let events: Event[];
let result: unknown;
let server: Server;
let api: WebSocketApi;
const lambda = fakeLambda((event) => {
  events.push(event as Event);
  return result;
});

beforeEach(async () => {
  [events, result] = [[], { statusCode: 200 }];
  server = await listen(0);
  api = createWebSocketApi(lambda);
  server.serve(new Hono().route('/', api.routes), api.upgrade);
});
afterEach(async () => {
  lambda.failWith(undefined);
  api.stop();
  await server.stop();
});

const dial = (path = '/websocket') =>
  new WebSocket(server.url.replace('http', 'ws') + path, { headers: { 'X-API-TOKEN': 'secret' } });

async function connect() {
  const client = dial();
  await once(client, 'open');
  const id = events[0]?.requestContext.connectionId ?? '';
  const frames: string[] = [];
  client.on('message', (data) => frames.push(String(data)));
  const push = (body: string) =>
    fetch(`${server.url}/@connections/${encodeURIComponent(id)}`, {
      method: 'POST',
      body: Buffer.from(body),
    });
  return { client, id, frames, push };
}

async function refusal(client: WebSocket): Promise<number | undefined> {
  const [, response] = await once(client, 'unexpected-response');
  return response.statusCode;
}

describe('a connection', () => {
  it('is asked for with the headers as they were sent', async () => {
    const { id } = await connect();
    expect(id).toMatch(/^[\w-]{15}=$/);
    expect(events).toMatchObject([
      {
        requestContext: { routeKey: '$connect', eventType: 'CONNECT' },
        headers: { 'X-API-TOKEN': 'secret' },
      },
    ]);
  });

  it.each([401, 503])('is refused with status %i of the function', async (statusCode) => {
    result = { statusCode };
    expect(await refusal(dial())).toBe(statusCode);
  });

  it('is refused when the function fails, and anywhere else', async () => {
    lambda.failWith({ errorType: 'Error', errorMessage: 'broken' });
    expect(await refusal(dial())).toBe(502);
    expect(await refusal(dial('/elsewhere'))).toBe(404);
  });

  it('ends with $disconnect', async () => {
    const { client, id, push } = await connect();
    client.close(1000, 'bye');
    await expect.poll(() => events.length).toBe(2);
    expect(events[1]).toMatchObject({
      requestContext: {
        routeKey: '$disconnect',
        connectionId: id,
        disconnectStatusCode: 1000,
        disconnectReason: 'bye',
      },
    });
    const response = await push('[]');
    expect([response.status, await response.json()]).toMatchObject([
      410,
      { error: { code: 'GoneException' } },
    ]);
  });
});

describe('a frame', () => {
  it('is an event on $default; what is returned is the frame that goes back', async () => {
    const { client, id, frames } = await connect();
    result = { statusCode: 200, body: '[{"type":"hangup"}]' };
    client.send('{"type":"user_speak"}');
    await expect.poll(() => frames).toEqual(['[{"type":"hangup"}]']);
    expect(events[1]).toMatchObject({
      requestContext: {
        routeKey: '$default',
        eventType: 'MESSAGE',
        connectionId: id,
        messageId: expect.any(String),
      },
      body: '{"type":"user_speak"}',
      isBase64Encoded: false,
    });
  });

  it('has no answer without a body', async () => {
    const { client, frames } = await connect();
    client.send('{}');
    await expect.poll(() => events.length).toBe(2);
    result = { statusCode: 200, body: 'second' };
    client.send('{}');
    await expect.poll(() => frames).toEqual(['second']);
  });

  it('has API Gateway’s own answer when the function fails', async () => {
    const { client, id, frames } = await connect();
    lambda.failWith({ errorType: 'Error', errorMessage: 'broken' });
    client.send('{}');
    await expect.poll(() => frames.length).toBe(1);
    expect(JSON.parse(frames[0] ?? '')).toMatchObject({
      message: 'Internal server error',
      connectionId: id,
    });
  });

  it.each<[string, number, string | Buffer]>([
    ['of bytes', 1003, Buffer.from('{}')],
    ['of more than 128 KB', 1009, 'x'.repeat(128 * 1024 + 1)],
  ])('%s ends the connection with code %i', async (_what, code, frame) => {
    const { client } = await connect();
    client.send(frame);
    expect((await once(client, 'close'))[0]).toBe(code);
  });

  it('can be pushed at any moment, up to 128 KB', async () => {
    const { frames, push } = await connect();
    expect((await push('[{"type":"barge_in"}]')).status).toBe(200);
    await expect.poll(() => frames).toEqual(['[{"type":"barge_in"}]']);
    expect((await push('x'.repeat(128 * 1024 + 1))).status).toBe(413);
  });
});
