import { cut } from '../protocol/invalid.ts';
import type { Log } from '../runtime/log.ts';
import { InvalidInterruption } from './request.ts';

/** A message or record of a batch. */
export interface Item {
  readonly itemIdentifier: string;
  /** Within which its order counts; missing where none does. */
  readonly group?: string | undefined;
  /** Throws for what must be delivered again, or is to become a dead letter. */
  readonly tell: () => Promise<unknown>;
}

/** The answer to SQS and to pipes: what they didn't get rid of. */
export interface BatchFailures {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Tells all at once, for somebody is on the line, but what is of one group one after the other.
 * There, one that may still succeed holds up those behind it, which fail with it; a bad one
 * doesn't.
 */
export async function tellAll(items: readonly Item[], log: Log): Promise<BatchFailures> {
  const groups = [...Map.groupBy(items, (item) => item.group ?? item).values()];
  const failed = await Promise.all(groups.map((group) => toldInOrder(group, log)));
  const ids = new Set(failed.flat());
  const inTheirOrder = items.filter(({ itemIdentifier }) => ids.has(itemIdentifier));
  return {
    batchItemFailures: inTheirOrder.map(({ itemIdentifier }) => ({ itemIdentifier })),
  };
}

/** Gives the names of those that failed. */
async function toldInOrder(items: readonly Item[], log: Log): Promise<string[]> {
  const failed: string[] = [];
  for (const [n, item] of items.entries()) {
    const error = await failureOf(item, log);
    if (error === undefined) continue;
    failed.push(item.itemIdentifier);
    if (error instanceof InvalidInterruption) continue;
    return [...failed, ...items.slice(n + 1).map(({ itemIdentifier }) => itemIdentifier)];
  }
  return failed;
}

async function failureOf({ itemIdentifier, tell }: Item, log: Log): Promise<Error | undefined> {
  try {
    await tell();
    return undefined;
  } catch (error) {
    log.warn('message_failed', { message_id: cut(String(itemIdentifier)), error });
    return error instanceof Error ? error : new Error('no error was thrown');
  }
}
