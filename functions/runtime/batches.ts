import { type Clock, pause } from './clock.ts';
import { createLimit } from './limit.ts';

// What SendMessageBatch and PutEvents take at once, with room for what isn't counted here.
const ITEMS_PER_BATCH = 10;
const BYTES_PER_BATCH = 240 * 1024;
/**
 * As many connections as are open in no time; a service answers each within tens of milliseconds.
 */
const AT_ONCE = 20;
const ATTEMPTS = 3;
const BACKOFF_MS = 100;

/** What became of an item: `again` may be sent once more, `refused` never will be taken. */
export type Fate = 'taken' | 'again' | 'refused';

interface BatchParts<T> {
  readonly bytesOf: (item: T) => number;
  /**
   * Sends one batch; a fate for each item. What it throws is the fate of all of them: not taken.
   */
  readonly send: (batch: readonly T[]) => Promise<readonly Fate[]>;
  readonly clock: Clock;
  /** 0–1. */
  readonly random: () => number;
}

/** The items that weren't taken, and the first error that says why. */
export interface NotTaken<T> {
  readonly items: readonly T[];
  readonly error?: unknown;
}

/**
 * Sends items in batches, some at once. Of a batch that was taken in part only the rest is sent
 * again. From `until` on (ms since 1970) nothing more is sent. Never throws.
 */
export async function sendInBatches<T>(
  items: readonly T[],
  { bytesOf, send, clock, random }: BatchParts<T>,
  until = Number.POSITIVE_INFINITY,
): Promise<NotTaken<T>> {
  const atOnce = createLimit(AT_ONCE);
  const results = await Promise.all(
    batchesOf(items, bytesOf).map((batch) => atOnce(() => sent(batch))),
  );
  return {
    items: results.flatMap(({ items }) => items),
    error: results.find(({ error }) => error !== undefined)?.error,
  };

  async function sent(batch: readonly T[]): Promise<NotTaken<T>> {
    const refused: T[] = [];
    let rest = batch;
    try {
      for (
        let attempt = 1;
        rest.length > 0 && attempt <= ATTEMPTS && clock.now() < until;
        attempt++
      ) {
        if (attempt > 1) await pause(clock, random() * BACKOFF_MS * 2 ** (attempt - 2));
        const fates = await send(rest);
        refused.push(...rest.filter((_item, n) => fates[n] === 'refused'));
        rest = rest.filter((_item, n) => fates[n] === 'again');
      }
      return { items: [...refused, ...rest] };
    } catch (error) {
      return { items: [...refused, ...rest], error };
    }
  }
}

function batchesOf<T>(items: readonly T[], bytesOf: (item: T) => number): T[][] {
  const batches: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    const last = batches.at(-1);
    if (last && last.length < ITEMS_PER_BATCH && bytes + size <= BYTES_PER_BATCH) last.push(item);
    else {
      batches.push([item]);
      bytes = 0;
    }
    bytes += size;
  }
  return batches;
}
