import { describe, expect, it } from 'vitest';
import { BUGS } from './bugs.ts';
import type { Name } from './invariants.ts';
import { noticed } from './search.ts';

const RUNS = 2_000;

describe('the explorer notices', () => {
  it.each(Object.entries(BUGS).map(([name, { bug, made }]) => ({ name: name as Name, bug, made })))(
    '$bug: $name',
    async ({ name, made }) => {
      expect(await noticed(made, name, RUNS)).toBeDefined();
    },
    60_000,
  );
});
