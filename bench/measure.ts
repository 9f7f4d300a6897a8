import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** Runs the subjects in turn, `rounds` times: what slows the machine down slows all of them down. */
export async function interleaved<T>(
  rounds: number,
  subjects: Readonly<Record<string, () => Promise<T>>>,
): Promise<Record<string, T[]>> {
  const entries = Object.entries(subjects);
  const samples: Record<string, T[]> = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, sample] of entries) samples[name]?.push(await sample());
  }
  return samples;
}

/** The value below which `share` of the samples lie: 0.5 is the median. */
export function quantile(samples: readonly number[], share = 0.5): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

/** API Gateway's requests in the order in which a function gets them. */
export interface Plan {
  readonly first: object;
  readonly prepare?: readonly object[];
  readonly measured?: readonly object[];
}

/** ms; `rss` in MB. CPU is counted from just before the import. */
export interface Run {
  readonly import_cpu: number;
  readonly first_cpu: number;
  readonly first_ms: number;
  readonly warm_cpu: number;
  readonly ms: readonly number[];
  readonly rss: number;
}

const SUBJECT = join(import.meta.dirname, 'subject.cjs');

/** One function in a fresh Node, as Lambda starts it. Throws what it printed when it fails. */
export function run(file: string, plan: Plan, env: Record<string, string>): Promise<Run> {
  return new Promise((resolve, reject) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [SUBJECT, file], options, (error, output, errors) => {
      if (error) reject(new Error(`${file}: ${errors.slice(-2_000)}`));
      else resolve(JSON.parse(output.slice(output.lastIndexOf('\n{') + 1)));
    });
    child.stdin?.end(JSON.stringify(plan));
  });
}
