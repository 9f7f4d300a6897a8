import { expect, it } from 'vitest';
import { createSimulator } from '../../../local/simulator/simulator.ts';
import { manualClock } from '../../support/manual-clock.ts';

it('says how a call flow of one’s own comes among those that a call may name', () => {
  const simulator = createSimulator({
    clock: manualClock(),
    deliver: async () => ({ status: 204, body: '' }),
    connect: () => Promise.reject(new Error('nobody is called')),
    log: () => {},
    templates: () => ['conversation'],
  });
  expect(() => simulator.place({ template: 'flows/pizza.ts' })).toThrow(
    /choose one of conversation; TEMPLATE=flows\/my-flow\.ts npm start/,
  );
});
