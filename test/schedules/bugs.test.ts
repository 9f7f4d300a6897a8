import { describe, expect, it } from 'vitest';
import { BUGS, BUGS_OF_WHAT_WAITS } from './bugs.ts';
import type { Name } from './invariants.ts';
import { noticed } from './search.ts';

const RUNS = 20_000;

describe('the explorer notices', () => {
  it.each(
    [BUGS, BUGS_OF_WHAT_WAITS]
      .flatMap(Object.entries)
      .map(([name, { bug, made }]) => ({ name: name as Name, bug, made })),
  )(
    '$bug: $name',
    async ({ name, made }) => {
      expect(await noticed(made, name, RUNS)).toBeDefined();
    },
    60_000,
  );
});
