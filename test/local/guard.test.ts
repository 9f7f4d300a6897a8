import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { guard } from '../../local/guard.ts';

const app = new Hono().use(guard).all('*', (c) => c.text('through'));

const JSON_TYPE = { 'content-type': 'application/json' };
const send = (path: string, headers: Record<string, string> = {}, body?: string) =>
  app.request(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      host: '127.0.0.1:3000',
      ...(body && { 'content-length': String(body.length) }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });

test.each(['127.0.0.1', '127.0.0.1:3000', 'localhost', 'localhost:8080', 'LOCALHOST:1'])(
  'host %s is local',
  async (host) => {
    expect((await send('/', { host })).status).toBe(200);
  },
);

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.nip.io:3000',
  '127.0.0.1:3000@evil.example',
  '0.0.0.0',
  '',
])('host %j is foreign', async (host) => {
  const response = await send('/health', { host });
  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({
    error: {
      code: 'foreign_host',
      message: `Host must be 127.0.0.1 or localhost; got ${JSON.stringify(host)}`,
    },
  });
});

test.each(['http://127.0.0.1:3000', 'http://localhost:3000'])(
  'origin %s is its own',
  async (origin) => {
    expect((await send('/simulator/calls', { origin, ...JSON_TYPE }, '{}')).status).toBe(200);
  },
);

test.each([
  'https://evil.example',
  'http://localhost:5173',
  'https://localhost:3000',
  'http://localhost',
  'null',
])('origin %s is foreign', async (origin) => {
  const response = await send('/simulator/calls', { origin, ...JSON_TYPE }, '{}');
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { code: 'foreign_origin' } });
});

const SIMPLE = [
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'Multipart/Form-Data; boundary=x',
];
const OPEN = [
  '/simulator/calls',
  '/simulator/calls/1/speech',
  '/2015-03-31/functions/webhook/invocations',
  '/interruptions',
];

test.each(SIMPLE.flatMap((type) => OPEN.map((path) => [type, path])))(
  '%s to %s is refused',
  async (type, path) => {
    const response = await send(path, { 'content-type': type }, '{}');
    expect(response.status).toBe(415);
    expect(await response.text()).toContain("add -H 'content-type: application/json'");
  },
);

test('no body needs no content type', async () => {
  expect(
    (await send('/simulator/calls/1/hangup', { 'content-type': 'text/plain' }, '')).status,
  ).toBe(200);
});

test('a body without a type passes: a page can’t send that across origins without its Origin', async () => {
  expect(
    (await send('/2015-03-31/functions/webhook/invocations', { 'content-type': '' }, '{}')).status,
  ).toBe(200);
});

test.each(['/webhook', '/simulator/sessions/1/actions'])(
  '%s has a secret and takes any content type',
  async (path) => {
    expect((await send(path, { 'content-type': 'text/plain' }, '{}')).status).toBe(200);
  },
);
