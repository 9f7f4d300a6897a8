import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** The files directly under `functions/`: each is a deployed Lambda. */
export const FUNCTIONS = ['webhook', 'interrupt', 'websocket', 'call'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

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
    sourcemap: 'external',
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': './functions/runtime/env-credentials.ts' },
    // Loaded by operations that stream events, of which we call none.
    external: ['@smithy/core/event-streams'],
    logLevel: 'warning',
  });
  return folder;
}
