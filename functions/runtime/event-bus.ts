import type { AwsCall } from './aws-json.ts';

/** Ours; the rule that feeds the interrupt function leaves it out. */
export const SOURCE = 'ai-flow-lambda';
// What PutEvents takes at once; an entry is counted by what of it varies, and the rest is left as room.
const ENTRIES_PER_CALL = 10;
const BYTES_PER_CALL = 240 * 1024;

interface Entry {
  readonly detailType: string;
  readonly detail: object;
}

interface PutEventsAnswer {
  readonly FailedEntryCount?: number;
}

/**
 * Puts events on an EventBridge bus. Throws if any of them isn't taken.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function createEventBus(name: string, call: AwsCall) {
  return {
    async put(entries: readonly Entry[]): Promise<void> {
      const rows = entries.map(({ detailType, detail }) => ({
        EventBusName: name,
        Source: SOURCE,
        DetailType: detailType,
        Detail: JSON.stringify(detail),
      }));
      await Promise.all(
        batches(rows).map(async (Entries) => {
          const { FailedEntryCount } = (await call('AWSEvents.PutEvents', { Entries })) as PutEventsAnswer;
          if (FailedEntryCount) throw new Error(`${FailedEntryCount} of ${Entries.length} events were not taken`);
        }),
      );
    },
  };
}

function batches<T extends { Detail: string }>(rows: readonly T[]): T[][] {
  const result: T[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(row.Detail);
    const last = result.at(-1);
    if (last && last.length < ENTRIES_PER_CALL && bytes + size <= BYTES_PER_CALL) last.push(row);
    else {
      result.push([row]);
      bytes = 0;
    }
    bytes += size;
  }
  return result;
}
