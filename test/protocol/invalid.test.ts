import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { InvalidValue, parse } from '../../functions/protocol/invalid.ts';

it('refuses what stands in place of a text, whatever its length is made of', () => {
  const schema = z.object({ id: z.string().check(z.minLength(1), z.maxLength(9)) });
  for (const length of [{ toString: 0, valueOf: 0 }, [[{ toString: 0 }]]]) {
    const value = JSON.parse(JSON.stringify({ id: { length } }));
    expect(() => parse(schema, value, 'event')).toThrow(InvalidValue);
  }
});
