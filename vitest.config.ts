import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What `package.json` says is where these are once the package is built.
const source = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const alias = {
  '#flows': source('functions/templates/index.ts'),
  '#bedrock': source('functions/models/bedrock.ts'),
  '#model-server': source('functions/models/configured-server.ts'),
  'ai-flow-lambda/template': source('functions/template/index.ts'),
  'ai-flow-lambda/testing': source('test/support/testing.ts'),
  'ai-flow-lambda': source('lib/index.ts'),
};

/** Two even where there are two cores, of which Vitest would leave one alone: many tests wait. */
const WORKERS = Math.max(2, availableParallelism());

/** Nothing here mocks a module: files share what is loaded, and are done in half the time. */
const suite = (name: string, include: string[], timeout = 15_000) => ({
  resolve: { alias },
  test: {
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    isolate: false,
    setupFiles: source('test/support/properties.ts'),
    // Whoever waits for something is done as soon as it is there; a busy machine takes more than a second.
    expect: { poll: { timeout: 10_000 } },
  },
});

/** They search: minutes of thinking, and none of waiting. */
const SEARCHES = 'test/{explore,schedules,plays,local/recording}/**/*.test.ts';
/** They run npm, cdk, tsc, Go, Python: what is installed and copied elsewhere. */
const PROGRAMS = [
  'test/e2e/{foreign,lambda-examples,new,readme}.test.ts',
  'test/infra/{package,synth}.test.ts',
];
const without = (files: string[]) => files.map((file) => `!${file}`);

// A test goes to the lowest suite that can catch the bug.
export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    // `.ci/run` counts what ran.
    ...(process.env.VITEST_JSON_REPORT && {
      reporters: ['default', 'json'],
      outputFile: process.env.VITEST_JSON_REPORT,
    }),
    projects: [
      suite('unit', [
        '{test,flows}/**/*.test.ts',
        ...without(['test/{infra,integration,e2e,browser}/**', SEARCHES]),
      ]),
      suite('search', [SEARCHES], 60_000),
      suite('integration', ['test/integration/**/*.test.ts'], 20_000),
      suite('infra', ['test/infra/**/*.test.ts', ...without(PROGRAMS)], 120_000),
      suite('e2e', ['test/e2e/**/*.test.ts', ...without(PROGRAMS)], 150_000),
      suite('programs', PROGRAMS, 240_000),
      suite('browser', ['test/browser/**/*.test.ts'], 150_000),
    ],
  },
});
