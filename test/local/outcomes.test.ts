import { expect, test } from 'vitest';
import { createOutcomes } from '../../local/outcomes.ts';

const outcome = (id: number) => ({
  time: '2026-11-23T09:00:00Z',
  detail_type: 'Interruption Heard',
  detail: { id },
});

test('the newest are kept, in order', () => {
  const outcomes = createOutcomes(2);
  for (const id of [1, 2, 3]) outcomes.add(outcome(id));
  expect(outcomes.list()).toEqual([outcome(2), outcome(3)]);
});

test('listeners hear of each, until they unsubscribe', () => {
  const outcomes = createOutcomes();
  const heard: unknown[] = [];
  const unsubscribe = outcomes.subscribe((each) => heard.push(each));
  outcomes.add(outcome(1));
  unsubscribe();
  outcomes.add(outcome(2));
  expect(heard).toEqual([outcome(1)]);
});
