import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionName } from '../../lib/bundle.ts';
import { functionEnv, type Surroundings } from '../../local/function-env.ts';
import { placeCall } from '../../local/http-stage.ts';
import { perform } from '../../local/perform.ts';
import {
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerSays,
  type Step,
} from '../../local/play.ts';
import { type Runtime, startRuntime } from '../../local/runtime.ts';
import { readSettings } from '../../local/settings.ts';
import { eventBridge } from '../support/envelopes.ts';
import { run as program, until } from '../support/local-runtime.ts';
import { fencedBlocks } from '../support/readme.ts';

const ROOT = join(import.meta.dirname, '../..');
const MODULES = join(ROOT, 'node_modules');
const SHOP = 'https://shop.example.com';
const SECRET = 'a-secret';

/** What only the commands need. */
const OPTIONAL = ['@aws-sdk/client-dynamodb', '@hono/node-server', 'dynalite', 'hono', 'ws'];

const app = mkdtempSync(join(tmpdir(), 'shop-'));
const cli = join(app, 'node_modules/ai-flow-lambda/dist/local/cli.js');
const assembly = join(app, 'cdk.out');
const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
const run = (file: string, args: string[], cwd: string) =>
  promisify(execFile)(file, args, {
    cwd,
    env: { PATH: path, HOME: app, CDK_OUTDIR: assembly, npm_config_cache: join(app, 'cache') },
  });

let aws: http.Server;
let endpoint: string;

/**
 * An app somewhere else, which has the tarball and what that declares, and nothing of ours beside
 * it.
 */
beforeAll(async () => {
  aws = http.createServer(shopAndSecrets);
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;

  await run('npm', ['pack', '--silent', '--pack-destination', app], ROOT);
  const installed = join(app, 'node_modules/ai-flow-lambda');
  mkdirSync(installed, { recursive: true });
  await run(
    'tar',
    ['xzf', 'ai-flow-lambda-0.1.0.tgz', '-C', installed, '--strip-components=1'],
    app,
  );
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  );
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]);
  for (const name of [...Object.keys(dependencies), ...peers, '@types/node', 'cdk-nag'])
    linked(name);
  write('package.json', '{ "type": "module" }');
  for (const { text } of fencedBlocks(readFileSync(join(ROOT, 'docs/cdk.md'), 'utf8'))) {
    const [, file] = /^\/\/ (\S+\.ts)\n/.exec(text) ?? [];
    if (file) write(file, text.replace(SHOP, endpoint));
  }
  write('checked.ts', readFileSync(join(app, 'app.ts'), 'utf8') + CHECKED);
  await run(process.execPath, ['checked.ts'], app);
}, 240_000);

/** What fails the synth for a finding of the validator or of cdk-nag; the secret is the shop's. */
const CHECKED = `
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
const { root } = stack.node;
Validations.of(root).addPlugins(new AwsSolutionsChecks(root as App));
Validations.of(stack).acknowledge({ id: 'AwsSolutions::AwsSolutions-SMG4', reason: 'by hand' });
`;

afterAll(() => {
  aws.closeAllConnections();
  aws.close();
  rmSync(app, { recursive: true });
});

function linked(name: string): void {
  mkdirSync(dirname(join(app, 'node_modules', name)), { recursive: true });
  symlinkSync(join(MODULES, name), join(app, 'node_modules', name));
}

/** Secrets Manager, the shop, and an assistant that has nothing of ours. */
function shopAndSecrets(request: http.IncomingMessage, response: http.ServerResponse): void {
  if (request.url === '/assistant') {
    response.setHeader('content-type', 'application/json');
    void answered(request).then((answer) => response.end(JSON.stringify(answer)));
    return;
  }
  request.resume();
  if (request.url !== '/orders/4711') response.end(JSON.stringify({ SecretString: SECRET }));
  else if (request.headers.authorization === `Bearer ${SECRET}`)
    response.end(JSON.stringify({ status: 'packed' }));
  else response.writeHead(401).end();
}

