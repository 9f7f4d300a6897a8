import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { LambdaFunction } from './functions.ts';
import type { Log } from './log.ts';

/**
 * Lambda's own Invoke API, so that `aws lambda invoke --endpoint-url` and the SDK work.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function invokeApi(functions: ReadonlyMap<string, LambdaFunction>, log: Log): Hono {
  return new Hono().post('/2015-03-31/functions/:name/invocations', async (c) => {
    const name = c.req.param('name');
    const target = functions.get(NAMED.exec(name)?.[1] ?? '');
    if (!target) return unknown(c, name, [...functions.keys()]);

    const payload = (await c.req.text()) || '{}';
    const problem = jsonProblem(payload);
    if (problem)
      return refuse(
        c,
        400,
        'InvalidRequestContentException',
        `Could not parse request body into json: ${problem}`,
      );

    switch (c.req.header('x-amz-invocation-type') ?? 'RequestResponse') {
      case 'RequestResponse':
        return respond(target, payload);
      case 'Event':
        void inBackground(target, payload, name, log);
        return c.body(null, 202);
      case 'DryRun':
        return c.body(null, 204);
      default:
        return refuse(
          c,
          400,
          'InvalidParameterValueException',
          'X-Amz-Invocation-Type must be RequestResponse, Event or DryRun',
        );
    }
  });
}

/** A function's name, or its ARN, whole or from the account on. Here there is one version. */
const NAMED = /^(?:(?:arn:aws[\w-]*:lambda:[\w-]+:)?\d{12}:function:)?([\w-]+)(?::\$LATEST)?$/;

async function respond(target: LambdaFunction, payload: string): Promise<Response> {
  const answer = await target.invoke(payload);
  return new Response(answer.payload, {
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      'x-amzn-requestid': answer.id,
      ...(answer.failed && { 'x-amz-function-error': 'Unhandled' }),
    },
  });
}

async function inBackground(
  target: LambdaFunction,
  payload: string,
  name: string,
  log: Log,
): Promise<void> {
  const answer = await target.invoke(payload);
  if (answer.failed) log(`Asynchronous invocation of ${name} failed: ${answer.payload}`);
}

const unknown = (c: Context, name: string, known: string[]) =>
  refuse(
    c,
    404,
    'ResourceNotFoundException',
    `Function not found: ${name}; there is ${known.join(' and ')}`,
  );

function refuse(c: Context, status: ContentfulStatusCode, code: string, message: string): Response {
  c.header('x-amzn-errortype', code);
  return c.json({ Type: 'User', Message: message }, status);
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
