import { afterEach, describe, expect, it } from 'vitest';
import { PostFailed } from '../../functions/delivery/post.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { fixedTokens, readTokens } from '../../functions/runtime/tokens.ts';
import { findStack } from '../../ops/command.ts';
import { smoke } from '../../ops/smoking.ts';
import { awsServices } from '../support/aws-service.ts';
import { deployed, type Faults } from '../support/deployed.ts';
import { recordingLog } from '../support/log.ts';

awsServices();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** What the command prints about a stack with such faults, and whether it is content. */
async function smoked(faults: Faults = {}, session?: string, now = Date.now) {
  const { url, stop } = await deployed(faults);
  stops.push(stop);
  const lines: string[] = [];
  const stack = await findStack({ 'endpoint-url': url }, { AWS_REGION: 'eu-central-1' });
  const ok = await smoke(stack, {
    clock: { now },
    session,
    print: (line) => void lines.push(line),
  });
  const wrong = lines.filter((line) => line.startsWith('WRONG')).map((line) => line.slice(7));
  return { ok, lines, wrong };
}

const down = () => Promise.reject(new Error('DynamoDB is down'));
const taken = async () => 202;

describe('a stack that works', () => {
  it('without an external API is content, and says that nothing comes at once over HTTP', async () => {
    const { ok, lines } = await smoked();
    expect(lines.map((line) => line.replace(/\d+ ms/, 'n ms'))).toEqual([
      'ok     token: lies in Secrets Manager',
      'ok     webhook: answers an event in n ms: 1 action(s)',
      'ok     webhook: answers in time (n ms, from here)',
      'ok     webhook: refuses a wrong token',
      'ok     interrupt: finds the call that the webhook has answered',
      'ok     channel: an interruption comes with the next event, not at once: there is no externalApiUrl',
      'ok     WebSocket: takes events, and interruptions come back at once',
      'all is well',
    ]);
    expect(ok).toBe(true);
  });

  it.each([
    ['that takes anything', taken, 'whether they are heard shows only a live call'],
    ['that knows its calls', async () => 404, 'knows nothing of a call that we made up'],
  ])(
    'with an external API %s is content, and says what that proves',
    async (_name, post, words) => {
      const { ok, lines } = await smoked({ post });
      expect(lines.find((line) => line.includes('external API: '))).toContain(words);
      expect(ok).toBe(true);
    },
  );
});