async function answered(request: http.IncomingMessage) {
  const { type, session } = (await json(request)) as { type: string; session: { id: string } };
  const text = 'Hello from somebody else.';
  return type === 'session_start' ? [{ type: 'speak', session_id: session.id, text }] : [];
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(app, file)), { recursive: true });
  writeFileSync(join(app, file), text);
}

interface Resource {
  Type: string;
  Properties: Record<string, never>;
}

const resources = (type: string): Resource[] =>
  Object.values<Resource>(
    JSON.parse(readFileSync(join(assembly, 'Shop.template.json'), 'utf8')).Resources,
  ).filter(({ Type }) => Type === type);

/** Where the machine has what AWS has; all else is as the synth says. */
const PLACES = [
  'SESSIONS_TABLE',
  'OUTCOMES_BUS',
  'INTERRUPTION_QUEUE_URL',
  'JOB_FUNCTION_URL',
  'EXTERNAL_API_URL',
  'WEBSOCKET_ENDPOINT',
];

/** A function as it would be deployed: the asset of the synth in the environment of the synth. */
function deployed(name: FunctionName) {
  const found = resources('AWS::Lambda::Function').find(({ Properties }) =>
    String(Properties.Description).startsWith(`${name}: `),
  );
  if (!found) return undefined;
  const { Code, Environment } = found.Properties as unknown as {
    Code: { S3Key: string };
    Environment: { Variables: Record<string, unknown> };
  };
  return {
    folder: join(assembly, `asset.${Code.S3Key.replace('.zip', '')}`),
    env: (_name: FunctionName, surroundings: Surroundings) => {
      const local = functionEnv(name, surroundings);
      const machine = Object.entries(local).filter(([key]) => key.startsWith('AWS_'));
      const variables = Object.entries(Environment.Variables).map(([key, value]) => [
        key,
        PLACES.includes(key)
          ? local[key]
          : typeof value === 'string'
            ? value
            : JSON.stringify(value),
      ]);
      return {
        ...Object.fromEntries([...machine, ...variables]),
        AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      };
    },
  };
}

/** What the one rule that isn't ours makes of an event. */
function inputTemplate(): string {
  const targets = resources('AWS::Events::Rule').flatMap(
    ({ Properties }) => Properties.Targets ?? [],
  );
  const [transformed] = targets.flatMap(
    ({ InputTransformer }: { InputTransformer?: { InputTemplate: string } }) =>
      InputTransformer ?? [],
  );
  return transformed?.InputTemplate ?? '';
}

