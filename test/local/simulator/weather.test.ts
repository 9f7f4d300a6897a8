import { describe, expect, test } from 'vitest';
import type { GivenWeather } from '../../../local/simulator/behaviour.ts';
import { type App, answerAfter, phone } from './support/phone.ts';
import { server } from './support/server.ts';

const GREETING = 'Hello, you called the library.'; // 30 characters, 2 seconds
const SHORT = 'It ships today.'; // 1 second
const greets: App = { session_start: () => ({ type: 'speak', text: GREETING }) };

const lineIn = (weather: GivenWeather, app = greets, options = {}) =>
  phone(app, { weather, ...options });

/** Which events after `session_start` were delivered, and when. */
function delivered({ clock, events }: Pick<ReturnType<typeof phone>, 'clock' | 'events'>) {
  const at: string[] = [];
  const started = clock.now();
  const push = events.push.bind(events);
  events.push = (event) => {
    if (event.type !== 'session_start') at.push(`${event.type} ${clock.now() - started}`);
    return push(event);
  };
  return at;
}

describe('POST /simulator/calls { weather }', () => {
  const place = (weather: unknown) => server().post('/simulator/calls', { weather });

  test('each field by itself, and all of calm weather', async () => {
    const calm = {
      assistant_speak: 'sent',
      assistant_speak_late_ms: 0,
      duration_factor: 1,
      speech_ended_late_ms: 0,
      words_after_ms: 0,
      voice_starts_after_ms: 0,
      pushes_late_ms: 0,
      timeouts_run_on: false,
      twice: [],
      twice_after_ms: 0,
      parallel: false,
      sms: 'sent',
      socket_lost_after_ms: 1000,
      webhook_late_ms: 5000,
      external_api: 'ok',
    };
    for (const [field, value] of Object.entries(calm))
      expect((await place({ [field]: value })).status).toBe(201);
    expect((await place(calm)).status).toBe(201);
    expect((await place({})).status).toBe(201);
  });

  test.each([
    ['weather.wind', { wind: 3 }, 'not a known field'],
    ['weather.assistant_speak', { assistant_speak: 'late' }, 'one of "sent", "never"; got "late"'],
    ['weather.assistant_speak_late_ms', { assistant_speak_late_ms: -1 }, 'at least 0; got -1'],
    ['weather.speech_ended_late_ms', { speech_ended_late_ms: '450' }, 'got "450"'],
    ['weather.words_after_ms', { words_after_ms: 0.5 }, 'a whole number; got 0.5'],
    [
      'weather.voice_starts_after_ms',
      { voice_starts_after_ms: 60_001 },
      'at most 60000; got 60001',
    ],
    ['weather.duration_factor', { duration_factor: -0.5 }, 'at least 0; got -0.5'],
    ['weather.duration_factor', { duration_factor: 11 }, 'at most 10; got 11'],
    ['weather.twice', { twice: 'user_speak' }, 'an array; got "user_speak"'],
    ['weather.twice.1', { twice: ['user_speak', 'user_barge_in'] }, 'one of "session_start"'],
    ['weather.twice_after_ms', { twice_after_ms: null }, 'got null'],
    ['weather.pushes_late_ms', { pushes_late_ms: 60_001 }, 'at most 60000; got 60001'],
    ['weather.timeouts_run_on', { timeouts_run_on: 1 }, 'true or false; got 1'],
    ['weather.parallel', { parallel: 'yes' }, 'true or false; got "yes"'],
    ['weather.sms', { sms: true }, 'one of "sent", "failed"; got true'],
    ['weather.socket_lost_after_ms', { socket_lost_after_ms: -1 }, 'at least 0; got -1'],
    ['weather.webhook_late_ms', { webhook_late_ms: 0 }, 'at least 1; got 0'],
    [
      'weather.external_api',
      { external_api: 418 },
      'one of "ok", 429, 500, 503, 404, "never"; got 418',
    ],
    ['weather', 'no-reports', 'an object; got "no-reports"'],
    ['weather', null, 'an object; got null'],
  ])('400 names %s in %j', async (field, weather, complaint) => {
    const { status, body } = await place(weather);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 'invalid_request',
      field,
      message: expect.stringContaining(complaint),
    });
  });
});

