import type { CallStore } from '../call/call-store.ts';
import type { Call } from '../call/document.ts';
import { endOf, isAnswerTo } from '../call/utterances.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { newId } from '../runtime/new-id.ts';
import type { Handling } from './handling.ts';

interface Parts {
  readonly sessions: Pick<CallStore, 'record'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

type Unwritten = Pick<Handling, 'answer' | 'attempted' | 'fact'> & {
  readonly event: { readonly session: { readonly id: string } };
};

/** What may go out though the write is in doubt: only what the template itself has just said. */
export function createUnwritten({ sessions, clock, log }: Parts) {
  return function unwritten(handling: Unwritten): readonly ActionDraft[] | undefined {
    const { answer, attempted, fact, event } = handling;
    const said = answer?.said;
    const lost = said?.job?.key;
    if (attempted && (lost !== undefined || leavesMore(attempted.call, fact.id)))
      void recordUnsaid(event.session.id, { by: fact.id, ...(lost !== undefined && { lost }) });
    // A job isn't started unless its mark is known to be written.
    if (lost !== undefined) return undefined;
    if (!attempted) return said?.actions;
    const own = said?.actions ?? [];
    const end = own.findIndex((action) => endOf([action]));
    // If the write succeeded after all, what ends the call is waiting behind something.
    return end < 0 || endOf(attempted.actions ?? []) ? own : own.slice(0, end);
  };

  async function recordUnsaid(
    session_id: string,
    what: { readonly by: string; readonly lost?: string },
  ): Promise<void> {
    try {
      const fact = { id: newId(), at: clock.now(), kind: 'unsaid', ...what } as const;
      await sessions.record(session_id, fact);
    } catch (error) {
      log.error('answer_in_doubt', { session_id, error });
    }
  }
}

/** Whether that input sent more than its own answer. */
const leavesMore = ({ queue }: Call, by: string) =>
  queue.some(({ key, sent }) => (sent?.by === by) !== isAnswerTo(key, by));
