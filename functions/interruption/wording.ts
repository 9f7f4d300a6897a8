import type { ActionDraft } from '../protocol/actions.ts';
import type { Session } from '../sessions/session.ts';
import type { Interruption } from './request.ts';
import { isSaid } from './speech.ts';

/** What a call flow says to an interruption that comes with `context`; nothing to decline it. */
export interface Worded {
  readonly actions: readonly ActionDraft[];
  /** Keeps what the template changed in its session: only once it is certain to be said. Never throws. */
  keep(): Promise<void>;
}

/** Throws whatever the template throws, and {@link NoWording}. */
export type Wording = (session: Session, interruption: Interruption) => Promise<Worded>;

/** The call's template doesn't word interruptions. */
export class NoWording extends Error {
  override readonly name = 'NoWording';
}

/** These actions as what an interruption says: up to the first sentence now, and what ends it after that. */
export function saying(actions: readonly ActionDraft[]): Pick<Interruption, 'actions' | 'replacement' | 'follow_up'> {
  const own = actions.filter(({ type }) => type !== 'barge_in');
  const first = own.findIndex((action) => isSaid([action]));
  const replacement = own[first];
  // Sentences queue up by themselves; all else would not wait for them.
  const together = !replacement || own.slice(first).every((action) => isSaid([action]));
  const now = together ? own : own.slice(0, first + 1);
  return {
    actions: [{ type: 'barge_in' }, ...now],
    ...(replacement && { replacement }),
    follow_up: own.slice(now.length),
  };
}
