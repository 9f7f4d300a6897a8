import { describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../functions/runtime/clock.ts';
import { createDynamoDbStore } from '../../functions/sessions/dynamodb-store.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { recordingLog } from '../support/log.ts';

const SESSIONS = 100;
const EVENTS = 10_000;
const dynamodb = embeddedDynamoDb();

describe('10,000 events at once in 100 calls', () => {
  it('lose no turn', async () => {
    // Patient: a busy machine must not fail what is not about time.
    const client = dynamodb.client({ requestHandler: { connectionTimeout: 20_000, requestTimeout: 60_000 } });
    const store = createDynamoDbStore({ client, table: dynamodb.table, clock, log: recordingLog() });
    const ids = Array.from({ length: SESSIONS }, (_, n) => `crowd-${n}`);
    await Promise.all(ids.map((session_id) => store.record({ session_id, kind: 'start' })));
    const recorded = await Promise.all(
      Array.from({ length: EVENTS }, (_, n) => store.record({ session_id: `crowd-${n % SESSIONS}`, kind: 'turn' })),
    );
    const each = EVENTS / SESSIONS;
    for (const id of ids) {
      const turns = recorded.flatMap((session) => (session !== 'ended' && session.id === id ? [session.turn] : []));
      expect(turns.sort((a, b) => a - b)).toEqual(Array.from({ length: each }, (_, n) => n + 1));
      expect(await store.read(id)).toMatchObject({ turn: each });
    }
  }, 60_000);
});
