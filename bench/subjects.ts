import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { systemClock } from '../functions/runtime/clock.ts';
import { bundle, type FunctionName } from '../lib/bundle.ts';
import { createFunction } from '../local/functions.ts';

/** The least that AI Flow takes for an answer. */
const BARE_HANDLER = 'exports.handler = async () => ({ statusCode: 204 });\n';

/** Bundles what is deployed, and a bare handler beside it; both files go with this process. */
export function bundles(name: FunctionName): { ours: string; bare: string } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const bare = join(folder, 'bare.cjs');
  writeFileSync(bare, BARE_HANDLER);
  return { ours: join(bundle(name, folder), 'index.cjs'), bare };
}

/** Runs a bundle as `npm start` does, its log left aside. Throws for an answer whose status isn't `expected`. */
export async function running(bundle: string, env: Record<string, string>) {
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const data = { name: 'bench', bundle, timeout_ms: 10_000 };
  const lambda = createFunction({ data, env, clock: systemClock, output });
  await lambda.start();
  return {
    async invoke(payload: string, expected: number): Promise<void> {
      const answer = await lambda.invoke(payload);
      if (JSON.parse(answer.payload).statusCode === expected) return;
      throw new Error(`${bundle} should have answered ${expected}; got ${answer.payload}`);
    },
    stop: lambda.stop,
  };
}
