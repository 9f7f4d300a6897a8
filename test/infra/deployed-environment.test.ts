import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../functions/runtime/clock.ts';
import { FUNCTIONS, type FunctionName } from '../../lib/bundle.ts';
import { type Database, startDatabase } from '../../local/database.ts';
import { createFunction, type LambdaFunction } from '../../local/functions.ts';
import { EVENTS } from '../support/events.ts';
import { createStack, externalApi, functionNamed, outbound } from './synthesize.ts';

const TABLE = 'sessions';
const TOKEN = 'a-token';

let database: Database;
let aws: http.Server;
let endpoint: string;
const running: LambdaFunction[] = [];

beforeAll(async () => {
  database = await startDatabase(TABLE, () => {});
  // Secrets Manager, EventBridge, and AI Flow's own API.
  aws = http.createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith('/v3/')) response.writeHead(201).end();
    else response.end(JSON.stringify({ SecretString: TOKEN, FailedEntryCount: 0, Entries: [] }));
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const lambda of running) await lambda.stop();
  aws.closeAllConnections();
  aws.close();
  await database.stop();
});

/** What Lambda itself sets, and where this machine has what AWS has. */
const surroundings = () => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
  AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
});

/** A value of the template as CloudFormation would put it. */
function resolved(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as object)[0] ?? [];
  if (name === 'Fn::Join') return (argument[1] as unknown[]).map(resolved).join(argument[0]);
  const of = String(argument);
  if (of === 'AWS::Region') return 'eu-central-1';
  if (of === 'AWS::URLSuffix') return 'amazonaws.com';
  return of.includes('Table') ? TABLE : of;
}

/**
 * A function as it would be deployed: its bundle of this synth, in the environment of this synth
 * and no other.
 */
function deployed(stack: Stack, name: FunctionName) {
  const { Code, Environment } = functionNamed(Template.fromStack(stack), name).properties as {
    Code: { S3Key: string };
    Environment: { Variables: Record<string, unknown> };
  };
  const variables = Object.entries(Environment.Variables).map(
    ([key, value]) => [key, resolved(value)] as const,
  );
  const asset = `asset.${Code.S3Key.replace('.zip', '')}`;
  const bundle = join((stack.node.root as App).outdir, asset, 'index.cjs');
  // Where to place calls isn't deployed but for tests.
  const env = {
    ...surroundings(),
    ...(name === 'call' && { AI_FLOW_API_URL: endpoint }),
    ...Object.fromEntries(variables),
  };
  const data = { name, bundle, timeout_ms: 10_000 };
  const lambda = createFunction({
    data,
    env,
    clock: systemClock,
    output: new PassThrough().resume(),
  });
  running.push(lambda);
  return lambda;
}

const session = { id: 'session-1' };
const frame = (routeKey: string, over: object) => ({
  requestContext: { routeKey, connectionId: 'c', requestTimeEpoch: Date.now() },
  ...over,
});
const event = { headers: { 'x-api-token': TOKEN }, body: JSON.stringify(EVENTS.session_start) };

const asked: [FunctionName, () => object, unknown][] = [
  [
    'webhook',
    () => ({ ...event, requestContext: { http: {}, timeEpoch: Date.now() } }),
    { statusCode: 200, body: expect.stringContaining('"speak"') },
  ],
  ['websocket', () => frame('$connect', event), { statusCode: 200 }],
  [
    'websocket',
    () => frame('$default', event),
    { statusCode: 200, body: expect.stringContaining('"speak"') },
  ],
  [
    'interrupt',
    () => ({ session_id: 'nobody', say: 'Hello' }),
    { outcomes: [{ outcome: 'skipped', reason: 'unknown_session' }] },
  ],
  ['job', () => ({ id: 'job-1', session_id: session.id, turn: 7, input: {} }), null],
  ['call', () => ({ to: '+493023125000' }), { outcome: 'placed' }],
];

it('asks every function', () => {
  expect(new Set(asked.map(([name]) => name))).toEqual(new Set(FUNCTIONS));
});

describe.each([
  ['nothing but its defaults', {}],
  [
    'everything configured',
    {
      externalApi,
      bedrockModelId: 'eu.amazon.nova-lite-v1:0',
      assetsBucket: { name: 'clips', assets: [] },
      templateByNumber: { '493023125001': 'receptionist' },
    },
  ],
])('a stack with %s', (_name, props) => {
  const stack = createStack({ ...props, outbound });
  (stack.node.root as App).synth();

  it.each(asked)(
    'has a %s that starts in its environment, and answers',
    async (name, payload, answer) => {
      const lambda = deployed(stack, name);
      await lambda.start();
      const { failed, payload: given } = await lambda.invoke(JSON.stringify(payload()));
      expect({ failed, answer: JSON.parse(given) }).toMatchObject({ failed: undefined, answer });
    },
  );
});
