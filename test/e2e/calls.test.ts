import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeCall as callFor } from '../../local/http-stage.ts';
import { perform } from '../../local/perform.ts';
import {
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerIsSilent,
  outcomesAre,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import { loadPlay, playNames } from '../../local/plays.ts';
import { type LocalRuntime, placeCall, post, startWarm, until } from '../support/local-runtime.ts';

const plays = await Promise.all(
  playNames().map(async (name, index) => {
    const { play, template, call } = await loadPlay(name);
    // One stack for all of them: each has a number of its own, which no play names itself.
    return {
      name,
      play,
      template,
      call: { to: `+4930231252${String(index).padStart(2, '0')}`, ...call },
    };
  }),
);

/** Who nobody else calls from. */
const FROM = '+4917639123456';

let runtime: LocalRuntime;
beforeAll(async () => {
  const numbers = plays.map(({ template, call }) => [call.to, template]);
  runtime = await startWarm({ TEMPLATE_BY_NUMBER: JSON.stringify(Object.fromEntries(numbers)) });
});
afterAll(() => runtime.stop());

test.concurrent.each(plays)('every play goes as written: $name', async ({ play, call }) => {
  const told: string[] = [];
  const stage = await callFor({
    url: runtime.url,
    speed: 1.6,
    call,
    tell: (line) => told.push(line),
  });
  await perform(play, stage);
  expect(told.length).toBeGreaterThan(play.length);
});

test.concurrent('what happens elsewhere, and what does not happen, is played on the running stack as well', async () => {
  const stage = await callFor({ url: runtime.url, speed: 4, call: { from: FROM }, tell: () => {} });
  await perform(
    [
      assistantSays('What is your name?'),
      silenceFor(1),
      triggered({ through: 'SQS', say: { text: 'Hello?', user_input_timeout_seconds: 2 } }),
      assistantSays('Hello?'),
      callerIsSilent(2),
      assistantSays('Are you still there?'),
      triggered({
        after: 'Are you',
        through: 'EventBridge',
        say: 'Well then.',
        target: { caller: FROM },
      }),
      assistantIsCut({ by: 'app' }),
      assistantSays('Well then.'),
      outcomesAre('delivered', 'delivered', 'heard', 'heard'),
      callerHangsUp(),
    ],
    stage,
  );
});

test.concurrent('a call is answered in every turn, and remembered', async () => {
  // As somebody may speak: who is too quick for that isn't hung up on.
  const call = await placeCall(runtime.url, { speed: 1.5 });
  expect(await call.hears(1)).toMatch(/name/);
  expect((await call.says('My name is Anna')).status).toBe(202);
  expect(await call.hears(2)).toContain('Anna');
  await call.says('I like trains');
  expect(await call.hears(3)).toContain('I like trains');
  await call.says('What is my name?');
  expect(await call.hears(4)).toContain('Anna');
  await call.says('Goodbye');
  expect(await call.hears(5)).toContain('Goodbye, Anna');
  await call.ends();

  const timeline = await call.timeline();
  expect(timeline.filter(({ kind }) => kind === 'error')).toEqual([]);
  expect(timeline.at(-1)).toMatchObject({
    kind: 'event',
    event: { type: 'session_end' },
    status: 204,
  });
  expect((await call.says('Hello?')).status).toBe(409);
});

test('it prints one line with its URL and is healthy', async () => {
  expect(runtime.printed.stdout).toMatch(/^.*http:\/\/127\.0\.0\.1:\d+\n$/);
  const response = await fetch(`${runtime.url}/health`);
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
});

test('the console page is one file that loads nothing', async () => {
  const response = await fetch(runtime.url);
  expect(response.headers.get('content-type')).toContain('text/html');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await response.text()).not.toMatch(/(src|href)="?(https?:)?\/\//);
});

test('calls do not hear each other', async () => {
  const [anna, ben] = [await placeCall(runtime.url), await placeCall(runtime.url)];
  await Promise.all([anna.hears(1), ben.hears(1)]);
  await Promise.all([anna.says('My name is Anna'), ben.says('My name is Ben')]);
  await Promise.all([anna.hears(2), ben.hears(2)]);
  await Promise.all([anna.says('What is my name?'), ben.says('What is my name?')]);
  expect([await anna.hears(3), await ben.hears(3)]).toEqual([
    'Your name is Anna.',
    'Your name is Ben.',
  ]);
  await Promise.all([anna.hangsUp(), ben.hangsUp()]);
});

test('the timeline tells a sentence in order, with its fields', async () => {
  // Longer than a busy machine takes to answer that it began.
  const call = await placeCall(runtime.url, { speed: 5 });
  const ended = async () =>
    JSON.stringify(await call.timeline()).includes('"assistant_speech_ended"');
  await until(ended, 'the end of the greeting');
  const { timeline, state, session_id } = await call.read();
  expect([state, session_id]).toEqual(['active', call.session_id]);
  expect(timeline).toMatchObject([
    { kind: 'event', event: { type: 'session_start', session: { id: session_id } }, status: 200 },
    { kind: 'action', action: { type: 'speak', session_id }, source: 'webhook' },
    { kind: 'playback_started', text: expect.any(String), duration_ms: expect.any(Number) },
    {
      kind: 'event',
      event: { type: 'assistant_speak', duration_ms: expect.any(Number) },
      status: 204,
    },
    { kind: 'playback_finished' },
    {
      kind: 'event',
      event: { type: 'assistant_speech_ended' },
      status: 204,
      took_ms: expect.any(Number),
    },
  ]);
  const times = timeline.map(({ at_ms }) => at_ms);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  await call.hangsUp();
});

test('the caller interrupts by speaking', async () => {
  const call = await placeCall(runtime.url, { speed: 1 });
  const greeting = await call.hears(1);
  await call.says('My name is Anna');
  expect(await call.hears(2)).toContain('Anna');
  const timeline = await call.timeline();
  const cut = timeline.find((entry) => entry.kind === 'playback_interrupted');
  expect(cut).toMatchObject({ by: 'caller', played_ms: expect.any(Number) });
  expect(greeting.startsWith(cut?.heard ?? 'nothing was cut')).toBe(true);
  expect(timeline).toContainEqual(
    expect.objectContaining({
      event: expect.objectContaining({ type: 'user_speak', barged_in: true }),
    }),
  );
  await call.hangsUp();
});

test('the external API acts on a live call only, and only with its token', async () => {
  const call = await placeCall(runtime.url);
  await call.hears(1);
  const actions = [{ type: 'speak', session_id: call.session_id, text: 'Your parcel is here.' }];
  const send = (id: string, token: string) =>
    post(`${runtime.url}/simulator/sessions/${id}/actions`, actions, {
      authorization: `Bearer ${token}`,
    });

  expect((await send(call.session_id, 'wrong')).status).toBe(401);
  expect((await send('nobody', 'local-api-token')).status).toBe(404);
  expect((await send(call.session_id, 'local-api-token')).status).toBe(202);
  expect(await call.hears(2)).toBe('Your parcel is here.');
  await call.hangsUp();
  expect((await send(call.session_id, 'local-api-token')).status).toBe(404);
});

test('what happens is streamed', async () => {
  const response = await fetch(`${runtime.url}/simulator/stream`);
  const call = await placeCall(runtime.url);
  let streamed = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    streamed += decoder.decode(chunk);
    if (streamed.includes('playback_started')) break;
  }
  expect(streamed).toContain(call.session_id);
  await call.hangsUp();
});
