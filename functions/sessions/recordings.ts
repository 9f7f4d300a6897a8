import { randomBytes } from 'node:crypto';
import { masked } from '../protocol/masked.ts';
import type { Recorded, Recorder } from '../runtime/recorder.ts';
import { recordedKey } from './keys.ts';
import { epochSeconds, type TableParts } from './table.ts';

const DAY_SECONDS = 24 * 3600;

/**
 * Calls, kept beside what is known of them for `days`: an item for each thing that happened,
 * numbers masked. Encrypted as the table is, and in no log. Without `days` nobody has asked for it.
 */
export function createRecordings(
  { dynamoDb, table: TableName, clock, log }: TableParts,
  days: number,
): Recorder | undefined {
  if (days <= 0) return undefined;
  const pending = new Set<Promise<void>>();

  return {
    keep(session_id, recorded) {
      const written = write(session_id, recorded).catch((error: unknown) =>
        log.warn('recording_incomplete', { session_id, kind: recorded.kind, error }),
      );
      pending.add(written);
      void written.finally(() => pending.delete(written));
    },
    kept: async () => void (await Promise.all(pending)),
  };

  async function write(session_id: string, recorded: Recorded): Promise<void> {
    const Item = {
      // Two things may happen in one millisecond, in two functions.
      ...recordedKey(session_id, recorded.at, randomBytes(5).toString('base64url')),
      recorded: { S: JSON.stringify(masked(recorded)) },
      expires_at: epochSeconds(clock.now(), days * DAY_SECONDS),
    };
    await dynamoDb('PutItem', { TableName, Item });
  }
}
