import { expect, it } from 'vitest';
import { createCallClaims } from '../../functions/sessions/call-claims.ts';
import { callKey } from '../../functions/sessions/keys.ts';
import { embeddedDynamoDb } from '../support/dynamodb.ts';
import { loseFirstAnswer } from '../support/lost-answer.ts';
import { manualClock } from '../support/manual-clock.ts';

const DAY_MS = 24 * 3600_000;
const dynamodb = embeddedDynamoDb();

const claimsWith = (client = dynamodb.client(), clock = manualClock()) =>
  createCallClaims({ dynamoDb: client, table: dynamodb.table, clock });

it('belongs to one of many who want it at once', async () => {
  const claims = claimsWith();
  const owners = Array.from({ length: 10 }, (_, n) => `owner-${n}`);
  const won = await Promise.all(owners.map((owner) => claims.claim('race', owner)));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(await claims.claim('another', 'owner-0')).toBe(true);
});

it('is recognised by its owner when the answer to the write got lost', async () => {
  const client = dynamodb.client();
  const lost = loseFirstAnswer(client);
  expect(await claimsWith(client).claim('lost', 'me')).toBe(true);
  expect(lost()).toBe(true);
  expect(await claimsWith().claim('lost', 'you')).toBe(false);
});

it('is given back by its owner only', async () => {
  const claims = claimsWith();
  await claims.claim('mine', 'me');
  await claims.release('mine', 'you');
  expect(await claims.claim('mine', 'you')).toBe(false);
  await claims.release('mine', 'me');
  expect(await claims.claim('mine', 'you')).toBe(true);
  await claims.release('never claimed', 'me');
});

it('counts for a day, and then no longer, even if TTL is late', async () => {
  const clock = manualClock();
  const claims = claimsWith(dynamodb.client(), clock);
  await claims.claim('aged', 'me');
  const { Item } = await dynamodb.client()('GetItem', {
    TableName: dynamodb.table,
    Key: callKey('aged'),
  });
  expect(Item?.expires_at).toEqual({ N: String((clock.now() + DAY_MS) / 1000) });
  clock.pass(DAY_MS - 1000);
  expect(await claims.claim('aged', 'you')).toBe(false);
  clock.pass(1000);
  expect(await claims.claim('aged', 'you')).toBe(true);
});
