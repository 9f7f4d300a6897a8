import { parseJson } from '../protocol/json.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Wake } from './consequences.ts';
import type { Queue } from './queueing.ts';

/** SQS delays a message by at most 15 minutes. */
const MAX_DELAY_SECONDS = 900;

/** A message of our own that asks to look at a call. */
interface WakeUp {
  readonly wake: string;
  /** Since when nobody could, ms since 1970. */
  readonly failing_since?: number | undefined;
}

/** Wakes by a delayed message on the interruption queue. Throws when it isn't taken. */
export const wakeBy =
  (queue: Queue, clock: Pick<Clock, 'now'>): Wake =>
  async (session_id, at, failing_since) => {
    const body = JSON.stringify({ wake: session_id, failing_since } satisfies WakeUp);
    const message = { body, attributes: {}, delay_seconds: secondsUntil(at, clock) };
    const { items, error } = await queue.put([message]);
    if (items.length > 0) throw error ?? new Error('the queue has not taken it');
  };

const secondsUntil = (at: number, { now }: Pick<Clock, 'now'>) =>
  Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil((at - now()) / 1000)));

/** `undefined` for any other message. */
export function wokenBy(body: unknown): WakeUp | undefined {
  if (typeof body !== 'string' || !body.startsWith('{"wake":')) return undefined;
  const { wake, failing_since } = Object(parseJson(body)) as Record<keyof WakeUp, unknown>;
  if (typeof wake !== 'string') return undefined;
  return { wake, ...(typeof failing_since === 'number' && { failing_since }) };
}
