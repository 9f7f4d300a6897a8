import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

/** Starts it, prints where it is, and stays. */
const PROGRAM = `
  import { startDatabase } from ${JSON.stringify(pathToFileURL('local/database.ts'))};
  console.log((await startDatabase('sessions', console.error)).endpoint);
`;

it('the embedded database dies with a runtime that is killed', async () => {
  const runtime = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM]);
  const [endpoint] = await once(runtime.stdout, 'data');
  const answers = () =>
    fetch(String(endpoint).trim()).then(
      () => true,
      () => false,
    );
  expect(await answers()).toBe(true);
  runtime.kill('SIGKILL');
  await expect.poll(answers).toBe(false);
});
