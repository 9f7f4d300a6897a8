import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import {
  invoke as invokeFunction,
  type LocalRuntime,
  post,
  sharedRuntime,
} from '../support/local-runtime.ts';

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await sharedRuntime();
});

const EVENT = { type: 'session_start', session: { id: 'session-123' } };
const webhook = (
  body: unknown,
  headers: Record<string, string> = { 'x-api-token': 'local-token' },
) => post(`${runtime.url}/webhook`, body, headers);
const invoke = (body: string, headers: Record<string, string> = {}, name = 'webhook') =>
  invokeFunction(runtime.url, name, body, headers);

/** What API Gateway would hand over for `EVENT`. */
const gatewayEvent = (token: string) =>
  JSON.stringify({
    version: '2.0',
    rawPath: '/webhook',
    headers: { 'content-type': 'application/json', 'x-api-token': token },
    requestContext: {
      requestId: 'r1',
      timeEpoch: Date.now(),
      http: { method: 'POST', path: '/webhook' },
    },
    body: JSON.stringify(EVENT),
    isBase64Encoded: false,
  });

test('the webhook answers with actions for the session', async () => {
  const response = await webhook(EVENT);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('application/json'),
  ]);
  expect(await response.json()).toMatchObject([{ type: 'speak', session_id: 'session-123' }]);
});

test('a body of another type arrives as it was sent', async () => {
  const response = await webhook(JSON.stringify({ ...EVENT, session: { id: 'session-124' } }), {
    'x-api-token': 'local-token',
    'content-type': 'application/octet-stream',
  });
  expect(response.status).toBe(200);
});

test.each([{}, { 'x-api-token': 'wrong' }])('headers %j are unauthorized', async (headers) => {
  const response = await webhook(EVENT, headers);
  expect([response.status, await response.json()]).toMatchObject([
    401,
    { error: { code: 'unauthorized' } },
  ]);
});

test('malformed JSON is 400', async () => {
  const response = await webhook('{"type":');
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { error: { code: 'invalid_json' } },
  ]);
});

test('other methods and paths are errors in JSON', async () => {
  const get = await fetch(`${runtime.url}/webhook`);
  expect([get.status, await get.json()]).toMatchObject([
    405,
    { error: { code: 'method_not_allowed' } },
  ]);
  const lost = await fetch(`${runtime.url}/nowhere`);
  expect([lost.status, await lost.json()]).toMatchObject([404, { error: { code: 'not_found' } }]);
});

test('the Invoke API runs the function', async () => {
  const response = await invoke(gatewayEvent('local-token'));
  expect([response.status, response.headers.get('x-amz-executed-version')]).toEqual([
    200,
    '$LATEST',
  ]);
  expect(await response.json()).toMatchObject({
    statusCode: 200,
    body: expect.stringContaining('speak'),
  });
});

test('the Invoke API reports what the function threw', async () => {
  const response = await invoke('null');
  expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([
    200,
    'Unhandled',
  ]);
  expect(await response.json()).toMatchObject({
    errorType: expect.any(String),
    errorMessage: expect.any(String),
  });
});

test('the Invoke API takes an Event, and knows its functions', async () => {
  const event = await invoke(gatewayEvent('local-token'), { 'x-amz-invocation-type': 'Event' });
  expect([event.status, await event.text()]).toEqual([202, '']);
  const unknown = await invoke('{}', {}, 'nobody');
  expect([unknown.status, unknown.headers.get('x-amzn-errortype')]).toEqual([
    404,
    'ResourceNotFoundException',
  ]);
});

test('a foreign Host, a foreign Origin and a form are refused', async () => {
  expect(await statusFor('/health', { host: 'evil.example' })).toBe(403);
  expect(await statusFor('/health', { host: `127.0.0.1:${new URL(runtime.url).port}` })).toBe(200);
  expect(
    (await post(`${runtime.url}/simulator/calls`, {}, { origin: 'https://evil.example' })).status,
  ).toBe(403);
  expect((await post(`${runtime.url}/simulator/calls`, {}, { origin: runtime.url })).status).toBe(
    201,
  );
  const form = await post(`${runtime.url}/simulator/calls`, '{}', { 'content-type': 'text/plain' });
  expect([form.status, await form.text()]).toEqual([
    415,
    expect.stringContaining("-H 'content-type: application/json'"),
  ]);
});

/** `fetch` sets Host itself. */
async function statusFor(
  path: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  const sent = request(runtime.url + path, { headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
