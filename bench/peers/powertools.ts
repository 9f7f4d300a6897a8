import { Router } from '@aws-lambda-powertools/event-handler/http';
import { Logger } from '@aws-lambda-powertools/logger';
import { parse } from '@aws-lambda-powertools/parser';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { answerTo, eventSchema } from './conversation.ts';
import { turnOf } from './store.ts';
import { isToken } from './token.ts';

const logger = new Logger({ serviceName: 'webhook' });
const app = new Router({ logger });

app.post('/webhook', async ({ req }) => {
  if (!(await isToken(req.headers.get('x-api-token') ?? '')))
    return new Response(null, { status: 401 });
  const event = parse(await req.json(), undefined, eventSchema);
  const actions = answerTo(event, await turnOf(event));
  logger.info('answered', { session_id: event.session.id });
  return Response.json(actions);
});

export const handler = (event: APIGatewayProxyEventV2, context: Context) =>
  app.resolve(event, context);
