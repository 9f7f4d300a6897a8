import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BuildFailure } from 'esbuild';
import type { FunctionName } from '../lib/bundle.ts';
import type { Flow } from '../lib/flows.ts';

export interface BundleWork {
  readonly names: readonly FunctionName[];
  readonly outdir: string;
  readonly flows: readonly Flow[];
}

export interface Bundled {
  readonly warnings: readonly string[];
  readonly failure?: { readonly message: string; readonly errors?: BuildFailure['errors'] };
}

/**
 * Bundles functions in threads of their own, while this one goes on; nothing of it stays in memory. Gives the warnings.
 * Rejects with esbuild's `errors` where there are any.
 */
export async function bundleBeside({ names, ...work }: BundleWork): Promise<readonly string[]> {
  // What asks language models takes as long as all others, and shares little with them.
  const groups = [names.filter((name) => name === 'job'), names.filter((name) => name !== 'job')];
  const some = groups.filter((group) => group.length > 0);
  return (await Promise.all(some.map((group) => inThread({ ...work, names: group })))).flat();
}

async function inThread(workerData: BundleWork): Promise<readonly string[]> {
  const file = `bundle-worker${extname(import.meta.filename)}`;
  const worker = new Worker(join(import.meta.dirname, file), { workerData });
  const [{ warnings, failure }] = (await once(worker, 'message')) as [Bundled];
  if (!failure) return warnings;
  throw Object.assign(new Error(failure.message), failure);
}
