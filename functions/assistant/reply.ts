import type { Call } from '../call/document.ts';
import { type Action, type ActionDraft, InvalidAction } from '../protocol/actions.ts';
import { isNamed, parseNamedDraft } from '../protocol/assets.ts';
import { parseOwnAction } from '../protocol/raw.ts';
import type { Tts } from '../protocol/settings.ts';
import type { Assets } from '../runtime/assets.ts';
import { MAX_MESSAGE_BYTES } from '../runtime/aws.ts';
import { saidAsList } from './said.ts';
import { type HandlerResult, isLater, refuseUndeclared, type Template } from './template.ts';

interface For {
  readonly template: Template;
  readonly session_id: string;
  /** Of a call whose answers are frames of a WebSocket. */
  readonly socket?: Call['socket'];
}

/**
 * What a template returned, as its call keeps it: said in its voice, with clips in place of their
 * names. Rejects with `InvalidAction` for what AI Flow would not understand, for speech that nobody
 * would hear, and for a clip that isn't declared or isn't there or that no frame takes, and with
 * `AssetUnavailable`.
 */
export async function draftsOf(
  result: HandlerResult,
  { template, session_id, socket }: For,
  assets: Assets | undefined,
): Promise<ActionDraft[]> {
  const playable = await Promise.all(
    saidAsList(result).map((said) => withClip(said, template, assets)),
  );
  const actions = actionsFor(playable, session_id, template.voice);
  refuseUnheard(actions);
  if (socket) refuseLargeFrame(actions);
  return actions.map(asDraft);
}

/** What a template says where it fails, as its call keeps it. */
export const fallbackOf = ({ fallback, voice }: Template, session_id: string): ActionDraft[] =>
  actionsFor(fallback, session_id, voice).map(asDraft);

/**
 * Actions for one session, and no other, of what is known to be there and in order. Throws
 * `InvalidAction`.
 */
export const actionsFor = (
  result: HandlerResult,
  session_id: string,
  voice: Tts | undefined,
): Action[] =>
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

/** A call keeps actions that don't know their session. */
const asDraft = ({ session_id: _own, ...draft }: Action) => draft as ActionDraft;

const inVoice = <A extends { type: string }>(action: A, tts: Tts | undefined): A =>
  tts && action.type === 'speak' && !('tts' in action && action.tts) ? { ...action, tts } : action;

async function withClip(
  said: ReturnType<typeof saidAsList>[number],
  { assets: declared }: Template,
  assets: Assets | undefined,
): Promise<ActionDraft | Action> {
  if (!isNamed(said)) return said;
  const { audio, ...action } = parseNamedDraft(said);
  refuseUndeclared(audio.asset, declared);
  const clip = await assets?.clip(audio.asset);
  if (clip === undefined)
    throw new InvalidAction(`there is no clip "${audio.asset}"`, 'audio.asset');
  return { ...action, audio: clip };
}

const isSpeech = ({ type }: Action) => type === 'speak' || type === 'audio';

function refuseUnheard(actions: readonly Action[]): void {
  const end = actions.findIndex(({ type }) => type === 'hangup' || type === 'transfer');
  const unheard = end < 0 ? undefined : actions.slice(end).find(isSpeech);
  if (unheard)
    throw new InvalidAction(
      `${unheard.type} after ${actions[end]?.type} would not be heard: put it first`,
    );
}

/** API Gateway would refuse the frame, and nothing would be said. */
function refuseLargeFrame(actions: readonly Action[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(actions));
  if (bytes > MAX_MESSAGE_BYTES)
    throw new InvalidAction(
      `a WebSocket message holds ${MAX_MESSAGE_BYTES} bytes, some 3 s of clip; got ${bytes}: shorten the clip`,
    );
}

/**
 * `[speak, barge_in]` starts the speech only to cut it: legal, and almost always the wrong way
 * round.
 */
export function cutsItself(actions: readonly Action[]): boolean {
  const speech = actions.findIndex(isSpeech);
  return speech >= 0 && actions.slice(speech).some(({ type }) => type === 'barge_in');
}
