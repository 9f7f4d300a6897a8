import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Answering } from '../../functions/call/answer.ts';
import type { CallStore, Stored } from '../../functions/call/call-store.ts';
import { type Decision, decide } from '../../functions/call/decide.ts';
import { freshCall, type Utterance } from '../../functions/call/document.ts';
import type { DynamoDb } from '../../functions/runtime/dynamodb.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { documentKey, listingKey, sessionPartition } from '../../functions/sessions/keys.ts';
import { describeCallStore } from '../sessions/call-store-contract.ts';
import { describeHistory } from '../sessions/history-contract.ts';
import { memoryAssets } from '../support/assets.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { dynamoDbAt } from '../support/dynamodb-client.ts';
import { fact, fullCall, utterance } from '../support/facts.ts';
import { recordingLog } from '../support/log.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { manualClock } from '../support/manual-clock.ts';
import { slowFirstAnswer } from '../support/slow-answer.ts';

const dynamodb = embeddedDynamoDb();

// Patient: a busy machine must not fail what is not about time.
const PATIENT = { connect_ms: 10_000, total_ms: 20_000 };
const patient = () => dynamodb.client(PATIENT);

const storeWith = (client: DynamoDb, clock = manualClock(), log = recordingLog()) =>
  createDynamoDbCallStore({ dynamoDb: client, table: dynamodb.table, clock, log });

describeCallStore('DynamoDB', (clock) => storeWith(patient(), clock));
describeHistory('calls in DynamoDB', (clock) => storeWith(patient(), clock));

const other = (id?: string) => fact({ kind: 'other' }, id === undefined ? {} : { id });
const factIds = ({ call }: Stored) => call.facts.map(({ id }) => id);
const read = async (store: CallStore, id: string) => (await store.read(id)) as Stored;

const LONG: Utterance['actions'] = [{ type: 'speak', text: 'x'.repeat(1_000) }];
const CLIP: Utterance['actions'] = [{ type: 'audio', audio: 'UklGR'.repeat(200) }];

describe('the requests of a call', () => {
  it('are one for each event, each save and each reading', async () => {
    const { client, commands } = counting();
    const store = storeWith(client);
    await store.record('counted', fact({ kind: 'start' }));
    expect(commands.splice(0)).toEqual(['UpdateItem']);
    const stored = await store.record('counted', other());
    expect(commands.splice(0)).toEqual(['UpdateItem']);
    await store.save(stored, { ...fullCall('counted'), applied: [] });
    expect(commands.splice(0)).toEqual(['UpdateItem']);
    await store.record('counted', other());
    expect(commands.splice(0)).toEqual(['UpdateItem']);
    await store.read('counted');
    expect(commands.splice(0)).toEqual(['GetItem']);
    await store.keepClaims('counted', [['key', 'content']]);
    await store.claimed('counted', 'key');
    expect(commands.splice(0)).toEqual(['UpdateItem', 'GetItem']);
  });

  it('are one more for each long text: when it is new, and when it is read and not over', async () => {
    const { client, commands } = counting();
    const store = storeWith(client);
    const sent = { at: 1, by: 'x' };
    const stored = await store.record('long', fact({ kind: 'start' }));
    commands.splice(0);
    const queue = [
      utterance('a', { actions: LONG, sent, end: { at: 2, how: 'full' } }),
      utterance('b', { actions: LONG.concat(LONG), sent }),
      utterance('c', { actions: CLIP }),
      utterance('d'),
    ];
    await store.save(stored, { ...stored.call, queue });
    expect(commands.splice(0)).toEqual(['PutItem', 'PutItem', 'PutItem', 'UpdateItem']);
    const again = await store.record('long', other());
    expect(commands.splice(0)).toEqual(['UpdateItem', 'GetItem', 'GetItem']);
    await store.save(again, { ...again.call, turn: 1 });
    expect(commands.splice(0)).toEqual(['UpdateItem']);
    await store.read('long');
    expect(commands.splice(0)).toEqual(['GetItem', 'GetItem', 'GetItem']);
  });

  it('are two for an event that finds the row of a call nobody has heard of for long', async () => {
    const { client, commands } = counting();
    const clock = manualClock();
    const store = storeWith(client, clock);
    await store.record('late', fact({ kind: 'start' }));
    await clock.advance(5 * 3600_000);
    commands.splice(0);
    await store.record('late', fact({ kind: 'start' }));
    expect(commands).toEqual(['UpdateItem', 'PutItem']);
  });

  it('give up when they are told to', async () => {
    const signal = AbortSignal.abort();
    const store = storeWith(dynamodb.client());
    const stored = await store.record('aborted', other());
    await expect(store.record('aborted', other(), signal)).rejects.toThrow(/abort/i);
    await expect(store.read('aborted', signal)).rejects.toThrow(/abort/i);
    await expect(store.save(stored, stored.call, signal)).rejects.toThrow(/abort/i);
  });
});

