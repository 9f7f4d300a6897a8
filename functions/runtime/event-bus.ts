import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { clientSettings } from './aws.ts';

/** Ours; the rule that feeds the interrupt function leaves it out. */
export const SOURCE = 'ai-flow-lambda';
const ENTRIES_PER_CALL = 10;

/** Puts events on an EventBridge bus. Throws if any of them isn't taken. */
export function createEventBus(name: string, client = new EventBridgeClient(clientSettings)) {
  return {
    async put(entries: readonly { detailType: string; detail: object }[]): Promise<void> {
      const rows = entries.map(({ detailType, detail }) => ({
        EventBusName: name,
        Source: SOURCE,
        DetailType: detailType,
        Detail: JSON.stringify(detail),
      }));
      for (let at = 0; at < rows.length; at += ENTRIES_PER_CALL) {
        const Entries = rows.slice(at, at + ENTRIES_PER_CALL);
        const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries }));
        if (FailedEntryCount) throw new Error(`${FailedEntryCount} of ${Entries.length} events were not taken`);
      }
    },
  };
}
