import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ASSET_NAME, ASSET_NAME_RULE, MAX_ASSET_BYTES } from '../functions/protocol/assets.ts';
import { wavProblem } from '../functions/protocol/wav.ts';

/** A clip that couldn't be played. The message names it, what is wrong and the remedy. */
export class InvalidAsset extends Error {
  override readonly name = 'InvalidAsset';
}

export interface AssetsToCheck {
  /** Holds the clips that are deployed; may be missing. */
  readonly folder: string;
  /** What the template plays. */
  readonly declared: readonly string[];
  /**
   * What is said to lie in the bucket: nobody looks there, because a synth works without an
   * account.
   */
  readonly inBucket: readonly string[];
}

/**
 * Throws {@link InvalidAsset} for a file that AI Flow couldn't play, and for a clip that is
 * nowhere.
 */
export function checkAssets({ folder, declared, inBucket }: AssetsToCheck): void {
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => !file.startsWith('.'))
    : [];
  for (const file of files) checkFile(join(folder, file));
  const missing = declared.find(
    (name) => !files.includes(`${name}.wav`) && !inBucket.includes(name),
  );
  if (missing === undefined) return;
  throw new InvalidAsset(
    `the template plays "${missing}", which is not there: put ${missing}.wav into functions/assets, or name it in -c bucketAssets if it lies in the bucket of -c assetsBucket`,
  );
}

function checkFile(path: string): void {
  const file = basename(path);
  const refuse = (problem: string) => {
    throw new InvalidAsset(`functions/assets/${file} ${problem}`);
  };
  if (!file.endsWith('.wav'))
    refuse('must be a .wav: convert it as docs/audio.md says, or remove it');
  if (!ASSET_NAME.test(basename(file, '.wav')))
    refuse(`must have another name: ${ASSET_NAME_RULE}`);
  const bytes = readFileSync(path);
  if (bytes.length > MAX_ASSET_BYTES)
    refuse(`must be at most ${MAX_ASSET_BYTES} bytes, not ${bytes.length}`);
  const problem = wavProblem(bytes.toString('base64'));
  if (problem) refuse(problem);
}
