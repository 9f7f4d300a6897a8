import { BatchWriteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../functions/runtime/clock.ts';
import { createDynamoDbStore } from '../../functions/sessions/dynamodb-store.ts';
import { MAX_LABEL_BYTES, MAX_LABELS } from '../../functions/sessions/limits.ts';
import type { Row } from '../../functions/sessions/row.ts';
import type { SessionStore } from '../../functions/sessions/session.ts';
import { playSchedule } from '../schedules/explore.ts';
import { INVARIANTS } from '../schedules/invariants.ts';
import { explained, type Finding } from '../schedules/search.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { recordingLog } from '../support/log.ts';
import { rowBytes } from '../support/row-bytes.ts';

const RUNS = 100;
const dynamodb = embeddedDynamoDb();
const { table } = dynamodb;

describe('schedules in DynamoDB', () => {
  const findings = new Map<string, Finding>();
  let largest = 0;

  beforeAll(async () => {
    const client = dynamodb.client();
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        const { Attributes } = answer.output as { Attributes?: Row };
        if (Attributes?.sk?.S === 'session') largest = Math.max(largest, rowBytes(Attributes));
        return answer;
      },
      { step: 'initialize' },
    );
    const storeFor = (clock: Clock) => laden(createDynamoDbStore({ client, table, clock, log: recordingLog() }));
    for (let seed = 1; seed <= RUNS; seed++) {
      const schedule = await playSchedule(seed, { storeFor });
      for (const [name, invariant] of Object.entries(INVARIANTS)) {
        const problem = invariant(schedule);
        if (problem) findings.set(name, { schedule, problem });
      }
      await empty(client);
    }
  }, 60_000);

  it('a row stays within one write unit', () => {
    expect(largest).toBeGreaterThan(600);
    expect(largest).toBeLessThanOrEqual(1024);
  });

  it.each(Object.keys(INVARIANTS))('%s', (name) => {
    const finding = findings.get(name);
    expect(finding && explained(finding)).toBeUndefined();
  });
});

/** A template that keeps as much as it may. */
function laden(store: SessionStore): SessionStore {
  const labels = Array.from({ length: MAX_LABELS - 1 }, (_, n) => [String(n).padEnd(MAX_LABEL_BYTES, '.'), true]);
  return {
    ...store,
    async record(happening, signal) {
      const session = await store.record(happening, signal);
      const changes = { state: { kept: 'x'.repeat(244) }, labels: Object.fromEntries(labels) };
      if (happening.kind === 'start') await store.change(happening.session_id, changes);
      return session;
    },
  };
}

async function empty(client: DynamoDBClient) {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ProjectionExpression: 'pk, sk' }));
  for (let at = 0; at < Items.length; at += 25) {
    const requests = Items.slice(at, at + 25).map((Key) => ({ DeleteRequest: { Key } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}
