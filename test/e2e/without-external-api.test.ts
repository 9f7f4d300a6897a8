import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import {
  type LocalRuntime,
  outcomesOf,
  placeCall,
  post,
  startWarm,
  until,
} from '../support/local-runtime.ts';
import { listening, sources } from '../support/socket-call.ts';

/** Without an external API only a WebSocket can push. */
let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await startWarm({ EXTERNAL_API_URL: '' });
});
afterAll(() => runtime.stop());

const SAY = 'Your parcel has just been shipped.';
const GREETING = 'Hello! What is your name?';

const interrupt = async (body: object) => {
  const response = await post(`${runtime.url}/interruptions`, body);
  return { status: response.status, body: await response.json() };
};
const words = async ({ session_id }: { session_id: string }) =>
  (await outcomesOf(runtime.url, session_id)).map(({ word }) => word).sort();
const sentences = (timeline: TimelineEntry[]) =>
  timeline.flatMap((entry) =>
    entry.kind === 'playback_started' && 'text' in entry ? [entry.text] : [],
  );

/** The caller has been greeted; nothing plays. */
async function greeted(options?: object) {
  const call = await placeCall(runtime.url, options);
  const over = async () =>
    JSON.stringify(await call.timeline()).includes('"assistant_speech_ended"');
  await until(over, 'the end of the greeting');
  return call;
}

describe.concurrent('an interruption of a call over HTTP', () => {
  test('it is deferred, and said at the next event before the answer to it', async () => {
    // What is over sooner than anybody could say it may have been cut: the answer would wait for
    // the words.
    const call = await greeted({ speed: 1.6 });
    const { session_id } = call;
    const deferred = await interrupt({ session_id, say: SAY, id: 'i-1' });
    expect(deferred).toEqual({
      status: 202,
      body: { interruption_id: 'i-1', outcomes: [{ session_id, outcome: 'deferred' }] },
    });
    expect(await words(call)).toEqual([]);

    await call.says('My name is Anna');
    expect(await call.hears(2)).toBe(SAY);
    expect(await call.hears(3)).toMatch(/^Nice to meet you, Anna/);
    await until(async () => (await words(call)).length === 2, 'both outcomes');
    expect(await words(call)).toEqual(['delivered', 'heard']);
    await call.hangsUp();
  });

  test('what plays is heard to its end', async () => {
    const call = await placeCall(runtime.url, { speed: 1.6 });
    await call.hears(1);
    expect((await interrupt({ session_id: call.session_id, say: SAY })).status).toBe(202);
    expect(await call.hears(2)).toBe(SAY);
    const kinds = (await call.timeline()).map(({ kind }) => kind);
    expect(kinds).toContain('playback_finished');
    expect(kinds).not.toContain('playback_interrupted');
    await call.hangsUp();
  });

  test('several are said one after the other, in the order of their arrival', async () => {
    const call = await greeted({ speed: 1.5 });
    for (const say of ['One.', 'Two.', 'Three.'])
      await interrupt({ session_id: call.session_id, say });
    await call.says('My name is Anna');
    await call.hears(5);
    const timeline = await call.timeline();
    expect(sentences(timeline)).toEqual([
      GREETING,
      'One.',
      'Two.',
      'Three.',
      expect.stringMatching(/^Nice to/),
    ]);
    expect(timeline.map(({ kind }) => kind)).not.toContain('playback_interrupted');
    await call.hangsUp();
  });

  test('what has expired by then is skipped', async () => {
    const call = await greeted();
    const late = { session_id: call.session_id, say: SAY, max_age_seconds: 0.2 };
    expect((await interrupt(late)).status).toBe(202);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await call.says('My name is Anna');
    expect(await call.hears(2)).toMatch(/^Nice to meet you, Anna/);
    expect(await words(call)).toEqual(['expired']);
    await call.hangsUp();
  });

  test('what still waits when the caller hangs up is skipped', async () => {
    const call = await greeted();
    await interrupt({ session_id: call.session_id, say: SAY });
    await call.hangsUp();
    await call.ends();
    expect(await words(call)).toEqual(['session_ended']);
  });
});

describe.concurrent('a call over a WebSocket', () => {
  test('is interrupted over it', async (context) => {
    const call = await listening(context, runtime.url);
    expect(await call.interrupt()).toMatchObject({
      status: 200,
      outcomes: [{ outcome: 'delivered' }],
    });
    expect(await call.hears(2)).toBe(SAY);
  });

  test('goes on without it: the interruption waits for the next event, which opens another one', async (context) => {
    const call = await listening(context, runtime.url);
    await call.disconnects();
    expect(await call.interrupt({ id: 'waits' })).toMatchObject({
      status: 202,
      outcomes: [{ outcome: 'deferred' }],
    });
    expect(await call.hears(2)).toBe(SAY);
    await until(
      async () => (await outcomesOf(runtime.url, call.session_id)).length > 0,
      'the outcome',
    );
    expect(await call.interrupt({ id: 'again' })).toMatchObject({
      outcomes: [{ outcome: 'delivered' }],
    });
    expect(new Set(sources(await call.timeline()))).toEqual(
      new Set(['speak websocket', 'barge_in websocket']),
    );
  });
});
