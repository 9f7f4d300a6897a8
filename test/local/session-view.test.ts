import { expect, it } from 'vitest';
import { freshCall, type Utterance } from '../../functions/call/document.ts';
import { viewOf } from '../../local/session-view.ts';
import { chosenTemplate } from '../../local/templates.ts';

const waits = (key: string, more: Partial<Utterance> = {}): Utterance => ({
  key,
  from: 'interruption',
  actions: [],
  start: 1,
  trigger: { id: key, at: 0 },
  ...more,
});

it('names what waits of interruptions once, and nothing that has left, or was put off', () => {
  const call = {
    ...freshCall('s'),
    turn: 2,
    labels: ['order:4711'],
    queue: [
      waits('left', { sent: { at: 0, by: 'x' } }),
      waits('a'),
      waits('a.1', { trigger: { id: 'a', at: 0 }, from: 'then' }),
      waits('part', { job: 'j', from: 'job' }),
    ],
  };
  expect(viewOf(call, () => 'order-status', 0)).toEqual({
    template: 'order-status',
    turn: 2,
    labels: ['order:4711'],
    state: {},
    speaking: false,
    waiting: ['a'],
  });
});

it.each([
  ['named', { template: 'named', callee: '493023125000' }],
  ['number', { callee: '493023125000' }],
  ['number', { callee: '491', number: '493023125000' }],
  ['all', { callee: '491' }],
  ['all', {}],
])('the template is %s of %j', (expected, call) => {
  const settings = { template: 'all', templateByNumber: { '+49 30 23125-000': 'number' } };
  expect(chosenTemplate(settings, call)).toBe(expected);
});
