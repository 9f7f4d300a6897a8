import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/*
 * `npm run new -- my-flow [receptionist]`: a call flow of your own, its call and its test, copied from `starter` or from
 * another one, and registered. Exit code 0: they are there; 1: nothing was written.
 */

const ROOT = join(import.meta.dirname, '..');
const REGISTRY = 'functions/templates/index.ts';
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const filesOf = (name: string) => [
  `functions/templates/${name}.ts`,
  `local/calls/${name}.ts`,
  `test/templates/${name}.test.ts`,
];

/** The message is for whoever asked. */
class Refused extends Error {}

try {
  const [name = '', source = 'starter'] = process.argv.slice(2);
  const written = create(name, source);
  console.log(`Written, from ${source}:\n${written.map((file) => `  ${file}`).join('\n')}\n`);
  console.log(
    `It is a template now: see its call with\n  npm run call -- ${name}\nand test it with\n  npx vitest run ${name}`,
  );
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Everything is looked at before anything is written. */
function create(name: string, source: string): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Refused(
      `A template is called something like my-flow (a–z, 0–9, -); got ${JSON.stringify(name)}`,
    );
  }
  const files = filesOf(name);
  const taken = files.find((file) => existsSync(join(ROOT, file)));
  if (taken) throw new Refused(`${taken} is there already: choose another name, or remove it`);
  const [template] = filesOf(source);
  if (source === 'index' || !existsSync(join(ROOT, template as string))) {
    throw new Refused(
      `There is no template ${JSON.stringify(source)} to copy: see functions/templates`,
    );
  }
  const registry = registered(read(REGISTRY), name);
  const copies = filesOf(source).flatMap((from, at) =>
    existsSync(join(ROOT, from))
      ? [[files[at] as string, renamed(read(from), source, name)] as const]
      : [],
  );
  for (const [file, text] of [...copies, [REGISTRY, registry] as const])
    writeFileSync(join(ROOT, file), text);
  const written = [...copies.map(([file]) => file), REGISTRY];
  execFileSync(process.execPath, [BIOME, 'check', '--write', ...written], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return written;
}

/** Where it is imported, and where it is named: what it says is its own. */
function renamed(text: string, source: string, name: string): string {
  return text
    .replaceAll(`/${source}.ts'`, `/${name}.ts'`)
    .replaceAll(`\`${source}\``, `\`${name}\``)
    .replace(new RegExp(`(template = |describe\\()'${source}'`, 'g'), `$1'${name}'`);
}

function registered(text: string, name: string): string {
  const identifier = identifierFor(name, text);
  const key = identifier === name ? name : `'${name}': ${identifier}`;
  const withImport = text.replace(/(?=\n\n)/, `\nimport ${identifier} from './${name}.ts';`);
  const [before, entries, after, ...rest] = withImport.split(
    /(?<=export const templates = \{)([^}]*)(?=\} satisfies)/,
  );
  if (entries === undefined || rest.length > 0) {
    throw new Refused(
      `${REGISTRY} has no "export const templates = { … } satisfies": put it back, then try again`,
    );
  }
  return `${before}${entries.trimEnd().replace(/,?$/, ',')} ${key} ${after}`;
}

/** `my-flow` → `myFlow`; what means something already is followed by `Flow`. */
function identifierFor(name: string, registry: string): string {
  const identifier = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const used = new RegExp(`\\b${identifier}\\b`).test(registry) || !declarable(identifier);
  return used ? `${identifier}Flow` : identifier;
}

function declarable(identifier: string): boolean {
  try {
    new Script(`'use strict'; async () => { const ${identifier} = 0; }`);
    return true;
  } catch {
    return false;
  }
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
