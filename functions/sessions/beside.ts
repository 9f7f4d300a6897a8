import { createHash } from 'node:crypto';
import type { Utterance } from '../call/document.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Assets } from '../runtime/assets.ts';
import { withClips, withNames } from './clips.ts';
import { saidKey } from './keys.ts';
import { checkUtterance, SESSION_TTL_SECONDS } from './limits.ts';
import type { TableParts } from './listings.ts';

/** Bytes of JSON. What is longer would cost in each write of its call. */
const MAX_IN_DOCUMENT = 400;

/**
 * Long texts, and clips without a name, beside the document that refers to them. Their content names them: whoever decides
 * at the same time, and whose document isn't written, has changed nothing of what another one refers to.
 */
export function createBeside(
  { dynamoDb, table: TableName, clock, log }: TableParts,
  clips: Assets | undefined,
) {
  return {
    /** The same utterances without what lies elsewhere by now. Throws `SessionLimit` for what is too long for that too. */
    keep: (id: string, queue: readonly Utterance[], signal?: AbortSignal): Promise<Utterance[]> =>
      Promise.all(queue.map((one) => keepOne(id, one, signal))),
    /** The same utterances with what is still to be said. */
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
    const expires_at = { N: String(Math.floor(clock.now() / 1000) + SESSION_TTL_SECONDS) };
    const Item = { ...saidKey(id, name), actions: { S: text }, expires_at };
    await dynamoDb('PutItem', { TableName, Item }, signal);
  }

  async function loadOne(id: string, one: Utterance, signal?: AbortSignal): Promise<Utterance> {
    // What has ended early may have been cut, and is said again then.
    const isOver = one.sent && one.end && one.end.how !== 'early';
    const kept =
      one.beside === undefined || isOver ? one.actions : await get(id, one.beside, signal);
    // Who only looks at a call has no clips.
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
