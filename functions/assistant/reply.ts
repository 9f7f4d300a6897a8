import { type Action, type ActionDraft, InvalidAction, parseAction } from '../protocol/actions.ts';
import type { Tts } from '../protocol/settings.ts';
import { type Result, saidAsList } from './template.ts';

/**
 * What a template returned as actions for its own session, and no other, said in its voice. Throws `InvalidAction` for
 * one that AI Flow would not understand.
 */
export const actionsFor = (result: Result, session_id: string, voice: Tts | undefined): Action[] =>
  saidAsList(result).map((said) => {
    if (typeof said !== 'object' || said === null) {
      throw new InvalidAction(`an action must be a string or an object such as speak('…'); got ${typeof said}`);
    }
    return parseAction(inVoice({ ...said, session_id }, voice));
  });

/** The same; throws for speech that nobody would hear, too. */
export function heardActions(...result: Parameters<typeof actionsFor>): Action[] {
  const actions = actionsFor(...result);
  const end = actions.findIndex(({ type }) => type === 'hangup' || type === 'transfer');
  const unheard = end < 0 ? undefined : actions.slice(end).find(({ type }) => type === 'speak' || type === 'audio');
  if (unheard) throw new InvalidAction(`${unheard.type} after ${actions[end]?.type} would not be heard: put it first`);
  return actions;
}

const inVoice = <A extends Action | ActionDraft>(action: A, tts: Tts | undefined): A =>
  tts && action.type === 'speak' && !action.tts ? { ...action, tts } : action;

/** `[speak, barge_in]` starts the speech only to cut it: legal, and almost always the wrong way round. */
export function cutsItself(actions: readonly Action[]): boolean {
  const speech = actions.findIndex(({ type }) => type === 'speak' || type === 'audio');
  return speech >= 0 && actions.slice(speech).some(({ type }) => type === 'barge_in');
}
