import type { Action } from '../protocol/actions.ts';

/** What became of a request to a live session. */
export type Delivery =
  | { readonly status: 'delivered' }
  /** AI Flow doesn't know the call (any more). */
  | { readonly status: 'gone' }
  /** Definitely not executed. */
  | { readonly status: 'refused'; readonly code: string; readonly message: string; readonly retryable: boolean }
  /** It may have been executed. */
  | { readonly status: 'in_doubt'; readonly message: string };

/** A way to push actions to a live session at any moment. */
export interface Channel {
  /** `until` (ms since 1970): no attempt starts after it. */
  send(session_id: string, actions: readonly Action[], until: number): Promise<Delivery>;
}
