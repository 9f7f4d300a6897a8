import { modelEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import type { Spent } from './agent.ts';
import type { Usage } from './model.ts';

/** Told what an answer took, and the tokens of its call so far. */
export type ModelLog = (session_id: string, spent: Spent, call: Usage) => void;

/**
 * Writes a line for each answer: tokens, rounds, time, tools, and what it and the call so far have
 * cost.
 */
export const modelLog: ModelLog = (session_id, spent, call) => {
  const { prices } = modelEnv();
  const { tools, ...figures } = spent;
  const cost = costOf(spent, prices);
  const call_cost = costOf(call, prices);
  const log = createLog('job');
  log.info('model_answered', {
    session_id,
    ...figures,
    call_tokens: call.input_tokens + call.output_tokens,
    ...(cost !== undefined && { cost, call_cost }),
  });
  for (const { name, ms, error } of tools)
    log[error === undefined ? 'info' : 'warn']('tool_used', {
      session_id,
      // A model may have made the name up of what was said.
      tool: /^\w{1,64}$/.test(name) ? name : '…',
      ms,
      ...(error !== undefined && { error }),
    });
};

/**
 * In the currency of the prices, which are for a million tokens in, and out; nothing without them.
 */
export function costOf({ input_tokens, output_tokens }: Usage, prices: readonly number[]) {
  const [input, output] = prices;
  if (input === undefined || output === undefined) return undefined;
  // A millionth part is near enough.
  return Number(((input_tokens * input + output_tokens * output) / 1e6).toFixed(6));
}
