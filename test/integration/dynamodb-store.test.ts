import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoDbStore } from '../../functions/sessions/dynamodb-store.ts';
import { sessionKey } from '../../functions/sessions/keys.ts';
import { describeSessionStore } from '../sessions/contract.ts';
import { describeHistory } from '../sessions/history-contract.ts';
import { describeInterruptions } from '../sessions/interruptions-contract.ts';
import { describeSockets } from '../sessions/sockets-contract.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { recordingLog } from '../support/log.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { manualClock } from '../support/manual-clock.ts';
import { rowBytes } from '../support/row-bytes.ts';

const dynamodb = embeddedDynamoDb();

const WAITING = { id: 'shipped', triggered_at: 0, starts: 1, arrived_at: 0, expires_at: 0, actions: [], follow_up: [] };

const storeWith = (client: DynamoDBClient, clock = manualClock()) =>
  createDynamoDbStore({ client, table: dynamodb.table, clock, log: recordingLog() });

describeSessionStore('DynamoDB', (clock) => storeWith(dynamodb.client(), clock));
describeSockets('DynamoDB', (clock) => storeWith(dynamodb.client(), clock));
describeInterruptions('DynamoDB', (clock) => storeWith(dynamodb.client(), clock));
describeHistory('DynamoDB', (clock) => storeWith(dynamodb.client(), clock));