describe('the voice reports', () => {
  test('never', async () => {
    const { clock, types } = lineIn({ assistant_speak: 'never' });
    await clock.advance(5000);
    expect(types()).toEqual(['session_start', 'assistant_speech_ended']);
  });

  test('late, by the real clock at any speed, and when it really began', async () => {
    const line = lineIn({ assistant_speak_late_ms: 300 }, greets, { speed: 2 });
    const began = line.clock.now();
    await line.clock.advance(299);
    expect(line.types()).toEqual(['session_start']);
    await line.clock.advance(1);
    expect(line.events[1]).toMatchObject({
      type: 'assistant_speak',
      duration_ms: 1000,
      speech_started_at: began,
    });
  });

  test('at the end at the latest, even of a sentence that is cut', async () => {
    const line = lineIn({ assistant_speak_late_ms: 60_000 });
    const at = delivered(line);
    await line.clock.advance(2000);
    line.push({ type: 'speak', text: SHORT });
    await line.clock.advance(500);
    line.call.says('Wait, please');
    await line.clock.advance(5000);
    expect(at).toEqual([
      'assistant_speak 2000',
      'assistant_speech_ended 2000',
      'assistant_speak 2500',
      'assistant_speech_ended 2500',
      'user_speak 2500',
    ]);
  });

  test('nothing more once the caller has hung up', async () => {
    const line = lineIn({ assistant_speak_late_ms: 500, speech_ended_late_ms: 500 });
    await line.clock.advance(400);
    line.call.hangUp();
    await line.clock.advance(5000);
    expect(line.types()).toEqual(['session_start', 'session_end']);
  });

  test.each([
    [0, 0],
    [0.5, 1000],
    [1.25, 2500],
  ])('%d times its length', async (duration_factor, duration_ms) => {
    const { clock, events, timeline } = lineIn({ duration_factor });
    await clock.advance(5000);
    expect(events[1]).toMatchObject({ type: 'assistant_speak', duration_ms });
    expect(timeline('playback_started')).toMatchObject([{ duration_ms: 2000 }]);
    expect(timeline('playback_finished')).toMatchObject([{ at_ms: 2000 }]);
  });
});

describe('ends are reported late', () => {
  const weather = { speech_ended_late_ms: 450 };

  test("and cross the next sentence's beginning and the caller's words", async () => {
    const line = lineIn(weather);
    const at = delivered(line);
    line.push({ type: 'speak', text: GREETING }, { type: 'speak', text: SHORT });
    await line.clock.advance(2100);
    line.call.says('Wait, please');
    await line.clock.advance(5000);
    expect(at).toEqual([
      'assistant_speak 0',
      'assistant_speak 2000',
      'user_speak 2100',
      'assistant_speech_ended 2450',
      'assistant_speech_ended 2550',
    ]);
  });

  test('and the timer runs from the report, unless somebody has spoken', async () => {
    const asks: App = {
      session_start: () => ({ type: 'speak', text: SHORT, user_input_timeout_seconds: 4 }),
    };
    const line = lineIn(weather, asks);
    const at = delivered(line);
    await line.clock.advance(10_000);
    expect(at.slice(-2)).toEqual(['assistant_speech_ended 1450', 'user_input_timeout 5450']);
    const answered = lineIn(weather, asks);
    await answered.clock.advance(1100);
    answered.call.says('Yes');
    await answered.clock.advance(10_000);
    expect(answered.types()).not.toContain('user_input_timeout');
  });
});

