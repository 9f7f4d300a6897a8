import { Hono } from 'hono';
import * as z from 'zod/mini';
import { parse } from '../../functions/protocol/invalid.ts';
import { AI_FLOW_ID } from './behaviour.ts';
import { answerError, Refusal } from './refusal.ts';
import { json, unauthorized } from './routes.ts';
import type { Simulator } from './simulator.ts';

const callSchema = z.strictObject({
  billingDevice: z.string().check(z.minLength(1)),
  toPhoneNumber: z
    .string()
    .check(z.regex(/^\+?[1-9]\d{6,14}$/, 'must be E.164, best without a leading +')),
});

export interface CallApiParts {
  simulator: Simulator;
  /** What AI Flow's REST API wants as bearer token. */
  token: string;
}

/**
 * `POST /v3/ai-flows/:aiFlowId/call`: AI Flow's REST API for outbound calls. Whoever is called
 * picks up at once. Source:
 * https://sipgate.github.io/sipgate-ai-flow-api/api/guides/outbound-calls.html
 */
export function callApi({ simulator, token }: CallApiParts): Hono {
  const app = new Hono();
  app.onError(answerError);

  return app.post('/v3/ai-flows/:aiFlowId/call', async (c) => {
    if (c.req.header('authorization') !== `Bearer ${token}`) throw unauthorized();
    const id = c.req.param('aiFlowId');
    if (id !== AI_FLOW_ID)
      throw new Refusal(404, 'unknown_flow', `there is no flow ${id}, only ${AI_FLOW_ID}`);
    const { toPhoneNumber } = parse(callSchema, json(await c.req.text()), 'body');
    simulator.place({ direction: 'outbound', to: toPhoneNumber });
    return c.body(null, 201);
  });
}
