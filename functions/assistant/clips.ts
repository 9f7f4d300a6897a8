import { type Action, type ActionDraft, InvalidAction } from '../protocol/actions.ts';
import { isNamed, parseNamedDraft } from '../protocol/assets.ts';
import type { Assets } from '../runtime/assets.ts';
import { saidAsList } from './said.ts';
import { type Result, refuseUndeclared, type Template } from './template.ts';

/** What a template returned, with Base64 in place of the names of clips. */
export type Clips = (result: Result) => Promise<(ActionDraft | Action)[]>;

/**
 * Rejects with `InvalidAction` for a clip that the template doesn't declare or that isn't there, and with
 * `AssetUnavailable`.
 */
export function clipsOf({ assets: declared }: Template, assets: Assets | undefined): Clips {
  return (result) => Promise.all(saidAsList(result).map(resolved));

  async function resolved(
    said: ReturnType<typeof saidAsList>[number],
  ): Promise<ActionDraft | Action> {
    if (!isNamed(said)) return said;
    const { audio, ...action } = parseNamedDraft(said);
    refuseUndeclared(audio.asset, declared);
    const clip = await assets?.clip(audio.asset);
    if (clip === undefined)
      throw new InvalidAction(`there is no clip "${audio.asset}"`, 'audio.asset');
    return { ...action, audio: clip };
  }
}
