import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocal, until } from '../support/local-runtime.ts';
import {
  type Block,
  curlExamples,
  fencedBlocks,
  loadTemplates,
  loosely,
  runExamples,
  typeErrors,
} from '../support/readme.ts';

const ROOT = join(import.meta.dirname, '../..');
const START = 'npm ci && npm start';
const TEST = 'npm ci && npm test';

describe('the README', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const blocks = fencedBlocks(readme);
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'));

  test('names the two commands', () => {
    expect(commands).toEqual(expect.arrayContaining([START, TEST]));
  });

  test('names no npm script that is not there', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const named = commands.flatMap((line) =>
      [...line.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(['ci', ...Object.keys(scripts)]).toEqual(expect.arrayContaining(named));
  });

  test('starts the runtime, whose answers to curl are as shown', async () => {
    // This clone's `npm ci` has just been.
    await expectAnswersAsShown(blocks, await startedBy(START.replace('npm ci && ', '')));
  });

  test('gives CI its test command', () => {
    expect(runCi(readme)).toEqual({
      status: 0,
      npm: ['ci', 'test', 'run test:programs', 'run check'],
    });
    expect(runCi(readme.replace(TEST, 'npm test'))).toEqual({ status: 1, npm: [] });
  });
});

test.each(['README.md', 'docs/audio.md', 'docs/templates.md', 'docs/your-own-api.md'])(
  '%s has TypeScript that compiles, and templates that load',
  async (doc) => {
    const blocks = fencedBlocks(readFileSync(join(ROOT, doc), 'utf8'));
    expect(await typeErrors(blocks)).toBe('');
    expect(await loadTemplates(blocks)).toBeGreaterThan(0);
  },
);

test('docs/flows.md has TypeScript that compiles', async () => {
  const blocks = fencedBlocks(readFileSync(join(ROOT, 'docs/flows.md'), 'utf8'));
  expect(await typeErrors(blocks)).toBe('');
});

test('docs/triggers.md is one program, which compiles', async () => {
  const blocks = fencedBlocks(readFileSync(join(ROOT, 'docs/triggers.md'), 'utf8'));
  const text = blocks.filter(({ language }) => language === 'ts').map(({ text }) => text);
  expect(await typeErrors([{ language: 'ts', text: text.join('\n'), line: 1 }])).toBe('');
});

describe('docs/outbound.md', () => {
  const blocks = fencedBlocks(readFileSync(join(ROOT, 'docs/outbound.md'), 'utf8'));

  test('shows what curl prints', async () => {
    const { url, stop } = await startLocal();
    onTestFinished(async () => void (await stop()));
    expect(curlExamples(blocks)).toHaveLength(3);
    await expectAnswersAsShown(blocks, url);
  });

  test('has TypeScript that compiles', async () => {
    expect(await typeErrors(blocks)).toBe('');
  });
});

