import { describe, expect, test } from 'vitest';
import { server } from './support/server.ts';

const UNKNOWN = '550e8400-e29b-41d4-a716-446655440000';

describe('placing and looking at calls', () => {
  test('201 before session_start is answered', async () => {
    const { post, get } = server({ session_start: () => new Promise(() => {}) });
    const placed = await post('/simulator/calls', {
      from: '+493023125001',
      to: '+493023125002',
      language: 'de-DE',
    });
    expect(placed).toEqual({
      status: 201,
      body: { session_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    const { body } = await get('/simulator/calls');
    expect(body.calls).toHaveLength(2);
    expect(body.calls?.[1]).toEqual({
      session_id: placed.body.session_id,
      state: 'active',
      from: '+493023125001',
      to: '+493023125002',
      language: 'de-DE',
      started_at: expect.any(Number),
    });
  });

  test('a call with its timeline', async () => {
    const { clock, call, path, get } = server();
    call.hangUp();
    await clock.advance(0);
    const { status, body } = await get(path);
    expect(status).toBe(200);
    expect(body).toEqual({
      session_id: call.session_id,
      state: 'ended',
      timeline: [
        expect.objectContaining({ at_ms: 0, kind: 'event', status: 204 }),
        expect.objectContaining({ event: expect.objectContaining({ type: 'session_end' }) }),
      ],
    });
  });

  test.each([
    ['speed', { speed: 0 }],
    ['speed', { speed: -1 }],
    ['speed', { speed: 1001 }],
    ['speed', { speed: '2' }],
    ['from', { from: '' }],
    ['language', { language: 'german' }],
    ['transfer', { transfer: 'maybe' }],
    ['voice', { voice: 'Katja' }],
    ['template', { template: 'order-statsu' }],
    ['template', { template: 7 }],
    [undefined, []],
    [undefined, null],
  ])('400 names %s in %j', async (field, body) => {
    const { post } = server();
    const refused = await post('/simulator/calls', body);
    expect(refused.status).toBe(400);
    expect(refused.body.error).toMatchObject({
      code: 'invalid_request',
      message: expect.any(String),
    });
    expect(refused.body.error?.field).toBe(field);
  });

  test('an empty body is a call with the defaults', async () => {
    const { post, get } = server();
    expect((await post('/simulator/calls')).status).toBe(201);
    expect((await get('/simulator/calls')).body.calls?.[1]).toMatchObject({
      from: '+4915112345678',
      language: 'en-US',
    });
  });
});

describe('what the caller does', () => {
  test('202 {} and the event', async () => {
    const { clock, path, post, types } = server();
    for (const [does, body] of [
      ['speech', { text: 'Hi' }],
      ['dtmf', { digit: '*' }],
      ['hangup', undefined],
    ] as const) {
      expect(await post(`${path}/${does}`, body)).toEqual({ status: 202, body: {} });
      await clock.advance(0);
    }
    expect(types()).toEqual(['session_start', 'user_speak', 'dtmf_received', 'session_end']);
  });

  test.each(['speech', 'dtmf', 'hangup'])(
    '%s: 404 for a call that never was, 409 once it is over',
    async (does) => {
      const { call, path, post } = server();
      const unknown = await post(`/simulator/calls/${UNKNOWN}/${does}`, 'whatever');
      expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'unknown_call' } } });
      call.hangUp();
      const over = await post(`${path}/${does}`, {});
      expect(over).toMatchObject({ status: 409, body: { error: { code: 'call_ended' } } });
    },
  );

  test.each([
    ['speech', { text: '' }, 'text'],
    ['speech', { text: ' \n' }, 'text'],
    ['speech', undefined, 'text'],
    ['speech', { text: 'Hi', barged_in: true }, 'barged_in'],
    ['dtmf', { digit: 'A' }, 'digit'],
    ['dtmf', { digit: '12' }, 'digit'],
    ['dtmf', { digit: 1 }, 'digit'],
    ['hangup', { reason: 'bored' }, 'reason'],
  ])('%s: 400 for %j', async (does, body, field) => {
    const { path, post, types } = server();
    const refused = await post(`${path}/${does}`, body);
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', field } },
    });
    expect(types()).toEqual(['session_start']);
  });

  test('400 for what is not JSON', async () => {
    const { path, post } = server();
    expect(await post(`${path}/speech`, '{"text":')).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_json' } },
    });
  });
});
