import { expect, test } from 'vitest';
import { SENT_EVENTS, weatherSchema } from '../../../local/simulator/behaviour.ts';
import { callOptions } from '../../../local/simulator/call-options.ts';
import { MISTAKES } from '../../../local/simulator/mistakes.ts';
import { WEATHERS } from '../../../local/weathers.ts';
import { server } from './support/server.ts';

test('a page learns that our functions answer, or whose address, without the secrets in it', async () => {
  const own = await server().get('/simulator/application');
  expect(own.body).toEqual({ application: 'functions', mistakes: MISTAKES });
  const url = 'wss://app.example:8443/hook/secret?key=secret';
  const { body } = await server({}, { url }).get('/simulator/application');
  expect(body).toEqual({
    application: 'foreign',
    origin: 'wss://app.example:8443',
    transport: 'websocket',
    interrupt: '/simulator/calls/{id}/actions',
    mistakes: MISTAKES,
  });
});

test('a page learns all weathers, and every field with its default and its limits', async () => {
  const { body } = await server().get('/simulator/weathers');
  const { weathers, schema } = body as unknown as {
    weathers: object;
    schema: { properties: Record<string, object>; additionalProperties: boolean };
  };
  expect(weathers).toEqual(WEATHERS);
  expect(Object.keys(schema.properties)).toEqual(Object.keys(weatherSchema.shape));
  expect(schema.properties.external_api).toMatchObject({ default: 'ok', enum: expect.any(Array) });
  expect(schema.properties.webhook_late_ms).toMatchObject({ minimum: 1, maximum: 60_000 });
  expect(schema.properties.twice).toMatchObject({ items: { enum: SENT_EVENTS } });
});

test.each(['http', 'websocket'] as const)('an application that has only %s', (only) => {
  const other = only === 'http' ? 'websocket' : 'http';
  expect(callOptions({}, only).transport).toBe(only);
  expect(callOptions({ transport: only }, only).transport).toBe(only);
  expect(() => callOptions({ transport: other }, only)).toThrow(`transport must be ${only}`);
});

test('actions for the page, which has no token, do what the external API does', async () => {
  const { clock, path, post, call, story } = server();
  await clock.advance(0);
  const speak = { type: 'speak', session_id: call.session_id, text: 'Good news!' };
  expect(await post(`${path}/actions`, [speak])).toEqual({ status: 202, body: {} });
  expect(story().slice(1, 3)).toEqual(['[speak]', 'playback_started']);
  expect((await post(`${path}/actions`, '"Hello"')).status).toBe(400);
  expect((await post('/simulator/calls/nobody/actions', [speak])).status).toBe(404);
  call.hangUp();
  await clock.advance(0);
  expect((await post(`${path}/actions`, [speak])).status).toBe(409);
});
