import type { KnownEvent } from '../../functions/protocol/index.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { WebhookAnswer } from './answer.ts';
import type { Timeline } from './timeline.ts';

/**
 * Hands one event to the application. Rejects if that failed, or if no answer came in time; a frame of a WebSocket has no
 * answer of its own.
 */
export type Deliver = (event: KnownEvent) => Promise<WebhookAnswer | undefined>;

export interface OutboxParts {
  clock: Clock;
  deliver: Deliver;
  timeline: Timeline;
  /** Called once per event, after its timeline entry; `answer` is the error if there was none. */
  answered(event: KnownEvent, answer: WebhookAnswer | Error | undefined): void;
}

export interface Outbox {
  send(event: KnownEvent): void;
  /** Forgets the events that haven't left yet. */
  clear(): void;
}

/** One call's way out: events leave in order, each after the answer to the one before. */
export function createOutbox({ clock, deliver, timeline, answered }: OutboxParts): Outbox {
  let waiting: KnownEvent[] = [];
  let busy = false;

  async function drain() {
    busy = true;
    for (let event = waiting.shift(); event; event = waiting.shift()) {
      const sent = clock.now();
      const answer = await answerTo(event);
      const status = answer instanceof Error ? 0 : answer?.status;
      const result = status === undefined ? {} : { status, took_ms: clock.now() - sent };
      timeline.add({ kind: 'event', event, ...result });
      answered(event, answer);
    }
    busy = false;
  }

  async function answerTo(event: KnownEvent) {
    try {
      return await deliver(event);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  return {
    send(event) {
      waiting.push(event);
      if (!busy) void drain();
    },
    clear() {
      waiting = [];
    },
  };
}
