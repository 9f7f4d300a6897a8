import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { held } from './condition.ts';
import { sessionKey, spilledKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { expression, type Row, sessionFromRow } from './row.ts';
import type { Claim, Claimed } from './session.ts';

/** Claims kept in the session's row; older ones move to an item of their own, so that the row stays small. */
const CLAIMS_IN_ROW = 6;

// Only ever needed when hundreds of interruptions hit one call at once.
const MAX_ATTEMPTS = 100;

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
        const row = await write(wanted);
        if (row.spilled && (await spilled(wanted))) {
          await release(wanted);
          return { claimed: false, reason: 'duplicate' };
        }
        return { claimed: true, session: sessionFromRow(wanted.session_id, row) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || attempt === MAX_ATTEMPTS) throw error;
        const row = error.Item ?? (await read(wanted.session_id));
        const refused = row ? refusal(row, wanted) : 'unknown_session';
        if (refused) return { claimed: false, reason: refused };
        // The SDK repeats a write whose answer got lost: the claim is ours.
        if (row && ownerOf(row, wanted.key) === wanted.owner) {
          return { claimed: true, session: sessionFromRow(wanted.session_id, row) };
        }
        if (row && Object.keys(row.claims?.M ?? {}).length >= CLAIMS_IN_ROW) await makeRoom(wanted.session_id, row);
      }
    }
  }

  async function write({ session_id, key, owner, expires_at, label, replacement }: Claim): Promise<Row> {
    const { name, value, clauses, input } = expression();
    const claims = name('claims');
    const own = `${claims}.${name(key)}`;
    clauses.SET.push(`${own} = ${value({ S: owner + (seconds(expires_at) + GRACE_SECONDS).toString(36) })}`);
    if (replacement) {
      const { halfway_at, follow_up } = replacement;
      const tracked = { key: { S: key }, halfway_at: { N: String(halfway_at) }, follow_up: { BOOL: follow_up } };
      clauses.SET.push(`${name('replacement')} = ${value({ M: tracked })}`);
    }
    const conditions = [
      `expires_at > ${value({ N: String(seconds(clock.now())) })}`,
      'attribute_not_exists(ended_at)',
      `attribute_not_exists(${own})`,
      `size(${claims}) < ${value({ N: String(CLAIMS_IN_ROW) })}`,
      ...(label === undefined ? [] : [`attribute_exists(${name('labels')}.${name(label)})`]),
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
  function refusal(row: Row, { key, owner, label }: Claim) {
    if (Number(row.expires_at?.N ?? 0) <= seconds(clock.now())) return 'unknown_session';
    // Whom a label no longer names, nobody asked for.
    if (label !== undefined && !row.labels?.M?.[label]) return 'unknown_session';
    if (row.ended_at) return 'session_ended';
    const other = ownerOf(row, key);
    return other !== undefined && other !== owner ? 'duplicate' : undefined;
  }

  /** Drops claims whose interruption has expired; if none has, moves all to the item beside the row, that one first. */
  async function makeRoom(session_id: string, row: Row) {
    const claims = Object.entries(row.claims?.M ?? {}).map(([key, { S = '' }]) => ({ key, text: S }));
    const now = seconds(clock.now());
    const expired = claims.filter(({ text }) => forgottenAt(text) < now);
    const leaving = expired.length > 0 ? expired : claims;
    if (expired.length === 0) await spill(session_id, leaving);
    const { name, value, clauses, input } = expression();
    const paths = leaving.map(({ key, text }) => ({ path: `${name('claims')}.${name(key)}`, is: value({ S: text }) }));
    clauses.REMOVE.push(...paths.map(({ path }) => path));
    if (expired.length === 0) clauses.SET.push(`${name('spilled')} = ${value({ BOOL: true })}`);
    await held(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: sessionKey(session_id),
          ...input(),
          ConditionExpression: paths.map(({ path, is }) => `${path} = ${is}`).join(' AND '),
        }),
      ),
    );
  }

  async function spill(session_id: string, claims: { key: string; text: string }[]) {
    const { name, value, clauses, input } = expression();
    clauses.SET.push(...claims.map(({ key, text }) => `${name(`claim ${key}`)} = ${value({ S: text })}`));
    clauses.SET.push(`${name('expires_at')} = ${value({ N: String(seconds(clock.now()) + 24 * 3600) })}`);
    await client.send(new UpdateItemCommand({ TableName, Key: spilledKey(session_id), ...input() }));
  }

  async function spilled({ session_id, key, owner }: Claim): Promise<boolean> {
    const command = new GetItemCommand({ TableName, Key: spilledKey(session_id), ConsistentRead: true });
    const { Item = {} } = await client.send(command);
    const text = Item[`claim ${key}`]?.S;
    return text !== undefined && !text.startsWith(owner) && forgottenAt(text) >= seconds(clock.now());
  }

  /** Gives a claim back after a definite failure, so that the source's retry can go again. */
  async function release({ session_id, key, owner }: Pick<Claim, 'session_id' | 'key' | 'owner'>): Promise<void> {
    for (const [Key, path] of [
      [sessionKey(session_id), ['claims', key]],
      [spilledKey(session_id), [`claim ${key}`]],
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

// A copy may meet a clock that is slow.
const GRACE_SECONDS = 60;

/** An owner's token is four characters; when the claim may be forgotten, in seconds and base 36, follows. */
const OWNER_LENGTH = 4;

const forgottenAt = (text: string) => Number.parseInt(text.slice(OWNER_LENGTH), 36);

const ownerOf = (row: Row, key: string) => row.claims?.M?.[key]?.S?.slice(0, OWNER_LENGTH);
