import { describe, expect, it } from 'vitest';
import { environmentBytes, excessOf, OWN_BYTES } from '../../lib/environment-size.ts';
import { externalApi, outbound, synthesize } from './synthesize.ts';

const CONFIGURED = [
  'TEMPLATE_BY_NUMBER',
  'EXTERNAL_API_URL',
  'EXTERNAL_API_BODY',
  'MODEL_URL',
  'MODEL_PARAMETERS',
];

describe('the environment of a function', () => {
  it('has room for what is configured', () => {
    const longest = { name: 'b'.repeat(63), assets: [] };
    const stack = synthesize({
      externalApi,
      outbound,
      assetsBucket: longest,
      modelServer: { url: 'https://models.example/v1', model: 'm'.repeat(50) },
      modelPrices: '10.125,100.125',
    });
    const functions = Object.values(stack.findResources('AWS::Lambda::Function'));
    const environments = functions.flatMap(
      ({ Properties }) => Properties.Environment?.Variables ?? [],
    );
    expect(environments.length).toBeGreaterThanOrEqual(5);
    for (const variables of environments) {
      const own = Object.fromEntries(
        Object.entries(variables).filter(([name]) => !CONFIGURED.includes(name)),
      );
      expect(environmentBytes(own)).toBeLessThanOrEqual(OWN_BYTES);
    }
  });

  it('is refused by a synth where Lambda would refuse it', () => {
    const numbers = Array.from({ length: 120 }, (_, n) => [
      `4930${23_125_000 + n}`,
      'receptionist',
    ]);
    const synth = () => synthesize({ templateByNumber: Object.fromEntries(numbers) });
    expect(synth).toThrow(
      /templateByNumber .*: the environment of a function would be \d{4} bytes/,
    );
  });

  it('is counted as JSON, with names that are not known yet', () => {
    expect(environmentBytes({ A: 'ü"' })).toBe(Buffer.byteLength('{"A":"ü\\""}'));
    const url = { 'Fn::Join': ['', ['https://', { Ref: 'Api' }, '.', { Ref: 'AWS::Region' }]] };
    expect(environmentBytes({ A: url })).toBe(8 + 8 + 128 + 1 + 20);
    expect(excessOf({ A: 'x'.repeat(4_088) })).toBeUndefined();
    expect(excessOf({ A: 'x'.repeat(4_089) })).toMatchObject({ key: 'A' });
  });
});
