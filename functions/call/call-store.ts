import type { Note, Noted } from '../sessions/history.ts';
import type { Call, Fact } from './document.ts';

/** Whom an interruption concerns; of all accounts, unless it names one. */
export type Target = { readonly account_id?: string } & (
  | { readonly label: string }
  | { readonly caller: string }
  | { readonly callee: string }
  | { readonly everyone: true }
);

/** The calls whose events come, or came, over a WebSocket. */
export interface Socket {
  readonly connection: string;
}

/** What a call is listed under. */
export type Listed = Target | Socket;

/** A call as it was read, with the facts that it has not yet been written with. */
export interface Stored {
  readonly call: Call;
  /** Another one whenever anything of it changed. */
  readonly revision: number;
  /** The newest facts that it was written with: recorded once more they are none. */
  readonly folded: readonly string[];
}

/**
 * Calls are kept without knowing a rule. Every store keeps `test/sessions/call-store-contract.ts`.
 */
export interface CallStore {
  /**
   * Adds a fact and reads the call in the same request. Written twice it is there once, by its id,
   * where it was first; also after a save has taken it. A call that nobody knows, or that has
   * expired, begins anew. Facts come back in the order in which they were recorded.
   */
  record(id: string, fact: Fact, signal?: AbortSignal): Promise<Stored>;
  /** `undefined` for a call that nobody knows, or that has expired. */
  read(id: string, signal?: AbortSignal): Promise<Stored | undefined>;
  /**
   * Writes `call` in the place of what was read, without the facts that it holds, if nothing has
   * changed since; otherwise `false`. A write whose answer got lost is repeated: then it may be
   * `false` though it was written, and `applied` tells.
   */
  save(stored: Stored, call: Call, signal?: AbortSignal): Promise<boolean>;

  /** The ids of the calls that a target names now, strongly consistent, in no particular order. */
  find(target: Listed): Promise<string[]>;
  /** Lists a call under all that it can be found by now. Throws when it can't. */
  list(call: Call, targets: readonly Listed[]): Promise<void>;
  /** No longer, unless it has been listed by a later start of the call. Throws when it can't. */
  unlist(call: Call, targets: readonly Listed[]): Promise<void>;

  /** Keeps ids of interruptions for which the document has no more room. */
  keepClaims(id: string, claims: Call['claims']): Promise<void>;
  /** What an interruption of this key said, if it is among those that lie beside. */
  claimed(id: string, key: string): Promise<string | undefined>;

  /**
   * Keeps what was said in a turn, each note once however often it is written; more than a turn
   * holds is left out.
   */
  keepTurn(id: string, turn: number, notes: readonly Note[], signal?: AbortSignal): Promise<void>;
  /** What was noted in the newest turns, in no particular order. */
  history(id: string, turns: number, signal?: AbortSignal): Promise<Noted[]>;
}
