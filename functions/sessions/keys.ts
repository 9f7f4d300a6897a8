import { createHash } from 'node:crypto';
import type { Listed } from '../call/call-store.ts';

/*
 * One table, adjacency items: `pk` = what is looked up; in a call's own partition `sk` tells what of the call it is, below
 * a label it is the session id.
 */

/**
 * A hotline's number and "everyone" would be one hot partition, so they are spread by session id.
 */
const SHARDS = 8;

const keyIn = (id: string, sk: string) => ({ pk: { S: sessionPartition(id) }, sk: { S: sk } });

/** The row of functions from before a call was one document. */
export const sessionKey = (id: string) => keyIn(id, 'session');

/** The document of a call: all that is known of it. */
export const documentKey = (id: string) => keyIn(id, 'call');

/** A long text, or a clip, of an utterance. */
export const saidKey = (id: string, name: string) => keyIn(id, `said#${name}`);

/** Claims that the document has no room for. */
export const claimsKey = (id: string) => keyIn(id, 'claims');

/** What was said in one turn; sorted by turn. */
export const turnKey = (id: string, turn: number) =>
  keyIn(id, TURN + String(turn).padStart(6, '0'));

export const TURN = 'turn#';

/** What happened in a call at that moment, ms since 1970; sorted by it. */
export const recordedKey = (id: string, at: number, name: string) =>
  keyIn(id, `recorded#${String(at).padStart(15, '0')}#${name}`);

/** An outbound call that has been placed, or may have been. */
export const callKey = (id: string) => ({ pk: { S: `call#${id}` }, sk: { S: 'call' } });

/** Everything about one call. Long ids are hashed: the key counts in every write. */
export const sessionPartition = (id: string) =>
  id.length <= HASH_LENGTH ? `session#${id}` : `hash#${hash(id)}`;

const HASH_LENGTH = 43;
const hash = (id: string) => createHash('sha256').update(id).digest('base64url');

/** Where a session is listed under a target. */
export function listingKey(target: Listed, id: string) {
  const all = partitions(target);
  const [byte = 0] = createHash('sha256').update(id).digest();
  return { pk: { S: all[byte % all.length] as string }, sk: { S: id } };
}

/** Every partition that lists the sessions of a target. */
export function partitions(target: Listed): string[] {
  if ('connection' in target) return [`connection#${target.connection}`];
  if ('label' in target) return [`label#${target.label}`];
  if ('caller' in target) return [`caller#${target.caller}`];
  const name = 'callee' in target ? `callee#${target.callee}` : 'everyone';
  return Array.from({ length: SHARDS }, (_, shard) => `${name}#${shard}`);
}
