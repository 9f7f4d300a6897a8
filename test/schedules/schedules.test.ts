import { beforeAll, describe, expect, it } from 'vitest';
import { playSchedule, type Schedule } from './explore.ts';
import { INVARIANTS } from './invariants.ts';
import { explained, type Finding, search } from './search.ts';

const RUNS = Number(process.env.SCHEDULES ?? 2_000);
const SEED = Number(process.env.SEED ?? 1);
const MS_EACH = 20;

let findings: Map<string, Finding>;

beforeAll(
  async () => {
    const began = performance.now();
    findings = await search(SEED, RUNS);
    const rate = Math.round((RUNS * 1000) / (performance.now() - began));
    if (process.env.SCHEDULES) console.log(`${RUNS} schedules from seed ${SEED} on, ${rate}/s`);
  },
  10_000 + RUNS * MS_EACH,
);

describe('in every schedule', () => {
  it.each(Object.keys(INVARIANTS))('%s', (name) => {
    const finding = findings.get(name);
    expect(finding && explained(finding)).toBeUndefined();
  });
});

it('the same seed is the same schedule', async () => {
  const [one, two] = await Promise.all([playSchedule(SEED), playSchedule(SEED)]);
  const told = ({ history }: Schedule) => history.entries.map(({ what }) => what);
  expect(told(one)).toEqual(told(two));
});
