import { expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';

// A change of code isn't a change of infrastructure.
const withoutAssetHashes = (json: string) => json.replace(/[0-9a-f]{64}/g, '<hash>');

it('changes nothing about the deployed resources unnoticed', () => {
  const json = JSON.stringify(synthesize().toJSON(), null, 2);
  expect(withoutAssetHashes(json)).toMatchSnapshot();
});
