import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkAssets, InvalidAsset } from '../../lib/check-assets.ts';
import { ownFlow } from '../support/own-flow.ts';
import { wav } from '../support/wav.ts';
import { functionNamed, synthesize } from './synthesize.ts';

const NAMES = ['webhook', 'websocket', 'interrupt'] as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, base64 = wav(50)) =>
  writeFileSync(join(folder, name), Buffer.from(base64, 'base64'));
const check = (declared: string[] = [], inBucket: string[] = []) =>
  checkAssets({ folder, declared, inBucket });

describe('the clips of a deployment', () => {
  it('may be files or lie in the bucket; there may be none, or no folder', () => {
    file('hold.wav');
    file('.DS_Store', '');
    expect(() => check(['hold', 'intro'], ['intro'])).not.toThrow();
    expect(() => check()).not.toThrow();
    expect(() =>
      checkAssets({ folder: join(folder, 'none'), declared: [], inBucket: [] }),
    ).not.toThrow();
  });

  it.each<[string, string, string, RegExp]>([
    [
      'of the wrong rate',
      'hold.wav',
      wav(50, { rate: 44_100 }),
      /hold\.wav must be 16000 Hz.*not 44100 Hz.*ffmpeg/,
    ],
    ['without samples', 'hold.wav', wav(0), /hold\.wav must contain samples/],
    ['that is no WAV', 'hold.wav', 'SUQz', /hold\.wav must be a WAV file/],
    ['that is empty', 'hold.wav', '', /hold\.wav must not be empty/],
    ['of another kind', 'hold.mp3', 'SUQz', /hold\.mp3 must be a \.wav: convert it/],
    [
      'whose name is none',
      'Hold Music.wav',
      wav(50),
      /Hold Music\.wav must have another name: 1–64 of a–z/,
    ],
    [
      'that no answer can hold',
      'hold.wav',
      wav(140_000),
      /hold\.wav must be at most 4194304 bytes, not 4480044/,
    ],
  ])('are refused with a file %s', (_name, name, base64, message) => {
    file(name, base64);
    expect(() => check()).toThrow(InvalidAsset);
    expect(() => check()).toThrow(message);
    expect(() => check()).toThrow('functions/assets/');
  });

  it.each([[[]], [['other']]])(
    'are refused without one that the template plays, with %j in the bucket',
    (inBucket) => {
      file('hold.wav');
      expect(() => check(['hold', 'intro'], inBucket)).toThrow(
        'the template plays "intro", which is not there: put intro.wav',
      );
    },
  );
});

describe('the stack', () => {
  const template = ownFlow(`fallback: 'Sorry.', assets: ['intro']`);
  afterAll(() => rmSync(dirname(template), { recursive: true }));

  it('is not built for a template whose clip is nowhere', () => {
    expect(() => synthesize({ template })).toThrow('plays "intro", which is not there');
    const assetsBucket = { name: 'clips', assets: ['intro'] };
    expect(() => synthesize({ template, assetsBucket })).not.toThrow();
  });

  it('is not built for a template that does not exist', () => {
    expect(() => synthesize({ template: 'fax' })).toThrow('template is "fax"');
  });

  it.each(NAMES)('tells %s where the bucket is, if there is one', (name) => {
    const url = (assetsBucket?: { name: string; assets: string[] }) => {
      const { Environment } = functionNamed(synthesize({ assetsBucket }), name).properties;
      return (Environment as { Variables: Record<string, unknown> }).Variables.ASSETS_BUCKET_URL;
    };
    const [region, suffix] = [{ Ref: 'AWS::Region' }, { Ref: 'AWS::URLSuffix' }];
    expect(url()).toBeUndefined();
    expect(url({ name: 'clips', assets: [] })).toEqual({
      'Fn::Join': ['', ['https://clips.s3.', region, '.', suffix]],
    });
    expect(url({ name: 'my.clips', assets: [] })).toEqual({
      'Fn::Join': ['', ['https://s3.', region, '.', suffix, '/my.clips']],
    });
  });
});

it('converts a clip as docs/audio.md says', () => {
  // The remedy in the error is the command of the documentation.
  const [command] = /ffmpeg -i [^`]*/.exec(readFileSync('functions/protocol/wav.ts', 'utf8')) ?? [];
  const converting = command
    ?.replace('in.wav', 'song.mp3')
    .replace('out.wav', 'functions/assets/song.wav')
    .trim();
  expect(readFileSync('docs/audio.md', 'utf8')).toContain(converting?.replaceAll('\\', ''));
});