describe('words come late', () => {
  const cutting = (barge_in?: object): App => ({
    session_start: () => ({ type: 'speak', text: GREETING, ...(barge_in && { barge_in }) }),
  });

  test.each([
    ['http', 'immediate', 1000],
    ['websocket', 'immediate', 1000],
    ['websocket', 'minimum_characters', 1400],
  ] as const)(
    'over %s, strategy %s: the sentence is cut at %s ms',
    async (transport, strategy, cut_at) => {
      const line = lineIn({ words_after_ms: 300 }, cutting({ strategy }), { transport });
      const at = delivered(line);
      await line.clock.advance(1000);
      line.call.says('Wait, please', 400);
      await line.clock.advance(5000);
      expect(line.timeline('playback_interrupted')).toMatchObject([
        { at_ms: cut_at, by: 'caller' },
      ]);
      expect(at.filter((event) => !event.startsWith('assistant_speak '))).toEqual([
        ...(transport === 'websocket' ? ['user_speech_started 1000'] : []),
        `assistant_speech_ended ${cut_at}`,
        'user_speak 1700',
      ]);
      expect(line.events.at(-1)).toMatchObject({ text: 'Wait, please', barged_in: true });
    },
  );

  test('even in calm weather `immediate` cuts at the voice', async () => {
    const line = lineIn({}, cutting({ strategy: 'immediate' }), { transport: 'websocket' });
    await line.clock.advance(1000);
    line.call.says('Wait', 400);
    await line.clock.advance(399);
    expect(line.types().slice(-2)).toEqual(['user_speech_started', 'assistant_speech_ended']);
    await line.clock.advance(1);
    expect(line.events.at(-1)).toMatchObject({ type: 'user_speak', barged_in: true });
  });

  test('a voice before `allow_after_ms` does not cut, its words may', async () => {
    const line = lineIn({}, cutting({ strategy: 'immediate', allow_after_ms: 1200 }), {
      transport: 'websocket',
    });
    await line.clock.advance(1000);
    line.call.says('Wait', 400);
    await line.clock.advance(400);
    expect(line.timeline('playback_interrupted')).toMatchObject([{ at_ms: 1400 }]);
  });

  test('who speaks is not silent, whenever their words come', async () => {
    const asks: App = {
      session_start: () => ({ type: 'speak', text: SHORT, user_input_timeout_seconds: 2 }),
    };
    const line = lineIn({ words_after_ms: 5000 }, asks);
    await line.clock.advance(2500);
    line.call.says('Yes');
    await line.clock.advance(20_000);
    expect(line.types().slice(-2)).toEqual(['assistant_speech_ended', 'user_speak']);
  });

  test('nobody hears them when the call is over by then', async () => {
    const line = lineIn({ words_after_ms: 500 });
    await line.clock.advance(3000);
    line.call.says('Hello?');
    line.call.hangUp();
    await line.clock.advance(5000);
    expect(line.types()).not.toContain('user_speak');
  });
});

describe('sentences begin late', () => {
  const weather = { voice_starts_after_ms: 700 };

  test('each after its turn has come', async () => {
    const line = lineIn(weather);
    const at = delivered(line);
    line.push({ type: 'speak', text: SHORT });
    await line.clock.advance(5000);
    expect(line.timeline('playback_started')).toMatchObject([
      { at_ms: 700, text: SHORT },
      { at_ms: 2400, text: GREETING },
    ]);
    expect(at).toEqual([
      'assistant_speak 700',
      'assistant_speech_ended 1700',
      'assistant_speak 2400',
      'assistant_speech_ended 4400',
    ]);
  });

  test('what has not begun is dropped without a word, and cut by nobody who speaks', async () => {
    const line = lineIn(weather, {});
    await line.clock.advance(0);
    line.push({ type: 'speak', text: GREETING });
    await line.clock.advance(300);
    line.push({ type: 'barge_in' }, { type: 'speak', text: SHORT });
    line.call.says('Wait, please');
    await line.clock.advance(5000);
    expect(line.timeline('playback_started')).toMatchObject([{ at_ms: 1000, text: SHORT }]);
    expect(line.timeline('playback_interrupted')).toEqual([]);
    expect(line.events[1]).not.toHaveProperty('barged_in');
    expect(line.types()).toEqual([
      'session_start',
      'user_speak',
      'assistant_speak',
      'assistant_speech_ended',
    ]);
  });
});