describe('an answer that gets lost', () => {
  it('of an event: it is there once, where it was first', async () => {
    const [client, store] = [dynamodb.client(), storeWith(dynamodb.client())];
    const between = () => store.record('lost-1', other('between'));
    const lost = loseFirstAnswer(client, { between });
    expect(factIds(await storeWith(client).record('lost-1', other('own')))).toEqual([
      'own',
      'between',
    ]);
    expect(lost()).toBe(true);
    expect(factIds(await read(store, 'lost-1'))).toEqual(['own', 'between']);
  });

  it('of an event that somebody saves meanwhile: it is not taken twice', async () => {
    const [client, store] = [dynamodb.client(), storeWith(dynamodb.client())];
    const between = async () => {
      const stored = await store.record('lost-2', other('between'));
      expect(factIds(stored)).toEqual(['own', 'between']);
      expect(await store.save(stored, { ...stored.call, applied: ['between'] })).toBe(true);
    };
    const lost = loseFirstAnswer(client, { between });
    const stored = await storeWith(client).record('lost-2', other('own'));
    expect(lost()).toBe(true);
    expect(stored.call).toMatchObject({ applied: ['between'], facts: [] });
    expect(factIds(await store.record('lost-2', other('next')))).toEqual(['next']);
  });

  it.each(['UpdateItem', 'PutItem'] as const)(
    'of the %s with which a call begins anew',
    async (of) => {
      const [client, clock] = [dynamodb.client(), manualClock()];
      const id = `lost-anew-${of}`;
      const store = storeWith(dynamodb.client(), clock);
      await store.record(id, other('old'));
      await clock.advance(5 * 3600_000);
      const lost = loseFirstAnswer(client, {
        of,
        between: () => store.record(id, other('between')),
      });
      const own = factIds(await storeWith(client, clock).record(id, other('own')));
      expect(lost()).toBe(true);
      expect(own.sort()).toEqual(['between', 'own']);
      expect(factIds(await read(store, id)).sort()).toEqual(['between', 'own']);
    },
  );

  it('of a save: the repetition says that it was not written, and nothing is written twice', async () => {
    const client = dynamodb.client();
    const store = storeWith(client);
    const stored = await store.record('lost-3', other());
    const lost = loseFirstAnswer(client);
    expect(await store.save(stored, { ...stored.call, applied: ['me'] })).toBe(false);
    expect(lost()).toBe(true);
    const after = await read(store, 'lost-3');
    expect(after.call.applied).toEqual(['me']);
    expect(after.revision).toBe(stored.revision + 1);
  });

  it.each([
    ['and nobody wrote since', async () => {}],
    [
      'and an event came',
      (store: CallStore, id: string) => store.record(id, fact({ kind: 'ended' })),
    ],
    [
      'and somebody saved',
      async (store: CallStore, id: string) =>
        say(store, await store.record(id, other('key')), 'key'),
    ],
  ])('of the save that says something: it is said once, %s', async (name, between) => {
    const client = dynamodb.client();
    const id = `lost-applied ${name}`;
    const rival = storeWith(dynamodb.client());
    await rival.record(id, fact({ kind: 'start' }));
    const stored = await rival.record(id, other('asked'));
    const lost = loseFirstAnswer(client, { between: () => between(rival, id) });
    // Decided again it is found applied: nobody knows whether it was said, so it isn't said now.
    expect(await say(storeWith(client), stored, 'asked')).toBeUndefined();
    expect(lost()).toBe(true);
    const { call } = await read(rival, id);
    expect(call.applied.filter((by) => by === 'asked')).toHaveLength(1);
    expect(call.queue.filter(({ key }) => key === 'asked')).toMatchObject([
      { sent: { by: 'asked' } },
    ]);
  });

  it('of a text that lies beside, and of claims', async () => {
    const [puts, updates] = [dynamodb.client(), dynamodb.client()];
    const lost = [loseFirstAnswer(puts, { of: 'PutItem' }), loseFirstAnswer(updates)];
    const store = storeWith(puts);
    const stored = await store.record('lost-4', other());
    expect(
      await store.save(stored, { ...stored.call, queue: [utterance('a', { actions: LONG })] }),
    ).toBe(true);
    expect((await read(store, 'lost-4')).call.queue).toMatchObject([{ actions: LONG }]);
    await storeWith(updates).keepClaims('lost-4', [['key', 'content']]);
    expect(await store.claimed('lost-4', 'key')).toBe('content');
    expect(lost.map((isLost) => isLost())).toEqual([true, true]);
  });

  it('of a deletion: a listing that has come since stays', async () => {
    const [client, store] = [dynamodb.client(), storeWith(dynamodb.client())];
    const [call, target] = [{ ...freshCall('lost-5'), starts: 1 }, { label: 'order:lost-5' }];
    await store.list(call, [target]);
    const lost = loseFirstAnswer(client, {
      between: () => store.list({ ...call, starts: 2 }, [target]),
    });
    await storeWith(client).unlist(call, [target]);
    expect(lost()).toBe(true);
    expect(await store.find(target)).toEqual(['lost-5']);
  });
});

