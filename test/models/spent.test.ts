import { afterEach, expect, it, vi } from 'vitest';
import { costOf, modelLog } from '../../functions/models/spent.ts';

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

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What a model has used, and what the log says of it. */
function logged(tools: Parameters<typeof modelLog>[1]['tools']) {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const spent = { ...usage(1_000, 100), rounds: 1, tools, sentences: 2, characters: 9, ms: 700 };
  modelLog('call-1', spent, usage(2_000, 300));
  return lines.map((line) => JSON.parse(line));
}

it('the log has what an answer and its call have cost, where there are prices', () => {
  expect(logged([])[0]).not.toHaveProperty('cost');
  vi.stubEnv('MODEL_PRICES', '1,10');
  expect(logged([])).toEqual([
    expect.objectContaining({
      message: 'model_answered',
      session_id: 'call-1',
      sentences: 2,
      call_tokens: 2_300,
      cost: 0.002,
      call_cost: 0.005,
    }),
  ]);
});

it('the log has each tool, what went wrong with it, and no name that a model has made up', () => {
  const [, found, failed] = logged([
    { name: 'look_up', ms: 5 },
    { name: 'call Anna back', ms: 7, error: new TypeError('no') },
  ]);
  expect(found).toMatchObject({ level: 'INFO', message: 'tool_used', tool: 'look_up', ms: 5 });
  expect(found).not.toHaveProperty('error');
  expect(failed).toMatchObject({ level: 'WARN', tool: '…', error: { name: 'TypeError' } });
});
