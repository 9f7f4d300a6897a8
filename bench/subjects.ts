import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { type BuildOptions, buildSync } from 'esbuild';
import { bundle, type FunctionName } from '../lib/bundle.ts';
import type { Flow } from '../lib/flows.ts';

const PEERS = join(import.meta.dirname, 'peers');

/** The least that AI Flow takes for an answer. */
const EMPTY = 'exports.handler = async () => ({ statusCode: 204 });\n';

const COMMONJS: BuildOptions = { format: 'cjs', minify: true, mainFields: ['module', 'main'] };
/** What blogs recommend. */
const ESM: BuildOptions = {
  ...COMMONJS,
  format: 'esm',
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};
/** What CDK's `NodejsFunction` does unless it is told otherwise: the SDK is the runtime's. */
const CDK_DEFAULT: BuildOptions = { format: 'cjs', external: ['@aws-sdk/*', '@smithy/*'] };

const PEER_BUILDS: Record<string, readonly [file: string, options: BuildOptions]> = {
  'SigV4 by hand (limit)': ['by-hand', COMMONJS],
  'client-dynamodb, CommonJS': ['plain-client', COMMONJS],
  'ESM recipe, document client': ['recipe', ESM],
  'NodejsFunction as it comes': ['recipe', CDK_DEFAULT],
  Powertools: ['powertools', ESM],
  'middy + zod': ['middy', ESM],
  hono: ['hono', ESM],
  'express + serverless-http': ['express', ESM],
};

export const OURS = 'ours';
export const RECIPE = 'ESM recipe, document client';

export interface Subject {
  readonly name: string;
  readonly file: string;
  /** Of the code, as it is deployed. */
  readonly bytes: number;
  readonly zipped: number;
}

/** Installs the peers, and bundles every subject; all files go with this process. */
export function subjects(): Subject[] {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: PEERS,
    stdio: 'inherit',
  });
  const folder = benchFolder();
  const builds = Object.entries(PEER_BUILDS);
  return [
    subject('empty handler (floor)', emptyHandler(folder)),
    subject(OURS, join(bundle('webhook', folder), 'index.cjs')),
    ...builds.map(([name, [file, options]], n) =>
      subject(name, built(file, options, join(folder, String(n)))),
    ),
  ];
}

function built(file: string, options: BuildOptions, folder: string): string {
  const outfile = join(folder, options.format === 'esm' ? 'index.mjs' : 'index.cjs');
  buildSync({
    absWorkingDir: PEERS,
    entryPoints: [`${file}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
    ...options,
  });
  return outfile;
}

function subject(name: string, file: string): Subject {
  const code = readFileSync(file);
  return { name, file, bytes: code.length, zipped: deflateRawSync(code).length };
}

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function benchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  folders.push(folder);
  return folder;
}

function emptyHandler(folder: string): string {
  const file = join(folder, 'empty.cjs');
  writeFileSync(file, EMPTY);
  return file;
}

/** The bundle of one of our functions. */
export const bundled = (name: FunctionName, flows?: readonly Flow[]): string =>
  join(bundle(name, benchFolder(), flows), 'index.cjs');

/** The bundle of a peer that isn't a webhook. */
export const bundledPeer = (file: string): string => built(file, COMMONJS, benchFolder());

/** What the SDK of `NodejsFunction` is resolved from, which Lambda has in its runtime. */
export const NODE_PATH = join(PEERS, 'node_modules');
