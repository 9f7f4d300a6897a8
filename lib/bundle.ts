import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** Audio clips that functions play by name: `<name>.wav`. */
export const ASSETS = join(ROOT, 'functions/assets');

/** The files directly under `functions/`: each is a deployed Lambda. */
export const FUNCTIONS = ['webhook', 'interrupt', 'websocket', 'job', 'call'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** What a template loads in `onJob`, with all that only it needs. Whoever answers a caller carries none of it. */
const ONLY_IN_JOBS = [
  './functions/models/bedrock.ts',
  './functions/models/configured-server.ts',
  '@smithy/core/event-streams',
];

const CREDENTIALS = './functions/runtime/env-credentials.ts';

/**
 * Bundles `functions/<name>.ts` to `<outdir>/<name>/index.cjs` and returns that folder: what `cdk deploy` uploads and
 * `npm start` runs. CommonJS, because importing `node:http` from ESM loads undici (+70 ms); `.cjs`, because the folder
 * may lie below this package's `"type": "module"`.
 */
export function bundle(name: FunctionName, outdir = join(ROOT, 'dist')): string {
  const folder = join(outdir, name);
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`functions/${name}.ts`],
    outfile: join(folder, 'index.cjs'),
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': CREDENTIALS,
      '@aws-sdk/token-providers': CREDENTIALS,
    },
    // CommonJS has no `import.meta`.
    define: { 'import.meta.dirname': '__dirname' },
    external: name === 'job' ? [] : ONLY_IN_JOBS,
    logLevel: 'warning',
  });
  const assets = join(folder, 'assets');
  // What has been deleted must not be deployed from an earlier synth.
  rmSync(assets, { recursive: true, force: true });
  if (existsSync(ASSETS)) cpSync(ASSETS, assets, { recursive: true });
  return folder;
}
