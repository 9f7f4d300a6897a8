import { type Clock, pause } from '../runtime/clock.ts';
import type { Delivery } from './channel.ts';

/** A try that may be repeated: certainly nothing was executed. */
export type Attempt<T extends object = Delivery> = T & { readonly retry?: 'pause' | 'at once' };

interface Parts {
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

const RETRIES = 2;
const BACKOFF_MS = 100;

/** Tries at most three times, with full jitter between; none starts after `until` (ms since 1970). */
export async function withRetries<T extends object = Delivery>(
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

export const refused = (code: string, message: string, retryable: boolean) =>
  ({ status: 'refused', code, message, retryable }) as const;
