import { expect, test } from 'vitest';
import { templates } from '../../functions/templates/index.ts';
import { badDays } from './days.ts';
import { type Cell, failureIn, NAMES, type Way, waysIn } from './in-weather.ts';

/*
 * Every bad day of every flow, in every weather, by one of the ways to the call: the next day has the next way, so that
 * each flow has bad days in each weather by each way. `EVERY_WAY=1 npx vitest run bad-days` plays them by all: 100 s.
 */

/** An SMS that fails is a bad day of its own: `call: { weather: { sms: 'failed' } }`. */
const WEATHERS = NAMES.filter((name) => name !== 'sms-fails');

const EVERY_WAY = process.env.EVERY_WAY !== undefined;

const cells = badDays.flatMap(({ flow, days, ...usual }) =>
  Object.entries(days).flatMap(([what, day], nth) =>
    WEATHERS.flatMap((weather, n) => {
      const ways = waysIn(weather, flow);
      const inTurn = [ways[(nth + n) % ways.length] as Way];
      const name = `${flow}: ${what}`;
      return (EVERY_WAY ? ways : inTurn).map((way): Cell & { cell: string } => {
        const { template = usual.template, call = {}, ...others } = day;
        const cell = `${name}/${weather}/${way}`;
        return { name, template, call, ...others, weather, way, cell };
      });
    }),
  ),
);

test.each(cells)('$cell', async (cell) => {
  expect(await failureIn(cell)).toBeUndefined();
});

test('every flow to deploy has them', () => {
  const flows = Object.keys(templates).filter((name) => !/^(conversation|starter)$/.test(name));
  expect(badDays.map(({ flow }) => flow)).toEqual(expect.arrayContaining(flows));
});

test.each(badDays)('$flow has a bad day of its back end, if it has one', ({ template, days }) => {
  const { onCallEnded, onJob } = template;
  const needed = [onJob && 'back end slow', (onJob ?? onCallEnded) && 'back end down'].filter(
    Boolean,
  );
  expect(Object.keys(days)).toEqual(expect.arrayContaining(needed));
});
