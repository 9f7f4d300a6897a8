import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Context } from 'hono';
import type { LambdaFunction } from './functions.ts';
import { type Gateway, OPEN } from './gateway.ts';

/** A Hono handler that puts `target` behind API Gateway's HTTP API, payload format 2.0. */
export const httpApi =
  (target: LambdaFunction, { stageVariables, pace }: Gateway = OPEN) =>
  async (c: Context) => {
    const answer = await pace(async () => {
      const event = await toEvent(c.req.raw);
      const variables = stageVariables(event.body ?? '');
      return target.invoke(
        JSON.stringify({ ...event, ...(variables && { stageVariables: variables }) }),
      );
    });
    // What API Gateway makes of a function that threw or timed out.
    return answer.failed
      ? c.json({ message: 'Internal Server Error' }, 500)
      : toResponse(JSON.parse(answer.payload));
  };

/**
 * Source:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export async function toEvent(request: Request, now = Date.now()): Promise<APIGatewayProxyEventV2> {
  const url = new URL(request.url);
  // Lower-cased names, several values joined by a comma: as HTTP APIs do.
  const headers = Object.fromEntries(request.headers);
  const body = Buffer.from(await request.arrayBuffer());
  const isText = /^(text\/|application\/json\b|application\/.*\+json\b)/i.test(
    headers['content-type'] ?? '',
  );
  const route = `${request.method} ${url.pathname}`;
  return {
    version: '2.0',
    routeKey: route,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    ...(url.search && { queryStringParameters: Object.fromEntries(url.searchParams) }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: url.hostname,
      domainPrefix: 'local',
      http: {
        method: request.method,
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route,
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** A result without `statusCode` is the body of a 200, as API Gateway infers it. */
export function toResponse(result: APIGatewayProxyStructuredResultV2 | string | null): Response {
  if (typeof result !== 'object' || result === null || result.statusCode === undefined)
    return Response.json(result);
  const { statusCode, headers, cookies, body, isBase64Encoded } = result;
  const response = new Response(bodyOf(body, isBase64Encoded), {
    status: statusCode,
    headers: Object.entries(headers ?? {}).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
  });
  for (const cookie of cookies ?? []) response.headers.append('set-cookie', cookie);
  return response;
}

// A 204 with even an empty string for a body is not a valid response.
const bodyOf = (body: string | undefined, isBase64Encoded?: boolean) =>
  body ? Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') : null;