it.each<[string, Faults, string]>([
  [
    'may not read the token',
    { refuses: { secretsmanager: { name: 'AccessDeniedException' } } },
    'token: you may not read it: you need secretsmanager:GetSecretValue on arn:secret',
  ],
  [
    'finds no token',
    { refuses: { secretsmanager: { name: 'ResourceNotFoundException' } } },
    'token: the secret is gone',
  ],
  [
    'has another token than the function',
    { tokens: fixedTokens('another') },
    'webhook: refuses the token that lies in Secrets Manager',
  ],
  [
    'has a function that cannot read the token',
    { tokens: readTokens(down, systemClock, recordingLog()) },
    'webhook: the function cannot read the token (503',
  ],
  [
    'has no lock',
    { tokens: { accepts: async () => true, values: async () => [] } },
    'webhook: answers 20',
  ],
  ['has a webhook behind a firewall', { status: 403 }, 'API Gateway refuses the event (403)'],
  ['has a webhook that is gone', { status: 404 }, 'webhook: is not there (404)'],
  ['is throttled', { status: 429 }, 'webhook: API Gateway turns the event away (429)'],
  ['has a webhook that crashes', { status: 500 }, 'webhook: the function crashed'],
  [
    'has a webhook that nobody reaches',
    { outputs: { WebhookUrl: 'http://127.0.0.1:1/webhook' } },
    'webhook: cannot be reached: ',
  ],
  [
    'has a webhook that may not write the table',
    { sessions: { record: down } },
    'interrupt: does not find the call that the webhook has just answered: may the webhook write',
  ],
  [
    'has an interrupt function that may not read the table',
    { sessions: { read: down } },
    'interrupt: cannot read the table',
  ],
  [
    'has a function that I may not invoke',
    { refuses: { lambda: { name: 'AccessDeniedException' } } },
    'interrupt: may not be invoked by you: you need lambda:InvokeFunction on AiFlowLambda-Interrupt',
  ],
  [
    'has no interrupt function any more',
    { refuses: { lambda: { name: 'ResourceNotFoundException' } } },
    'interrupt: AiFlowLambda-Interrupt is gone',
  ],
  [
    'has a function that does not start',
    { throws: { errorType: 'Runtime.ImportModuleError', errorMessage: 'no index' } },
    'interrupt: crashes: Runtime.ImportModuleError: no index',
  ],
  [
    'has the wrong token for the external API',
    { post: async () => 401 },
    'external API: AI Flow refuses the token of the external API: store the right one with aws secretsmanager put-secret-value',
  ],
  [
    'cannot read the token for the external API',
    { post: taken, apiToken: down },
    'external API: the function cannot read the token of the external API',
  ],
  [
    'has a URL template that AI Flow refuses',
    { post: async () => 400 },
    'external API: AI Flow answered 400: check the URL, method, body and accepted statuses; they are the context keys externalApiUrl',
  ],
  [
    'has a URL template with a host that is not there',
    { post: () => Promise.reject(new PostFailed('getaddrinfo ENOTFOUND', false)) },
    'getaddrinfo ENOTFOUND: is the host in externalApiUrl right?',
  ],
  ['has an AI Flow with a defect', { post: async () => 500 }, 'external API: AI Flow answered 500'],
  ['has a WebSocket that refuses the token', { socketStatus: 401 }, 'WebSocket: refuses the token'],
  [
    'has a WebSocket that is gone',
    { socketStatus: 403 },
    'WebSocket: refuses the connection (403)',
  ],
  [
    'may not push over the WebSocket',
    {
      pushed: {
        status: 'refused',
        code: 'refused',
        message: 'API Gateway answered 403',
        retryable: false,
      },
    },
    'WebSocket: an interruption is refused (API Gateway answered 403): check the permission execute-api:ManageConnections',
  ],
])('a stack that %s is told so', async (_name, faults, words) => {
  const { ok, wrong } = await smoked(faults);
  expect(wrong.join('\n')).toContain(words);
  expect(wrong.length).toBeLessThanOrEqual(2);
  expect(ok).toBe(false);
});

it('a stack that is slow when warm is told so', async () => {
  let time = 0;
  const { wrong } = await smoked({}, undefined, () => {
    time += 1_001;
    return time;
  });
  expect(wrong).toEqual([
    expect.stringContaining('webhook: takes 1001 ms when warm, and AI Flow waits for one second'),
  ]);
});

describe('a live call', () => {
  it('that AI Flow does not know is a wrong URL', async () => {
    const { wrong } = await smoked({ post: async () => 404 }, 'a-live-call');
    expect(wrong[0]).toContain('knows no such live call');
  });
});

describe('a stack that cannot be looked at', () => {
  it.each([
    [
      'ValidationError',
      'Stack with id AiFlowLambda does not exist',
      'there is no stack AiFlowLambda in eu-central-1: give --stack',
    ],
    ['ExpiredToken', 'expired', 'AWS refuses your credentials (ExpiredToken): log in again'],
    [
      'AccessDenied',
      'no',
      'you may not look at the stack AiFlowLambda in eu-central-1 (cloudformation:DescribeStacks)',
    ],
    [
      'InternalFailure',
      'try again',
      'CloudFormation does not say where the stack AiFlowLambda in eu-central-1 is: InternalFailure',
    ],
  ])('%s', async (name, message, words) => {
    await expect(smoked({ refuses: { cloudformation: { name, message } } })).rejects.toThrow(words);
  });

  it('is one of somebody else', async () => {
    const outputs = { InterruptFunctionName: undefined };
    await expect(smoked({ outputs })).rejects.toThrow('is none of ours');
  });

  it('needs a region', async () => {
    await expect(findStack({}, {})).rejects.toThrow('which region? Give --region');
  });
});
