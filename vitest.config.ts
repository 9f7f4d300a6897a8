import { defineConfig } from 'vitest/config';

const suite = (name: string, include: string[], timeout = 15_000) => ({
  test: { name, include, testTimeout: timeout, hookTimeout: timeout },
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
