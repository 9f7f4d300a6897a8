import { type Action, InvalidAction } from '../protocol/actions.ts';
import { parseOwnAction } from '../protocol/raw.ts';
import type { Tts } from '../protocol/settings.ts';
import type { Assets } from '../runtime/assets.ts';
import { clipsOf } from './clips.ts';
import { saidAsList } from './said.ts';
import { isLater, type Result, type Template } from './template.ts';

interface For {
  readonly template: Template;
  readonly session_id: string;
}

/**
 * What a template returned as actions for its own session, and no other, said in its voice, with clips in place of their
 * names. Rejects with `InvalidAction` for what AI Flow would not understand and for speech that nobody would hear, and
 * with `AssetUnavailable`.
 */
export async function actionsOf(
  result: Result,
  { template, session_id }: For,
  assets: Assets | undefined,
) {
  const actions = actionsFor(await clipsOf(template, assets)(result), session_id, template.voice);
  const end = actions.findIndex(({ type }) => type === 'hangup' || type === 'transfer');
  const unheard =
    end < 0
      ? undefined
      : actions.slice(end).find(({ type }) => type === 'speak' || type === 'audio');
  if (unheard)
    throw new InvalidAction(
      `${unheard.type} after ${actions[end]?.type} would not be heard: put it first`,
    );
  return actions;
}

/** The same for what is known to be there and in order. Throws `InvalidAction`. */
export const actionsFor = (result: Result, session_id: string, voice: Tts | undefined): Action[] =>
  saidAsList(result).map((said) => {
    if (isLater(said))
      throw new InvalidAction('later() is an answer by itself, to an event: return it alone');
    if (typeof said !== 'object' || said === null) {
      throw new InvalidAction(
        `an action must be a string or an object such as speak('…'); got ${typeof said}`,
      );
    }
    return parseOwnAction(inVoice({ ...said, session_id }, voice));
  });

const inVoice = <A extends { type: string }>(action: A, tts: Tts | undefined): A =>
  tts && action.type === 'speak' && !('tts' in action && action.tts) ? { ...action, tts } : action;

/** `[speak, barge_in]` starts the speech only to cut it: legal, and almost always the wrong way round. */
export function cutsItself(actions: readonly Action[]): boolean {
  const speech = actions.findIndex(({ type }) => type === 'speak' || type === 'audio');
  return speech >= 0 && actions.slice(speech).some(({ type }) => type === 'barge_in');
}
