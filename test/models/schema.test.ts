import { expect, it } from 'vitest';
import type { Json } from '../../functions/call/document.ts';
import { faultIn } from '../../functions/models/schema.ts';

const FROM_1_TO_9 = { type: 'integer', minimum: 1, maximum: 9 };

it.each<[Json, object, string | undefined]>([
  [1, FROM_1_TO_9, undefined],
  [9, FROM_1_TO_9, undefined],
  [0, FROM_1_TO_9, 'input must be at least 1'],
  [10, FROM_1_TO_9, 'input must be at most 9'],
  [1.5, FROM_1_TO_9, 'input must be integer'],
  ['ab', { maxLength: 2 }, undefined],
  ['abc', { maxLength: 2 }, 'input must be at most 2 characters'],
  ['4711', { pattern: '^\\d+$' }, undefined],
  ['4 711', { pattern: '^\\d+$' }, 'input must match ^\\d+$'],
  ['a', { enum: ['a', 'b'] }, undefined],
  ['c', { enum: ['a', 'b'] }, 'input must be one of ["a","b"]'],
  [[1, 2], { type: 'array', items: { type: 'number' } }, undefined],
  [[1, 'x'], { type: 'array', items: { type: 'number' } }, 'input[1] must be number'],
  [[1, 'x'], { type: 'array' }, undefined],
  [{}, { type: 'array' }, 'input must be array'],
  [null, { type: ['string', 'null'] }, undefined],
  [{}, { type: ['string', 'null'] }, 'input must be string or null'],
])('of %j, as %j has it: %s', (value, schema, fault) => {
  expect(faultIn(value, schema)).toBe(fault);
});
