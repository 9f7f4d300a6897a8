import type { KnownEvent } from '../../functions/protocol/index.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Pace } from '../pacing.ts';
import type { WebhookAnswer } from './answer.ts';
import type { Weather } from './behaviour.ts';
import type { Timeline } from './timeline.ts';

/**
 * Hands one event to the application. Rejects if that failed; `signal` is aborted when nobody waits
 * for the answer any more. A frame of a WebSocket has no answer of its own.
 */
export type Deliver = (
  event: KnownEvent,
  signal: AbortSignal,
) => Promise<WebhookAnswer | undefined>;

export interface OutboxParts {
  clock: Clock;
  deliver: Deliver;
  timeline: Timeline;
  /** Whose turn it is to leave, of all calls: nobody's patience runs before. */
  pace: Pace;
  weather: Pick<Weather, 'parallel' | 'twice' | 'twice_after_ms' | 'webhook_late_ms'>;
  /**
   * Called once per delivery, after its timeline entry; `answer` is the error if there was none.
   */
  answered(event: KnownEvent, answer: WebhookAnswer | Error | undefined, took_ms: number): void;
}

export interface Outbox {
  /**
   * The event leaves after `after_ms`; what is returned lets it leave at once, if it hasn't yet.
   */
  send(event: KnownEvent, after_ms?: number): () => void;
  /** Forgets the events that haven't left yet. */
  clear(): void;
}

/**
 * One call's way out: events leave in order, each after the answer to the one before, unless they
 * are `parallel`.
 */
export function createOutbox(parts: OutboxParts): Outbox {
  const { clock, deliver, timeline, pace, weather, answered } = parts;
  const delayed = new Set<() => void>();
  let waiting: KnownEvent[] = [];
  let busy = false;

  /** Returns what hurries it. */
  function delay(ms: number, leave: () => void): () => void {
    if (ms === 0) {
      leave();
      return () => {};
    }
    const cancel = clock.after(ms, hurry);
    delayed.add(cancel);
    return hurry;

    function hurry() {
      cancel();
      if (delayed.delete(cancel)) leave();
    }
  }

  function leave(event: KnownEvent) {
    if (weather.parallel) return void pace(() => exchange(event));
    waiting.push(event);
    if (!busy) void drain();
  }

  async function drain() {
    busy = true;
    for (let event = waiting.shift(); event; event = waiting.shift()) {
      const next = event;
      await pace(() => exchange(next));
    }
    busy = false;
  }

  async function exchange(event: KnownEvent) {
    const sent = clock.now();
    const answer = await answerTo(event);
    const status = answer instanceof Error ? 0 : answer?.status;
    const took_ms = clock.now() - sent;
    timeline.add({ kind: 'event', event, ...(status !== undefined && { status, took_ms }) });
    answered(event, answer, took_ms);
  }

  function answerTo(event: KnownEvent) {
    const nobodyWaits = new AbortController();
    return new Promise<WebhookAnswer | Error | undefined>((resolve) => {
      const cancel = clock.after(weather.webhook_late_ms, () => {
        resolve(new Error(`none came within ${weather.webhook_late_ms} ms`));
        nobodyWaits.abort();
      });
      deliver(event, nobodyWaits.signal)
        .then(resolve, (error: unknown) =>
          resolve(error instanceof Error ? error : new Error(String(error))),
        )
        .finally(cancel);
    });
  }

  return {
    send: (event, after_ms = 0) =>
      delay(after_ms, () => {
        leave(event);
        if (weather.twice.includes(event.type)) delay(weather.twice_after_ms, () => leave(event));
      }),
    clear() {
      waiting = [];
      for (const cancel of delayed) cancel();
      delayed.clear();
    },
  };
}
