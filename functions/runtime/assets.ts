import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ASSET_NAME } from '../protocol/assets.ts';
import { wavProblem } from '../protocol/wav.ts';
import { type Bucket, createBucket } from './bucket.ts';
import type { Clock } from './clock.ts';
import { signFor } from './sigv4.ts';

/** Audio clips by name. */
export interface Assets {
  /**
   * The clip as Base64, or `undefined` if there is none of that name. Throws
   * {@link AssetUnavailable}.
   */
  clip(name: string): Promise<string | undefined>;
  /** Of a clip that lies beside the function, as far as it is kept in memory. */
  nameOf(clip: string): string | undefined;
  /** What lies beside the function; nobody asks the bucket for a list. */
  names(): string[];
}

/**
 * A clip can't be had now, or is none that AI Flow plays. Step Functions catches it by this name.
 */
export class AssetUnavailable extends Error {
  override readonly name = 'AssetUnavailable';
  readonly expose = true;
}

interface Parts {
  /** Holds `<name>.wav`; may be missing. */
  readonly folder: string;
  /** Asked for what isn't in the folder. */
  readonly bucket?: Bucket | undefined;
}

/** Some 20 minutes of clips; a function has 1.7 GB. */
const MAX_CACHED_CHARACTERS = 50_000_000;

/**
 * Clips out of a folder, then out of a bucket. Each is read at its first use, checked, and kept.
 */
export function createAssets(
  { folder, bucket }: Parts,
  maxCharacters = MAX_CACHED_CHARACTERS,
): Assets {
  // The one that was used least recently comes first.
  const known = new Map<string, string>();
  const own = new Set<string>();
  const loading = new Map<string, Promise<string | undefined>>();

  return {
    nameOf: (given) => [...own].find((name) => known.get(name) === given),
    names: () => wavFiles(folder),
    async clip(name) {
      // It becomes part of a path.
      if (!ASSET_NAME.test(name)) return undefined;
      return recall(name) ?? loading.get(name) ?? load(name);
    },
  };

  function recall(name: string): string | undefined {
    const clip = known.get(name);
    if (clip !== undefined) {
      known.delete(name);
      known.set(name, clip);
    }
    return clip;
  }

  function load(name: string): Promise<string | undefined> {
    const reading = read(name).finally(() => loading.delete(name));
    loading.set(name, reading);
    return reading;
  }

  async function read(name: string): Promise<string | undefined> {
    const file = await fileAt(join(folder, `${name}.wav`));
    const bytes = file ?? (await inBucket(name));
    if (!bytes) return undefined;
    if (file) own.add(name);
    const clip = bytes.toString('base64');
    const problem = wavProblem(clip);
    if (problem) throw new AssetUnavailable(`${name}.wav ${problem}`);
    keep(name, clip);
    return clip;
  }

  async function inBucket(name: string): Promise<Buffer | undefined> {
    try {
      return await bucket?.(`${name}.wav`);
    } catch (error) {
      throw new AssetUnavailable(`${name}.wav: ${(error as Error).message}`, { cause: error });
    }
  }

  function keep(name: string, clip: string) {
    known.set(name, clip);
    let characters = [...known.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [oldest, { length }] of known) {
      if (characters <= maxCharacters) return;
      known.delete(oldest);
      characters -= length;
    }
  }
}

interface Settings {
  /** URL of the bucket, without a slash at its end. */
  readonly bucketUrl: string | undefined;
  readonly region: string;
}

/** The clips of a function: its bundle is one file, so they lie beside whatever is in it. */
export function assetsFrom({ bucketUrl: url, region }: Settings, clock: Clock): Assets {
  const bucket = url
    ? createBucket({ url, sign: signFor('s3', region, clock.now), clock })
    : undefined;
  return createAssets({ folder: join(import.meta.dirname, 'assets'), bucket });
}

async function fileAt(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function wavFiles(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith('.wav'));
    return files.map((file) => file.slice(0, -'.wav'.length)).sort();
  } catch {
    return [];
  }
}
