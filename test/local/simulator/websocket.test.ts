import { describe, expect, test } from 'vitest';
import { phone } from './support/phone.ts';
import { server } from './support/server.ts';

const GREETING = 'Hello, you called the library.'; // 30 characters, 2 seconds
const WEBSOCKET = { transport: 'websocket' as const };

/** A call over a WebSocket that greets and answers. */
const line = () =>
  phone(
    {
      session_start: () => ({ type: 'speak', text: GREETING }),
      user_speak: () => ({ type: 'speak', text: 'Yes.' }),
    },
    WEBSOCKET,
  );

describe('a call over a WebSocket', () => {
  test('opens one, and answers come over it as frames', async () => {
    const { clock, call, sockets, story, timeline } = line();
    await clock.advance(3000);
    call.says('Are you open?');
    await clock.advance(3000);
    call.hangUp();
    await clock.advance(0);
    const turn = [
      '[speak]',
      'playback_started',
      'assistant_speak',
      'playback_finished',
      'assistant_speech_ended',
    ];
    expect(story()).toEqual([
      'session_start',
      ...turn,
      'user_speech_started',
      'user_speak',
      ...turn,
      'session_end',
    ]);
    expect(sockets).toHaveLength(1);
    expect(timeline('action').map((entry) => 'source' in entry && entry.source)).toEqual([
      'websocket',
      'websocket',
    ]);
    expect(timeline('event')[0]).not.toHaveProperty('status');
    expect(call.summary()).toMatchObject({ state: 'ended' });
  });

  test('takes actions at any moment', async () => {
    const { clock, call, sockets, timeline } = line();
    await clock.advance(1000);
    const action = { session_id: call.session_id };
    sockets[0]?.push(
      JSON.stringify([
        { type: 'barge_in', ...action },
        { type: 'speak', text: 'Closed.', ...action },
      ]),
    );
    expect(timeline('playback_interrupted')).toMatchObject([{ by: 'app', heard: 'Hello, you' }]);
  });

  test.each([
    'no JSON',
    '"text"',
    '{"message":"Internal server error","connectionId":"a","requestId":"b"}',
  ])('notes a frame that is no action: %s', async (frame) => {
    const { clock, sockets, errors } = line();
    await clock.advance(0);
    sockets[0]?.push(frame);
    expect(errors()).toHaveLength(1);
  });

  test('tells that the caller speaks before it tells what was said, and how often that is', async () => {
    const { clock, call, types, events } = line();
    await clock.advance(3000);
    call.says('Are you', 800);
    call.says('there?', 900);
    await clock.advance(500);
    expect(types().filter((type) => type.startsWith('user_'))).toEqual(['user_speech_started']);
    await clock.advance(500);
    expect(types().filter((type) => type.startsWith('user_'))).toEqual([
      'user_speech_started',
      'user_speak',
      'user_speak',
    ]);
    expect(events.filter(({ type }) => type === 'user_speak')).toMatchObject([
      { text: 'Are you' },
      { text: 'there?' },
    ]);
  });

  test('says nothing any more when the caller hangs up in mid-sentence', async () => {
    const { clock, call, types } = line();
    await clock.advance(3000);
    call.says('Are you open?', 800);
    call.hangUp();
    await clock.advance(1000);
    expect(types().slice(-2)).toEqual(['user_speech_started', 'session_end']);
  });

  test('opens another one with the next event when it is lost', async () => {
    const { clock, call, sockets, types } = line();
    await clock.advance(3000);
    expect(call.disconnect()).toBe(true);
    expect(sockets).toHaveLength(1);
    call.presses('1');
    await clock.advance(0);
    expect(sockets).toHaveLength(2);
    sockets[1]?.lose();
    call.presses('2');
    await clock.advance(0);
    expect(sockets).toHaveLength(3);
    expect(types().slice(-2)).toEqual(['dtmf_received', 'dtmf_received']);
  });
});

describe('by HTTP', () => {
  test('is placed with its transport, and can lose its WebSocket', async () => {
    const { clock, simulator, sockets, post } = server();
    const { body } = await post('/simulator/calls', WEBSOCKET);
    await clock.advance(0);
    expect(sockets).toHaveLength(1);
    const path = `/simulator/calls/${body.session_id}`;
    expect(await post(`${path}/speech`, { text: 'Hello', speaking_ms: 100 })).toEqual({
      status: 202,
      body: {},
    });
    expect(await post(`${path}/disconnect`)).toEqual({ status: 202, body: {} });
    expect(simulator.find(body.session_id ?? '')?.transport).toBe('websocket');
  });

  test.each<[string, object]>([
    ['speech', { text: 'Hello', speaking_ms: 100 }],
    ['disconnect', {}],
  ])('refuses %s of a WebSocket for a call without one', async (does, what) => {
    const { path, post } = server();
    const { status, body } = await post(`${path}/${does}`, what);
    expect(status).toBe(400);
    expect(body.error?.code).toBe('websocket_only');
  });

  test('refuses another transport', async () => {
    const { status, body } = await server().post('/simulator/calls', { transport: 'pigeon' });
    expect(status).toBe(400);
    expect(body.error?.field).toBe('transport');
  });
});
