import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLOWS, shippedNames } from '../lib/flows.ts';
import { shippedPlays } from './plays.ts';

/*
 * `npm run new -- pizza [receptionist]`: a call flow of your own in `flows/`, with its call and its test, which asks a shop;
 * or a copy of one of ours. Exit code 0: they are there; 1: nothing was written.
 */

const ROOT = join(import.meta.dirname, '..');
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
const ENDINGS = ['.ts', '.call.ts', '.local.ts', '.test.ts'];

/** The message is for whoever asked. */
class Refused extends Error {}

try {
  const [name = '', source] = process.argv.slice(2);
  const written = create(name, source);
  console.log(`Written${source ? `, from ${source}` : ''}:`);
  console.log(`${written.map((file) => `  ${file}`).join('\n')}\n`);
  console.log(`See its call with\n  npm run call -- ${name}`);
  console.log(`talk to it with\n  TEMPLATE=${FLOWS}/${name}.ts npm start`);
  console.log(`and test it with\n  npx vitest run ${name}`);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Everything is looked at before anything is written. */
function create(name: string, source: string | undefined): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Refused(
      `A call flow is called something like my-flow (a–z, 0–9, -): npm run new -- my-flow; got ${JSON.stringify(name)}`,
    );
  }
  if (shippedNames().includes(name) || shippedPlays().includes(name))
    throw new Refused(`${name} is one of ours already: choose another name`);
  const files = [...ENDINGS, '.days.ts'].map((ending) => `${FLOWS}/${name}${ending}`);
  const taken = files.find((file) => existsSync(file));
  if (taken) throw new Refused(`${taken} is there already: choose another name, or remove it`);
  if (source !== undefined && !shippedNames().includes(source)) {
    throw new Refused(
      `There is no template ${JSON.stringify(source)} to copy: choose one of ${shippedNames().join(', ')}`,
    );
  }
  const copies = source === undefined ? scaffold(name) : copied(source, name);
  mkdirSync(FLOWS, { recursive: true });
  for (const [file, text] of copies) writeFileSync(file, text);
  const written = copies.map(([file]) => file);
  // Shorter names may join lines.
  execFileSync(process.execPath, [BIOME, 'check', '--write', ...written], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return written;
}

type Copy = readonly [file: string, text: string];

/** What lies in `local/new` imports the rest from two folders up, `flows/` from one. */
function scaffold(name: string): Copy[] {
  return ENDINGS.map((ending) => [
    `${FLOWS}/${name}${ending}`,
    read(`local/new/flow${ending}`)
      .replaceAll("'../../", "'@/")
      .replaceAll("'../", "'../local/")
      .replaceAll("'@/", "'../")
      .replaceAll(/(['`])(\.\/)?flow(\.\w+)?\.ts/g, `$1$2${name}$3.ts`),
  ]);
}

function copied(source: string, name: string): Copy[] {
  const places: readonly Copy[] = [
    [`functions/templates/${source}.ts`, '.ts'],
    [`local/calls/${source}.ts`, '.call.ts'],
    [`local/stand-ins/${source}.ts`, '.local.ts'],
    [`test/plays/days/${source}.ts`, '.days.ts'],
    [`test/templates/${source}.test.ts`, '.test.ts'],
  ];
  return places
    .filter(([from]) => existsSync(join(ROOT, from)))
    .map(([from, ending]) => [`${FLOWS}/${name}${ending}`, moved(read(from), from, source, name)]);
}

/**
 * The text of a file elsewhere as it must be in `flows/`: what it imports, and what it says of
 * itself.
 */
function moved(text: string, from: string, source: string, name: string): string {
  return text
    .replaceAll(/'(\.\.?\/[^']+\.ts)'/g, (_all, path: string) => {
      const target = join(from, '..', path);
      if (target === `functions/templates/${source}.ts`) return `'./${name}.ts'`;
      return target === `local/calls/${source}.ts` ? `'./${name}.call.ts'` : `'../${target}'`;
    })
    .replaceAll(`\`${source}\``, `\`${name}\``)
    .replace(
      new RegExp(`export const template = '${source}'`),
      `export const template = '${FLOWS}/${name}.ts'`,
    )
    .replace(new RegExp(`(describe\\()'${source}'`, 'g'), `$1'${name}'`);
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
