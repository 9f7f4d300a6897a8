import { cut } from '../protocol/invalid.ts';
import type { Log } from '../runtime/log.ts';
import { InvalidInterruption } from './request.ts';

/** A message or record of a batch. */
export interface Item {
  readonly itemIdentifier: string;
  /** Throws for what must be delivered again, or is to become a dead letter. */
  readonly tell: () => Promise<unknown>;
}

/** The answer to SQS and to pipes: what they didn't get rid of. */
export interface BatchFailures {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Tells all at once: somebody is on the line. */
export async function tellAll(items: readonly Item[], log: Log): Promise<BatchFailures> {
  const failed = await Promise.all(
    items.map(async (item) => (await failureOf(item, log)) && [item.itemIdentifier]),
  );
  return answer(failed.flatMap((ids) => ids ?? []));
}

/** Tells one after the other. One that may still succeed holds up those behind it, which fail with it; a bad one doesn't. */
export async function tellInOrder(items: readonly Item[], log: Log): Promise<BatchFailures> {
  const failed: string[] = [];
  for (const [n, item] of items.entries()) {
    const error = await failureOf(item, log);
    if (error === undefined) continue;
    failed.push(item.itemIdentifier);
    if (error instanceof InvalidInterruption) continue;
    failed.push(...items.slice(n + 1).map(({ itemIdentifier }) => itemIdentifier));
    break;
  }
  return answer(failed);
}

async function failureOf({ itemIdentifier, tell }: Item, log: Log): Promise<Error | undefined> {
  try {
    await tell();
    return undefined;
  } catch (error) {
    log.warn('message_failed', { message_id: cut(itemIdentifier), error });
    return error instanceof Error ? error : new Error('no error was thrown');
  }
}

const answer = (ids: readonly string[]): BatchFailures => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