describe('deliveries repeat', () => {
  test.each([
    'session_start',
    'assistant_speak',
    'assistant_speech_ended',
    'user_speak',
    'dtmf_received',
    'session_end',
  ])('%s', async (type) => {
    const line = lineIn(
      { twice: [type as 'session_start'], twice_after_ms: 200 },
      { ...greets, session_start: saysOnce() },
    );
    await line.clock.advance(3000);
    line.call.says('Yes');
    line.call.presses('1');
    await line.clock.advance(300);
    line.call.hangUp();
    await line.clock.advance(300);
    const [first, second, ...more] = line.events.filter((event) => event.type === type);
    expect(second).toEqual(first);
    expect(more).toEqual([]);
    expect(new Set(line.types())).toHaveLength(6);
    expect(line.types()).toHaveLength(7);
    expect(line.call.summary().state).toBe('ended');
  });

  test('after `twice_after_ms`, but not before the first one is answered', async () => {
    const line = lineIn(
      { twice: ['user_speak'], twice_after_ms: 200 },
      { user_speak: (_, clock) => answerAfter(500, clock) },
    );
    await line.clock.advance(0);
    const at = delivered(line);
    line.call.says('Yes');
    await line.clock.advance(2000);
    expect(at).toEqual(['user_speak 0', 'user_speak 500']);
  });

  test('both are answered', async () => {
    const app: App = { user_speak: () => ({ type: 'speak', text: SHORT }) };
    const line = lineIn({ twice: ['user_speak'] }, app);
    line.call.says('Yes');
    await line.clock.advance(5000);
    expect(line.timeline('playback_started')).toHaveLength(2);
  });
});

describe('pushes take their time', () => {
  const weather = { pushes_late_ms: 600 };
  const replacing = (session_id: string) => [
    { type: 'barge_in', session_id },
    { type: 'speak', session_id, text: SHORT },
  ];

  test('to the external API: answered when they are executed', async () => {
    const line = lineIn(weather);
    await line.clock.advance(1000);
    let status: number | undefined;
    void line.call.pushed(replacing(line.call.session_id)).then((told) => {
      status = told;
    });
    await line.clock.advance(599);
    expect([status, line.timeline('playback_interrupted')]).toEqual([undefined, []]);
    await line.clock.advance(1);
    expect([status, line.timeline('playback_interrupted')]).toMatchObject([202, [{ at_ms: 1600 }]]);
  });

  test('404, and nothing is done, when the call is over by then', async () => {
    const line = lineIn(weather);
    await line.clock.advance(1000);
    const status = line.call.pushed(replacing(line.call.session_id));
    line.call.hangUp();
    await line.clock.advance(600);
    expect(await status).toBe(404);
    expect(line.errors()).toEqual([]);
  });

  test('over a WebSocket, in their order', async () => {
    const line = lineIn(weather, {}, { transport: 'websocket' });
    await line.clock.advance(0);
    const { session_id } = line.call;
    line.sockets[0]?.push(JSON.stringify({ type: 'speak', session_id, text: GREETING }));
    await line.clock.advance(1000);
    line.sockets[0]?.push(JSON.stringify(replacing(session_id)));
    await line.clock.advance(600);
    expect(line.timeline('playback_started')).toMatchObject([{ at_ms: 600 }, { at_ms: 1600 }]);
  });
});

test('in parallel, an event does not wait for the answer to the one before', async () => {
  const app: App = {
    session_start: (_, clock) => answerAfter(700, clock, { type: 'speak', text: GREETING }),
    user_speak: (_, clock) => answerAfter(300, clock, { type: 'mix_audio', stop: true }),
  };
  const line = lineIn({ parallel: true, twice: ['session_start'], twice_after_ms: 100 }, app);
  line.call.says('Hello?');
  await line.clock.advance(100);
  expect(line.types()).toEqual(['session_start', 'user_speak', 'session_start']);
  await line.clock.advance(700);
  expect(line.timeline('event')).toMatchObject([
    { at_ms: 300, event: { type: 'user_speak' }, took_ms: 300 },
    { at_ms: 700, event: { type: 'session_start' }, took_ms: 700 },
    { at_ms: 700, event: { type: 'assistant_speak' } },
    { at_ms: 800, event: { type: 'session_start' }, took_ms: 700 },
  ]);
  expect(line.timeline('action')).toMatchObject([{ at_ms: 300 }, { at_ms: 700 }, { at_ms: 800 }]);
});

