import { randomBytes } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { held } from './condition.ts';
import { sentenceKey, sessionKey } from './keys.ts';
import type { createListings, TableParts } from './listings.ts';
import { LOST_END_MS } from './playback.ts';
import { expression, listings, type Row, sessionFromRow, speechValue, time } from './row.ts';
import { type Happening, SESSION_TTL_SECONDS, type Sentence, type Session } from './session.ts';

/** Events of a call, each one conditional write that reads the session on the way. */
export function createRecords(
  { client, table: TableName, clock, log }: TableParts,
  listed: ReturnType<typeof createListings>,
) {
  const nowSeconds = () => Math.floor(clock.now() / 1000);

  return { record, read, sentence };

  async function record(happening: Happening, signal?: AbortSignal): Promise<Session | 'ended'> {
    const { session_id: id, kind } = happening;
    const beside = [
      kind === 'start' && listed.put(id, listings({ ...happening, labels: [] })),
      keepSentence(happening, signal),
    ];
    const [row] = await Promise.all([write(happening, signal), ...beside]);
    if (row === 'ended') return 'ended';
    const session = sessionFromRow(id, row);
    if (kind === 'end') await listed.remove(id, listings({ ...session, connection: happening.connection }));
    // The labels of a call that comes back were taken off with its end, or may have been.
    if (kind === 'start')
      await listed.put(
        id,
        listings(session).filter((target) => 'label' in target),
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
    let [inOrder, sameSocket] = [true, happening.kind !== 'start' && happening.kind !== 'end'];
    for (let attempt = 1; ; attempt++) {
      try {
        return await update(happening, token, { inOrder, sameSocket }, signal);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || attempt === 4) throw error;
        const row = error.Item ?? (await get(id, signal));
        if (row?.token?.S === token) return row;
        if (row && expired(row)) await forget(id, signal);
        else if (row?.ended_at && happening.kind !== 'start') return 'ended' as const;
        else if (sameSocket && row && isOtherSocket(row, happening)) {
          sameSocket = false;
          await listed.put(id, [{ connection: happening.connection }]);
        }
        // A later event was recorded first, and this one must not turn playback back. Or somebody has just created
        // the row anew, and this event joins in.
        else inOrder = false;
      }
    }
  }

  /** `sameSocket`: only if the session knows this WebSocket; a new one is to be listed first. */
  async function update(
    happening: Happening,
    token: string,
    { inOrder, sameSocket }: { inOrder: boolean; sameSocket: boolean },
    signal?: AbortSignal,
  ): Promise<Row> {
    const { session_id, kind, caller, callee, account_id, barged_in, connection } = happening;
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
    if (happening.number) clauses.SET.push(`${name('number')} = ${value({ S: happening.number })}`);
    if (account_id) clauses.SET.push(`${name('account')} = ${value({ S: account_id })}`);
    if (kind === 'end') clauses.SET.push(`${endedAt} = ${number(clock.now())}`);
    // After a failed transfer no human is talking any more.
    if (kind === 'end') clauses.REMOVE.push(...OF_A_LIVE_CALL.map(name));
    if (barged_in) clauses.REMOVE.push(name('guard'));
    // A newer question: nobody waits for the answer to the one before.
    if (kind === 'turn') clauses.REMOVE.push(name('job'));
    if (kind === 'start') clauses.REMOVE.push(endedAt, name('transferred'));
    clauses.ADD.push(
      `${name('turn')} ${number(kind === 'turn' ? 1 : 0)}`,
      `${name('starts')} ${number(kind === 'start' ? 1 : 0)}`,
    );
    const socket = kind !== 'end' && connection ? overSocket(connection) : [];
    const conditions = [
      `${expiresAt} > ${number(nowSeconds())}`,
      `${writtenBy} <> ${own}`,
      ...(kind === 'start' ? [] : [`attribute_not_exists(${endedAt})`]),
      ...(inOrder ? playback(happening) : []),
      ...(sameSocket ? socket : []),
    ];
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: sessionKey(session_id),
        ...input(`attribute_not_exists(pk) OR (${conditions.join(' AND ')})`),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      { ...(signal && { abortSignal: signal }) },
    );
    return Attributes as Row;

    function overSocket(id: string): string[] {
      const [known, this_] = [name('connection'), value({ S: id })];
      const at = value(time(happening.at ?? clock.now()));
      clauses.SET.push(`${known} = ${this_}`);
      // A time each, so that one that is recorded late changes nothing.
      if (happening.caller_speaks) clauses.SET.push(`${name('speaks_at')} = ${at}`);
      if (kind === 'turn') clauses.SET.push(`${name('spoke_at')} = ${at}`);
      return [`${known} = ${this_}`];
    }

    function playback({ speech, at = clock.now() }: Happening): string[] {
      if (!speech) return [];
      const [attribute, last, written] =
        speech === 'ended'
          ? [name('silence_at'), name('silence_at'), time(at)]
          : [name('speech'), `${name('speech')}.${name('at')}`, speechValue(begun(speech.ends_at, at))];
      clauses.SET.push(`${attribute} = ${value(written)}`);
      return [`(attribute_not_exists(${last}) OR ${last} <= ${value(time(at))})`];
    }
  }

  /** What is being said, for an interruption that resumes it. Without it there is nothing to resume, no more. */
  async function keepSentence({ session_id, speech, at = clock.now() }: Happening, signal?: AbortSignal) {
    if (!speech || speech === 'ended') return;
    const { text, ends_at } = speech;
    const Item = {
      ...sentenceKey(session_id),
      at: time(at),
      ends_at: time(ends_at),
      expires_at: { N: String(nowSeconds() + SESSION_TTL_SECONDS) },
      ...(text && { text: { S: text } }),
    };
    try {
      await client.send(new PutItemCommand({ TableName, Item }), { ...(signal && { abortSignal: signal }) });
    } catch (error) {
      log.error('sentence_not_kept', { session_id, error });
    }
  }

  async function sentence(id: string): Promise<Sentence | undefined> {
    const command = new GetItemCommand({ TableName, Key: sentenceKey(id), ConsistentRead: true });
    const { Item } = await client.send(command);
    if (!Item) return undefined;
    const { text, at, ends_at } = Item;
    return { at: Number(at?.N), ends_at: Number(ends_at?.N), ...(text?.S && { text: text.S }) };
  }

  async function read(id: string): Promise<Session | undefined> {
    const row = await get(id);
    return row && !expired(row) && !row.ended_at ? sessionFromRow(id, row) : undefined;
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
    // If not, somebody else has just created it anew: the next attempt joins in.
    await held(client.send(command, { ...(signal && { abortSignal: signal }) }));
  }

  function expired(row: Row): boolean {
    return Number(row.expires_at?.N ?? 0) <= nowSeconds();
  }
}

// What was playing is over with the call, and so is its WebSocket.
const OF_A_LIVE_CALL = ['said', 'next', 'speech', 'silence_at', 'guard', 'connection', 'speaks_at', 'spoke_at', 'job'];

const isOtherSocket = (row: Row, happening: Happening): happening is Happening & { connection: string } =>
  happening.connection !== undefined && row.connection?.S !== happening.connection;

const neverStarted = (row: Row) => row.starts?.N === '0' && Number(row.turn?.N) <= 1;

const begun = (endsAt: number, at: number) => ({ at, after: at, until: endsAt + LOST_END_MS });
