import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answering, Said } from '../../functions/call/answer.ts';
import { decide } from '../../functions/call/decide.ts';
import { type Fact, type Happening, MAX_FACTS } from '../../functions/call/document.ts';
import { printOf } from '../../functions/call/words.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { documentKey } from '../../functions/sessions/keys.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { rowBytes } from '../support/row-bytes.ts';

const EVENTS = 200;
const dynamodb = embeddedDynamoDb();

/** `session.id` is a UUID. */
const ID = '4f1c1a52-6e0b-4c57-9d3c-0d1f3b0a9c11';
const NUMBERS = { caller: '4915112345678', callee: '493023125000', account_id: '1234567890' };
const GREETING = 'Welcome to the parcel service. What can I do for you today, please tell me?';
const ANSWER = 'Your parcel has left our house and will be with you on Thursday before noon';

describe('the row of an ordinary call', () => {
  // Over a WebSocket each fact names it, which is 20 bytes.
  it.each([
    ['over HTTP, with as many facts as there can be', undefined, MAX_FACTS + 1],
    ['over a WebSocket, with two keys after an answer', 'L0SM9cOFvHcCIhw=', 2],
  ])('stays within 1 KiB through 200 events: %s', async (_, socket, others) => {
    const line = lineTo(socket);
    await line.hear(
      { kind: 'start', ...NUMBERS },
      { actions: [speak(GREETING)], changes: remembered(0) },
    );
    await line.speak(GREETING);
    for (let turn = 1; line.events() < EVENTS; turn++) {
      if (socket) await line.hear({ kind: 'voice' });
      const text = `${ANSWER} ${turn}.`;
      await line.hear(words(`And what about number ${turn}?`, line.now()), {
        actions: [speak(text)],
        changes: remembered(turn),
      });
      await line.speak(text);
      // Sentences that nobody has answered, and events that mean nothing to anybody.
      if (turn % 5 === 0) for (let n = 0; n < others; n++) await line.hear({ kind: 'other' });
    }
    await line.hear({ kind: 'over' });
    expect(Math.max(...line.sizes())).toBeLessThanOrEqual(1024);
  });
});

const speak = (text: string) => ({ type: 'speak' as const, text });

/** 100 bytes of JSON, and two labels. */
const remembered = (turn: number): NonNullable<Said['changes']> => ({
  state: {
    customer: 'Mueller',
    step: `${turn}`.padStart(3, '0'),
    note: 'Wants it at the neighbour, rang twice, is in a rush',
  },
  labels: { 'order:4711': true, 'customer:0815': true },
});

const words = (text: string, now: number): Happening => ({
  kind: 'words',
  print: printOf({ text }) as string,
  ms: 1_600,
  until: now + 900,
});

function lineTo(socket: string | undefined) {
  const [client, clock] = [dynamodb.client(), manualClock()];
  const id = `${ID.slice(0, -1)}${socket ? 'w' : 'h'}`;
  const store = createDynamoDbCallStore({
    dynamoDb: client,
    table: dynamodb.table,
    clock,
    log: recordingLog(),
  });
  const sizes: number[] = [];
  let events = 0;

  return { hear, speak, now: clock.now, events: () => events, sizes: () => sizes };

  /** An event as a function takes it: recorded, decided, written. */
  async function hear(happening: Happening, said?: Said) {
    events += 1;
    clock.pass(250);
    const fact = {
      id: randomBytes(6).toString('base64url'),
      at: clock.now(),
      ...(socket && { socket }),
      ...happening,
    };
    const stored = await store.record(id, fact as Fact);
    await weigh();
    const { kind, at } = fact;
    const event: Answering = {
      id: fact.id,
      kind,
      at,
      answerable: kind !== 'over',
      pushes: true,
      ...(said && { said }),
    };
    const { save, call } = decide(stored.call, { kind: 'event', event }, clock.now());
    if (save) expect(await store.save(stored, call)).toBe(true);
    await weigh();
  }

  async function speak(text: string) {
    clock.pass(700);
    const ms = Math.round(text.length * 66.7);
    await hear({ kind: 'began', print: printOf({ text }) as string, ms, started: clock.now() });
    clock.pass(ms - 250);
    await hear({ kind: 'ended' });
  }

  async function weigh() {
    const { Item = {} } = await client('GetItem', {
      TableName: dynamodb.table,
      Key: documentKey(id),
    });
    sizes.push(rowBytes(Item));
  }
}
