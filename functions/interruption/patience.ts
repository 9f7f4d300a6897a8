import type { ActionDraft } from '../protocol/actions.ts';
import type { Session } from '../sessions/session.ts';

/** Of silence after what is said to a caller who waits: then AI Flow asks again, and hears of the progress, or the result. */
const PATIENCE_SECONDS = 5;

/** The same, with an end to the silence after it: without a way to push, an event must fetch what comes next. */
export function patiently<A extends ActionDraft>(actions: readonly A[]): A[] {
  const last = actions.findLastIndex(({ type }) => type === 'speak');
  return actions.map((action, at) =>
    at === last ? { user_input_timeout_seconds: PATIENCE_SECONDS, ...action } : action,
  );
}

/** Whether the caller has been told that an answer will come later. */
export const isWaiting = ({ job, turn }: Session): boolean => job !== undefined && job.turn === turn;
