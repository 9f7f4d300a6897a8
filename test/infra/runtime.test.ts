import { expect, it } from 'vitest';
import { RUNTIME } from '../../lib/flow-function.ts';

it('tests run on the Node major that is deployed', () => {
  expect(`nodejs${process.versions.node.split('.')[0]}.x`).toBe(RUNTIME.name);
});
