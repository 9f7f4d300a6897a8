import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { answerTo, eventSchema } from './conversation.ts';
import { turnOf } from './store.ts';
import { isToken } from './token.ts';

type Request = Omit<APIGatewayProxyEventV2, 'body'> & { body: unknown };

/** middy with the middleware that its documentation begins with, and zod. */
export const handler = middy()
  .use(httpJsonBodyParser())
  .use(httpErrorHandler())
  .handler(async ({ headers, body }: Request) => {
    if (!(await isToken(headers['x-api-token']))) return { statusCode: 401 };
    const event = eventSchema.safeParse(body);
    if (!event.success) return { statusCode: 400, body: event.error.message };
    const actions = answerTo(event.data, await turnOf(event.data));
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(actions),
    };
  });
