import { type Clock, pause } from '../runtime/clock.ts';
import type { Undelivered } from './channel.ts';
import { PostFailed } from './post.ts';

/** With `retry` it may be repeated: certainly nothing was executed. */
export type Attempt<T extends object> = T & { readonly retry?: 'pause' | 'at once' };

interface Parts {
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

const RETRIES = 2;
const BACKOFF_MS = 100;

/**
 * Tries at most three times, with full jitter between; none starts after `until` (ms since 1970).
 */
export async function withRetries<T extends object>(
  { clock, random }: Parts,
  until: number,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    const { retry, ...rest } = await attempt();
    const delivery = rest as unknown as T;
    if (!retry || retries === RETRIES) return delivery;
    if (retry === 'pause') await pause(clock, random() * BACKOFF_MS * 2 ** retries);
    if (clock.now() >= until) return delivery;
  }
}

interface Peer<T> {
  /** Whom messages name. */
  readonly name: string;
  /** What a status means to it; `undefined` for what it means to any. */
  readonly judge: (status: number) => T | undefined;
  /** What to check after a status that is refused for no reason of its own. */
  readonly remedy: string;
}

/** What a request came to that was posted once. */
export async function attempted<T extends object>(
  { name, judge, remedy }: Peer<T>,
  posting: Promise<number>,
): Promise<T | Attempt<Undelivered>> {
  try {
    const status = await posting;
    const answered = `${name} answered ${status}`;
    const own = judge(status);
    if (own) return own;
    if (status === 429 || status === 503)
      return { ...refused('refused', answered, true), retry: 'pause' };
    if (status >= 500) return { status: 'in_doubt', message: answered };
    return refused('refused', `${answered}: ${remedy}`, false);
  } catch (error) {
    if (!(error instanceof PostFailed)) throw error;
    if (error.sent)
      return { status: 'in_doubt', message: `${name} may have taken it: ${error.message}` };
    const message = `${name} could not be reached: ${error.message}`;
    return { ...refused('unreachable', message, true), retry: 'pause' };
  }
}

export const refused = (code: string, message: string, retryable: boolean) =>
  ({ status: 'refused', code, message, retryable }) as const;
