import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AssetUnavailable, createAssets } from '../../functions/runtime/assets.ts';
import type { Bucket } from '../../functions/runtime/bucket.ts';
import { wav } from '../support/wav.ts';

const CLIP = wav(100);
const OTHER = wav(200);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, base64 = CLIP) =>
  writeFileSync(join(folder, name), Buffer.from(base64, 'base64'));

/** A bucket that remembers what it was asked for. */
function bucketOf(objects: Record<string, string | Error>) {
  const asked: string[] = [];
  const bucket: Bucket = async (key) => {
    asked.push(key);
    const object = objects[key];
    if (object instanceof Error) throw object;
    return object === undefined ? undefined : Buffer.from(object, 'base64');
  };
  return { asked, bucket };
}

describe('a clip by name', () => {
  it('is its file, as Base64', async () => {
    file('hold-music.wav');
    expect(await createAssets({ folder }).clip('hold-music')).toBe(CLIP);
  });

  it('is read once', async () => {
    file('hold.wav');
    const assets = createAssets({ folder });
    expect(await assets.clip('hold')).toBe(CLIP);
    rmSync(join(folder, 'hold.wav'));
    expect(await assets.clip('hold')).toBe(CLIP);
  });

  it('is known by its name, if it is a file of every function, and nothing else is', async () => {
    file('hold.wav');
    const { bucket } = bucketOf({ 'song.wav': wav(200) });
    const assets = createAssets({ folder, bucket });
    const song = await assets.clip('song');
    expect(assets.nameOf(CLIP)).toBeUndefined();
    await assets.clip('hold');
    expect([CLIP, song as string, 'UklGR'].map(assets.nameOf)).toEqual([
      'hold',
      undefined,
      undefined,
    ]);
  });

  it('is nothing where no file has that name', async () => {
    file('hold.wav');
    expect(await createAssets({ folder }).clip('gone')).toBeUndefined();
    expect(await createAssets({ folder: join(folder, 'none') }).clip('hold')).toBeUndefined();
  });

  it.each(['../hold', 'HOLD', 'hold.wav', 'a/b', '', 'x'.repeat(65)])(
    '%j is no name, nor looked for',
    async (name) => {
      file('hold.wav');
      const { asked, bucket } = bucketOf({});
      expect(
        await createAssets({ folder: join(folder, 'sub'), bucket }).clip(name),
      ).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );

  it('that AI Flow could not play is an error which says why, each time', async () => {
    file('narrow.wav', wav(100, { rate: 8000 }));
    const assets = createAssets({ folder });
    for (const _ of [1, 2]) {
      await expect(assets.clip('narrow')).rejects.toThrow(AssetUnavailable);
      await expect(assets.clip('narrow')).rejects.toThrow(/^narrow\.wav must be 16000 Hz/);
    }
  });
});

describe('the bucket', () => {
  it('is asked once for what is no file, and never for what is one', async () => {
    file('hold.wav');
    const { asked, bucket } = bucketOf({ 'hold.wav': OTHER, 'intro.wav': OTHER });
    const assets = createAssets({ folder, bucket });
    expect(await assets.clip('hold')).toBe(CLIP);
    expect(await Promise.all([assets.clip('intro'), assets.clip('intro')])).toEqual([OTHER, OTHER]);
    expect(await assets.clip('intro')).toBe(OTHER);
    expect(asked).toEqual(['intro.wav']);
  });

  it('is asked again for what was not there: it may have been put there since', async () => {
    const objects: Record<string, string> = {};
    const assets = createAssets({ folder, bucket: bucketOf(objects).bucket });
    expect(await assets.clip('intro')).toBeUndefined();
    objects['intro.wav'] = CLIP;
    expect(await assets.clip('intro')).toBe(CLIP);
  });

  it('that fails is an error which names the clip, and is asked again', async () => {
    const objects: Record<string, string | Error> = { 'intro.wav': new Error('S3 answered 500') };
    const assets = createAssets({ folder, bucket: bucketOf(objects).bucket });
    const failing = expect(assets.clip('intro')).rejects;
    await failing.toThrow(AssetUnavailable);
    await expect(assets.clip('intro')).rejects.toThrow('intro.wav: S3 answered 500');
    objects['intro.wav'] = CLIP;
    expect(await assets.clip('intro')).toBe(CLIP);
  });

  it('holds what is checked as a file is', async () => {
    const { bucket } = bucketOf({
      'song.wav': Buffer.from('ID3 no wave').toString('base64'),
      'empty.wav': '',
    });
    const assets = createAssets({ folder, bucket });
    await expect(assets.clip('song')).rejects.toThrow('song.wav must be a WAV file');
    await expect(assets.clip('empty')).rejects.toThrow('empty.wav must not be empty');
  });
});

describe('the memory', () => {
  it('is bounded: what was used least recently is read again', async () => {
    const { asked, bucket } = bucketOf({ 'a.wav': CLIP, 'b.wav': CLIP, 'c.wav': CLIP });
    const assets = createAssets({ folder, bucket }, 2 * CLIP.length);
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b', 'c', 'a'])
      expect(await assets.clip(name)).toBe(CLIP);
    // c drives b out, b then c, c then a.
    expect(asked).toEqual(['a.wav', 'b.wav', 'c.wav', 'b.wav', 'c.wav', 'a.wav']);
  });

  it('plays what is larger than all of it, and keeps the rest', async () => {
    const { asked, bucket } = bucketOf({ 'long.wav': OTHER });
    const assets = createAssets({ folder, bucket }, OTHER.length - 1);
    expect([await assets.clip('long'), await assets.clip('long')]).toEqual([OTHER, OTHER]);
    expect(asked).toEqual(['long.wav', 'long.wav']);
  });
});

it('names what lies beside the function, in order', () => {
  for (const name of ['hold.wav', 'chime.wav', 'notes.txt']) file(name);
  expect(createAssets({ folder }).names()).toEqual(['chime', 'hold']);
  expect(createAssets({ folder: join(folder, 'none') }).names()).toEqual([]);
});

it('is played from the repository as it is bundled', async () => {
  const assets = createAssets({ folder: join(import.meta.dirname, '../../functions/assets') });
  expect(assets.names()).toContain('hold-music');
  // With its frame in one WebSocket message of 128 KB.
  expect((await assets.clip('hold-music'))?.length).toBeLessThan(128 * 1024 - 1024);
});
