import { type ExecFileException, execFile, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALLER, ORDER, SCENES } from '../../local/scenes.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/lambda');
const SECRET = 'a secret';
const SCHEDULE = {
  GroupName: 'calls',
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: {
    Arn: 'arn:aws:lambda:eu-central-1:123456789012:function:interrupt',
    RoleArn: 'arn:aws:iam::123456789012:role/scheduling',
  },
};

const withBoto3 = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', 'import boto3']).status === 0,
);

interface Taken {
  url: string;
  body: Record<string, unknown>;
}

/** The bus takes nothing of this one. */
const REFUSED = '9999';

/** Stands in for EventBridge, Scheduler and Secrets Manager; keeps what it is sent. */
let aws: http.Server;
const taken: Taken[] = [];
beforeAll(async () => {
  aws = http.createServer(async (request, response) => {
    const chunks = await request.toArray();
    const sent = Buffer.concat(chunks).toString();
    taken.push({ url: String(request.url), body: JSON.parse(sent) });
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        SecretString: SECRET,
        ScheduleArn: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/calls/order',
        FailedEntryCount: sent.includes(REFUSED) ? 1 : 0,
        Entries: [{}],
      }),
    );
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  aws.closeAllConnections();
  aws.close();
});

/** What the handler of a file makes of each event, and what AWS has taken of it; an error is its text. */
async function invoked(file: string, ...events: unknown[]) {
  const [name = '', ending] = file.split('.');
  const [command, script] =
    ending === 'py'
      ? [
          withBoto3 as string,
          `import json, sys, ${name}
def told(event):
    try: return ${name}.handler(event, None)
    except Exception as error: return str(error)
print(json.dumps([told(event) for event in json.loads(sys.argv[1])]))`,
        ]
      : [
          process.execPath,
          `import('${EXAMPLES}/${file}').then(async ({ handler }) => {
const told = [];
for (const event of JSON.parse(process.argv[1])) told.push(await handler(event).catch(String));
console.log(JSON.stringify(told)); })`,
        ];
  const args = [ending === 'py' ? '-c' : '-e', script, JSON.stringify(events)];
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}/${file}`,
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    INTERRUPTION_BUS: 'calls',
    INTERRUPT_SCHEDULE: JSON.stringify(SCHEDULE),
    SECRET_ARN: 'arn:secret',
  };
  const printed = await new Promise<string>((resolve, reject) =>
    execFile(command, args, { cwd: EXAMPLES, env }, (error: ExecFileException | null, stdout) =>
      error ? reject(error) : resolve(stdout),
    ),
  );
  const own = taken.filter(({ url }) => url.startsWith(`/${file}`));
  return { told: JSON.parse(printed) as unknown[], taken: own, put: entriesIn(own) };
}

const playedIn = (recipe: string) =>
  SCENES.find((scene) => scene.recipe === recipe)?.payload(new Date()) as Record<string, unknown>;
const entriesIn = (requests: readonly Taken[]) =>
  requests
    .flatMap(({ body }) => (body.Entries ?? []) as Record<string, string>[])
    .map(({ Detail = '', ...entry }) => ({ ...entry, Detail: JSON.parse(Detail) as unknown }));

test.concurrent.for([
  ['shipped.mjs', 'Lambda in Node'],
  ['delivered.py', 'Lambda in Python'],
] as const)(
  'examples/lambda/%s puts on the bus what the scene plays, and fails if it is not taken',
  async ([file, recipe], { skip }) => {
    skip(file.endsWith('.py') && !withBoto3, 'boto3 is missing');
    const orders = [{ orderId: Number(ORDER) }, { orderId: REFUSED }];
    const { told, put } = await invoked(file, ...orders);
    const { detail, 'detail-type': DetailType } = playedIn(recipe);
    expect(put[0]).toEqual({ EventBusName: 'calls', Source: 'shop', DetailType, Detail: detail });
    expect(told).toEqual([null, expect.stringContaining('the bus has not taken it')]);
  },
);

/** Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-authentication.html */
const signIn = (userAttributes: object) => ({
  version: '1',
  triggerSource: 'PostAuthentication_Authentication',
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_ABC123',
  userName: 'anna',
  callerContext: { awsSdkVersion: 'aws-sdk-js-3', clientId: 'client123' },
  request: { userAttributes, newDeviceUsed: false },
  response: {},
});

test.concurrent('examples/lambda/signed-in.mjs interrupts whoever has signed in, and gives the event back', async () => {
  const events = [signIn({ phone_number: CALLER }), signIn({ email: 'a@example.com' })];
  const { told, put } = await invoked('signed-in.mjs', ...events);
  expect(told).toEqual(events);
  expect(put.map(({ Detail }) => Detail)).toEqual([playedIn('Cognito').detail]);
});

test
  .skipIf(!withBoto3)
  .concurrent(
    'examples/lambda/webhook.py lets in who has signed the very bytes, or has the key, and nobody else',
    async () => {
      const body = JSON.stringify({ orderId: ORDER });
      const sign = (text: string) =>
        `sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`;
      const posted = (headers: object, of: object = {}) => ({ headers, body, ...of });
      const signed = { 'x-hub-signature-256': sign(body) };
      const { told, put } = await invoked(
        'webhook.py',
        posted(signed),
        posted(signed, { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
        posted({ 'x-api-key': SECRET }),
        posted({ 'x-hub-signature-256': sign(`${body} `) }),
        posted({ 'x-hub-signature-256': 'grün' }),
        posted({ 'x-api-key': '' }),
        posted({}),
        posted({ 'x-api-key': SECRET }, { body: JSON.stringify({ orderId: REFUSED }) }),
      );
      const statuses = [202, 202, 202, 401, 401, 401, 401, 502];
      expect(told).toEqual(statuses.map((statusCode) => ({ statusCode })));
      const { detail } = playedIn('Webhooks of others, and API destinations');
      expect(put.slice(0, 3).map(({ Detail }) => Detail)).toEqual([detail, detail, detail]);
      expect(put).toHaveLength(4);
    },
  );

test
  .skipIf(!withBoto3)
  .concurrent('examples/lambda/remind.py creates the schedule that the scene plays', async () => {
    const { taken } = await invoked('remind.py', { orderId: ORDER, minutes: 5 });
    const [{ url, body } = { url: '', body: {} }] = taken;
    expect(url).toBe(`/remind.py/schedules/order-${ORDER}`);
    const { Target, ScheduleExpression, ...rest } = body;
    const { Input, ...target } = Target as { Input: string };
    expect({ ...rest, Target: target }).toMatchObject(SCHEDULE);
    const [, at = ''] = /^at\((.+)\)$/.exec(String(ScheduleExpression)) ?? [];
    expect(Math.abs(Date.parse(`${at}Z`) - Date.now() - 300_000)).toBeLessThan(60_000);
    const { interruption, schedule } = playedIn('EventBridge Scheduler') as {
      interruption: object;
      schedule: { arn: string; time: string };
    };
    // As Scheduler does.
    const sent = Input.replace('<aws.scheduler.schedule-arn>', schedule.arn).replace(
      '<aws.scheduler.scheduled-time>',
      schedule.time,
    );
    expect(JSON.parse(sent)).toEqual({ interruption, schedule });
  });
