import { expect, it } from 'vitest';
import { applyChanges } from '../../functions/call/state.ts';
import { decidedCall } from '../support/decided-call.ts';

const before = { state: { pin: '1', name: 'Ada' }, labels: ['order:1', 'vip'] };

it.each([
  ['nothing', { state: {}, labels: {} }, before],
  ['a key', { state: { pin: '12' }, labels: {} }, { ...before, state: { pin: '12', name: 'Ada' } }],
  [
    'a key that goes',
    { state: { pin: undefined }, labels: {} },
    { ...before, state: { name: 'Ada' } },
  ],
  [
    'a label',
    { state: {}, labels: { 'order:2': true } },
    { ...before, labels: ['order:1', 'vip', 'order:2'] },
  ],
  ['a label that goes', { state: {}, labels: { vip: false } }, { ...before, labels: ['order:1'] }],
])('what changes is %s', (_what, changes, after) => {
  expect(applyChanges(before, changes)).toEqual(after);
});

it('two events that were worked on at once keep each other’s changes (A15)', () => {
  const call = decidedCall();
  call.start(0);
  const [one, other] = [
    call.record(1_000, { kind: 'other' }),
    call.record(1_000, { kind: 'other' }),
  ];
  call.answer(1_010, one, { actions: [], changes: { state: { a: 1 }, labels: { one: true } } });
  call.answer(1_020, other, { actions: [], changes: { state: { b: 2 }, labels: { other: true } } });
  expect(call.call()).toMatchObject({ state: { a: 1, b: 2 }, labels: ['one', 'other'] });
});
