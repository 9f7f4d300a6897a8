import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { httpApi, toEvent, toResponse } from '../../local/http-api.ts';
import { fakeLambda } from '../support/lambda.ts';

const URL = 'http://127.0.0.1:3000/webhook';
const post = (body: string, headers: Record<string, string>) =>
  new Request(URL, { method: 'POST', body, headers: new Headers(headers) });

test('a request becomes an event of payload format 2.0', async () => {
  const request = post('{"a":"ü"}', {
    'Content-Type': 'application/json',
    'X-API-TOKEN': 's',
    'User-Agent': 'sip',
  });
  expect(await toEvent(request, 1_700_000_000_000)).toMatchObject({
    version: '2.0',
    routeKey: 'POST /webhook',
    rawPath: '/webhook',
    rawQueryString: '',
    headers: { 'content-type': 'application/json', 'x-api-token': 's' },
    requestContext: {
      http: { method: 'POST', path: '/webhook', userAgent: 'sip' },
      requestId: expect.stringMatching(/.{8}/),
      timeEpoch: 1_700_000_000_000,
      stage: '$default',
    },
    body: '{"a":"ü"}',
    isBase64Encoded: false,
  });
});

test.each(['text/plain', 'application/json; charset=utf-8', 'application/cloudevents+json'])(
  '%s stays text',
  async (type) => {
    expect(await toEvent(post('hi', { 'content-type': type }))).toMatchObject({
      body: 'hi',
      isBase64Encoded: false,
    });
  },
);

test('any other type travels as Base64', async () => {
  const event = await toEvent(post('hü', { 'content-type': 'application/octet-stream' }));
  expect(event).toMatchObject({
    body: Buffer.from('hü').toString('base64'),
    isBase64Encoded: true,
  });
});

test('a query and no body', async () => {
  const event = await toEvent(new Request(`${URL}?a=1&b=2`));
  expect(event).toMatchObject({
    rawQueryString: 'a=1&b=2',
    queryStringParameters: { a: '1', b: '2' },
  });
  expect(event).not.toHaveProperty('body');
});

test('a result becomes the response', async () => {
  const response = toResponse({
    statusCode: 400,
    headers: { 'content-type': 'application/json' },
    body: '{"ü":1}',
  });
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    400,
    'application/json',
    '{"ü":1}',
  ]);
});

test('Base64 results are decoded', async () => {
  const body = Buffer.from('grün').toString('base64');
  expect(await toResponse({ statusCode: 200, body, isBase64Encoded: true }).text()).toBe('grün');
});

test.each([undefined, ''])('204 with body %j has none', async (body) => {
  const response = toResponse({ statusCode: 204, ...(body !== undefined && { body }) });
  expect([response.status, response.body]).toEqual([204, null]);
});

test('a result without statusCode is the body of a 200', async () => {
  const response = toResponse([{ type: 'hangup' }] as object);
  expect([response.status, await response.json()]).toEqual([200, [{ type: 'hangup' }]]);
});

test('a function that failed is API Gateway’s 500', async () => {
  const lambda = fakeLambda(() => null);
  lambda.failWith({ errorType: 'Error', errorMessage: 'secret detail' });
  const response = await new Hono()
    .post('/webhook', httpApi(lambda))
    .request('/webhook', { method: 'POST', body: '{}' });
  expect([response.status, await response.json()]).toEqual([
    500,
    { message: 'Internal Server Error' },
  ]);
});
