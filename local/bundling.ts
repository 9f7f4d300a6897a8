import { stop } from 'esbuild';
import { bundleBeside, type FunctionName } from '../lib/bundle.ts';
import type { Flow } from '../lib/flows.ts';

export interface BundleWork {
  readonly names: readonly FunctionName[];
  readonly outdir: string;
  readonly flows: readonly Flow[];
  /** Whether a model on Bedrock may be asked. */
  readonly bedrock: boolean;
}

let working = 0;

/**
 * Bundles functions while this thread goes on, and ends esbuild's service with the last that asked
 * for it: it would stay, with 126 MB. Gives the warnings. Rejects with esbuild's `errors` where
 * there are any.
 */
export async function bundled({
  names,
  outdir,
  flows,
  bedrock,
}: BundleWork): Promise<readonly string[]> {
  const warnings: string[] = [];
  const options = { bedrock, warn: (text: string) => void warnings.push(text) };
  // They share little: with what asks models job takes as long as all others.
  const groups = [names.filter((name) => name === 'job'), names.filter((name) => name !== 'job')];
  working++;
  try {
    await Promise.all(
      groups
        .filter(({ length }) => length > 0)
        .map((group) => bundleBeside(group, outdir, flows, options)),
    );
    return warnings;
  } finally {
    working--;
    if (working === 0) await stop();
  }
}