describe('an app that has the packed package', () => {
  it('is short, and its types are right', async () => {
    expect(readFileSync(join(app, 'app.ts'), 'utf8').split('\n').length).toBeLessThan(30);
    const options =
      '--noEmit --strict --module nodenext --target es2024 --types node --skipLibCheck';
    const files = ['app.ts', 'shop.ts', 'flows/order.ts'];
    const ours = ['--allowImportingTsExtensions', ...options.split(' '), ...files];
    await run(process.execPath, [join(MODULES, 'typescript/bin/tsc'), ...ours], app);
  });

  it('has no finding', () => {
    const { pluginReports } = JSON.parse(
      readFileSync(join(assembly, 'validation-report.json'), 'utf8'),
    );
    expect(pluginReports).toMatchObject([{ pluginName: 'AwsSolutions', conclusion: 'success' }]);
  });

  it('may be CommonJS', () => {
    const require = createRequire(join(app, 'app.cjs'));
    expect(Object.keys(require('ai-flow-lambda'))).toEqual(
      expect.arrayContaining(['AiFlowAssistant', 'InterruptCall']),
    );
    expect(require('ai-flow-lambda/template').later).toBeTypeOf('function');
  });

  it('plays its flow as a test', async () => {
    write(
      'play.ts',
      `import { assistantSays, callerHangsUp, playCall } from 'ai-flow-lambda/testing';
       import { defineTemplate } from 'ai-flow-lambda/template';
       const flow = defineTemplate({ fallback: 'Sorry?', onSessionStart: () => 'Hello!' });
       await playCall(flow, [assistantSays('Hello!'), callerHangsUp()]);
       await playCall(flow, [assistantSays('Bye!')]).catch(({ name }) => console.log(name));`,
    );
    expect((await run(process.execPath, ['play.ts'], app)).stdout).toBe('PlayFailed\n');
  });

  it('is told what its command needs', async () => {
    const started = run(process.execPath, [cli, 'start', 'flows/order.ts'], app);
    await expect(started).rejects.toMatchObject({ code: 1, stderr: /^ai-flow-lambda start needs/ });
    await expect(run(process.execPath, [cli], app)).rejects.toMatchObject({ code: 2 });
  });

  it('performs a call of its flow, and has the simulator in front of another application', async () => {
    for (const name of OPTIONAL) linked(name);
    write(
      'flows/pizza.ts',
      `import { defineTemplate } from 'ai-flow-lambda/template';
       export default defineTemplate({ fallback: 'Sorry?', onSessionStart: () => 'Which pizza?' });`,
    );
    write(
      'flows/pizza.call.ts',
      `import { assistantSays, callerHangsUp } from 'ai-flow-lambda/testing';
       export default [assistantSays('Which pizza?'), callerHangsUp()];`,
    );
    const called = await run(process.execPath, [cli, 'call', 'flows/pizza.ts'], app);
    expect(called.stdout).toContain('all 2 lines as written');

    const simulator = program(cli, ['simulator', '--webhook', `${endpoint}/assistant`]);
    try {
      await until(() => simulator.printed.stdout.includes('\n'), 'its URL', 30_000);
      const [url = ''] = /http:\/\/\S+/.exec(simulator.printed.stdout) ?? [];
      const stage = await placeCall({ url, speed: 10, tell: () => {} });
      await perform([assistantSays('Hello from somebody else.'), callerHangsUp()], stage);
    } finally {
      simulator.child.kill();
      await simulator.exited;
    }
  });

  it('interrupts a call with an event that nobody has changed', async () => {
    const told: string[] = [];
    const output = new Writable({
      write: (chunk, _encoding, done) => done(void told.push(String(chunk))),
    });
    const settings = readSettings({
      PORT: '0',
      WEBHOOK_TOKEN: SECRET,
      EXTERNAL_API_TOKEN: SECRET,
    });
    const runtime: Runtime = await startRuntime({ ...settings, port: 0 }, output, deployed);
    const shipped: Step = {
      line: 'the order is shipped',
      after: 'is packed',
      act: async () => {
        const event = eventBridge(
          { orderId: 4711, status: 'shipped' },
          { time: new Date().toISOString() },
        );
        await fetch(`${runtime.url}/2015-03-31/functions/interrupt/invocations`, {
          method: 'POST',
          headers: { 'x-amz-invocation-type': 'Event', 'content-type': 'application/json' },
          body: inputTemplate().replace('<aws.events.event.json>', JSON.stringify(event)),
        });
      },
    };
    try {
      const stage = await placeCall({ url: runtime.url, speed: 1.6, tell: () => {} });
      const play = [
        assistantSays('Hello! What is your order number?'),
        callerSays('It is 4711'),
        assistantSays('One moment'),
        assistantSays('Order 4711 is packed'),
        shipped,
        assistantIsCut({ by: 'app', heard: 'is packed' }),
        assistantSays('Good news! Your order is shipped.'),
        callerHangsUp(),
      ];
      await perform(play, stage).catch((error: unknown) => {
        throw new Error(`${error}\n${told.join('')}`);
      });
    } finally {
      await runtime.stop();
    }
    expect(told.join('')).toContain('asked_the_shop');
    expect(told.join('')).not.toContain(SECRET);
  });
});
