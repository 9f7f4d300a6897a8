import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
import { answerTo, eventSchema } from './conversation.ts';
import { turnOf } from './store.ts';
import { isToken } from './token.ts';

/** The usual recipe: a handler, zod, and the document client. */
export async function handler({
  headers,
  body = '',
}: APIGatewayProxyEventV2): Promise<APIGatewayProxyResultV2> {
  if (!(await isToken(headers['x-api-token']))) return { statusCode: 401 };
  const event = eventSchema.safeParse(JSON.parse(body));
  if (!event.success) return { statusCode: 400, body: event.error.message };
  const actions = answerTo(event.data, await turnOf(event.data));
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(actions),
  };
}
