import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ASSETS, bundle, bundleAll, FUNCTIONS, type FunctionName } from '../../lib/bundle.ts';
import { flowAt } from '../../lib/flows.ts';

/**
 * Bytes of `index.cjs`. Each 100 KB cost about 20 ms of a cold start, out of the 800 ms there are
 * for an answer.
 */
const BUDGET = 190 * 1024;
/** Nobody waits for a job to begin: it may carry what asks a language model. */
const BUDGETS: Partial<Record<FunctionName, number>> = { job: 370 * 1024 };

const env = {
  AWS_REGION: 'eu-central-1',
  SESSIONS_TABLE: 'sessions',
  OUTCOMES_BUS: 'outcomes',
  INTERRUPTION_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/interruptions',
  WEBHOOK_TOKEN: 'token',
  TEMPLATE: 'conversation',
  AI_FLOW_ID: 'flow-1',
  BILLING_DEVICE: 'e2',
  JOB_FUNCTION_URL:
    'https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/job/invocations',
};
const outdir = mkdtempSync(join(tmpdir(), 'bundle-'));
/** With a call flow that asks a language model. */
const asking = join(outdir, 'asking');
bundleAll(FUNCTIONS, outdir, [flowAt('conversation')]);
bundleAll(FUNCTIONS, asking, [flowAt('llm-agent')]);
afterAll(() => rmSync(outdir, { recursive: true }));

it('bundles every file directly under functions/', () => {
  const files = readdirSync('functions').filter((file) => file.endsWith('.ts'));
  expect(files.sort()).toEqual(FUNCTIONS.map((name) => `${name}.ts`).sort());
});

describe.each(FUNCTIONS)('the bundle of %s', (name) => {
  const file = join(outdir, name, 'index.cjs');
  const code = readFileSync(file, 'utf8');
  const sources: string[] = JSON.parse(readFileSync(`${file}.map`, 'utf8')).sources;

  it('loads in an empty folder and exports a handler that Lambda accepts', () => {
    const script = `const { handler } = require(${JSON.stringify(file)});
      console.log(JSON.stringify([typeof handler, handler.length]));
      process.exit();`;
    const [type, length] = JSON.parse(
      execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }),
    );
    expect(type).toBe('function');
    // Node 24 on Lambda refuses handlers that take a callback.
    expect(length).toBeLessThanOrEqual(2);
  });

  const budget = BUDGETS[name] ?? BUDGET;
  it(`is at most ${budget / 1024} KB`, () => {
    expect(Buffer.byteLength(code)).toBeLessThanOrEqual(budget);
  });

  it('is at most 130 KB zipped, and its map 400 KB', () => {
    expect(deflateRawSync(code).length).toBeLessThanOrEqual(130 * 1024);
    expect(statSync(`${file}.map`).size).toBeLessThanOrEqual(400 * 1024);
  });

  it('loads few modules of Node, and not undici', () => {
    const script = `const { length } = process.moduleLoadList;
      require(${JSON.stringify(file)});
      console.log(JSON.stringify(process.moduleLoadList.slice(length)));
      process.exit();`;
    const loaded: string[] = JSON.parse(
      execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }),
    ).filter((module: string) => module.startsWith('NativeModule'));
    expect(loaded.filter((module) => module.includes('undici'))).toEqual([]);
    expect(loaded.length).toBeLessThanOrEqual(75);
  });

  it(`carries ${name === 'job' ? 'a' : 'no'} client for language models`, () => {
    const map = join(asking, name, 'index.cjs.map');
    const { sources }: { sources: string[] } = JSON.parse(readFileSync(map, 'utf8'));
    const only = sources.filter((source) =>
      /client-bedrock-runtime|core\/dist-\w+\/submodules\/event-streams/.test(source),
    );
    expect(only.length > 0).toBe(name === 'job');
  });

  it('has the clips beside it', () => {
    expect(readdirSync(join(outdir, name, 'assets'))).toEqual(readdirSync(ASSETS));
  });

  it('has no require that fails in a bundle', () => {
    expect(code).not.toContain('Dynamic require');
  });

  it('leaves out the credentials that Lambda never uses', () => {
    expect(
      sources.filter((source) =>
        /credential-provider-|token-providers|nested-clients/.test(source),
      ),
    ).toEqual([]);
    expect(sources.filter((source) => source.endsWith('runtime/env-credentials.ts'))).toHaveLength(
      1,
    );
  });
});

it('that is built again has no clip that has been deleted', () => {
  const clips = join(asking, 'call/assets');
  writeFileSync(join(clips, 'old.wav'), '');
  bundle('call', asking);
  expect(readdirSync(clips)).toEqual(readdirSync(ASSETS));
});

it('that is built where nothing asks Bedrock has no client for it, whatever else it asks', () => {
  const folder = join(outdir, 'without-bedrock');
  bundleAll(['job'], folder, [flowAt('llm-agent')], { bedrock: false });
  const map = readFileSync(join(folder, 'job/index.cjs.map'), 'utf8');
  expect(map).not.toContain('client-bedrock-runtime');
  expect(map).toContain('models/configured-server.ts');
});
