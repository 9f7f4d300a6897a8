import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalRuntime, startLocal, until } from '../support/local-runtime.ts';

const KIT = join(import.meta.dirname, '../../functions/template/index.ts');

/**
 * Forgets an `await`, or leaves a timer to itself that throws: for the first no call has to pay.
 */
const FLOW = `
import { defineTemplate } from ${JSON.stringify(KIT)};
export default defineTemplate({
  fallback: 'Sorry?',
  async onUserSpeak({ text }) {
    const fail = () => { throw new Error(text); };
    if (text === 'outlived') setTimeout(fail);
    else void Promise.reject(new Error(text));
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 'All the same.';
  },
});`;

let runtime: LocalRuntime;
const folder = mkdtempSync(join(tmpdir(), 'flow-'));
beforeAll(async () => {
  const TEMPLATE = join(folder, 'careless.ts');
  writeFileSync(TEMPLATE, FLOW);
  runtime = await startLocal({ TEMPLATE });
});
afterAll(async () => {
  await runtime.stop();
  rmSync(folder, { recursive: true });
});

const say = (text: string) =>
  fetch(`${runtime.url}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-token': 'local-token' },
    body: JSON.stringify({ type: 'user_speak', session: { id: `call-${text}` }, text }),
  });
const logged = () => runtime.printed.stdout + runtime.printed.stderr;

test('a promise that nobody waits for ends no call, and is logged with its place', async () => {
  const answer = await say('promise');
  expect(await answer.json()).toMatchObject([{ type: 'speak', text: 'All the same.' }]);
  await until(() => logged().includes('unawaited_failed'), 'its line');
  expect(logged()).toContain('careless.ts:');
});

test('what ends a function is logged', async () => {
  expect((await say('outlived')).status).toBe(500);
  await until(() => logged().includes('functions/webhook.ts died: Error'), 'its line');
  expect(logged()).not.toContain('outlived');
});
