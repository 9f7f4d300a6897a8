import { expect, it } from 'vitest';
import { fuzz, SOURCES } from './fuzz.ts';

/** `npm run fuzz` tries more of them. */
const INPUTS = 400;

it.each(Object.keys(SOURCES))(
  'whatever comes by %s is answered or refused, in a few words',
  async (source) => {
    expect(await fuzz(source, 1, INPUTS)).toEqual([]);
  },
);
