import { type Action, InvalidAction, parseAction } from '../protocol/actions.ts';
import { type Result, saidAsList } from './template.ts';

/**
 * What a template returned as actions for its own session, and no other. Throws `InvalidAction` for one that AI Flow
 * would not understand.
 */
export const actionsFor = (result: Result, session_id: string): Action[] =>
  saidAsList(result).map((said) => {
    if (typeof said !== 'object' || said === null) {
      throw new InvalidAction(`an action must be a string or an object such as speak('…'); got ${typeof said}`);
    }
    return parseAction({ ...said, session_id });
  });

/** `[speak, barge_in]` starts the speech only to cut it: legal, and almost always the wrong way round. */
export function cutsItself(actions: readonly Action[]): boolean {
  const speech = actions.findIndex(({ type }) => type === 'speak' || type === 'audio');
  return speech >= 0 && actions.slice(speech).some(({ type }) => type === 'barge_in');
}
