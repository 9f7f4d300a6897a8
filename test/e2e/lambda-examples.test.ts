import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALLER, ORDER, SCENES, USER } from '../../local/scenes.ts';
import { pythonWithBoto3 } from '../support/boto3.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/lambda');
const SECRET = 'a secret';
/** The bus takes nothing of this one. */
const REFUSED = '9999';
const SCHEDULE = {
  GroupName: 'calls',
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: {
    Arn: 'arn:aws:lambda:eu-central-1:123456789012:function:interrupt',
    RoleArn: 'arn:aws:iam::123456789012:role/scheduling',
  },
};

/**
 * Source:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-authentication.html
 */
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

const body = JSON.stringify({ orderId: ORDER });
const sign = (text: string) => `sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`;
const posted = (headers: object, over: object = {}) => ({ headers, body, ...over });
const signed = { 'x-hub-signature-256': sign(body) };

/** What is sent to the handlers of each file, one after the other. */
const EVENTS = {
  'shipped.mjs': [{ orderId: Number(ORDER) }, { orderId: REFUSED }],
  'signed-in.mjs': [
    signIn({ sub: USER, phone_number: CALLER }),
    signIn({ email: 'a@example.com' }),
  ],
  'delivered.py': [{ orderId: Number(ORDER) }, { orderId: REFUSED }],
  'webhook.py': [
    posted(signed),
    posted(signed, { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
    posted({ 'x-api-key': SECRET }),
    posted({ 'x-hub-signature-256': sign(`${body} `) }),
    posted({ 'x-hub-signature-256': 'grün' }),
    posted({ 'x-api-key': '' }),
    posted({}),
    posted({ 'x-api-key': SECRET }, { body: JSON.stringify({ orderId: REFUSED }) }),
  ],
  'remind.py': [{ orderId: ORDER, minutes: 5 }],
};
type File = keyof typeof EVENTS;

const NODE = `const told = {};
for (const [file, events] of Object.entries(JSON.parse(process.argv[1]))) {
  process.env.AWS_ENDPOINT_URL = process.env.AWS + file;
  const { handler } = await import(process.cwd() + '/' + file);
  told[file] = [];
  for (const event of events) told[file].push(await handler(event).catch(String));
}
console.log(JSON.stringify(told));`;

const PYTHON = `import importlib, json, os, sys
sys.path.append(os.getcwd())
def tell(handler, event):
    try: return handler(event, None)
    except Exception as error: return str(error)
def told(file, events):
    os.environ["AWS_ENDPOINT_URL"] = os.environ["AWS"] + file
    handler = importlib.import_module(file.removesuffix(".py")).handler
    return [tell(handler, event) for event in events]
print(json.dumps({file: told(file, events) for file, events in json.loads(sys.argv[1]).items()}))`;

interface Taken {
  url: string;
  body: Record<string, unknown>;
}

/** Stands in for EventBridge, Scheduler and Secrets Manager, for each file at a path of its own. */
let aws: http.Server;
const taken: Taken[] = [];
/** What the handlers have returned; an error is its text. */
const told: Partial<Record<File, unknown[]>> = {};

beforeAll(async () => {
  aws = http.createServer(async (request, response) => {
    const sent = Buffer.concat(await request.toArray()).toString();
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
  await Promise.all([
    run(process.execPath, ['--input-type=module', '-e', NODE], '.mjs'),
    pythonWithBoto3 && run(pythonWithBoto3, ['-c', PYTHON], '.py'),
  ]);
}, 60_000);

afterAll(() => {
  aws.closeAllConnections();
  aws.close();
});

async function run(command: string, args: string[], ending: string): Promise<void> {
  const events = Object.entries(EVENTS).filter(([file]) => file.endsWith(ending));
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    PYTHONDONTWRITEBYTECODE: '1',
    AWS: `http://127.0.0.1:${(aws.address() as AddressInfo).port}/`,
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    INTERRUPTION_BUS: 'calls',
    INTERRUPT_SCHEDULE: JSON.stringify(SCHEDULE),
    SECRET_ARN: 'arn:secret',
  };
  const given = [...args, JSON.stringify(Object.fromEntries(events))];
  const { stdout } = await promisify(execFile)(command, given, { cwd: EXAMPLES, env });
  Object.assign(told, JSON.parse(stdout));
}

const takenOf = (file: File) => taken.filter(({ url }) => url.startsWith(`/${file}`));
/** On the bus. */
const putBy = (file: File) =>
  takenOf(file)
    .flatMap(({ body }) => (body.Entries ?? []) as Record<string, string>[])
    .map(({ Detail = '', ...entry }) => ({ ...entry, Detail: JSON.parse(Detail) as unknown }));
const playedIn = (recipe: string) =>
  SCENES.find((scene) => scene.recipe === recipe)?.payload(new Date()) as Record<string, unknown>;

const python = test.skipIf(!pythonWithBoto3);

test.for([
  ['shipped.mjs', 'Lambda in Node'],
  ['delivered.py', 'Lambda in Python'],
] as const)(
  'examples/lambda/%s sends what is played, and fails if the bus takes nothing',
  ([file, recipe], { skip }) => {
    skip(told[file] === undefined, 'boto3 is missing');
    const { detail, 'detail-type': DetailType } = playedIn(recipe);
    const sent = { EventBusName: 'calls', Source: 'shop', DetailType, Detail: detail };
    expect(putBy(file)[0]).toEqual(sent);
    expect(told[file]).toEqual([null, expect.stringContaining('the bus has not taken it')]);
  },
);

test('examples/lambda/signed-in.mjs interrupts whoever has signed in, and gives the event back', () => {
  expect(told['signed-in.mjs']).toEqual(EVENTS['signed-in.mjs']);
  expect(putBy('signed-in.mjs').map(({ Detail }) => Detail)).toEqual([playedIn('Cognito').detail]);
});

python('examples/lambda/webhook.py lets in who has signed the very bytes, or has the key', () => {
  const statuses = [202, 202, 202, 401, 401, 401, 401, 502];
  expect(told['webhook.py']).toEqual(statuses.map((statusCode) => ({ statusCode })));
  const { detail } = playedIn('Webhooks of others, and API destinations');
  const put = putBy('webhook.py').map(({ Detail }) => Detail);
  expect(put).toEqual([detail, detail, detail, expect.anything()]);
});

python('examples/lambda/remind.py creates the schedule that is played', () => {
  const [{ url, body } = { url: '', body: {} }] = takenOf('remind.py');
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
