import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  type LocalRuntime,
  placeCall,
  post,
  run,
  startLocal,
  until,
} from '../support/local-runtime.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const LONG =
  'Your order was packed this morning, and it will leave our warehouse tomorrow at noon.';

const has = (tool: string, ...args: string[]) => spawnSync(tool, args).status === 0;
const python = ['python3', '/usr/bin/python3'];
const withFlask = python.find((tool) => has(tool, '-c', 'import flask'));
const withPython = python.find((tool) => has(tool, '--version'));

const runtimes = new Map<string, Promise<LocalRuntime>>();
afterAll(async () => {
  for (const runtime of runtimes.values()) await (await runtime).stop();
});

/** A simulator in front of this URL; a second test with it shares it. */
function simulatorFor(url: string): Promise<LocalRuntime> {
  const runtime = runtimes.get(url) ?? startLocal({ WEBHOOK_URL: url, WEBHOOK_TOKEN: 'shared' });
  runtimes.set(url, runtime);
  return runtime;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An example as its first lines say, and a simulator in front of it. */
async function example(command: string, args: string[]) {
  const port = await freePort();
  const { url } = await simulatorFor(`http://127.0.0.1:${port}/webhook`);
  const child = spawn(command, args, {
    cwd: EXAMPLES,
    env: {
      ...process.env,
      PORT: String(port),
      WEBHOOK_TOKEN: 'shared',
      INTERRUPT_TOKEN: 'mine',
      EXTERNAL_API_URL: `${url}/simulator/sessions/{session_id}/actions`,
      EXTERNAL_API_TOKEN: 'local-api-token',
    },
    stdio: 'ignore',
    // `go run` has a child of its own.
    detached: true,
  });
  onTestFinished(() => void (child.pid && process.kill(-child.pid)));
  const application = `http://127.0.0.1:${port}`;
  await until(
    async () => (await fetch(application).catch(() => undefined)) !== undefined,
    `${command} ${args.join(' ')}`,
    50_000,
  );
  return { url, application };
}

const kinds = async ({ read }: Awaited<ReturnType<typeof placeCall>>) =>
  (await read()).timeline.map((entry) => entry.kind);
const mistakes = async ({ read }: Awaited<ReturnType<typeof placeCall>>) =>
  (await read()).timeline.flatMap((entry) =>
    // How busy this machine is says nothing of the example.
    entry.kind === 'error' && entry.mistake !== 'late' ? [entry.mistake] : [],
  );

const SERVERS: [name: string, tool: string | undefined, args: string[]][] = [
  ['Node', process.execPath, ['node.mjs']],
  ['Python', withPython, ['python.py']],
  ['Go', has('go', 'version') ? 'go' : undefined, ['run', 'server.go']],
];
for (const [name, tool, args] of SERVERS) {
  test.skipIf(!tool)(
    `the ${name} example answers every event, and interrupts a live call${tool ? '' : ` (skipped: ${name} is not installed)`}`,
    async () => {
      const { url, application } = await example(tool as string, args);
      const call = await placeCall(url, { speed: 5, weather: { sms: 'failed' } });
      expect(await call.hears(1)).toMatch(/^Hello!/);
      await call.presses('5');
      expect(await call.hears(2)).toBe('You pressed 5.');
      await call.says('Where is my order?');
      expect(await call.hears(3)).toBe(LONG);

      const interrupt = (body: object, token = 'mine') =>
        post(`${application}/interrupt`, body, { authorization: `Bearer ${token}` });
      const { session_id } = call;
      const text = 'Good news: it has just been shipped.';
      expect((await interrupt({ session_id, text }, 'guessed')).status).toBe(401);
      expect((await interrupt({ session_id: 'nobody', text })).status).toBe(404);
      expect((await interrupt({ session_id, text: ' ' })).status).toBe(400);
      expect((await interrupt({ session_id, text })).status).toBe(202);
      expect(await call.hears(4)).toBe(text);
      const { timeline } = await call.read();
      expect(timeline).toContainEqual(
        expect.objectContaining({ kind: 'playback_interrupted', by: 'app' }),
      );

      const sms = { type: 'send_sms', session_id, phone_number: '4915112345678', message: 'Hi' };
      await post(`${url}/simulator/calls/${session_id}/actions`, [sms]);
      expect(await call.hears(5)).toBe('Sorry, the message did not go out.');
      await call.says('Thank you, bye');
      await call.ends();
      expect(await mistakes(call)).toEqual([]);
    },
  );
}

test.skipIf(!withFlask)(
  `the Flask example is answered, cut and replaced by the page's form${withFlask ? '' : ' (skipped: Flask is not installed)'}`,
  async () => {
    const { url } = await example(withFlask as string, ['flask_app.py']);
    const call = await placeCall(url, { speed: 1 });
    await call.hears(1);
    await call.says('That is wrong');
    expect(await call.hears(2)).toBe('Sorry, let me correct that.');
    const { session_id } = call;
    const replace = [
      { type: 'barge_in', session_id },
      { type: 'speak', session_id, text: 'Good news!' },
    ];
    const pushed = await post(`${url}/simulator/calls/${session_id}/actions`, replace);
    expect(pushed.status).toBe(202);
    expect(await call.hears(3)).toBe('Good news!');
    expect((await kinds(call)).filter((kind) => kind === 'playback_interrupted')).toHaveLength(2);
    await call.hangsUp();
    await call.ends();
    expect(await mistakes(call)).toEqual([]);
  },
);

test('an application that answers HTML, redirects or breaks is told what is wrong', async () => {
  const answers: RequestListener[] = [
    (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>'),
    (_request, response) => response.writeHead(302, { location: '/' }).end(),
    (_request, response) => response.writeHead(500).end('<html>Traceback'),
    (_request, response) => response.destroy(),
  ];
  const application = createServer((request, response) => answers.shift()?.(request, response));
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  const { port } = application.address() as AddressInfo;
  const runtime = await simulatorFor(`http://127.0.0.1:${port}/hook?secret=hidden`);
  const call = await placeCall(runtime.url);
  for (const digit of '123') await call.presses(digit);
  await until(async () => (await mistakes(call)).length === 4, 'four mistakes');
  expect(await mistakes(call)).toEqual(['html', 'status', 'status', 'no_answer']);
  application.close();
  application.closeAllConnections();

  await call.hangsUp();
  await call.ends();
  const { timeline } = await call.read();
  expect(timeline.at(-1)).toMatchObject({
    message: `session_end got no answer: nobody listens at http://127.0.0.1:${port}: start the application, or check the URL`,
  });
  expect(runtime.printed.stderr).toContain('nobody listens');

  const told = await fetch(`${runtime.url}/simulator/application`);
  expect(await told.json()).toMatchObject({
    application: 'foreign',
    origin: `http://127.0.0.1:${port}`,
    transport: 'http',
    mistakes: { html: { see: expect.stringContaining('http-webhooks') } },
  });
  const refused = await post(`${runtime.url}/interruptions`, { say: 'Hello' });
  expect([refused.status, await refused.json()]).toMatchObject([
    404,
    { error: { code: 'foreign_application' } },
  ]);
  const websocket = await post(`${runtime.url}/simulator/calls`, { transport: 'websocket' });
  expect(websocket.status).toBe(400);
});

test('an application behind ws:// is connected to once for each call', async () => {
  const application = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => void application.close());
  await once(application, 'listening');
  const tokens: unknown[] = [];
  application.on('connection', (socket, { headers }) => {
    tokens.push(headers['x-api-token']);
    socket.on('message', (frame) => {
      const { type, session } = JSON.parse(String(frame));
      const speak = { type: 'speak', session_id: session.id, text: `I have got ${type}.` };
      if (type === 'session_start' || type === 'user_speak') socket.send(JSON.stringify(speak));
      if (type === 'dtmf_received') socket.send('Hello!');
    });
  });
  const { port } = application.address() as AddressInfo;
  const runtime = await simulatorFor(`ws://127.0.0.1:${port}/any/path`);
  const call = await placeCall(runtime.url);
  expect(await call.hears(1)).toBe('I have got session_start.');
  await call.says('Hello');
  expect(await call.hears(2)).toBe('I have got user_speak.');
  await call.presses('1');
  await until(async () => (await mistakes(call)).length === 1, 'a mistake');
  expect(await mistakes(call)).toEqual(['no_action']);
  expect(tokens).toEqual(['shared']);
});

test('a recorded call is played again, and fails when the application changes its mind', async () => {
  let price = '3 euros';
  const application = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { type, session } = JSON.parse(body);
    const say = (text: string) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ type: 'speak', session_id: session.id, text }));
    if (type === 'session_start') say('Hello!');
    else if (type === 'user_speak') say(`It is ${price}.`);
    else response.writeHead(204).end();
  });
  application.listen(0, '127.0.0.1');
  await once(application, 'listening');
  onTestFinished(() => void application.close().closeAllConnections());
  const { port } = application.address() as AddressInfo;
  const webhook = `http://127.0.0.1:${port}`;
  const runtime = await simulatorFor(webhook);

  const call = await placeCall(runtime.url, { speed: 20 });
  const isFinished = async (count: number) =>
    (await kinds(call)).filter((kind) => kind === 'playback_finished').length === count;
  expect(await call.hears(1)).toBe('Hello!');
  await until(() => isFinished(1), 'the end of the greeting');
  await call.says('How much? I am at 0176 39123456.');
  expect(await call.hears(2)).toBe('It is 3 euros.');
  await until(() => isFinished(2), 'the end of the sentence');
  await call.hangsUp();
  await call.ends();
  const path = `${runtime.url}/simulator/calls/${call.session_id}/recording`;
  const recording = await (await fetch(path)).text();
  expect(recording).not.toMatch(/39123456|4915112345678/);
  const folder = mkdtempSync(join(tmpdir(), 'recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'call.json');
  writeFileSync(file, recording);

  const again = () => run('local/call.ts', [file, '--webhook', webhook]);
  const same = again();
  expect([await same.exited, same.printed.stderr]).toEqual([0, '']);
  price = '4 euros';
  const changed = again();
  expect(await changed.exited).toBe(1);
  expect(changed.printed.stderr).toContain(
    '- assistant says "It is 3 euros."\n+ assistant says "It is 4 euros."',
  );
  writeFileSync(file, '{"text": "0176 39123456"}');
  const none = again();
  expect(await none.exited).toBe(2);
  expect(none.printed.stderr).toMatch(/^This is no recording: /);
  expect(none.printed.stderr).not.toContain('39123456');
});
