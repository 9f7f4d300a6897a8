import { beforeEach, expect, test } from 'vitest';
import { invokeApi } from '../../local/invoke-api.ts';
import { fakeLambda } from '../support/lambda.ts';

let lambda: ReturnType<typeof fakeLambda>;
let lines: string[];
beforeEach(() => {
  lambda = fakeLambda((event) => ({ event }));
  lines = [];
});

const invoke = (body: string, { name = 'webhook', type }: { name?: string; type?: string } = {}) =>
  invokeApi(new Map([['webhook', lambda]]), (line) => lines.push(line)).request(
    `/2015-03-31/functions/${name}/invocations`,
    { method: 'POST', body, headers: type ? { 'x-amz-invocation-type': type } : {} },
  );

test.each([
  'webhook',
  'webhook:$LATEST',
  'webhook%3A%24LATEST',
  '123456789012:function:webhook',
  'arn:aws:lambda:eu-central-1:123456789012:function:webhook',
  'arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Awebhook%3A%24LATEST',
])('%s answers with the payload', async (name) => {
  const response = await invoke('{"a":1}', { name, type: 'RequestResponse' });
  expect([response.status, await response.json()]).toEqual([200, { event: { a: 1 } }]);
  expect(response.headers.get('x-amz-executed-version')).toBe('$LATEST');
  expect(response.headers.get('x-amzn-requestid')).toBe('request-1');
  expect(response.headers.get('x-amz-function-error')).toBeNull();
});

test('an empty body is an empty event', async () => {
  expect(await (await invoke('')).json()).toEqual({ event: {} });
});

test('a function error is 200 with a header', async () => {
  lambda.failWith({ errorType: 'Bad', errorMessage: 'no', trace: [] });
  const response = await invoke('{}');
  expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([
    200,
    'Unhandled',
  ]);
  expect(await response.json()).toEqual({ errorType: 'Bad', errorMessage: 'no', trace: [] });
});

test('Event answers 202 at once and logs a failure', async () => {
  lambda.failWith({ errorType: 'Bad' });
  const response = await invoke('{}', { type: 'Event' });
  expect([response.status, await response.text()]).toEqual([202, '']);
  expect(lines).toEqual(['Asynchronous invocation of webhook failed: {"errorType":"Bad"}']);
});

test('DryRun answers 204 and runs nothing', async () => {
  lambda.failWith({ errorType: 'Bad' });
  expect((await invoke('{}', { type: 'DryRun' })).status).toBe(204);
  expect(lines).toEqual([]);
});

test.each([
  ['nobody', '{}', undefined, 404, 'ResourceNotFoundException'],
  ['webhook:7', '{}', undefined, 404, 'ResourceNotFoundException'],
  ['webhook', '{oops', undefined, 400, 'InvalidRequestContentException'],
  ['webhook', '{}', 'Later', 400, 'InvalidParameterValueException'],
])('%s with %s and type %s is %i %s', async (name, body, type, status, code) => {
  const response = await invoke(body, { name, ...(type && { type }) });
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, code]);
  expect(await response.json()).toEqual({ Type: 'User', Message: expect.any(String) });
});
