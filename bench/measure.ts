import { execFileSync } from 'node:child_process';

/** Runs the subjects in turn, `rounds` times: what slows the machine down slows all of them down. */
export async function interleaved<K extends string, T>(
  rounds: number,
  subjects: Record<K, () => T | Promise<T>>,
): Promise<Record<K, T[]>> {
  const entries = Object.entries(subjects) as [K, () => T | Promise<T>][];
  const samples = Object.fromEntries(entries.map(([name]) => [name, [] as T[]])) as Record<K, T[]>;
  for (let round = 0; round < rounds; round++) {
    for (const [name, sample] of entries) samples[name].push(await sample());
  }
  return samples;
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (
    ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
  );
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

const COLD_START = `
  const before = performance.now();
  require(process.argv[1]);
  const after = performance.now();
  console.log(JSON.stringify({ import_ms: after - before, start_ms: after }));
  process.exit();`;

/** Loads a bundle in a fresh Node: its own time, and the time since that process began. */
export function coldStart(
  bundle: string,
  env: Record<string, string>,
): { import_ms: number; start_ms: number } {
  return JSON.parse(
    execFileSync(process.execPath, ['-e', COLD_START, bundle], { env, encoding: 'utf8' }),
  );
}
