import { randomBytes } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { createClaims } from './claims.ts';
import { held } from './condition.ts';
import { sessionKey } from './keys.ts';
import { MAX_LABELS } from './limits.ts';
import { createListings, type TableParts } from './listings.ts';
import { createReplacements } from './replacements.ts';
import { expression, listings, type Row, sessionFromRow } from './row.ts';
import {
  type Happening,
  SESSION_TTL_SECONDS,
  type Session,
  type SessionChanges,
  type SessionStore,
} from './session.ts';

/** Sessions in DynamoDB. One write an event; nothing is read before it is written. */
export function createDynamoDbStore(parts: TableParts): SessionStore {
  const { client, table: TableName, clock } = parts;
  const listed = createListings(parts);
  const nowSeconds = () => Math.floor(clock.now() / 1000);

  return { record, change, find: listed.find, ...createClaims(parts), ...createReplacements(parts) };

  async function record(happening: Happening, signal?: AbortSignal): Promise<Session | 'ended'> {
    const { session_id: id, kind } = happening;
    const started = kind === 'start' ? listed.put(id, listings({ ...happening, labels: [] })) : undefined;
    const [row] = await Promise.all([write(happening, signal), started]);
    if (row === 'ended') return 'ended';
    const session = sessionFromRow(id, row);
    if (kind === 'end') await listed.remove(id, listings(session));
    // The labels of a call that comes back were taken off with its end, or may have been.
    if (kind === 'start')
      await listed.put(
        id,
        session.labels.map((label) => ({ label })),
      );
    // Never started here, yet the call is there: it must be found all the same. Again is harmless.
    if (kind !== 'end' && neverStarted(row)) await listed.put(id, listings(session));
    return session;
  }

  /** One `UpdateItem`; more only over a row that DynamoDB has not yet deleted, and to tell why it was refused. */
  async function write(happening: Happening, signal?: AbortSignal) {
    const id = happening.session_id;
    // The SDK repeats a write whose answer got lost: by its token it knows itself, and no turn counts twice.
    const token = randomBytes(6).toString('base64url');
    for (let attempt = 1; ; attempt++) {
      try {
        return await update(happening, token, signal);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || attempt === 3) throw error;
        const row = error.Item ?? (await get(id, signal));
        if (row?.token?.S === token) return row;
        if (row && expired(row)) await forget(id, signal);
        // Neither expired nor ended: somebody else has just created it anew, and this event joins in.
        else if (row?.ended_at) return 'ended' as const;
      }
    }
  }

  async function update(happening: Happening, token: string, signal?: AbortSignal): Promise<Row> {
    const { session_id, kind, caller, callee } = happening;
    const { name, value, clauses, input } = expression();
    const number = (n: number) => value({ N: String(n) });
    const [endedAt, expiresAt] = [name('ended_at'), name('expires_at')];
    const [writtenBy, own] = [name('token'), value({ S: token })];
    const [state, labels, claims, empty] = [name('state'), name('labels'), name('claims'), value({ M: {} })];
    clauses.SET.push(
      `${expiresAt} = ${number(nowSeconds() + SESSION_TTL_SECONDS)}`,
      // Maps that exist can be written key by key.
      `${state} = if_not_exists(${state}, ${empty})`,
      `${labels} = if_not_exists(${labels}, ${empty})`,
      `${claims} = if_not_exists(${claims}, ${empty})`,
      `${writtenBy} = ${own}`,
    );
    if (caller) clauses.SET.push(`${name('caller')} = ${value({ S: caller })}`);
    if (callee) clauses.SET.push(`${name('callee')} = ${value({ S: callee })}`);
    if (kind === 'end') clauses.SET.push(`${endedAt} = ${number(clock.now())}`);
    if (kind === 'start') clauses.REMOVE.push(endedAt);
    clauses.ADD.push(
      `${name('turn')} ${number(kind === 'turn' ? 1 : 0)}`,
      `${name('starts')} ${number(kind === 'start' ? 1 : 0)}`,
    );
    const alive = `${expiresAt} > ${number(nowSeconds())} AND ${writtenBy} <> ${own}`;
    const open = kind === 'start' ? alive : `${alive} AND attribute_not_exists(${endedAt})`;
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: sessionKey(session_id),
        ...input(),
        ConditionExpression: `attribute_not_exists(pk) OR (${open})`,
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      { ...(signal && { abortSignal: signal }) },
    );
    return Attributes as Row;
  }

  async function get(id: string, signal?: AbortSignal): Promise<Row | undefined> {
    const command = new GetItemCommand({ TableName, Key: sessionKey(id), ConsistentRead: true });
    return (await client.send(command, { ...(signal && { abortSignal: signal }) })).Item;
  }

  async function forget(id: string, signal?: AbortSignal) {
    const command = new DeleteItemCommand({
      TableName,
      Key: sessionKey(id),
      ConditionExpression: 'expires_at <= :now',
      ExpressionAttributeValues: { ':now': { N: String(nowSeconds()) } },
    });
    await client.send(command, { ...(signal && { abortSignal: signal }) }).catch((error: unknown) => {
      // Somebody else has just created it anew: the next attempt joins in.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }

  async function change(id: string, changes: SessionChanges, signal?: AbortSignal): Promise<boolean> {
    const labels = Object.entries(changes.labels);
    const added = labels.filter(([, kept]) => kept).map(([label]) => ({ label }));
    const removed = labels.filter(([, kept]) => !kept).map(([label]) => ({ label }));
    const [saved] = await Promise.all([
      saveChanges(id, changes, MAX_LABELS - added.length + removed.length, signal),
      listed.put(id, added),
      listed.remove(id, removed),
    ]);
    if (!saved) await listed.remove(id, added);
    return saved;
  }

  async function saveChanges(id: string, changes: SessionChanges, labelsBefore: number, signal?: AbortSignal) {
    const { name, value, clauses, input } = expression();
    const [state, labels] = [name('state'), name('labels')];
    for (const [key, kept] of Object.entries(changes.state)) {
      const path = `${state}.${name(key)}`;
      if (kept === undefined) clauses.REMOVE.push(path);
      else clauses.SET.push(`${path} = ${value({ S: JSON.stringify(kept) })}`);
    }
    for (const [label, kept] of Object.entries(changes.labels)) {
      const path = `${labels}.${name(label)}`;
      if (kept) clauses.SET.push(`${path} = ${value({ BOOL: true })}`);
      else clauses.REMOVE.push(path);
    }
    const room = `size(${labels}) <= ${value({ N: String(labelsBefore) })}`;
    return held(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: sessionKey(id),
          ...input(),
          ConditionExpression: `attribute_exists(${state}) AND attribute_not_exists(ended_at) AND ${room}`,
        }),
        { ...(signal && { abortSignal: signal }) },
      ),
    );
  }

  function expired(row: Row): boolean {
    return Number(row.expires_at?.N ?? 0) <= nowSeconds();
  }
}

const neverStarted = (row: Row) => row.starts?.N === '0' && Number(row.turn?.N) <= 1;
