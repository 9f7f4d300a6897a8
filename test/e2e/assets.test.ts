import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type LocalRuntime, placeCall, post, startLocal } from '../support/local-runtime.ts';
import { wav } from '../support/wav.ts';

const HOLD_MUSIC = readFileSync('functions/assets/hold-music.wav').toString('base64');
const INTRO = wav(1_500);

let runtime: LocalRuntime;
const s3 = createServer((request, response) => {
  const found = request.url === '/clips/intro.wav';
  response.writeHead(found ? 200 : 404).end(found ? Buffer.from(INTRO, 'base64') : '');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
  const { port } = s3.address() as AddressInfo;
  runtime = await startLocal({ ASSETS_BUCKET_URL: `http://127.0.0.1:${port}/clips` });
});
afterAll(async () => {
  await runtime.stop();
  s3.close();
});

/** A caller in the middle of the greeting. */
async function listening(options: object = {}) {
  const call = await placeCall(runtime.url, { speed: 1, ...options });
  onTestFinished(async () => void (await call.hangsUp()));
  await call.hears(1);
  return call;
}

type Caller = Awaited<ReturnType<typeof placeCall>>;

/** The greeting was cut, and the clip began next. */
async function expectPlayed(call: Caller, audio: string, duration_ms: number) {
  await call.hears(2);
  const timeline = await call.timeline();
  expect(
    timeline.flatMap((entry) => (entry.kind === 'action' ? [entry.action] : [])).slice(-2),
  ).toEqual([
    { type: 'barge_in', session_id: call.session_id },
    { type: 'audio', audio, session_id: call.session_id },
  ]);
  expect(timeline.filter(({ kind }) => kind.startsWith('playback_')).slice(1)).toMatchObject([
    { kind: 'playback_interrupted', by: 'app' },
    { kind: 'playback_started', audio: true, duration_ms },
  ]);
}

const interrupt = (body: object) => post(`${runtime.url}/interruptions`, body);

describe('a clip by name is heard', () => {
  test('over HTTP', async () => {
    const call = await listening();
    const response = await interrupt({
      session_id: call.session_id,
      play: { asset: 'hold-music' },
    });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { outcomes: [{ outcome: 'delivered' }] },
    ]);
    await expectPlayed(call, HOLD_MUSIC, 2_800);
  });

  test('over the WebSocket of the call, in one message', async () => {
    const call = await listening({ transport: 'websocket' });
    await interrupt({ session_id: call.session_id, play: { asset: 'hold-music' } });
    await expectPlayed(call, HOLD_MUSIC, 2_800);
  });

  test('from the embedded EventBridge', async () => {
    const call = await listening();
    const Detail = JSON.stringify({ session_id: call.session_id, play: { asset: 'hold-music' } });
    await post(
      `${runtime.url}/eventbridge`,
      { Entries: [{ EventBusName: 'default', Source: 'shop', DetailType: 'On Hold', Detail }] },
      { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' },
    );
    await expectPlayed(call, HOLD_MUSIC, 2_800);
  });

  test('from the bucket', async () => {
    const call = await listening();
    await interrupt({ session_id: call.session_id, play: { asset: 'intro' } });
    await expectPlayed(call, INTRO, 1_500);
  });
});

test('a name that is nowhere is refused with those that are there', async () => {
  const response = await interrupt({ session_id: 'anybody', play: { asset: 'outro' } });
  expect([response.status, await response.json()]).toEqual([
    400,
    {
      error: {
        code: 'invalid_interruption',
        field: 'play.asset',
        message: expect.stringContaining('(hold-music)'),
      },
    },
  ]);
});
