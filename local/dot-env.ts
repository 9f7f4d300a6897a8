import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * The environment, and what `.env` in the working directory adds to it: what is set counts more
 * than what is written.
 */
export const environment = (): NodeJS.ProcessEnv => ({
  ...(existsSync('.env') && parseEnv(readFileSync('.env', 'utf8'))),
  ...process.env,
});
