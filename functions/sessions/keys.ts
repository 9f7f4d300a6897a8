import { createHash } from 'node:crypto';
import type { Target } from './session.ts';

/**
 * One table, adjacency items: `pk` = what is looked up, `sk` = `session` for the call itself, the session id below a
 * label. A hotline's number and "everyone" would be one hot partition, so they are spread by session id.
 */
export const SHARDS = 8;

export const sessionKey = (id: string) => ({ pk: { S: `session#${id}` }, sk: { S: 'session' } });

/** Where a session is listed under a target. */
export const listingKey = (target: Target, id: string) => ({
  pk: { S: 'callee' in target || 'everyone' in target ? sharded(target, shardOf(id)) : plain(target) },
  sk: { S: id },
});

/** Every partition that lists the sessions of a target. */
export const partitions = (target: Target): string[] =>
  'callee' in target || 'everyone' in target
    ? Array.from({ length: SHARDS }, (_, shard) => sharded(target, shard))
    : [plain(target)];

const plain = (target: { label: string } | { caller: string }) =>
  'label' in target ? `label#${target.label}` : `caller#${target.caller}`;

const sharded = (target: { callee: string } | { everyone: true }, shard: number) =>
  'callee' in target ? `callee#${target.callee}#${shard}` : `everyone#${shard}`;

const shardOf = (id: string) => (createHash('sha256').update(id).digest()[0] as number) % SHARDS;
