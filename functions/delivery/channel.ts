import type { Action } from '../protocol/actions.ts';

/** What became of a request to a live session. */
export type Delivery =
  | { readonly status: 'delivered' }
  /** Nobody is there any more: the call is over, or only its WebSocket is gone. */
  | { readonly status: 'gone' }
  | Undelivered;

/** The same of every request: why it has no effect, or may have none. */
export type Undelivered =
  /** Definitely not executed. */
  | {
      readonly status: 'refused';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    }
  /** It may have been executed. */
  | { readonly status: 'in_doubt'; readonly message: string };

/** A way to push actions to a live session at any moment. */
export interface Channel {
  /**
   * `to`: the id of the session, or of its connection. `until` (ms since 1970): no repetition
   * starts after it.
   */
  send(to: string, actions: readonly Action[], until: number): Promise<Delivery>;
  /**
   * Reads and opens what a `send` needs, while it is being decided whether there is one. Never
   * throws.
   */
  prepare?(to: string): void;
}