describe('a message fails', () => {
  const app: App = {
    user_speak: () => ({ type: 'send_sms', phone_number: '4917639123456', message: 'Order 4711' }),
    sms_failed: () => ({ type: 'speak', text: SHORT }),
  };

  test.each([
    ['failed', 1],
    ['sent', 0],
  ] as const)('%s', async (sms, count) => {
    const line = lineIn({ sms }, app);
    line.call.says('Send it');
    await line.clock.advance(3000);
    expect(line.types().filter((type) => type === 'sms_failed')).toHaveLength(count);
    expect(line.timeline('playback_started')).toHaveLength(count);
  });
});

describe('a WebSocket is lost', () => {
  test('once, and the next event opens another one', async () => {
    const line = lineIn({ socket_lost_after_ms: 1500 }, greets, { transport: 'websocket' });
    await line.clock.advance(1999);
    expect(line.sockets).toHaveLength(1);
    await line.clock.advance(60_000);
    expect(line.sockets).toHaveLength(2);
    expect(line.types()).toEqual(['session_start', 'assistant_speak', 'assistant_speech_ended']);
  });

  test('a call without one has none to lose', async () => {
    const line = lineIn({ socket_lost_after_ms: 1500 });
    await line.clock.advance(5000);
    expect(line.types()).toEqual(['session_start', 'assistant_speak', 'assistant_speech_ended']);
  });
});

test('an answer that is late counts as none, and is not executed when it comes', async () => {
  const app: App = {
    session_start: (_, clock) => answerAfter(1001, clock, { type: 'speak', text: GREETING }),
    user_speak: () => ({ type: 'speak', text: SHORT }),
  };
  const line = lineIn({ webhook_late_ms: 1000 }, app);
  line.call.says('Hello?');
  await line.clock.advance(5000);
  expect(line.timeline('event')[0]).toMatchObject({
    at_ms: 1000,
    event: { type: 'session_start' },
    status: 0,
  });
  expect(line.errors()).toEqual(['session_start got no answer: none came within 1000 ms']);
  expect(line.timeline('playback_started')).toMatchObject([{ at_ms: 1000, text: SHORT }]);
});

describe('the external API', () => {
  const pushTo = async (weather: GivenWeather) => {
    const { simulator, app } = server();
    const call = simulator.place({ weather });
    const body = JSON.stringify({ type: 'speak', session_id: call.session_id, text: SHORT });
    const headers = { authorization: 'Bearer secret' };
    const path = `/simulator/sessions/${call.session_id}/actions`;
    return { call, answer: Promise.resolve(app.request(path, { method: 'POST', headers, body })) };
  };

  test.each([429, 500, 503, 404] as const)('answers %i and does nothing', async (status) => {
    const { call, answer } = await pushTo({ external_api: status });
    const response = await answer;
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: { code: 'weather', message: expect.stringContaining(`${status}`) },
    });
    expect(call.timeline().filter(({ kind }) => kind === 'action')).toEqual([]);
  });

  test('never answers', async () => {
    const { call, answer } = await pushTo({ external_api: 'never' });
    const nobody = new Promise((resolve) => setTimeout(resolve, 50, 'nobody'));
    expect(await Promise.race([answer, nobody])).toBe('nobody');
    expect(call.timeline().filter(({ kind }) => kind === 'action')).toEqual([]);
  });

  test('takes it', async () => {
    const { call, answer } = await pushTo({ external_api: 'ok' });
    expect((await answer).status).toBe(202);
    expect(call.timeline().filter(({ kind }) => kind === 'action')).toHaveLength(1);
  });
});

/** Greets one of two. */
function saysOnce(): NonNullable<App['session_start']> {
  let said = false;
  return () => {
    if (said) return undefined;
    said = true;
    return { type: 'speak', text: GREETING };
  };
}
