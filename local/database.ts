import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Log } from './log.ts';

export interface Database {
  endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts the embedded DynamoDB with one empty table. Should it die later, that is one line in the
 * log and no more.
 */
export async function startDatabase(table: string, log: Log): Promise<Database> {
  const child = fork(join(import.meta.dirname, 'dynamodb.cjs'), [table]);
  const endpoint = await ready(child);

  const lost = (code: number | null, signal: string | null) =>
    log(
      `The embedded DynamoDB is gone (${signal ?? `exit code ${code}`}): calls go on without memory; restart to remember`,
    );
  child.on('exit', lost);

  return {
    endpoint,
    async stop() {
      child.off('exit', lost);
      if (!child.connected) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: { endpoint: string }) => resolve(message.endpoint));
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`The embedded DynamoDB did not start (exit code ${code})`)),
    );
  });
}
