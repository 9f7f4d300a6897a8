import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Json } from '../../functions/call/document.ts';

const ROOT = join(import.meta.dirname, '../..');
const LOCAL = /http:\/\/(127\.0\.0\.1|localhost):3000\b/g;
/** The runtime's URL, or the variable that an earlier block keeps it in. */
const ASKED = /http:\/\/(127\.0\.0\.1|localhost):3000\b|\$api\b/;
const LANGUAGES = ['', 'sh', 'json', 'ts'];

export interface Block {
  language: string;
  text: string;
  /** Of the opening fence, from 1. */
  line: number;
}

/** The fenced blocks of a README. Throws for one that no test would look at. */
export function fencedBlocks(markdown: string): Block[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
    ({ 1: language = '', 2: text = '', index }) => ({
      language,
      text,
      line: markdown.slice(0, index).split('\n').length,
    }),
  );
  if (markdown.split('```').length - 1 !== blocks.length * 2) {
    throw new Error(
      'a fence is unclosed, indented or has more than a language: its block would go untested',
    );
  }
  const foreign = blocks.find(({ language }) => !LANGUAGES.includes(language));
  if (foreign)
    throw new Error(
      `line ${foreign.line}: ${foreign.language} is not tested, use ${LANGUAGES.join(' ')}`,
    );
  return blocks;
}

export interface Example extends Block {
  /**
   * The JSON that the README shows as the block's output: the `json` block that comes next, if one
   * does.
   */
  output?: Json;
}

/** The `sh` blocks that ask the local runtime something with curl. */
export const curlExamples = (blocks: readonly Block[]): Example[] =>
  blocks.flatMap((block, n) => {
    if (block.language !== 'sh' || !/\bcurl\b/.test(block.text) || !ASKED.test(block.text))
      return [];
    const next = blocks[n + 1];
    return next?.language === 'json'
      ? [{ ...block, output: JSON.parse(next.text) as Json }]
      : [block];
  });

/**
 * Runs examples in one bash, as a reader would in one terminal, against the runtime at `url`;
 * resolves with what each printed. Rejects at the first that fails, also for a status of 400 and
 * above. `aws` does nothing.
 */
export async function runExamples(examples: readonly Example[], url: string): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), 'readme-'));
  writeFileSync(join(home, '.curlrc'), 'silent\nshow-error\nfail-with-body\nmax-time = 20\n');
  const printed = (n: number) => join(home, `${n}.out`);
  const script = examples.map(({ text }, n) => `exec >${printed(n)}\n${text.replace(LOCAL, url)}`);
  const env = { PATH: process.env.PATH, HOME: home };
  const options = { cwd: ROOT, env, timeout: 50_000 };
  const { error, stderr } = await output(
    'bash',
    ['-eo', 'pipefail', '-c', `aws() { :; }\n${script.join('\n')}`],
    options,
  );
  const results = examples.flatMap((_, n) =>
    existsSync(printed(n)) ? [readFileSync(printed(n), 'utf8')] : [],
  );
  rmSync(home, { recursive: true });
  if (!error) return results;
  throw new Error(
    `line ${examples[results.length - 1]?.line}: exit code ${error.code}\n${stderr}${results.at(-1)}`,
  );
}

/**
 * JSON as a README shows it, for `toEqual`: everything is compared, but `…` stands for what differs
 * from run to run. `"…"` is anything, `"a…b"` any text in between, an entry `"…"` of an array
 * further entries in any place, and a key `"…"` further keys. A number whose key ends in `_ms` is
 * an example of one.
 */
export function loosely(shown: Json, key = ''): unknown {
  if (typeof shown === 'number' && key.endsWith('_ms')) return expect.any(Number);
  if (typeof shown === 'string') return looseText(shown);
  if (Array.isArray(shown)) {
    const entries = shown.filter((entry) => entry !== '…').map((entry) => loosely(entry));
    return entries.length < shown.length ? expect.arrayContaining(entries) : entries;
  }
  if (typeof shown !== 'object' || shown === null) return shown;
  const { '…': more, ...named } = shown;
  const fields = Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, loosely(value, name)]),
  );
  return more === undefined ? fields : expect.objectContaining(fields);
}

function looseText(shown: string): unknown {
  if (shown === '…') return expect.anything();
  if (!shown.includes('…')) return shown;
  const parts = shown.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return expect.stringMatching(new RegExp(`^${parts.join('.*')}$`, 's'));
}

/**
 * What the compiler says of the `ts` blocks, as one program with the project; empty if nothing. A
 * block that begins with `// functions/templates/mine.ts` counts as that file, any other as one in
 * the project's top folder.
 */
export async function typeErrors(blocks: readonly Block[]): Promise<string> {
  const examples = blocks.filter(({ language }) => language === 'ts');
  if (examples.length === 0) return '';
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/readme-'));
  for (const { text, line } of examples) {
    const file = join(folder, /^\/\/ ([\w./-]+\.ts)\n/.exec(text)?.[1] ?? `line-${line}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    // Moved down to where it stands in the README, so that the compiler's line numbers are the
    // README's.
    writeFileSync(file, '\n'.repeat(line) + text, { flag: 'wx' });
  }
  const compilerOptions = {
    rootDirs: [folder, ROOT],
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [folder] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { error, stdout, stderr } = await output(
    join(ROOT, 'node_modules/.bin/tsc'),
    ['-p', folder],
    { cwd: folder },
  );
  rmSync(folder, { recursive: true });
  return error ? `${stdout}${stderr}` : '';
}

/**
 * Loads the `ts` blocks that are templates, as a deployed function would. Throws what
 * `defineTemplate` throws.
 */
export async function loadTemplates(blocks: readonly Block[]): Promise<number> {
  const templates = blocks.filter(({ text }) => /^\/\/ flows\/[\w-]+\.ts\n/.test(text));
  // Here, because they import packages.
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/templates-'));
  try {
    for (const { text, line } of templates) {
      const file = join(folder, `line-${line}.ts`);
      writeFileSync(file, text.replaceAll("from '../", `from '${ROOT}/`));
      await import(file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return templates.length;
}

const output = (
  file: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; timeout?: number },
) =>
  new Promise<{ error: { code?: unknown } | null; stdout: string; stderr: string }>((resolve) =>
    execFile(file, args, options, (error, stdout, stderr) => resolve({ error, stdout, stderr })),
  );
