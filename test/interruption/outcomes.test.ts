import { expect, it } from 'vitest';
import { createOutcomes } from '../../functions/interruption/outcomes.ts';
import { lambdaLog } from '../support/lambda-log.ts';

it('tells each outcome once, in the log and on the bus, and no other than a final one on the bus', async () => {
  const put: object[] = [];
  const told = lambdaLog();
  const outcomes = createOutcomes({
    bus: { put: async (entries) => void put.push(...entries) },
    log: told.log,
  });
  await outcomes.publish([
    { interruption_id: 'a', outcome: 'delivered' },
    { interruption_id: 'b', outcome: 'deferred' },
    { interruption_id: 'c', outcome: 'failed', published: true },
  ]);
  expect(put).toEqual([{ detailType: 'Interruption Delivered', detail: { interruption_id: 'a' } }]);
  expect(told.text().trim().split('\n')).toHaveLength(2);
});
