import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { cut } from '../functions/protocol/invalid.ts';

/** Our own call flows. */
const SHIPPED = join(import.meta.dirname, '../functions/templates');
/** In the packed package they are compiled, as this file is. */
const COMPILED = extname(import.meta.filename);
/** Yours, below the working directory. */
export const FLOWS = 'flows';

/**
 * A call flow by the name that functions, logs and calls know it by, and the file that exports it
 * by default.
 */
export interface Flow {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
}

/** A call flow that can't be deployed. The message names it, what is wrong and the remedy. */
export class InvalidFlow extends Error {
  override readonly name = 'InvalidFlow';
}

const SOURCE = /\.[cm]?[jt]s$/;
const NAME = /^[\w-]{1,64}$/;

/** The names of our own. */
export const shippedNames = (): string[] =>
  flowFilesIn(SHIPPED, COMPILED).filter((name) => name !== 'index');

/** Paths of yours, as they are given: `flows/pizza.ts`. */
export const ownPaths = (from = process.cwd()): string[] =>
  flowFilesIn(join(from, FLOWS)).map((name) => `${FLOWS}/${name}.ts`);

/** Those beside them, such as `pizza.call.ts` and `pizza.test.ts`, are none. */
function flowFilesIn(folder: string, extension = '.ts'): string[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files
    .filter((file) => file.endsWith(extension))
    .map((file) => basename(file, extension))
    .filter((name) => NAME.test(name))
    .sort();
}

/**
 * The call flow of a name (`receptionist`, of ours) or of a path (`flows/pizza.ts`, yours;
 * absolute, or below `from`), whichever language stands behind it. Throws {@link InvalidFlow}.
 */
export function flowAt(choice: string, from = process.cwd()): Flow {
  const { given } = inWhichLanguage(choice);
  if (isPath(given)) return flowIn(given, from);
  if (shippedNames().includes(given)) return shipped(given);
  const own = `${FLOWS}/${given}.ts`;
  const remedy = existsSync(join(from, own))
    ? `give its path, ${own}`
    : `name one of ${shippedNames().join(', ')}, or give the path of yours, such as ${FLOWS}/pizza.ts`;
  throw new InvalidFlow(`there is no template "${cut(given)}": ${remedy}`);
}

/**
 * `order-status:de-DE` is `order-status` in German; `language` is empty where the call flow's own
 * is meant.
 */
export function inWhichLanguage(choice: string): { given: string; language: string } {
  const [, given = choice, language = ''] =
    /^(.*?)(:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)$/.exec(choice) ?? [];
  return { given, language };
}

/** What functions know a choice by: the name of its flow, and its language. */
export const choiceName = (choice: string, { name }: Flow): string =>
  `${name}${inWhichLanguage(choice).language}`;

/** A name has neither a slash nor an ending. */
export const isPath = (given: string) => /[/\\]/.test(given) || SOURCE.test(given);

export const isOurs = ({ file }: Flow) => file.startsWith(`${SHIPPED}${sep}`);

const shipped = (name: string): Flow => ({ name, file: join(SHIPPED, `${name}${COMPILED}`) });

function flowIn(path: string, from: string): Flow {
  const file = resolve(from, path);
  const name = basename(file, extname(file));
  const refuse = (why: string) => new InvalidFlow(`the call flow ${cut(path)} ${why}`);
  if (!isAbsolute(path) && relative(from, file).split(sep)[0] === '..')
    throw refuse(`lies outside of ${from}: give its absolute path if you mean it, ${file}`);
  if (!SOURCE.test(file)) throw refuse('must be a .ts or .js file');
  if (!existsSync(file) || !statSync(file).isFile())
    throw refuse(`is not there: looked for ${file}`);
  if (!NAME.test(name))
    throw refuse('must be called something like pizza.ts: up to 64 letters, digits, - and _');
  if (shippedNames().includes(name) && file !== shipped(name).file)
    throw refuse(`has the name of one of ours: call it something else than ${name}`);
  return { name, file };
}

/**
 * Each flow once. Throws {@link InvalidFlow} for two files of one name: calls couldn't tell them
 * apart.
 */
export function distinct(flows: readonly Flow[]): Flow[] {
  const byName = new Map<string, Flow>();
  for (const flow of flows) {
    const other = byName.get(flow.name) ?? flow;
    if (other.file !== flow.file)
      throw new InvalidFlow(
        `two call flows are called ${flow.name}: rename ${flow.file} or ${other.file}`,
      );
    byName.set(flow.name, flow);
  }
  return [...byName.values()];
}
