import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAll, FUNCTIONS, ROOT } from '../../lib/bundle.ts';
import { flowAt } from '../../lib/flows.ts';

interface Locked {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const { allowScripts, dependencies, devDependencies } = read('package.json') as Record<
  string,
  Record<string, string>
>;
const locked = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 13);

describe('what is deployed', () => {
  const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'twice-')));
  beforeAll(() => {
    for (const folder of folders) bundleAll(FUNCTIONS, folder, [flowAt('conversation')]);
  });
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it.each(FUNCTIONS)('of %s is the same, whoever builds it, and wherever', (name) => {
    const hashes = folders.map((folder) => {
      const code = readFileSync(join(folder, name, 'index.cjs'));
      return createHash('sha256').update(code).digest('hex');
    });
    expect(hashes[1]).toBe(hashes[0]);
  });
});

describe('what others have written', () => {
  it('has its hash, or lies in what has one, and comes from nowhere else', () => {
    const strangers = locked.filter(
      ([, { integrity, inBundle, resolved = 'https://registry.npmjs.org/' }]) =>
        !(inBundle || integrity?.startsWith('sha512-')) ||
        !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(strangers.map(([path]) => path)).toEqual([]);
  });

  it('is pinned to one version', () => {
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('runs no script when it is installed, but for those that are named', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
    for (const [path] of scripted) expect(Object.keys(allowScripts ?? {})).toContain(nameOf(path));
  });

  // What asks for nothing but its notice: a bundle has it in the SBOM.
  it.each([
    ['is deployed', false, ['MIT', 'Apache-2.0', 'ISC', 'BSD-3-Clause', '0BSD']],
    [
      'is used here alone',
      true,
      [
        ...['MIT', 'Apache-2.0', 'ISC', 'BSD-3-Clause', 'BlueOak-1.0.0', 'MPL-2.0'],
        ...['MIT OR Apache-2.0', '(MIT OR GPL-3.0-or-later)'],
      ],
    ],
  ])('and %s has a licence that lets us', (_what, dev, allowed) => {
    const refused = locked.filter(
      ([, { license = 'none', dev: isDev = false }]) => isDev === dev && !allowed.includes(license),
    );
    expect(refused.map(([path, { license }]) => `${nameOf(path)}: ${license}`)).toEqual([]);
  });
});
