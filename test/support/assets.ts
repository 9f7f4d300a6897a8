import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Assets, AssetUnavailable } from '../../functions/runtime/assets.ts';

/** Clips in memory; one that is an error can't be had. */
export const memoryAssets = (
  clips: Record<string, string | Promise<string> | AssetUnavailable>,
): Assets => ({
  names: () => Object.keys(clips),
  nameOf: (given) => Object.keys(clips).find((name) => clips[name] === given),
  async clip(name) {
    const clip = await clips[name];
    if (clip instanceof AssetUnavailable) throw clip;
    return clip;
  },
});

const FOLDER = join(import.meta.dirname, '../../functions/assets');

/**
 * The clips of this package. Read beforehand: by a manual clock, an answer that waits for a file is
 * too late.
 */
export const ownAssets = memoryAssets(
  Object.fromEntries(
    readdirSync(FOLDER)
      .filter((file) => file.endsWith('.wav'))
      .map((file) => [basename(file, '.wav'), readFileSync(join(FOLDER, file), 'base64')]),
  ),
);
