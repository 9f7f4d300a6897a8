import { expect, it } from 'vitest';
import type { DynamoDb } from '../../functions/runtime/dynamodb.ts';
import { createListings } from '../../functions/sessions/listings.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';

it('finds all calls of a label, however many pages they take', async () => {
  const pages = [['a', 'b'], ['c'], []];
  const begins: unknown[] = [];
  const dynamoDb = async (_operation: string, { ExclusiveStartKey }: Record<string, unknown>) => {
    begins.push(ExclusiveStartKey);
    const Items = pages.shift()?.map((id) => ({ sk: { S: id } }));
    return {
      Items,
      ...(pages.length > 0 && { LastEvaluatedKey: { sk: { S: `${pages.length}` } } }),
    };
  };
  const { find } = createListings({
    dynamoDb: dynamoDb as unknown as DynamoDb,
    table: 'sessions',
    clock: manualClock(),
    log: recordingLog(),
  });
  expect(await find({ label: 'order:4711' })).toEqual(['a', 'b', 'c']);
  expect(begins).toEqual([undefined, { sk: { S: '2' } }, { sk: { S: '1' } }]);
});