describe('an answer that is slow', () => {
  const MS = 400;

  it('of an event: it is there once', async () => {
    const direct = storeWith(dynamodb.client());
    await direct.record('slow-event', fact({ kind: 'start' }, { id: 'start' }));
    const { client, seen } = await slow();
    expect(factIds(await storeWith(client).record('slow-event', other('own')))).toEqual([
      'start',
      'own',
    ]);
    expect(seen()).toBe(2);
  });

  it('of a save: the repetition says that it was not written', async () => {
    const stored = await storeWith(dynamodb.client()).record('slow-save', other());
    const { client, seen } = await slow();
    expect(await storeWith(client).save(stored, { ...stored.call, turn: 1 })).toBe(false);
    expect(seen()).toBe(2);
    expect((await read(storeWith(dynamodb.client()), 'slow-save')).call).toMatchObject({
      turn: 1,
      facts: [],
    });
  });

  async function slow() {
    const { endpoint, seen } = await slowFirstAnswer(dynamodb.endpoint(), MS);
    return { client: dynamoDbAt(endpoint), seen };
  }
});

describe('what DynamoDB holds of a call', () => {
  it('expires, in seconds', async () => {
    const clock = manualClock();
    const store = storeWith(dynamodb.client(), clock);
    const stored = await store.record('ttl', other());
    const inFourHours = { N: String(clock.now() / 1000 + 4 * 3600) };
    expect((await item(documentKey('ttl'))).expires_at).toEqual(inFourHours);
    await store.save(stored, { ...stored.call, queue: [utterance('a', { actions: LONG })] });
    await store.keepClaims('ttl', [['key', 'content']]);
    await store.keepTurn('ttl', 1, [{ kind: 'end', at: clock.now() }]);
    const all = await itemsOf('ttl');
    expect(all.map(({ sk }) => sk?.S?.replace(/#.*/, '')).sort()).toEqual([
      'call',
      'claims',
      'said',
      'turn',
    ]);
    for (const one of all)
      expect(Number(one.expires_at?.N), one.sk?.S).toBeGreaterThanOrEqual(Number(inFourHours.N));
  });

  it('of a later version is refused, and said so', async () => {
    await putItem({
      ...documentKey('newer'),
      rev: { N: '7' },
      expires_at: { N: '9999999999' },
      doc: { B: Buffer.of(2, 0) },
    });
    const store = storeWith(dynamodb.client());
    await expect(store.record('newer', other())).rejects.toThrow(
      'a call was written in version 2, and these functions read 1: deploy the newer ones',
    );
  });

  it('can be used though a text beside it is gone, which is logged', async () => {
    const log = recordingLog();
    const store = storeWith(dynamodb.client(), manualClock(), log);
    const stored = await store.record('text-gone', other());
    const queue = [utterance('a', { actions: LONG }), utterance('b')];
    await store.save(stored, { ...stored.call, queue: queue.map((one) => ({ ...one })) });
    const said = (await itemsOf('text-gone')).find(({ sk }) => sk?.S?.startsWith('said#')) as Row;
    await putItem({ pk: said.pk, sk: said.sk } as Row);
    expect((await read(store, 'text-gone')).call.queue).toMatchObject([
      { key: 'a', actions: [] },
      { key: 'b' },
    ]);
    expect(log.lines).toEqual([
      { level: 'error', message: 'utterance_lost', session_id: 'text-gone', key: 'a' },
    ]);
  });

  it('has the name of a clip that every function has, however long it is', async () => {
    const intro = 'UklGR'.repeat(200_000);
    const clips = memoryAssets({ intro });
    const parts = { dynamoDb: patient(), table: dynamodb.table, clock: manualClock() };
    const log = recordingLog();
    const store = createDynamoDbCallStore({ ...parts, log }, clips);
    const actions: Utterance['actions'] = [
      { type: 'audio', audio: intro, barge_in: { strategy: 'none' } },
      { type: 'mix_audio', audio: intro, volume: 0.2 },
    ];
    const stored = await store.record('clips', other());
    const queue = [utterance('a', { actions }), utterance('b', { actions: CLIP })];
    await store.save(stored, { ...stored.call, queue });
    const names = (await itemsOf('clips')).map(({ sk }) => sk?.S?.replace(/#.*/, ''));
    expect(names.sort()).toEqual(['call', 'said']);
    expect((await read(store, 'clips')).call.queue).toMatchObject(queue);

    // Another deployment may have taken it away.
    const without = createDynamoDbCallStore({ ...parts, log }, memoryAssets({}));
    expect((await read(without, 'clips')).call.queue).toMatchObject([
      { key: 'a', actions: [] },
      { key: 'b', actions: CLIP },
    ]);
    expect(log.lines).toEqual([
      { level: 'error', message: 'utterance_lost', session_id: 'clips', key: 'a' },
    ]);
  });

  it('is found for a day, and listings know of which start they are', async () => {
    const clock = manualClock();
    const target = { label: 'order:ttl' };
    await storeWith(dynamodb.client(), clock).list({ ...freshCall('ttl'), starts: 3 }, [target]);
    const expires_at = { N: String(clock.now() / 1000 + 24 * 3600) };
    expect(await item(listingKey(target, 'ttl'))).toMatchObject({ expires_at, starts: { N: '3' } });
  });
});

describe('listings that fail', () => {
  const target = { label: 'order:failing' };
  const call = { ...freshCall('failing'), starts: 1 };

  it('say so', async () => {
    const store = storeWith(refusing(['BatchWriteItem', 'DeleteItem']));
    await expect(store.list(call, [target])).rejects.toThrow('throttled');
    await expect(store.unlist(call, [target])).rejects.toThrow('throttled');
  });

  it('say so when DynamoDB leaves some out again and again', async () => {
    const client = dynamodb.client();
    let left = 0;
    client.onCall(async (operation, input, next) => {
      const output = await next(input);
      if (operation !== 'BatchWriteItem') return output;
      left++;
      return { UnprocessedItems: (input as { RequestItems: object }).RequestItems };
    });
    await expect(storeWith(client).list(call, [target])).rejects.toThrow('1 items unprocessed');
    expect(left).toBe(3);
  });
});

type Row = Record<string, AttributeValue>;

/** Decides that something is said to an event, and writes it until that is known; what goes out. */
async function say(store: CallStore, stored: Stored, by: string): Promise<Decision['actions']> {
  const said = { actions: [{ type: 'speak' as const, text: `The answer to ${by}.` }] };
  const at = 1_795_435_200_500;
  const event: Answering = { id: by, kind: 'other', at, answerable: true, pushes: true, said };
  const { save, call, actions } = decide(stored.call, { kind: 'event', event }, at);
  if (!save || (await store.save(stored, call))) return actions;
  return say(store, await read(store, stored.call.id), by);
}

const putItem = (Item: Row) => dynamodb.client()('PutItem', { TableName: dynamodb.table, Item });

async function item(Key: Row): Promise<Row> {
  const input = { TableName: dynamodb.table, Key, ConsistentRead: true };
  return (await dynamodb.client()('GetItem', input)).Item ?? {};
}

async function itemsOf(id: string): Promise<Row[]> {
  const input = {
    TableName: dynamodb.table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: sessionPartition(id) } },
    ConsistentRead: true,
  };
  return (await dynamodb.client()('Query', input)).Items ?? [];
}

function refusing(operations: string[]) {
  const client = dynamodb.client();
  client.onCall((operation, input, next) =>
    operations.includes(operation) ? Promise.reject(new Error('throttled')) : next(input),
  );
  return client;
}

function counting() {
  const commands: string[] = [];
  const client = patient();
  client.onCall((operation, input, next) => {
    commands.push(operation);
    return next(input);
  });
  return { client, commands };
}
