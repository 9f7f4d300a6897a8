import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { held } from './condition.ts';
import { claimsKey, sessionKey } from './keys.ts';
import type { TableParts } from './listings.ts';
import { type Met, refusal } from './playback.ts';
import { pushClauses } from './push.ts';
import { expression, type Row, sessionFromRow } from './row.ts';
import { rules } from './rules.ts';
import type { Claim, Claimed, Refusal, Session } from './session.ts';

/** Claims in the session's row. A call with more live ones at once keeps the others beside it, and costs a write more. */
const CLAIMS_IN_ROW = 4;

/**
 * The right to interrupt a call, once for each key. Look-up and claim are one conditional write on the session's own
 * row, so they are ordered against its end.
 */
export function createClaims({ client, table: TableName, clock }: TableParts) {
  const seconds = (ms: number) => Math.floor(ms / 1000);

  return { claim, startWaiting, check, release };

  async function claim(wanted: Claim): Promise<Claimed> {
    for (let attempt = 1; ; attempt++) {
      try {
        return claimed(await write(wanted, 'in the row'));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || attempt === 5) throw error;
        const row = error.Item ?? (await read(wanted.session_id));
        // The SDK repeats a write whose answer got lost: the claim is ours, and what it changed is no refusal.
        if (row && !row.ended_at && ownerOf(row, wanted.key) === wanted.owner) return claimed(row);
        const reason = refusal(metIn(row, wanted), wanted, clock.now());
        if (reason) return { claimed: false, reason };
        if (row?.full) return claimBeside(wanted);
        if (row && Object.keys(row.claims?.M ?? {}).length >= CLAIMS_IN_ROW) await declareFull(wanted.session_id);
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
      const met = metIn(error.Item ?? (await read(wanted.session_id)), wanted);
      return { claimed: false, reason: refusal(met, wanted, clock.now()) ?? 'duplicate' };
    }
  }

  /** Its claim is its own already, so only its rules are asked; a repetition of the write knows what it has changed. */
  async function startWaiting(wanted: Claim): Promise<Claimed> {
    const { session_id, key, push } = wanted;
    const { name, value, clauses, input } = expression();
    if (push) pushClauses({ name, value, clauses }, key, push);
    try {
      const conditions = rules(wanted, clock.now(), { name, value });
      return {
        claimed: true,
        session: sessionFromRow(session_id, await update(session_id, input(conditions.join(' AND ')))),
      };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const row = error.Item ?? (await read(session_id));
      const met = metIn(row, wanted);
      if (met && !met.ended && isStarted(met.session, wanted)) return { claimed: true, session: met.session };
      // Between the refusal and its reason the rule may have come to hold: the next event will do.
      const reason = refusal(met && { ...met, owner: undefined }, wanted, clock.now());
      return { claimed: false, reason: reason ?? 'speaking' };
    }
  }

  async function write(wanted: Claim, where: 'in the row' | 'beside'): Promise<Row> {
    const { session_id, key, push } = wanted;
    const { name, value, clauses, input } = expression();
    const [claims, full] = [name('claims'), name('full')];
    const own = `${claims}.${name(key)}`;
    if (where === 'in the row') clauses.SET.push(`${own} = ${value({ S: wanted.owner })}`);
    else clauses.SET.push(`${full} = ${value({ BOOL: true })}`);
    if (push) pushClauses({ name, value, clauses }, key, push);
    const conditions = [
      `attribute_not_exists(${own})`,
      ...rules(wanted, clock.now(), { name, value }),
      ...(where === 'beside'
        ? []
        : [`size(${claims}) < ${value({ N: String(CLAIMS_IN_ROW) })}`, `attribute_not_exists(${full})`]),
    ];
    return update(session_id, input(conditions.join(' AND ')));
  }

  /** The row as it was. */
  async function update(session_id: string, change: ReturnType<ReturnType<typeof expression>['input']>): Promise<Row> {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: sessionKey(session_id),
        ...change,
        ReturnValues: 'ALL_OLD',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return Attributes as Row;
  }

  async function check(wanted: Claim): Promise<Refusal | undefined> {
    return refusal(metIn(await read(wanted.session_id), wanted), wanted, clock.now());
  }

  function metIn(row: Row | undefined, { session_id, key }: Claim): Met | undefined {
    if (!row || Number(row.expires_at?.N ?? 0) <= seconds(clock.now())) return undefined;
    return { session: sessionFromRow(session_id, row), ended: row.ended_at !== undefined, owner: ownerOf(row, key) };
  }

  async function declareFull(session_id: string) {
    const { name, value, clauses, input } = expression();
    clauses.SET.push(`${name('full')} = ${value({ BOOL: true })}`);
    const command = new UpdateItemCommand({ TableName, Key: sessionKey(session_id), ...input('attribute_exists(pk)') });
    await held(client.send(command));
  }

  async function putBeside(wanted: Claim): Promise<boolean> {
    const { session_id, key, owner } = wanted;
    const { name, value, clauses, input } = expression();
    const own = name(besideName(key));
    clauses.SET.push(`${own} = ${value({ S: wanted.owner })}`);
    clauses.SET.push(`${name('expires_at')} = ${value({ N: String(seconds(clock.now()) + 24 * 3600) })}`);
    const free = `attribute_not_exists(${own}) OR ${own} = ${value({ S: owner })}`;
    return held(client.send(new UpdateItemCommand({ TableName, Key: claimsKey(session_id), ...input(free) })));
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
      const mine = `${own} = ${value({ S: owner })}`;
      const command = new UpdateItemCommand({ TableName, Key, ...input(mine) });
      if (await held(client.send(command))) return;
    }
  }

  async function read(id: string): Promise<Row | undefined> {
    return (await client.send(new GetItemCommand({ TableName, Key: sessionKey(id), ConsistentRead: true }))).Item;
  }
}

/** Without words nothing tells who handed the caller over: that somebody did is what was wanted. */
const isStarted = ({ replacement, transferred }: Session, { key, push }: Claim) =>
  push?.replacement
    ? replacement?.key === key && replacement.after === Math.round(push.replacement.speech.after)
    : push?.transfers === true && transferred;

const ownerOf = (row: Row, key: string) => row.claims?.M?.[key]?.S;

const besideName = (key: string) => `claim ${key}`;
