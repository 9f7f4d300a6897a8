import type { Outcome, OutcomeEvent } from '../call/outcome.ts';
import type { Log } from '../runtime/log.ts';

/** The reply, the same from every source that has one. */
export interface Reply {
  /** What to repeat: sent again with this as its `id`, nobody hears it twice. */
  readonly interruption_id: string;
  readonly outcomes: readonly Outcome[];
  /** For how many calls it was passed on to invocations of their own; their outcomes are events. */
  readonly queued?: number;
}

export interface EventBus {
  put(entries: readonly { detailType: string; detail: object }[]): Promise<void>;
}

/**
 * Tells whoever listens what came of interruptions: on the bus, and as log lines of which metrics
 * are made.
 */
export interface Outcomes {
  publish(all: readonly (OutcomeEvent & Pick<Outcome, 'published'>)[]): Promise<void>;
}

export function createOutcomes({ bus, log }: { bus: EventBus; log: Log }): Outcomes {
  return {
    async publish(all) {
      const events = all.filter(({ published }) => !published);
      for (const { outcome, error, ...fields } of events) {
        const level = outcome === 'failed' ? 'error' : 'info';
        // The log would take it for something that was thrown, and leave out what it doesn't know.
        const why = error && {
          code: error.code,
          ...(!QUOTES.has(error.code) && { why: error.message }),
        };
        log[level](`interruption_${outcome}`, { ...fields, ...why });
      }
      // Whoever waits hears of it when it has been said.
      const final = events.filter(({ outcome }) => outcome !== 'deferred');
      if (final.length === 0) return;
      try {
        await bus.put(
          final.map(({ outcome, ...detail }) => ({ detailType: DETAIL_TYPES[outcome], detail })),
        );
      } catch (error) {
        const { session_id } = final[0] ?? {};
        log.error('outcome_not_published', {
          ...(session_id && { session_id }),
          count: final.length,
          error,
        });
      }
    },
  };
}

/** Their messages are for whoever sent it: a schema may quote what it has read. */
const QUOTES: ReadonlySet<string> = new Set(['invalid_context']);

/** Of the events on the bus, by outcome. `deferred` is none. */
export const DETAIL_TYPES = {
  deferred: 'Interruption Deferred',
  delivered: 'Interruption Delivered',
  heard: 'Interruption Heard',
  skipped: 'Interruption Skipped',
  failed: 'Interruption Failed',
  then_skipped: 'Interruption Then Skipped',
} as const;
