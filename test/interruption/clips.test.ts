import { beforeEach, describe, expect, it } from 'vitest';
import { createInterruptHandler } from '../../functions/interruption/interrupt-handler.ts';
import { type Interruption, requestOf } from '../../functions/interruption/request.ts';
import { type Assets, AssetUnavailable } from '../../functions/runtime/assets.ts';
import { memoryAssets } from '../support/assets.ts';
import { eventBridge, http, sns, sqs, sqsRecord } from '../support/envelopes.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { wav } from '../support/wav.ts';

const CLIP = wav(2_000);
const session_id = 'session-123';
const PLAY = { session_id, play: { asset: 'hold' } };

let seen: Interruption[];
let asked: string[];
let handle: (event: unknown) => Promise<unknown>;

function handler(withAssets = true) {
  const clips = memoryAssets({
    hold: CLIP,
    lost: new AssetUnavailable('lost.wav: S3 answered 503'),
  });
  const assets: Assets = {
    ...clips,
    clip(name) {
      asked.push(name);
      return clips.clip(name);
    },
  };
  return createInterruptHandler({
    interrupt: async (interruption) => {
      seen.push(interruption);
      return { outcomes: [] };
    },
    outcomes: { publish: async () => {} },
    look: async () => {},
    ...(withAssets && { assets }),
    clock: manualClock(Date.parse('2026-11-23T12:00:02Z')),
    log: recordingLog(),
  });
}

beforeEach(() => {
  seen = [];
  asked = [];
  handle = handler();
});

const overHttp = async (body: unknown) => {
  const response = (await handle(http(body))) as { statusCode: number; body: string };
  return { status: response.statusCode, ...JSON.parse(response.body) };
};

describe('a clip by name', () => {
  it.each([
    ['directly', PLAY],
    ['over HTTP', http(PLAY)],
    ['from EventBridge', eventBridge(PLAY)],
    ['from SNS', sns(PLAY)],
    ['from SQS', sqs(sqsRecord(PLAY))],
  ])('is the replacement %s', async (_name, event) => {
    await handle(event);
    const replacement = { type: 'audio', audio: CLIP };
    expect(seen).toMatchObject([{ actions: [{ type: 'barge_in' }, replacement], replacement }]);
  });

  it('may also be in what follows', async () => {
    const then = [{ type: 'mix_audio', audio: { asset: 'hold' }, volume: 0.1 }, { type: 'hangup' }];
    await handle({ session_id, say: 'Hold on.', then });
    expect(seen[0]?.follow_up).toEqual([
      { type: 'mix_audio', audio: CLIP, volume: 0.1 },
      { type: 'hangup' },
    ]);
  });

  it('is passed on as a name: a queue carries 256 KB', async () => {
    const then = [{ type: 'audio', audio: { asset: 'hold' } }];
    await handle({ target: { everyone: true }, play: { asset: 'hold' }, then });
    const passedOn = requestOf(seen[0] as Interruption);
    expect(passedOn).toMatchObject({ target: { everyone: true }, play: { asset: 'hold' }, then });
    await handle(passedOn);
    expect(seen[1]?.actions).toEqual(seen[0]?.actions);
  });

  it('is still Base64 where it is given so', async () => {
    await handle({ session_id, play: CLIP });
    expect(seen[0]).toMatchObject({
      replacement: { type: 'audio', audio: CLIP },
      request: { play: CLIP },
    });
    expect(asked).toEqual([]);
  });
});

describe('is refused, by its field', () => {
  it.each<[string, object, string, RegExp]>([
    [
      'a name of nothing',
      { play: { asset: 'hald' } },
      'play.asset',
      /must be a clip in functions\/assets \(hold, lost\) or in the bucket.*"hald"/,
    ],
    [
      'what is no name',
      { play: { asset: '../hold' } },
      'play.asset',
      /asset must be 1–64.*"\.\.\/hold"/,
    ],
    [
      'a name that is no text',
      { play: { asset: 7 } },
      'play.asset',
      /asset must be a string; got 7/,
    ],
    ['nothing', { play: {} }, 'play.asset', /got nothing/],
    [
      'something beside it',
      { play: { asset: 'hold', volume: 1 } },
      'play.volume',
      /not a known field here/,
    ],
    ['say beside it', { say: 'Hi', play: { asset: 'hold' } }, 'play', /exclude each other/],
    [
      'a name of nothing in then',
      { then: [{ type: 'audio', audio: { asset: 'hald' } }] },
      'then.0.audio.asset',
      /"hald"/,
    ],
    [
      'a name in another action',
      { then: [{ type: 'hangup', audio: { asset: 'hold' } }] },
      'then.0.audio',
      /not a known/,
    ],
    ['a list', { play: ['hold'] }, 'play', /must be a string/],
  ])('%s', async (_name, request, field, message) => {
    expect(await overHttp({ session_id, ...request })).toEqual({
      status: 400,
      error: { code: 'invalid_interruption', field, message: expect.stringMatching(message) },
    });
    expect(seen).toEqual([]);
  });

  it('more than may follow, without looking for them', async () => {
    const then = Array.from({ length: 11 }, () => ({ type: 'audio', audio: { asset: 'hold' } }));
    expect(await overHttp({ session_id, then })).toMatchObject({
      status: 400,
      error: { field: 'then' },
    });
    expect(asked).toEqual([]);
  });

  it('any name, where there are no clips', async () => {
    handle = handler(false);
    const { status, error } = await overHttp(PLAY);
    expect([status, error.field, error.message]).toEqual([
      400,
      'play.asset',
      expect.stringContaining('(none)'),
    ]);
  });

  it('as InvalidInterruption, where nobody is answered', async () => {
    const event = { session_id, play: { asset: 'hald' } };
    await expect(handle(event)).rejects.toMatchObject({
      name: 'InvalidInterruption',
      field: 'play.asset',
    });
    expect(await handle(sqs(sqsRecord(event)))).toMatchObject({ batchItemFailures: [{}] });
  });
});

describe('a clip that cannot be had now', () => {
  const event = { session_id, play: { asset: 'lost' } };

  it('is 503 over HTTP', async () => {
    const error = { code: 'asset_unavailable', message: 'lost.wav: S3 answered 503' };
    expect(await overHttp(event)).toEqual({ status: 503, error });
  });

  it('is tried again by every source that can', async () => {
    for (const envelope of [event, eventBridge(event), sns(event)]) {
      await expect(handle(envelope)).rejects.toMatchObject({ name: 'AssetUnavailable' });
    }
    expect(await handle(sqs(sqsRecord(event)))).toMatchObject({ batchItemFailures: [{}] });
    expect(seen).toEqual([]);
  });
});
