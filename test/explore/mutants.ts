import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Heart } from './shell.ts';

/** A bug that somebody could write: in a file, this instead of that. */
export interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const MUTANTS: Record<string, Mutant> = {};

const SOURCE = resolve('functions/call');

/** The decision as it would be with the bug: a copy whose other imports lead back to here. */
export async function withMutant({ file, from, to }: Mutant): Promise<{ heart: Heart; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  cpSync(SOURCE, folder, { recursive: true });
  for (const path of globSync(`${folder}/*.ts`)) {
    const text = readFileSync(path, 'utf8').replaceAll(
      /'\.\.\/([^']+)'/g,
      (_all, target: string) => `'${pathToFileURL(resolve('functions', target))}'`,
    );
    writeFileSync(path, path === join(folder, file) ? mutated(text, { file, from, to }) : text);
  }
  const load = (name: string) => import(pathToFileURL(join(folder, name)).href);
  const [{ decide }, { meaningOf, turnOf }, { keyOf, printOf }] = await Promise.all(
    ['decide.ts', 'meaning.ts', 'words.ts'].map(load),
  );
  return { heart: { decide, meaningOf, turnOf, keyOf, printOf }, remove: () => rmSync(folder, { recursive: true }) };
}

function mutated(text: string, { file, from, to }: Mutant): string {
  if (text.split(from).length !== 2) throw new Error(`${file} must hold once: ${from}`);
  return text.replace(from, to);
}
