import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templates } from '../../functions/templates/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');
const NOT_COPIED = new Set(['node_modules', '.git', 'cdk.out', 'dist', '.cache']);

/** A copy of the checkout: what is written there is nobody's. */
let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'checkout-'));
  for (const entry of readdirSync(ROOT).filter((name) => !NOT_COPIED.has(name))) {
    cpSync(join(ROOT, entry), join(checkout, entry), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
});
afterAll(() => rmSync(checkout, { recursive: true }));

/** A program in the copy; what it printed. Rejects unless its exit code is 0. */
async function run(program: string, ...args: string[]): Promise<string> {
  // What vitest sets would make another vitest take itself for a part of this one.
  const env = { PATH: `${BIN}:${process.env.PATH}`, HOME: process.env.HOME, NO_COLOR: '1' };
  const { stdout } = await promisify(execFile)(program, args, { cwd: checkout, env }).catch(
    (error) => {
      throw new Error(`${program} ${args.join(' ')}:\n${error.stdout}${error.stderr}`);
    },
  );
  return stdout;
}

const node = (...args: string[]) => run(process.execPath, ...args);
const create = (...args: string[]) => node('local/new.ts', ...args);
const text = (file: string) => readFileSync(join(checkout, file), 'utf8');

/** They mean something in TypeScript, or in the file that lists all templates. */
const ODD_NAMES = ['class', 'await', 'templates', 'by-number'];

// It type-checks and tests eight copies, each in processes of their own.
test('a new template is checked, tested and performed at once; so is a copy of each, whatever its name', async () => {
  const printed = await create('my-flow');
  for (const file of [
    'functions/templates/my-flow.ts',
    'local/calls/my-flow.ts',
    'test/templates/my-flow.test.ts',
  ]) {
    expect(printed).toContain(file);
    expect(text(file)).not.toContain('starter');
  }
  for (const name of ODD_NAMES) await create(name);
  for (const name of Object.keys(templates)) await create(`copied-${name}`, name);
  expect(await run('biome', 'check', '.')).toContain('No fixes applied');

  const own = text('functions/templates/my-flow.ts').replace(
    'Welcome to the library',
    'Welcome home',
  );
  writeFileSync(join(checkout, 'functions/templates/my-flow.ts'), own);
  const [tested, performed] = await Promise.all([
    run('vitest', 'run', '--project', 'unit', 'test/templates', 'test/architecture'),
    node('local/call.ts', 'my-flow'),
    run('tsc'),
  ]);
  expect(tested).toMatch(/test\/templates\/my-flow\.test\.ts/);
  expect(performed).toContain('Welcome home.');
  expect(performed).toContain('my-flow: all 7 lines as written');
}, 150_000);

test.each([
  ['starter', 'functions/templates/starter.ts is there already'],
  ['index', 'functions/templates/index.ts is there already'],
  ['MyFlow', 'something like my-flow'],
  ['../my-flow', 'something like my-flow'],
  ['my-', 'something like my-flow'],
  ['', 'something like my-flow'],
])('%j is refused, and nothing is written', async (name, why) => {
  const before = text('functions/templates/index.ts');
  await expect(create(name)).rejects.toThrow(why);
  expect(text('functions/templates/index.ts')).toBe(before);
});

test('what is not there is not copied', async () => {
  await expect(create('mine', 'nobody')).rejects.toThrow('no template "nobody"');
  expect(existsSync(join(checkout, 'functions/templates/mine.ts'))).toBe(false);
});
