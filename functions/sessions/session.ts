/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What is known of a call. */
export interface Session {
  readonly id: string;
  /** The greeting is turn 0; each thing the caller says starts the next one. */
  readonly turn: number;
  /** `session_start` came more than once: after a failed transfer, say. */
  readonly reopened: boolean;
  /** Digits without `+` or `00`; missing when withheld. */
  readonly caller?: string;
  readonly callee?: string;
  /** Business keys by which an interruption finds this call. */
  readonly labels: readonly string[];
  /** What the template remembers. */
  readonly state: Readonly<Record<string, Json>>;
}

/** A call of which nothing is known but that it is there. */
export const freshSession = (id: string, turn = 0): Session => ({ id, turn, reopened: false, labels: [], state: {} });

/** An event as the session sees it: a start reopens, a turn counts, an end leaves a tombstone. */
export interface Happening {
  readonly session_id: string;
  readonly kind: 'start' | 'turn' | 'end' | 'other';
  readonly caller?: string | undefined;
  readonly callee?: string | undefined;
}

/** What a template changed, key by key, so that parallel events don't undo each other. */
export interface SessionChanges {
  /** `undefined` removes the key. */
  readonly state: Readonly<Record<string, Json | undefined>>;
  /** `false` removes the label. */
  readonly labels: Readonly<Record<string, boolean>>;
}

/** Whom an interruption concerns. */
export type Target =
  | { readonly label: string }
  | { readonly caller: string }
  | { readonly callee: string }
  | { readonly everyone: true };

/** Every store keeps `test/sessions/contract.ts`. */
export interface SessionStore {
  /** Records an event and reads the session in the same write. A missing or expired session is created. */
  record(happening: Happening, signal?: AbortSignal): Promise<Session | 'ended'>;
  /** Keeps what a template changed; `false` when the call has ended meanwhile. */
  change(id: string, changes: SessionChanges, signal?: AbortSignal): Promise<boolean>;
  /** The ids of the sessions that a target names now, strongly consistent, in no particular order. */
  find(target: Target): Promise<string[]>;
}

/** A tombstone, and a call nobody heard of again, stays this long after its last event. */
export const SESSION_TTL_SECONDS = 4 * 3600;

/** Any notation of a number as digits without `+` or `00`; `undefined` for a withheld one. */
export function phoneDigits(number: string | null | undefined): string | undefined {
  const digits = number?.replace(/\D/g, '').replace(/^00/, '').slice(0, 15);
  return digits || undefined;
}
