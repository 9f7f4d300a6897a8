import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { answerTo, eventSchema } from './conversation.ts';
import { turnOf } from './store.ts';
import { isToken } from './token.ts';

const app = new Hono();

app.post('/webhook', async (c) => {
  if (!(await isToken(c.req.header('x-api-token')))) return c.body(null, 401);
  const event = eventSchema.safeParse(await c.req.json());
  if (!event.success) return c.text(event.error.message, 400);
  return c.json(answerTo(event.data, await turnOf(event.data)));
});

export const handler = handle(app);
