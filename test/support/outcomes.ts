import type { OutcomeEvent } from '../../functions/call/outcome.ts';
import type { Outcomes } from '../../functions/interruption/outcomes.ts';

/** Outcomes that are remembered. */
export function recordingOutcomes(): Outcomes & { events: OutcomeEvent[] } {
  const events: OutcomeEvent[] = [];
  return {
    events,
    async publish(published) {
      events.push(...published);
    },
  };
}
