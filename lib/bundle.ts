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
const ALIAS = {
  '@aws-sdk/credential-provider-node': CREDENTIALS,
  '@aws-sdk/token-providers': CREDENTIALS,
  ...FRONT_DOOR,
};

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
  bundleAll([name], outdir, flows, limits);
  return resolve(outdir, name);
}

/** {@link bundle} for several of them at once: what they share is read once. */
export function bundleAll(
  names: readonly FunctionName[],
  outdir: string,
  flows: readonly Flow[],
  limits: SizeLimits = {},
): void {
  mkdirSync(outdir, { recursive: true });
  // An alias is relative to the working directory of esbuild; another thread may bundle beside this one.
  const chosen = written(resolve(outdir, `flows-${names[0]}.ts`), moduleOf(flows));
  const stub = written(resolve(outdir, `only-in-jobs-${names[0]}.cjs`), ONLY_IN_JOBS);
  const asking = names.filter((name) => name === 'job');
  const answering = names.filter((name) => name !== 'job');
  const outputs = [
    ...built(asking, outdir, { ...ALIAS, ...MODELS, '#flows': chosen }),
    ...built(answering, outdir, { ...ALIAS, ...stubs(stub), '#flows': chosen }, (scan) => {
      // Our own call flows bring no packages.
      const inJobs = flows.every(isOurs) ? [] : onlyInJobs(scan(), answering.map(entryOf));
      return Object.fromEntries(inJobs.map((specifier) => [specifier, stub]));
    }),
  ];
  rmSync(stub);
  rmSync(chosen);
  for (const name of names) {
    checkSize(
      name,
      outputs.find(({ entryPoint }) => entryPoint === entryOf(name)),
      limits,
    );
    copyAssets(resolve(outdir, name, 'assets'));
  }
}

const entryOf = (name: FunctionName) => `functions/${name}${EXTENSION}`;

/** `leaveOut` gives further aliases, for what a scan has found. */
function built(
  names: readonly FunctionName[],
  outdir: string,
  alias: Record<string, string>,
  leaveOut: (scan: () => Metafile) => Record<string, string> = () => ({}),
): Metafile['outputs'][string][] {
  if (names.length === 0) return [];
  const options = {
    ...COMMON,
    entryPoints: names.map((name) => ({ in: entryOf(name), out: `${name}/index` })),
    outdir: resolve(outdir),
    outExtension: { '.js': '.cjs' },
    // CommonJS has no `import.meta`.
    define: { 'import.meta.dirname': '__dirname' },
    logOverride: { 'import-is-undefined': 'silent' },
    logLevel: 'warning',
  } satisfies BuildOptions;
  const scan = () => buildSync({ ...options, alias, write: false }).metafile;
  const { metafile } = buildSync({
    ...options,
    alias: { ...alias, ...leaveOut(scan) },
    minify: true,
    sourcemap: 'linked',
    // Places alone: with the sources beside them a map is four times as large.
    sourcesContent: false,
  });
  return Object.values(metafile.outputs);
}

function copyAssets(folder: string): void {
  // What has been deleted must not be deployed from an earlier synth.
  rmSync(folder, { recursive: true, force: true });
  if (existsSync(ASSETS)) cpSync(ASSETS, folder, { recursive: true });
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
