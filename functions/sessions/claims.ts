import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { held } from './condition.ts';
import { claimsKey, sessionKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { expression, type Row, sessionFromRow } from './row.ts';
import type { Claim, Claimed } from './session.ts';

/** Claims in the session's row. A call with more live ones at once keeps the others beside it, and costs a write more. */
const CLAIMS_IN_ROW = 6;

/**
 * The right to interrupt a call, once for each key. Look-up and claim are one conditional write on the session's own
 * row, so they are ordered against its end.
 */
export function createClaims({ client, table: TableName, clock }: TableParts) {
  const seconds = (ms: number) => Math.floor(ms / 1000);

  return { claim, release };

  async function claim(wanted: Claim): Promise<Claimed> {
    for (let attempt = 1; ; attempt++) {
      try {
        return claimed(await write(wanted, 'in the row'));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || attempt === 5) throw error;
        const row = error.Item ?? (await read(wanted.session_id));
        const reason = refusal(row, wanted);
        if (reason) return { claimed: false, reason };
        // The SDK repeats a write whose answer got lost: the claim is ours.
        if (row && ownerOf(row, wanted.key) === wanted.owner) return claimed(row);
        if (row?.full) return claimBeside(wanted);
        if (row) await makeRoom(wanted.session_id, row);
      }
    }

    function claimed(row: Row): Claimed {
      return { claimed: true, session: sessionFromRow(wanted.session_id, row) };
    }
  }

  /** The row is full for good, so nobody claims in it any more: who is first beside it, and not in it, has the claim. */
  async function claimBeside(wanted: Claim): Promise<Claimed> {
    if (!(await putBeside(wanted))) return { claimed: false, reason: 'duplicate' };
    try {
      return { claimed: true, session: sessionFromRow(wanted.session_id, await write(wanted, 'beside')) };
    } catch (error) {
      await release(wanted);
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { claimed: false, reason: refusal(error.Item ?? (await read(wanted.session_id)), wanted) ?? 'duplicate' };
    }
  }

  async function write(wanted: Claim, where: 'in the row' | 'beside'): Promise<Row> {
    const { session_id, key, label, replacement } = wanted;
    const { name, value, clauses, input } = expression();
    const [claims, full] = [name('claims'), name('full')];
    const own = `${claims}.${name(key)}`;
    if (where === 'in the row') clauses.SET.push(`${own} = ${value({ S: text(wanted) })}`);
    else clauses.SET.push(`${full} = ${value({ BOOL: true })}`);
    if (replacement) {
      const { halfway_at, follow_up } = replacement;
      const tracked = { key: { S: key }, halfway_at: { N: String(halfway_at) } };
      clauses.SET.push(`${name('replacement')} = ${value({ M: tracked })}`);
      // Never unset here: what follows the replacement that this one cuts is still to come.
      if (follow_up) clauses.SET.push(`${name('follow_up')} = ${value({ BOOL: true })}`);
    }
    const conditions = [
      `expires_at > ${value({ N: String(seconds(clock.now())) })}`,
      'attribute_not_exists(ended_at)',
      `attribute_not_exists(${own})`,
      ...(label === undefined ? [] : [`attribute_exists(${name('labels')}.${name(label)})`]),
      ...(where === 'beside'
        ? []
        : [`size(${claims}) < ${value({ N: String(CLAIMS_IN_ROW) })}`, `attribute_not_exists(${full})`]),
    ];
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: sessionKey(session_id),
        ...input(),
        ConditionExpression: conditions.join(' AND '),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return Attributes as Row;
  }

  /** Why a row refuses a claim; the first reason that holds. */
  function refusal(row: Row | undefined, { key, owner, label }: Claim) {
    if (!row || Number(row.expires_at?.N ?? 0) <= seconds(clock.now())) return 'unknown_session';
    // Whom a label no longer names, nobody asked for.
    if (label !== undefined && !row.labels?.M?.[label]) return 'unknown_session';
    if (row.ended_at) return 'session_ended';
    const other = ownerOf(row, key);
    return other !== undefined && other !== owner ? 'duplicate' : undefined;
  }

  /** Drops claims whose interruption has expired; if none has, declares the row full. */
  async function makeRoom(session_id: string, row: Row) {
    const now = seconds(clock.now());
    const claims = Object.entries(row.claims?.M ?? {}).map(([key, { S = '' }]) => ({ key, was: S }));
    if (claims.length < CLAIMS_IN_ROW) return;
    const expired = claims.filter(({ was }) => Number.parseInt(was.slice(OWNER_LENGTH), 36) < now);
    const { name, value, clauses, input } = expression();
    const paths = expired.map(({ key, was }) => ({ path: `${name('claims')}.${name(key)}`, was: value({ S: was }) }));
    clauses.REMOVE.push(...paths.map(({ path }) => path));
    if (paths.length === 0) clauses.SET.push(`${name('full')} = ${value({ BOOL: true })}`);
    const unchanged = paths.map(({ path, was }) => `${path} = ${was}`);
    const ConditionExpression = ['attribute_exists(pk)', ...unchanged].join(' AND ');
    const Key = sessionKey(session_id);
    await held(client.send(new UpdateItemCommand({ TableName, Key, ...input(), ConditionExpression })));
  }

  async function putBeside(wanted: Claim): Promise<boolean> {
    const { session_id, key, owner } = wanted;
    const { name, value, clauses, input } = expression();
    const own = name(besideName(key));
    clauses.SET.push(`${own} = ${value({ S: text(wanted) })}`);
    clauses.SET.push(`${name('expires_at')} = ${value({ N: String(seconds(clock.now()) + 24 * 3600) })}`);
    const free = `attribute_not_exists(${own}) OR begins_with(${own}, ${value({ S: owner })})`;
    const Key = claimsKey(session_id);
    return held(client.send(new UpdateItemCommand({ TableName, Key, ...input(), ConditionExpression: free })));
  }

  /** Gives a claim back after a definite failure, so that the source's retry can go again. */
  async function release({ session_id, key, owner }: Pick<Claim, 'session_id' | 'key' | 'owner'>): Promise<void> {
    for (const [Key, path] of [
      [sessionKey(session_id), ['claims', key]],
      [claimsKey(session_id), [besideName(key)]],
    ] as const) {
      const { name, value, clauses, input } = expression();
      const own = path.map(name).join('.');
      clauses.REMOVE.push(own);
      const mine = `begins_with(${own}, ${value({ S: owner })})`;
      const command = new UpdateItemCommand({ TableName, Key, ...input(), ConditionExpression: mine });
      if (await held(client.send(command))) return;
    }
  }

  async function read(id: string): Promise<Row | undefined> {
    return (await client.send(new GetItemCommand({ TableName, Key: sessionKey(id), ConsistentRead: true }))).Item;
  }
}

/** A claim is its owner's token and when it may be forgotten, in seconds and base 36: it counts in every write. */
const OWNER_LENGTH = 4;
// A copy may meet a clock that is slow.
const GRACE_SECONDS = 60;

const text = ({ owner, expires_at }: Claim) => owner + (Math.floor(expires_at / 1000) + GRACE_SECONDS).toString(36);

const ownerOf = (row: Row, key: string) => row.claims?.M?.[key]?.S?.slice(0, OWNER_LENGTH);

const besideName = (key: string) => `claim ${key}`;
