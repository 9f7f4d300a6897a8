import type { NotTaken } from '../runtime/batches.ts';
import type { Log } from '../runtime/log.ts';
import type { Message } from '../runtime/message-queue.ts';
import { PASSED_ON_FOR } from './envelopes.ts';
import { failed, type Outcome } from './outcomes.ts';
import { type Interruption, requestOf } from './request.ts';

/** Of the stack, and the interrupt function's own source. */
export interface Queue {
  /** Sends until `until` (ms since 1970), and gives those that weren't taken. */
  put(messages: readonly Message[], until?: number): Promise<NotTaken<Message>>;
}

/** Hands an interruption to invocations of their own, a call each. The outcomes are of those for whom that failed. */
export type PassOn = (
  ids: readonly string[],
  interruption: Interruption,
  until: number,
) => Promise<readonly Outcome[]>;

/**
 * Each message is the interruption as it was sent, for one of the calls that it names: when that call's turn comes, it
 * is asked again whether the target still names it. `undefined`: for all of them, to be looked up.
 */
export function messagesFor(
  interruption: Interruption,
  ids: readonly (string | undefined)[],
): Message[] {
  const body = JSON.stringify(requestOf(interruption));
  return ids.map((id) => ({ body, attributes: id === undefined ? {} : { [PASSED_ON_FOR]: id } }));
}

export function createPassingOn({
  queue,
  log,
}: {
  readonly queue: Queue;
  readonly log: Log;
}): PassOn {
  return async function passOn(ids, interruption, until) {
    const { id: interruption_id } = interruption;
    const { items: lost, error } = await queue.put(messagesFor(interruption, ids), until);
    const count = ids.length - lost.length;
    if (count > 0) log.info('interruption_queued', { interruption_id, count });
    if (lost.length > 0)
      log.error('queue_unavailable', { interruption_id, count: lost.length, error });
    return lost.map(({ attributes }) =>
      notPassedOn(attributes[PASSED_ON_FOR] as string, interruption_id),
    );
  };
}

const notPassedOn = (session_id: string, id: string): Outcome =>
  failed(
    session_id,
    'queue_unavailable',
    `it could not be passed on: send it again with "id": ${JSON.stringify(id)}, and who has heard it won't hear it twice`,
    true,
  );
