import { parentPort, workerData } from 'node:worker_threads';
import type { BuildFailure } from 'esbuild';
import { bundleAll } from '../lib/bundle.ts';
import type { Bundled, BundleWork } from './bundling.ts';

const { names, outdir, flows } = workerData as BundleWork;
const warnings: string[] = [];
const warn = (text: string) => warnings.push(text);

function bundled(): Bundled {
  try {
    bundleAll(names, outdir, flows, { warn });
    return { warnings };
  } catch (error) {
    const { message, errors } = error as Partial<BuildFailure> & Error;
    return { warnings, failure: { message, ...(errors && { errors }) } };
  }
}

parentPort?.postMessage(bundled());
