import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { type BuildOptions, type BuildResult, build, buildSync, type Metafile } from 'esbuild';
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

type Build = BuildOptions & typeof COMMON;

export interface BundleOptions extends SizeLimits {
  /**
   * `false`: no model on Bedrock will be asked, and what asks one is two thirds of the files of
   * `job`.
   */
  readonly bedrock?: boolean;
}

/**
 * Bundles `functions/<name>.ts` with these call flows, and no others, to
 * `<outdir>/<name>/index.cjs` and returns that folder: what `cdk deploy` uploads and `npm start`
 * runs. CommonJS, because importing `node:http` from ESM loads undici (+70 ms); `.cjs`, because the
 * folder may lie below this package's `"type": "module"`.
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
export function bundleAll(...work: Parameters<typeof building>): void {
  const builds = building(...work);
  let next = builds.next();
  while (!next.done) next = builds.next(buildSync(next.value));
}

/**
 * {@link bundleAll} in esbuild's service, while this thread goes on. The service is there until it
 * is stopped.
 */
export async function bundleBeside(...work: Parameters<typeof building>): Promise<void> {
  const builds = building(...work);
  let next = builds.next();
  while (!next.done) next = builds.next(await build(next.value));
}

/** Yields what esbuild is to build, and is given what came of it. */
function* building(
  names: readonly FunctionName[],
  outdir: string,
  flows: readonly Flow[],
  { bedrock = true, ...limits }: BundleOptions = {},
): Generator<Build, void, BuildResult<Build>> {
  mkdirSync(outdir, { recursive: true });
  // An alias is relative to the working directory of esbuild; others may be bundled beside these.
  const chosen = written(resolve(outdir, `flows-${names[0]}.ts`), moduleOf(flows));
  const stub = written(resolve(outdir, `only-in-jobs-${names[0]}.cjs`), ONLY_IN_JOBS);
  const asking = names.filter((name) => name === 'job');
  const answering = names.filter((name) => name !== 'job');
  const outputs: Metafile['outputs'][string][] = [];
  if (asking.length > 0) {
    const models = { ...MODELS, ...(!bedrock && { '#bedrock': stub }) };
    const { metafile } = yield minified(buildOf(asking, outdir, { ...models, '#flows': chosen }));
    outputs.push(...Object.values(metafile.outputs));
  }
  if (answering.length > 0) {
    const plain = buildOf(answering, outdir, { ...stubs(stub), '#flows': chosen });
    // Our own call flows bring no packages.
    const scan = flows.every(isOurs) ? undefined : yield { ...plain, write: false };
    const inJobs = scan ? onlyInJobs(scan.metafile, answering.map(entryOf)) : [];
    const leftOut = Object.fromEntries(inJobs.map((specifier) => [specifier, stub]));
    const { metafile } = yield minified({ ...plain, alias: { ...plain.alias, ...leftOut } });
    outputs.push(...Object.values(metafile.outputs));
  }
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

const buildOf = (
  names: readonly FunctionName[],
  outdir: string,
  alias: Record<string, string>,
): Build => ({
  ...COMMON,
  alias: { ...ALIAS, ...alias },
  entryPoints: names.map((name) => ({ in: entryOf(name), out: `${name}/index` })),
  outdir: resolve(outdir),
  outExtension: { '.js': '.cjs' },
  // CommonJS has no `import.meta`.
  define: { 'import.meta.dirname': '__dirname' },
  logOverride: { 'import-is-undefined': 'silent' },
  logLevel: 'warning',
});

const minified = (options: Build): Build => ({
  ...options,
  minify: true,
  sourcemap: 'linked',
  // Places alone: with the sources beside them a map is four times as large.
  sourcesContent: false,
});

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
