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

/** Nothing here mocks a module: what starts no process shares what is loaded, and is done in half the time. */
const SHARING = new Set(['unit', 'integration']);

const suite = (name: string, include: string[], timeout = 15_000) => ({
  resolve: { alias },
  test: {
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    isolate: !SHARING.has(name),
  },
});

// A test goes to the lowest suite that can catch the bug.
export default defineConfig({
  test: {
    // `.ci/run` counts what ran.
    ...(process.env.VITEST_JSON_REPORT && {
      reporters: ['default', 'json'],
      outputFile: process.env.VITEST_JSON_REPORT,
    }),
    projects: [
      suite(
        'unit',
        ['{test,flows}/**/*.test.ts'].concat('!test/{infra,integration,e2e,browser}/**'),
      ),
      suite('integration', ['test/integration/**/*.test.ts'], 20_000),
      suite('infra', ['test/infra/**/*.test.ts'], 120_000),
      suite('browser', ['test/browser/**/*.test.ts'], 30_000),
      suite('e2e', ['test/e2e/**/*.test.ts'], 60_000),
    ],
  },
});