describe('a README that is wrong is noticed', () => {
  const PLACE_CALL = `\`\`\`sh
id=$(curl -X POST http://127.0.0.1:3000/simulator/calls -H 'content-type: application/json' -d '{}' | cut -d '"' -f 4)
\`\`\``;
  const READ_CALL = `\`\`\`sh
aws lambda invoke
curl "http://127.0.0.1:3000/simulator/calls/$id"
\`\`\``;

  test('in what curl prints', async () => {
    const { url, stop } = await startLocal();
    onTestFinished(async () => void (await stop()));
    const check = (...parts: string[]) => expectAnswersAsShown(fencedBlocks(parts.join('\n')), url);
    const shown = (json: string) => `It prints\n\`\`\`json\n${json}\n\`\`\`\n`;

    await check(
      PLACE_CALL,
      READ_CALL,
      shown('{ "session_id": "…-…", "state": "active", "timeline": ["…"], "…": "…" }'),
    );
    await check(PLACE_CALL, READ_CALL, shown('{ "state": "active", "…": "…" }'));
    await expect(
      check(PLACE_CALL, READ_CALL, shown('{ "state": "ended", "…": "…" }')),
    ).rejects.toThrow('line 4');
    await expect(check(PLACE_CALL, READ_CALL, shown('{ "state": "active" }'))).rejects.toThrow(
      'line 4',
    );
    await expect(check(READ_CALL)).rejects.toThrow(/^line 1: exit code 22\n.*404/);
    await expect(
      check(PLACE_CALL, READ_CALL, '```sh\ncurl http://localhost:3000/health; false\n```'),
    ).rejects.toThrow(/^line 8: exit code 1\n{"status":"ok"}/);
  });

  test('in its TypeScript', async () => {
    const template = `\`\`\`ts
// flows/mine.ts
import { defineTemplate } from '../functions/template/index.ts';

export default defineTemplate<{ name: string }>({ fallback: 'Sorry?', onSessionStart: () => 'Hello!' });
\`\`\`\n`;
    const using = (handler: string) => `\`\`\`ts
import mine from './flows/mine.ts';
export const handler = mine.${handler};
\`\`\`\n`;
    expect(await typeErrors(fencedBlocks(template + using('onSessionStart')))).toBe('');
    expect(await typeErrors(fencedBlocks(template + using('onSessionBegin')))).toMatch(
      /line-7\.ts\(9,29\): error TS2551/,
    );
    const unfinished = template.replace('onSessionStart', "onJob: () => 'Yes.', onSessionStart");
    await expect(loadTemplates(fencedBlocks(unfinished))).rejects.toThrow('onJob needs progress');
  });

  test.each(['```python\n1\n```\n', '- item\n  ```sh\n  ls\n  ```\n', '```sh\nls\n'])(
    'in a block like %j',
    (markdown) => {
      expect(() => fencedBlocks(markdown)).toThrow(/not tested|untested/);
    },
  );
});

test('… stands for what differs, and for nothing else', () => {
  const actual = { id: 'call-17', at_ms: 12, list: [1, 2, 3], more: null, text: 'a\nb' };
  expect(actual).toEqual(loosely({ id: 'call-…', at_ms: 99, list: [3, '…'], text: '…', '…': '…' }));
  for (const wrong of [
    { id: 'cell-…' },
    { at_ms: '12' },
    { list: [1, 2] },
    { list: [4, '…'] },
    { other: '…' },
  ]) {
    expect(actual).not.toEqual(loosely({ ...wrong, '…': '…' }));
  }
});

async function expectAnswersAsShown(blocks: Block[], url: string): Promise<void> {
  const examples = curlExamples(blocks);
  const printed = await runExamples(examples, url);
  for (const [n, { output, line }] of examples.entries()) {
    if (output !== undefined)
      expect(parsed(printed[n] ?? ''), `line ${line}`).toEqual(loosely(output));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Runs a command as in a terminal until the test ends, on any free port; the URL it prints. */
async function startedBy(command: string): Promise<string> {
  const { PATH, HOME } = process.env;
  // A process group of its own takes the Ctrl-C as a whole.
  const child = spawn('bash', ['-c', command], {
    cwd: ROOT,
    detached: true,
    env: { PATH, HOME, PORT: '0' },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (printed += chunk));
  const closed = once(child, 'close');
  onTestFinished(async () => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGINT');
    await closed;
  });
  const url = () => /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
  await until(
    () => url() !== undefined || child.exitCode !== null,
    `a URL from ${command}`,
    30_000,
  );
  return url() ?? expect.fail(`${command} ended:\n${printed}`);
}

/** `.ci/run` beside another README, with an npm that only notes what it was asked for. */
function runCi(readme: string) {
  const folder = mkdtempSync(join(tmpdir(), 'ci-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(ROOT, '.ci/run'), join(folder, '.ci/run'));
  writeFileSync(join(folder, 'README.md'), readme);
  const npm = `#!/bin/sh
echo "$@" >> npm.log
[ "$1" != test ] || echo '{"numPassedTests":1,"numFailedTests":0}' > "$VITEST_JSON_REPORT"\n`;
  writeFileSync(join(folder, 'npm'), npm, { mode: 0o755 });
  const { status } = spawnSync(join(folder, '.ci/run'), {
    env: { PATH: `${folder}:${process.env.PATH}` },
  });
  const log = join(folder, 'npm.log');
  return { status, npm: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [] };
}
