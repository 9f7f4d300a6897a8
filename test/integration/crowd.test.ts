import { describe, expect, it } from 'vitest';
import { fold } from '../../functions/call/fold.ts';
import { turnOf } from '../../functions/call/meaning.ts';
import { systemClock as clock } from '../../functions/runtime/clock.ts';
import { createLimit } from '../../functions/runtime/limit.ts';
import { createDynamoDbCallStore } from '../../functions/sessions/call-store.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { fact } from '../support/facts.ts';
import { recordingLog } from '../support/log.ts';

const CALLS = 50;
const EVENTS = 1_000;
const AT_ONCE = 50;
const dynamodb = embeddedDynamoDb();

describe('1,000 events in 50 calls, 50 at once', () => {
  it('lose no turn, and none is given twice', async () => {
    // Patient: a busy machine must not fail what is not about time.
    const client = dynamodb.client({ connect_ms: 20_000, total_ms: 60_000 });
    const store = createDynamoDbCallStore({
      dynamoDb: client,
      table: dynamodb.table,
      clock,
      log: recordingLog(),
    });
    const ids = Array.from({ length: CALLS }, (_, n) => `crowd-${n}`);
    const at = clock.now();
    const atOnce = createLimit(AT_ONCE);
    await Promise.all(ids.map((id) => store.record(id, fact({ kind: 'start' }, { at }))));
    const hear = async (n: number) => {
      const words = fact(
        { kind: 'words', print: `words ${n}`, ms: 900, until: at + 60_000 },
        { at },
      );
      const { call } = await store.record(`crowd-${n % CALLS}`, words);
      return { id: call.id, turn: turnOf(call, words.id, at) };
    };
    const recorded = await Promise.all(
      Array.from({ length: EVENTS }, (_, n) => atOnce(() => hear(n))),
    );
    const each = EVENTS / CALLS;
    for (const id of ids) {
      const turns = recorded.flatMap((one) => (one.id === id ? [one.turn] : []));
      expect(turns.sort((a, b) => a - b)).toEqual(Array.from({ length: each }, (_, n) => n + 1));
      const stored = await store.read(id);
      expect(stored && fold(stored.call)).toMatchObject({ opened: each });
    }
  }, 60_000);
});
