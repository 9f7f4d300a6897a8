import type { AwsCall } from './aws-json.ts';
import { type Fate, sendInBatches } from './batches.ts';
import type { Clock } from './clock.ts';

/** Ours; the rule that feeds the interrupt function leaves it out. */
export const SOURCE = 'ai-flow-lambda';

interface Entry {
  readonly detailType: string;
  readonly detail: object;
}

interface PutEventsAnswer {
  /** One for each entry that was sent. */
  readonly Entries?: readonly { readonly ErrorCode?: string }[];
}

interface Parts {
  readonly name: string;
  readonly call: AwsCall;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

/**
 * Puts events on an EventBridge bus. Throws if any of them isn't taken.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function createEventBus({ name, call, clock, random }: Parts) {
  return {
    async put(entries: readonly Entry[]): Promise<void> {
      const rows = entries.map(({ detailType, detail }) => ({
        EventBusName: name,
        Source: SOURCE,
        DetailType: detailType,
        Detail: JSON.stringify(detail),
      }));
      const bytesOf = ({ Detail }: { Detail: string }) => Buffer.byteLength(Detail);
      const { items, error } = await sendInBatches(rows, { bytesOf, send, clock, random });
      if (items.length > 0) {
        throw new Error(`${items.length} of ${rows.length} events were not taken`, {
          cause: error,
        });
      }
    },
  };

  async function send(batch: readonly object[]): Promise<Fate[]> {
    const { Entries = [] } = (await call('AWSEvents.PutEvents', {
      Entries: batch,
    })) as PutEventsAnswer;
    return batch.map((_row, n) => fateOf(Entries[n]?.ErrorCode));
  }
}

/** What is wrong with an entry is as wrong the next time; all else is the bus's own trouble. */
const fateOf = (code: string | undefined): Fate => {
  if (code === undefined) return 'taken';
  return /^(?:InvalidArgument|MalformedDetail|NotAuthorized)/.test(code) ? 'refused' : 'again';
};
