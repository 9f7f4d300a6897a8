import type { Clock } from '../runtime/clock.ts';
import type { Message } from '../runtime/message-queue.ts';
import type { Wake } from './consequences.ts';
import type { Queue } from './passing-on.ts';

/** SQS delays a message by at most 15 minutes. */
const MAX_DELAY_SECONDS = 900;

/** The call that a message of our own asks to look at. */
interface WakeUp {
  readonly wake: string;
}

/** Wakes by a delayed message on the interruption queue. Throws when it isn't taken. */
export const wakeBy =
  (queue: Queue, clock: Pick<Clock, 'now'>): Wake =>
  async (session_id, at) => {
    const { items, error } = await queue.put([wakeUp(session_id, secondsUntil(at, clock))]);
    if (items.length > 0) throw error ?? new Error('the queue has not taken it');
  };

const wakeUp = (wake: string, delay_seconds: number): Message => ({
  body: JSON.stringify({ wake } satisfies WakeUp),
  attributes: {},
  delay_seconds,
});

export const secondsUntil = (at: number, { now }: Pick<Clock, 'now'>) =>
  Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil((at - now()) / 1000)));

/** The call that a message is to wake; `undefined` for any other message. */
export function wokenBy(body: unknown): string | undefined {
  if (typeof body !== 'string' || !body.startsWith('{"wake":')) return undefined;
  try {
    const { wake } = JSON.parse(body) as { wake?: unknown };
    return typeof wake === 'string' ? wake : undefined;
  } catch {
    return undefined;
  }
}
