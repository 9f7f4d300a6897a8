import { createHash } from 'node:crypto';
import type { Utterance } from '../call/document.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { type Asset, isNamed } from '../protocol/assets.ts';
import type { Assets } from '../runtime/assets.ts';
import { saidKey } from './keys.ts';
import { checkUtterance, SESSION_TTL_SECONDS } from './limits.ts';
import { epochSeconds, type TableParts } from './table.ts';

/** Bytes of JSON. Anything longer would cost with each write of its call. */
const MAX_IN_DOCUMENT = 400;

/**
 * Keeps long texts, and clips without a name, beside the document. Each is named by its content, so
 * that two decisions at the same time can't overwrite each other's texts.
 */
export function createBeside(
  { dynamoDb, table: TableName, clock, log }: TableParts,
  clips: Assets | undefined,
) {
  return {
    /**
     * Puts long actions beside the document, and gives the utterances without them. Throws
     * `SessionLimit` for actions that are too long for that, too.
     */
    keep: (id: string, queue: readonly Utterance[], signal?: AbortSignal): Promise<Utterance[]> =>
      Promise.all(queue.map((one) => keepOne(id, one, signal))),
    /** Gives the utterances with the actions that may still be said. */
    load: (id: string, queue: readonly Utterance[], signal?: AbortSignal): Promise<Utterance[]> =>
      Promise.all(queue.map((one) => loadOne(id, one, signal))),
  };

  async function keepOne(id: string, one: Utterance, signal?: AbortSignal): Promise<Utterance> {
    const actions = clips ? withNames(one.actions, clips) : one.actions;
    const text = JSON.stringify(actions);
    const bytes = Buffer.byteLength(text);
    if (bytes <= MAX_IN_DOCUMENT) return actions.length > 0 ? inside({ ...one, actions }) : one;
    checkUtterance(bytes);
    const name = createHash('sha256').update(text).digest('base64url').slice(0, 16);
    if (name !== one.beside) await put(id, name, text, signal);
    return { ...one, actions: [], beside: name };
  }

  async function put(id: string, name: string, text: string, signal?: AbortSignal) {
    const expires_at = epochSeconds(clock.now(), SESSION_TTL_SECONDS);
    const Item = { ...saidKey(id, name), actions: { S: text }, expires_at };
    await dynamoDb('PutItem', { TableName, Item }, signal);
  }

  async function loadOne(id: string, one: Utterance, signal?: AbortSignal): Promise<Utterance> {
    // A sentence that ended early may have been cut, and then is said again.
    const isOver = one.sent && one.end && one.end.how !== 'early';
    const kept =
      one.beside === undefined || isOver ? one.actions : await get(id, one.beside, signal);
    // Whoever only looks at a call has no clips.
    const actions = clips && kept ? await withClips(kept, clips) : kept;
    if (!actions) log.error('utterance_lost', { session_id: id, key: one.key });
    return { ...one, actions: actions ?? [] };
  }

  async function get(id: string, name: string, signal?: AbortSignal) {
    const input = { TableName, Key: saidKey(id, name), ConsistentRead: true };
    const text = (await dynamoDb('GetItem', input, signal)).Item?.actions?.S;
    return text === undefined ? undefined : (JSON.parse(text) as ActionDraft[]);
  }
}

const inside = ({ beside: _, ...one }: Utterance): Utterance => one;

/*
 * Every function has the files of clips: what is in one of them needn't lie in the table. Its name stands for it there, in
 * an action that is none before `withClips`.
 */

const withNames = (actions: readonly ActionDraft[], clips: Assets): ActionDraft[] =>
  actions.map((action) => {
    const asset = 'audio' in action && action.audio && clips.nameOf(action.audio);
    return asset ? ({ ...action, audio: { asset } } as unknown as ActionDraft) : action;
  });

/** `undefined` where a clip is gone. */
async function withClips(
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
