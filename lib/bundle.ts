import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { checkSize, type SizeLimits } from './bundle-size.ts';
import { type Flow, flowAt, isOurs } from './flows.ts';
import { onlyInJobs } from './only-in-jobs.ts';

export const ROOT = join(import.meta.dirname, '..');

/** Audio clips that functions play by name: `<name>.wav`. */
export const ASSETS = join(ROOT, 'functions/assets');

/** The files directly under `functions/`: each is a deployed Lambda. */
export const FUNCTIONS = ['webhook', 'interrupt', 'websocket', 'job', 'call'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Of our own files: the packed package has them compiled. */
const EXTENSION = extname(import.meta.filename);
const own = (file: string) => `./functions/${file}${EXTENSION}`;
const CREDENTIALS = own('runtime/env-credentials');
/** What asks a language model: whoever answers a caller carries none of it. */
const MODELS = {
  '#bedrock': own('models/bedrock'),
  '#model-server': own('models/configured-server'),
};
const stubs = (stub: string) => Object.fromEntries(Object.keys(MODELS).map((name) => [name, stub]));
/** What authors import, from wherever they are: there must be one copy of it. */
const FRONT_DOOR = { 'ai-flow-lambda/template': own('template/index') };

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  metafile: true,
} as const satisfies BuildOptions;

/**
 * Bundles `functions/<name>.ts` with these call flows, and no others, to `<outdir>/<name>/index.cjs` and returns that
 * folder: what `cdk deploy` uploads and `npm start` runs. CommonJS, because importing `node:http` from ESM loads undici
 * (+70 ms); `.cjs`, because the folder may lie below this package's `"type": "module"`.
 */
export function bundle(
  name: FunctionName,
  outdir = join(ROOT, 'dist'),
  flows: readonly Flow[] = [flowAt('conversation')],
  limits: SizeLimits = {},
): string {
  // An alias is relative to the working directory of esbuild.
  const folder = resolve(outdir, name);
  mkdirSync(folder, { recursive: true });
  const chosen = written(join(folder, 'flows.ts'), moduleOf(flows));
  const stub = written(join(folder, 'only-in-jobs.cjs'), ONLY_IN_JOBS);
  const entry = `functions/${name}${EXTENSION}`;
  const options = {
    ...COMMON,
    entryPoints: [entry],
    outfile: join(folder, 'index.cjs'),
    // CommonJS has no `import.meta`.
    define: { 'import.meta.dirname': '__dirname' },
    logOverride: { 'import-is-undefined': 'silent' },
    logLevel: 'warning',
  } satisfies BuildOptions;
  const alias = {
    '@aws-sdk/credential-provider-node': CREDENTIALS,
    '@aws-sdk/token-providers': CREDENTIALS,
    ...FRONT_DOOR,
    '#flows': chosen,
    ...(name === 'job' ? MODELS : stubs(stub)),
  };
  const scan = () => buildSync({ ...options, alias, write: false }).metafile;
  // Our own call flows bring no packages.
  const isLean = name === 'job' || flows.every(isOurs);
  const inJobs = isLean ? [] : onlyInJobs(scan(), entry);
  const { metafile } = buildSync({
    ...options,
    minify: true,
    sourcemap: 'linked',
    alias: { ...alias, ...Object.fromEntries(inJobs.map((specifier) => [specifier, stub])) },
  });
  rmSync(stub);
  rmSync(chosen);
  checkSize(name, metafile, limits);
  const assets = join(folder, 'assets');
  // What has been deleted must not be deployed from an earlier synth.
  rmSync(assets, { recursive: true, force: true });
  if (existsSync(ASSETS)) cpSync(ASSETS, assets, { recursive: true });
  return folder;
}

/** Bundles a call flow by itself, with all that it imports. Throws esbuild's `BuildFailure`. */
export const buildFlow = (file: string, outfile: string): Metafile =>
  buildSync({
    ...COMMON,
    entryPoints: [file],
    outfile,
    alias: { ...FRONT_DOOR, ...stubs(written(`${outfile}.stub.cjs`, ONLY_IN_JOBS)) },
    logOverride: { 'empty-import-meta': 'error', 'import-is-undefined': 'silent' },
    logLevel: 'silent',
  }).metafile;

function written(file: string, text: string): string {
  writeFileSync(file, text);
  return file;
}

/** Stands where `functions/templates/index.ts` does: it has the same `flows`. */
const moduleOf = (flows: readonly Flow[]): string =>
  [
    ...flows.map(({ file }, n) => `import flow${n} from ${JSON.stringify(file)};`),
    `export const flows = { ${flows.map(({ name }, n) => `${JSON.stringify(name)}: flow${n}`).join(', ')} };`,
  ].join('\n');

/** A caller waits for the other functions to start. */
const ONLY_IN_JOBS = `throw new Error(
  'a package that is imported by import() is there in onJob alone: import it at the top of the call flow to use it elsewhere');`;
