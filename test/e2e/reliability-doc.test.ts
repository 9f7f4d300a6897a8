import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const table = page.split('\n\n').find((block) => block.startsWith('| promise')) ?? '';
const rows = table.trim().split('\n').slice(2);
const commands = [...new Set(rows.map((row) => /\| `(np[mx] [^`]+)` \|/.exec(row)?.[1] ?? row))];

/** As little of each as there is. Other arguments than the page's, and the same code. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  fuzz: ['20'],
  timing: ['500'],
  soak: ['1'],
  load: ['4', '1'],
  sbom: [],
};
describe('docs/reliability.md', () => {
  it('has a command and a figure in each row', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row).toMatch(/\| `np[mx] [^`]+` \| .*\d.* \|$/);
  });

  it.each(commands.filter((one) => one.startsWith('npx')))(
    'names tests that there are: %s',
    (one) => {
      const [, , , ...words] = one.split(' ');
      const files = words.filter((word) => word.endsWith('.test.ts'));
      expect(one).toMatch(/^npx vitest run /);
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
    },
  );

  const named = commands.flatMap((one) => /^npm run (\S+)/.exec(one)?.[1] ?? []);
  it('names scripts that there are', () => {
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    expect(named.filter((name) => !(name in SHORT))).toEqual([]);
  });

  // They wait more than they do. `node --run` runs the same scripts half a second sooner.
  it.concurrent.each(named)('npm run %s ends, and is content', async (name) => {
    const args = ['--run', name, '--', ...(SHORT[name] ?? [])];
    const { code, stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      cwd: ROOT,
    })
      .then((printed) => ({ ...printed, code: 0 }))
      .catch((error) => error);
    // So few samples may say anything of a busy machine.
    if (name !== 'timing') expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/\d/);
  });
});