describe('the DynamoDB store', () => {
  it('records each event in exactly one write, and reads nothing', async () => {
    const { client, commands } = counting();
    const store = storeWith(client);
    await store.record({ session_id: 'counted', kind: 'start', caller: '491', callee: '492' });
    // The listings of a start go out beside the write, not after it.
    expect(commands.splice(0).sort()).toEqual(['BatchWriteItem', 'UpdateItem']);
    await store.record({ session_id: 'counted', kind: 'turn' });
    await store.record({ session_id: 'counted', kind: 'other' });
    expect(commands.splice(0)).toEqual(['UpdateItem', 'UpdateItem']);
    await store.change('counted', { state: { a: 1 }, labels: {} });
    expect(commands).toEqual(['UpdateItem']);
  });

  it('lists a WebSocket once for each session, and then costs nothing more', async () => {
    const { client, commands } = counting();
    const store = storeWith(client);
    const over = (connection: string, kind: 'start' | 'turn') =>
      store.record({ session_id: 'socket', kind, connection });
    await over('one=', 'start');
    expect(commands.splice(0).sort()).toEqual(['BatchWriteItem', 'UpdateItem']);
    await over('one=', 'turn');
    expect(commands.splice(0)).toEqual(['UpdateItem']);
    await over('two=', 'turn');
    // Refused for the other socket; the embedded DynamoDB doesn't say why, so the row is read.
    expect(commands.splice(0)).toEqual(['UpdateItem', 'GetItem', 'BatchWriteItem', 'UpdateItem']);
    await over('two=', 'turn');
    expect(commands).toEqual(['UpdateItem']);
  });

  it('keeps the fullest row within 1 KiB over 200 events', async () => {
    const client = dynamodb.client();
    const store = storeWith(client);
    const session_id = 'x'.repeat(128);
    const ends = { caller: '4'.repeat(15), callee: '4'.repeat(15) };
    const numbers = { ...ends, account_id: '1234567890', connection: 'L0SM9cOFvHcCIhw=' };
    await store.record({ session_id, kind: 'start', ...numbers });
    const labels = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`${n}`.padEnd(64, 'l'), true]));
    // {"k":"…"} is 8 bytes around its text.
    await store.change(session_id, { state: { k: 's'.repeat(248) }, labels });
    const expires_at = Date.parse('2026-11-23T13:00:00Z');
    const speech = { at: expires_at, after: expires_at, until: expires_at };
    const guard = { kind: 'protected' as const, at: expires_at, after: expires_at, until: expires_at };
    const push = { replacement: { speech, guard, follow_up: true }, transfers: true };
    let largest = 0;
    for (let n = 0; n < 200; n++) {
      await store.record({ session_id, kind: n % 3 ? 'other' : 'turn', caller_speaks: n % 3 === 1, ...numbers });
      const key = `key-${n}`.padEnd(6, '-').slice(-6);
      if (n % 4 === 0) await store.claim({ session_id, key, owner: 'me--', push });
      await store.change(session_id, { state: {}, labels: {}, job: { key, turn: n, until: expires_at } });
      if (n % 5 === 0) await store.wait(session_id, { ...WAITING, key });
      await store.markHeard(session_id, key, Date.now());
      largest = Math.max(largest, rowBytes(await rowOf(session_id)));
    }
    await store.record({ session_id, kind: 'end' });
    expect(Math.max(largest, rowBytes(await rowOf(session_id)))).toBeLessThanOrEqual(1024);
  });

  it('counts a turn once when the answer to its write is lost and the SDK writes again', async () => {
    const client = dynamodb.client();
    const lost = loseFirstAnswer(client);
    const session = await storeWith(client).record({ session_id: 'lost-answer', kind: 'turn' });
    expect(lost()).toBe(true);
    expect(session).toMatchObject({ turn: 1 });
  });

  it('a caller hears of progress, and is handed over, though the answer to the write that says so is lost', async () => {
    const [client, now] = [dynamodb.client(), Date.now()];
    const store = storeWith(client);
    const job = { key: 'job--1', turn: 0, until: now + 60_000 };
    await store.record({ session_id: 'lost-progress', kind: 'start' });
    await store.change('lost-progress', { state: {}, labels: {}, job });
    const lost = [loseFirstAnswer(client)];
    expect(await store.goesOn('lost-progress', job, { at: now, after: now + 500, until: now + 3_000 })).toBe(true);
    lost.push(loseFirstAnswer(client));
    const claim = { session_id: 'lost-progress', key: 'key--1', owner: '', push: { transfers: true } };
    expect(await store.startWaiting(claim)).toMatchObject({ claimed: true });
    expect(lost.map((isLost) => isLost())).toEqual([true, true]);
  });

  it('sets the time to live that the stack names, in seconds', async () => {
    const clock = manualClock();
    await storeWith(dynamodb.client(), clock).record({ session_id: 'ttl', kind: 'start' });
    expect((await rowOf('ttl')).expires_at?.N).toBe(String(clock.now() / 1000 + 4 * 3600));
  });

  it('goes on without listings when only they fail', async () => {
    const client = dynamodb.client();
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) =>
          commandName === 'BatchWriteItemCommand' ? Promise.reject(new Error('throttled')) : next(args),
      { step: 'initialize' },
    );
    const log = recordingLog();
    const store = createDynamoDbStore({ client, table: dynamodb.table, clock: manualClock(), log });
    expect(await store.record({ session_id: 'unlisted', kind: 'start' })).toMatchObject({ id: 'unlisted' });
    expect(log.lines).toMatchObject([{ level: 'error', message: 'listing_failed', session_id: 'unlisted' }]);
  });

  it('gives up when it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    const recorded = storeWith(dynamodb.client()).record({ session_id: 'aborted', kind: 'turn' }, controller.signal);
    await expect(recorded).rejects.toThrow(/abort/i);
  });

  it('joins in when somebody else replaces the expired row first', async () => {
    const clock = manualClock();
    const client = dynamodb.client();
    const store = storeWith(client, clock);
    await store.record({ session_id: 'raced', kind: 'end' });
    await clock.advance(5 * 3600_000);
    const rival = storeWith(dynamodb.client(), clock);
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'DeleteItemCommand') await rival.record({ session_id: 'raced', kind: 'turn' });
          return next(args);
        },
      { step: 'initialize' },
    );
    expect(await store.record({ session_id: 'raced', kind: 'turn' })).toMatchObject({ turn: 2 });
  });

  it('reads a row that lacks what it would have written', async () => {
    const client = dynamodb.client();
    await client.send(
      new UpdateItemCommand({
        TableName: dynamodb.table,
        Key: sessionKey('bare'),
        UpdateExpression: 'SET expires_at = :later, #token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':later': { N: '9999999999' }, ':token': { S: 'x' } },
      }),
    );
    expect(await storeWith(client).record({ session_id: 'bare', kind: 'turn' })).toMatchObject({ turn: 1, state: {} });
  });
});

async function rowOf(id: string) {
  const { Item = {} } = await dynamodb
    .client()
    .send(new GetItemCommand({ TableName: dynamodb.table, Key: sessionKey(id), ConsistentRead: true }));
  return Item;
}

function counting() {
  const commands: string[] = [];
  const client = dynamodb.client();
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        commands.push(String(commandName).replace('Command', ''));
        return next(args);
      },
    { step: 'initialize' },
  );
  return { client, commands };
}
