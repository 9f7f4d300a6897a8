import { expect, test } from 'vitest';
import { templateNamed } from '../../functions/templates/index.ts';
import { badDays } from './days.ts';
import { type Cell, failureIn, NAMES, type Way, waysIn } from './in-weather.ts';

/*
 * Every bad day of every flow, in every weather, by one of the ways to the call: the next day has the next way, so that
 * each flow has bad days in each weather by each way.
 */

/** An SMS that fails is a bad day of its own: `call: { weather: { sms: 'failed' } }`. */
const WEATHERS = NAMES.filter((name) => name !== 'sms-fails');

const cells = [...badDays].flatMap(([flow, days]) =>
  Object.entries(days).flatMap(([what, day], nth) =>
    WEATHERS.flatMap((weather, n): (Cell & { cell: string })[] => {
      const ways = waysIn(weather, flow);
      const way = ways[(nth + n) % ways.length] as Way;
      if (isExcepted(weather, day.except)) return [];
      const { play, template = templateNamed(flow), call = {}, at, env } = day;
      const name = `${flow}: ${what}`;
      return [
        { name, play, template, call, at, env, weather, way, cell: `${name}/${weather}/${way}` },
      ];
    }),
  ),
);

test.each(cells)('$cell', async (cell) => {
  expect(await failureIn(cell)).toBeUndefined();
});

test.each([...badDays])('%s has a bad day of its back end, if it has one', (flow, days) => {
  const { onJob } = templateNamed(flow);
  const needed = onJob ? ['back end down', 'back end slow'] : [];
  expect(Object.keys(days)).toEqual(expect.arrayContaining(needed));
});

test.each([...badDays])('%s is excepted from weathers that there are', (_flow, days) => {
  for (const { except = {} } of Object.values(days))
    expect(WEATHERS).toEqual(expect.arrayContaining(Object.values(except).flat()));
});

function isExcepted(weather: string, except: Readonly<Record<string, readonly string[]>> = {}) {
  return Object.values(except).some((weathers) => weathers.includes(weather));
}
