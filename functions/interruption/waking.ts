import { parseJson } from '../protocol/json.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Wake } from './consequences.ts';
import type { Queue } from './queueing.ts';

/** SQS delays a message by at most 15 minutes. */
const MAX_DELAY_SECONDS = 900;

/** Wakes by a delayed message on the interruption queue. Throws when it isn't taken. */
export const wakeBy =
  (queue: Queue, clock: Pick<Clock, 'now'>): Wake =>
  async (session_id, at) => {
    const body = JSON.stringify({ wake: session_id });
    const seconds = Math.ceil((at - clock.now()) / 1000);
    const delay_seconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, seconds));
    const message = { body, attributes: {}, delay_seconds };
    const { items, error } = await queue.put([message]);
    if (items.length > 0) throw error ?? new Error('the queue has not taken it');
  };

/** The call that a message is to wake; `undefined` for any other message. */
export function wokenBy(body: unknown): string | undefined {
  if (typeof body !== 'string' || !body.startsWith('{"wake":')) return undefined;
  const { wake } = Object(parseJson(body)) as { wake?: unknown };
  return typeof wake === 'string' ? wake : undefined;
}
