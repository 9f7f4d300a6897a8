import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createFunction, type LambdaFunction } from '../../local/functions.ts';

/** A function from CommonJS source, and what it printed so far. */
export function lambdaFrom(
  source: string,
  options: { env?: Record<string, string>; timeout_ms?: number } = {},
) {
  const bundle = join(mkdtempSync(join(tmpdir(), 'lambda-')), 'index.cjs');
  writeFileSync(bundle, source);
  const output = new PassThrough();
  let printed = '';
  output.on('data', (chunk: Buffer) => {
    printed += chunk;
  });
  const data = { name: 'scratch', bundle, timeout_ms: options.timeout_ms ?? 10_000 };
  const lambda = createFunction({ data, env: options.env ?? {}, clock: systemClock, output });
  return { lambda, printed: () => printed };
}

/** Answers every invocation with `reply(payload)`, in this thread. */
export const fakeLambda = (
  reply: (event: unknown) => unknown,
): LambdaFunction & { failWith(payload: unknown): void } => {
  let failure: unknown;
  return {
    start: async () => {},
    invoke: async (payload) =>
      failure === undefined
        ? { id: 'request-1', payload: JSON.stringify(reply(JSON.parse(payload)) ?? null) }
        : { id: 'request-1', payload: JSON.stringify(failure), failed: true },
    stop: async () => {},
    failWith(payload) {
      failure = payload;
    },
  };
};
