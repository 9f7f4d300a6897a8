import express from 'express';
import serverless from 'serverless-http';
import { answerTo, eventSchema } from './conversation.ts';
import { turnOf } from './store.ts';
import { isToken } from './token.ts';

const app = express();
app.use(express.json());

app.post('/webhook', async (request, response) => {
  if (!(await isToken(request.get('x-api-token')))) return void response.sendStatus(401);
  const event = eventSchema.safeParse(request.body);
  if (!event.success) return void response.status(400).send(event.error.message);
  response.json(answerTo(event.data, await turnOf(event.data)));
});

export const handler = serverless(app);
