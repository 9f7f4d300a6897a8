import { randomUUID } from 'node:crypto';
import type { LambdaFunction } from './functions.ts';
import type { Log } from './log.ts';
import type { Outcomes } from './outcomes.ts';

/** As in `lib/interruption-bus.ts`: events from here are outcomes, all others are interruptions. */
const OWN_SOURCE = 'ai-flow-lambda';

/**
 * An event as EventBridge hands it to a target. Source:
 * `eventbridge/latest/userguide/eb-events-structure`
 */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}

export interface EventBusParts {
  interrupt: LambdaFunction;
  outcomes: Outcomes;
  log: Log;
}

export type EventBus = (event: BusEvent) => void;

/**
 * The bus of the stack with its rules: every event interrupts, except the outcomes of
 * interruptions.
 */
export function createEventBus({ interrupt, outcomes, log }: EventBusParts): EventBus {
  return (event) => {
    const { source, time, 'detail-type': detail_type, detail } = event;
    if (source !== OWN_SOURCE) void invoke(event);
    else outcomes.add({ time, detail_type, detail });
  };

  async function invoke(event: BusEvent): Promise<void> {
    const answer = await interrupt.invoke(JSON.stringify(event));
    // Deployed it would be a dead letter.
    if (answer.failed)
      log(`EventBridge event ${event.id} from ${event.source} failed: ${answer.payload}`);
  }
}

/** EventBridge keeps whole seconds. */
export const busEvent = (
  given: Pick<BusEvent, 'detail-type' | 'source' | 'resources' | 'detail'>,
  time: Date,
): BusEvent => ({
  version: '0',
  id: randomUUID(),
  account: '000000000000',
  time: time.toISOString().replace(/\.\d+/, ''),
  region: 'eu-central-1',
  ...given,
});
