import { type Assets, AssetUnavailable } from '../../functions/runtime/assets.ts';

/** Clips in memory; one that is an error can't be had. */
export const memoryAssets = (clips: Record<string, string | Promise<string> | AssetUnavailable>): Assets => ({
  names: () => Object.keys(clips),
  async clip(name) {
    const clip = await clips[name];
    if (clip instanceof AssetUnavailable) throw clip;
    return clip;
  },
});
