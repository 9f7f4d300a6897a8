import type { ActionDraft } from '../protocol/actions.ts';
import { type Asset, isNamed } from '../protocol/assets.ts';
import type { Assets } from '../runtime/assets.ts';

/*
 * Every function has the files of clips: what is in one of them needn't lie in the table. Its name stands for it there, in
 * an action that is none before `withClips`.
 */

export const withNames = (actions: readonly ActionDraft[], clips: Assets): ActionDraft[] =>
  actions.map((action) => {
    const asset = 'audio' in action && action.audio && clips.nameOf(action.audio);
    return asset ? ({ ...action, audio: { asset } } as unknown as ActionDraft) : action;
  });

/** `undefined` where a clip is gone. */
export async function withClips(
  actions: readonly ActionDraft[],
  clips: Assets,
): Promise<readonly ActionDraft[] | undefined> {
  if (!actions.some(isNamed)) return actions;
  const all = await Promise.all(actions.map((action) => withClip(action, clips)));
  return all.includes(undefined) ? undefined : (all as ActionDraft[]);
}

async function withClip(action: ActionDraft, clips: Assets): Promise<ActionDraft | undefined> {
  if (!isNamed(action)) return action;
  const { asset } = action.audio as Asset;
  const audio = await clips.clip(asset);
  return audio === undefined ? undefined : ({ ...(action as object), audio } as ActionDraft);
}
