import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import {
  type LocalRuntime,
  outcomesOf,
  placeCall,
  post,
  startLocal,
  until,
} from '../support/local-runtime.ts';

const SAY = 'Your parcel has just been shipped.';
const GREETING = 'Hello! What is your name?';

let runtime: LocalRuntime;
/** Without an external API: only a WebSocket can push. */
let alone: LocalRuntime;
beforeAll(async () => {
  [runtime, alone] = await Promise.all([startLocal(), startLocal({ EXTERNAL_API_URL: '' })]);
});
afterAll(() => Promise.all([runtime.stop(), alone.stop()]));

/** A caller over a WebSocket, in the middle of the greeting. */
async function listening({ url } = runtime, options: object = {}) {
  const call = await placeCall(url, { speed: 1, transport: 'websocket', ...options });
  onTestFinished(async () => void (await call.hangsUp()));
  await call.hears(1);
  await sleep(550);
  const path = `${url}/simulator/calls/${call.session_id}`;
  return {
    ...call,
    speaks: (text: string, speaking_ms: number) => post(`${path}/speech`, { text, speaking_ms }),
    disconnects: async () => {
      await post(`${path}/disconnect`, {});
      // The function hears of it a moment later; a push before that would meet the same end (410).
      await sleep(200);
    },
    interrupt: async (request: object = {}) => {
      const response = await post(`${url}/interruptions`, {
        session_id: call.session_id,
        say: SAY,
        ...request,
      });
      const { outcomes } = (await response.json()) as { outcomes: object[] };
      return { status: response.status, outcomes };
    },
  };
}

const sources = (timeline: TimelineEntry[]) =>
  timeline.flatMap((entry) =>
    entry.kind === 'action' ? [`${entry.action.type} ${entry.source}`] : [],
  );
const errors = (timeline: TimelineEntry[]) => timeline.filter(({ kind }) => kind === 'error');
const eventTypes = (timeline: TimelineEntry[]) =>
  timeline.flatMap((entry) => (entry.kind === 'event' ? [entry.event.type] : []));

describe('a call over a WebSocket', () => {
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
    const { timeline } = await call.read();
    expect(new Set(sources(timeline))).toEqual(new Set(['speak websocket', 'hangup websocket']));
    expect(eventTypes(timeline).filter((type) => type === 'user_speech_started')).toHaveLength(4);
    expect(errors(timeline)).toEqual([]);
  });

  test('is interrupted over it: the sentence is cut at a word, and replaced', async () => {
    const call = await listening();
    expect(await call.interrupt()).toMatchObject({
      status: 200,
      outcomes: [{ outcome: 'delivered' }],
    });
    expect(await call.hears(2)).toBe(SAY);
    const { timeline } = await call.read();
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

  test('needs no external API for that', async () => {
    const call = await listening(alone);
    expect(await call.interrupt()).toMatchObject({
      status: 200,
      outcomes: [{ outcome: 'delivered' }],
    });
    expect(await call.hears(2)).toBe(SAY);
  });

  test('goes on without it: the external API is the other way', async () => {
    const call = await listening();
    await call.disconnects();
    expect(await call.interrupt()).toMatchObject({
      status: 200,
      outcomes: [{ outcome: 'delivered' }],
    });
    expect(await call.hears(2)).toBe(SAY);
    const { timeline } = await call.read();
    expect(sources(timeline)).toEqual([
      'speak websocket',
      'barge_in external-api',
      'speak external-api',
    ]);
  });

  test('goes on without it: else the interruption waits for the next event, which opens another one', async () => {
    const call = await listening(alone);
    await call.disconnects();
    expect(await call.interrupt({ id: 'waits' })).toMatchObject({
      status: 202,
      outcomes: [{ outcome: 'deferred' }],
    });
    expect(await call.hears(2)).toBe(SAY);
    await until(
      async () => (await outcomesOf(alone.url, call.session_id)).length > 0,
      'the outcome',
    );
    expect(await call.interrupt({ id: 'again' })).toMatchObject({
      outcomes: [{ outcome: 'delivered' }],
    });
    expect(new Set(sources((await call.read()).timeline))).toEqual(
      new Set(['speak websocket', 'barge_in websocket']),
    );
  });

  test('can be let finish: what is said then leads the answer', async () => {
    const call = await listening();
    await sleep(1300);
    await call.speaks('Anna', 700);
    await until(
      async () => eventTypes((await call.read()).timeline).includes('user_speech_started'),
      'speech',
    );
    await sleep(150);
    const polite = { not_while_caller_speaks: true };
    expect(await call.interrupt(polite)).toMatchObject({
      status: 202,
      outcomes: [{ outcome: 'deferred' }],
    });
    expect(await call.hears(2)).toBe(SAY);
    const story = (await call.read()).timeline.map((entry) => ('text' in entry ? entry.text : ''));
    const types = eventTypes((await call.read()).timeline);
    expect(types.indexOf('user_speak')).toBeGreaterThan(types.indexOf('user_speech_started'));
    expect(story.indexOf(SAY)).toBeGreaterThan(story.indexOf(GREETING));
    expect(await call.hears(3)).toMatch(/^Nice to meet you, Anna/);
    expect(await call.interrupt({ ...polite, id: 'now' })).toMatchObject({
      outcomes: [{ outcome: 'delivered' }],
    });
  });
});

test('a call over HTTP cannot be listened to: not_while_caller_speaks is refused', async () => {
  const call = await listening(runtime, { transport: 'http' });
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
