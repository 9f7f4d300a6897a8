import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { type LocalRuntime, placeCall, sharedRuntime, until } from '../support/local-runtime.ts';
import { listening, sources } from '../support/socket-call.ts';

const SAY = 'Your parcel has just been shipped.';
const GREETING = 'Hello! What is your name?';

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await sharedRuntime();
});

const errors = (timeline: TimelineEntry[]) => timeline.filter(({ kind }) => kind === 'error');
const eventTypes = (timeline: TimelineEntry[]) =>
  timeline.flatMap((entry) => (entry.kind === 'event' ? [entry.event.type] : []));

describe.concurrent('a call over a WebSocket', () => {
  test('is answered in every turn, from the greeting to the goodbye', async () => {
    const call = await placeCall(runtime.url, { speed: 1.6, transport: 'websocket' });
    expect(await call.hears(1)).toBe(GREETING);
    for (const [turn, said, answer] of [
      [2, 'Anna', /^Nice to meet you, Anna/],
      [3, 'I like trains', /^Anna, you said: I like trains/],
      [4, 'What did I say?', /^You said: I like trains/],
      [5, 'Goodbye', /^Goodbye, Anna/],
    ] as const) {
      await call.says(said);
      expect(await call.hears(turn)).toMatch(answer);
    }
    await call.ends();
    const timeline = await call.timeline();
    expect(new Set(sources(timeline))).toEqual(new Set(['speak websocket', 'hangup websocket']));
    expect(eventTypes(timeline).filter((type) => type === 'user_speech_started')).toHaveLength(4);
    expect(errors(timeline)).toEqual([]);
  });

  test('is interrupted over it: the sentence is cut at a word, and replaced', async (context) => {
    const call = await listening(context, runtime.url);
    expect(await call.interrupt()).toMatchObject({
      status: 200,
      outcomes: [{ outcome: 'delivered' }],
    });
    expect(await call.hears(2)).toBe(SAY);
    const timeline = await call.timeline();
    expect(sources(timeline)).toEqual(['speak websocket', 'barge_in websocket', 'speak websocket']);
    expect(timeline.filter(({ kind }) => kind.startsWith('playback_'))).toMatchObject([
      { kind: 'playback_started', text: GREETING },
      {
        kind: 'playback_interrupted',
        by: 'app',
        heard: expect.stringMatching(/^Hello!( What( is( your)?)?)?$/),
      },
      { kind: 'playback_started', text: SAY },
    ]);
  });

  test('goes on without it: the external API is the other way', async (context) => {
    const call = await listening(context, runtime.url);
    await call.disconnects();
    expect(await call.interrupt()).toMatchObject({
      status: 200,
      outcomes: [{ outcome: 'delivered' }],
    });
    expect(await call.hears(2)).toBe(SAY);
    const timeline = await call.timeline();
    expect(sources(timeline)).toEqual([
      'speak websocket',
      'barge_in external-api',
      'speak external-api',
    ]);
  });

  test('can be let finish: what is said then leads the answer', async (context) => {
    const call = await listening(context, runtime.url);
    await sleep(1300);
    await call.speaks('Anna', 700);
    await until(
      async () => eventTypes(await call.timeline()).includes('user_speech_started'),
      'speech',
    );
    await sleep(150);
    const polite = { not_while_caller_speaks: true };
    expect(await call.interrupt(polite)).toMatchObject({
      status: 202,
      outcomes: [{ outcome: 'deferred' }],
    });
    expect(await call.hears(2)).toBe(SAY);
    const story = (await call.timeline()).map((entry) => ('text' in entry ? entry.text : ''));
    const types = eventTypes(await call.timeline());
    expect(types.indexOf('user_speak')).toBeGreaterThan(types.indexOf('user_speech_started'));
    expect(story.indexOf(SAY)).toBeGreaterThan(story.indexOf(GREETING));
    expect(await call.hears(3)).toMatch(/^Nice to meet you, Anna/);
    expect(await call.interrupt({ ...polite, id: 'now' })).toMatchObject({
      outcomes: [{ outcome: 'delivered' }],
    });
  });
});

test.concurrent('a call over HTTP cannot be listened to: not_while_caller_speaks is refused', async (context) => {
  const call = await listening(context, runtime.url, { transport: 'http' });
  const refused = { outcome: 'failed', error: { code: 'websocket_only', retryable: false } };
  expect(await call.interrupt({ not_while_caller_speaks: true })).toMatchObject({
    status: 502,
    outcomes: [refused],
  });
});

test.each<[string, Record<string, string>]>([
  ['a wrong token', { 'X-API-TOKEN': 'guess' }],
  ['no token', {}],
])('%s opens no connection', async (_what, headers) => {
  const client = new WebSocket(`${runtime.url.replace('http', 'ws')}/websocket`, { headers });
  const [, response] = await once(client, 'unexpected-response');
  expect(response.statusCode).toBe(401);
});
