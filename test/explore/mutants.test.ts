import { expect, it } from 'vitest';
import { heart } from './heart.ts';
import { MUTANTS, withMutant } from './mutants.ts';
import { noticed } from './search.ts';

/** Some seconds each, at most. */
const SCHEDULES = 6_000;

it.each(Object.keys(MUTANTS))(
  'the explorer notices that %s',
  async (name) => {
    const { heart: mutant, remove } = await withMutant(MUTANTS[name] as never);
    try {
      expect(noticed(mutant, heart, SCHEDULES)).toBeDefined();
    } finally {
      remove();
    }
  },
  60_000,
);
