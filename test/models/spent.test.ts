import { expect, it } from 'vitest';
import { costOf } from '../../functions/models/spent.ts';

const usage = (input_tokens: number, output_tokens: number) => ({ input_tokens, output_tokens });

it.each([
  [usage(1_000_000, 0), [0.06, 0.24], 0.06],
  [usage(0, 1_000_000), [0.06, 0.24], 0.24],
  [usage(1_500, 60), [0.06, 0.24], 0.000104],
  [usage(0, 0), [3, 15], 0],
  [usage(2_000_000, 1_000), [0, 15], 0.015],
])('%j at %j costs %s', (tokens, prices, cost) => {
  expect(costOf(tokens, prices)).toBe(cost);
});

it.each([[[]], [[0.06]]])('without both prices (%j) nobody knows', (prices) => {
  expect(costOf(usage(1, 1), prices)).toBeUndefined();
});
