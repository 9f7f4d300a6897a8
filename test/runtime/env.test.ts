import { expect, it, vi } from 'vitest';
import { modelEnv } from '../../functions/runtime/env.ts';

it.each([
  ['MODEL_PARAMETERS', '{temperature: 0.2}', 'a JSON object'],
  ['MODEL_PARAMETERS', '[0.2]', 'a JSON object'],
  ['MODEL_PRICES', '0.06;0.24', 'two prices'],
  ['MODEL_PRICES', '0.06', 'two prices'],
  ['MODEL_PRICES', '0.06,free', 'two prices'],
])('%s is not %s: the error names both and may be logged', (name, value, rule) => {
  vi.stubEnv(name, value);
  expect(modelEnv).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(new RegExp(`^${name} must be ${rule}.*; got `)),
      expose: true,
    }),
  );
  vi.unstubAllEnvs();
});

it('knows a model without parameters and prices, and one with both', () => {
  expect(modelEnv()).toMatchObject({ parameters: {}, prices: [] });
  vi.stubEnv('MODEL_PARAMETERS', '{"temperature":0.2}');
  vi.stubEnv('MODEL_PRICES', '0.06,0.24');
  expect(modelEnv()).toMatchObject({ parameters: { temperature: 0.2 }, prices: [0.06, 0.24] });
  vi.unstubAllEnvs();
});
