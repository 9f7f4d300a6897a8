import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  type LocalRuntime,
  outcomesOf,
  placeCall,
  post,
  run,
  startLocal,
  until,
} from '../support/local-runtime.ts';

/** With settings of its own, for tests that do nothing to it. */
let shared: LocalRuntime;
beforeAll(async () => {
  const EXTERNAL_API_URL = 'http://127.0.0.1:1/{session_id}';
  shared = await startLocal({ WEBHOOK_TOKEN: 'mine', EXTERNAL_API_URL });
});
afterAll(async () => void (await shared.stop()));

async function start(): Promise<LocalRuntime> {
  const runtime = await startLocal();
  onTestFinished(async () => void (await runtime.stop()));
  return runtime;
}

/** The embedded DynamoDB of this very runtime. */
function databaseOf({ child }: LocalRuntime): number {
  const [pid] = processes(['-P', String(child.pid), '-f', 'local/dynamodb']);
  if (!pid) throw new Error('there is no embedded DynamoDB');
  return pid;
}

const processes = (found: string[]): number[] =>
  execFileSync('pgrep', found, { encoding: 'utf8' }).trim().split('\n').map(Number);

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('is small: two processes, and no build service once the functions and the page are built', async () => {
  const { url, child } = shared;
  expect((await fetch(`${url}/console/main.js`)).status).toBe(200);
  const children = () => processes(['-P', String(child.pid)]);
  await until(() => children().length === 1, 'the end of the build service');
  const megabytes = [child.pid as number, ...children()].map(residentMegabytes);
  expect(megabytes.reduce((sum, each) => sum + each)).toBeLessThan(340);
});

test('without its database the runtime still answers callers, and says why once', async () => {
  const runtime = await start();
  const call = await placeCall(runtime.url);
  await call.hears(1);
  process.kill(databaseOf(runtime));
  await until(
    () => runtime.printed.stderr.includes('The embedded DynamoDB is gone'),
    'the line on stderr',
  );

  const said = Date.now();
  await call.says('My name is Anna');
  expect(await call.hears(2)).not.toBe('');
  expect(Date.now() - said).toBeLessThan(1500);
  expect((await fetch(`${runtime.url}/health`)).status).toBe(200);
  expect(runtime.printed.stderr.match(/DynamoDB is gone/g)).toHaveLength(1);
  expect(await runtime.stop()).toBe(0);
});

test('a port in use is one clear line and exit code 1', async () => {
  const { port } = new URL(shared.url);
  const second = run('local/start.ts', [], { PORT: port });
  expect(await second.exited).toBe(1);
  expect(second.printed.stderr).toMatch(new RegExp(`^Port ${port} is in use: .+\n$`));
  expect(second.printed.stdout).toBe('');
});

test('a wrong setting is one clear line and exit code 1', async () => {
  const { exited, printed } = run('local/start.ts', [], { PORT: 'http' });
  expect(await exited).toBe(1);
  expect(printed.stderr).toBe(
    'PORT must be a number from 0 (any free port) to 65535; got "http"\n',
  );
});

test('tokens come from the environment', async () => {
  const { url } = shared;
  const event = { type: 'session_start', session: { id: 'session-123' } };
  const status = async (token: string) =>
    (await post(`${url}/webhook`, event, { 'x-api-token': token })).status;
  expect([await status('local-token'), await status('mine')]).toEqual([401, 200]);
  const call = await placeCall(url);
  expect(await call.hears(1)).not.toBe('');
});

test('an external API that is out of reach is 502, and the same id may try again', async () => {
  const call = await placeCall(shared.url);
  await call.hears(1);
  const interruption = { session_id: call.session_id, say: 'Your taxi is here.', id: 'i-1' };
  for (const _ of ['first', 'again']) {
    const response = await post(`${shared.url}/interruptions`, interruption);
    const outcomes = [{ outcome: 'failed', error: { code: 'unreachable', retryable: true } }];
    expect([response.status, await response.json()]).toMatchObject([502, { outcomes }]);
  }
  const outcomes = await outcomesOf(shared.url, call.session_id);
  expect(outcomes.map(({ word }) => word)).toEqual(['failed', 'failed']);
});

describe.concurrent('`npm run call`', () => {
  let starts: Promise<unknown> = Promise.resolve();
  /**
   * What came of it. They play side by side, and start one after the other: that takes a whole
   * machine.
   */
  async function called(args: string[] = [], env: Record<string, string> = {}) {
    const running = starts.then(() => run('local/call.ts', args, env));
    starts = running.then(({ child, exited }) =>
      Promise.race([once(child.stdout, 'data'), exited]),
    );
    const { printed, exited } = await running;
    return { code: await exited, ...printed };
  }

  test('performs the default play', async () => {
    const { code, stdout, stderr } = await called();
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('assistant  Goodbye, Anna.');
  });

  test('a play that is not what happens ends with a diff and exit code 1', async () => {
    const { code, stderr } = await called(['conversation'], { TEMPLATE: 'starter' });
    expect(code).toBe(1);
    expect(stderr).toContain(
      '- assistant says "What is your name?"\n+ assistant says "Welcome to the library.',
    );
  });

  test('a play in weather is told as it happens, and goes as written', async () => {
    const weather = ['conversation', '--weather', 'words-twice,no-reports'];
    const { code, stdout, stderr } = await called(weather);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.match(/My name is Anna/g)).toHaveLength(2);
  });

  test.each([
    ['play', ['nobody'], 'conversation'],
    ['weather', ['starter', '--weather', 'fog'], 'no-reports'],
    ['template', ['starter', '--template', 'nobody'], 'order-status'],
  ])(
    'an unknown %s is answered with the names there are, and exit code 2',
    async (_what, args, known) => {
      const { code, stderr } = await called(args);
      expect(code).toBe(2);
      expect(stderr).toContain(known);
      expect(stderr).not.toContain('    at ');
    },
  );
});

describe('in mid-call', () => {
  // The last: one of them ends what the others share.
  test.each<[NodeJS.Signals, () => Promise<LocalRuntime>]>([
    ['SIGINT', start],
    ['SIGTERM', async () => shared],
  ])('%s ends everything with exit code 0', async (signal, started) => {
    const runtime = await started();
    const call = await placeCall(runtime.url, { speed: 0.1 });
    await call.hears(1);
    const stream = await fetch(`${runtime.url}/simulator/stream`);
    const database = databaseOf(runtime);
    expect(await runtime.stop(signal)).toBe(0);
    await stream.body?.cancel().catch(() => {});
    expect(lives(database)).toBe(false);
  });
});
