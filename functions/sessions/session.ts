import type { ActionDraft } from '../protocol/actions.ts';

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
  /** What was last said instead of something else. */
  readonly replacement?: Tracked;
  /** How many interruptions wait for the next event. */
  readonly waiting: number;
}

/** A replacement on its way to the caller's ear. Times are ms since 1970. */
export interface Tracked {
  readonly key: string;
  /** From here on an end of speech is its own, and no longer that of the sentence it cut. */
  readonly halfway_at: number;
  readonly heard: boolean;
  /** Something follows when it has been heard. */
  readonly follow_up: boolean;
}

/** A call of which nothing is known but that it is there. */
export const freshSession = (id: string, turn = 0): Session => ({
  id,
  turn,
  reopened: false,
  labels: [],
  state: {},
  waiting: 0,
});

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

/** A request for the right to interrupt a call. `key` is that of the interruption, `owner` that of this attempt. */
export interface Claim {
  readonly session_id: string;
  readonly key: string;
  readonly owner: string;
  /** When nothing will be said any more (ms since 1970): until then copies are known. */
  readonly expires_at: number;
  /** The session must still carry it. */
  readonly label?: string;
  /** What is pushed now, if it is. */
  readonly replacement?: Pick<Tracked, 'halfway_at' | 'follow_up'>;
}

export type Claimed =
  | { readonly claimed: true; readonly session: Session }
  | { readonly claimed: false; readonly reason: 'unknown_session' | 'session_ended' | 'duplicate' };

/** What is known of a replacement until it has been heard. */
export interface Replacement {
  readonly key: string;
  /** The interruption's. */
  readonly id: string;
  readonly triggered_at: number;
  /** Recognises its own `assistant_speak`. */
  readonly says?: string;
  /** The interruption's `then`. */
  readonly follow_up: readonly ActionDraft[];
}

/** An interruption that waits for the next event. */
export interface Waiting extends Replacement {
  readonly arrived_at: number;
  readonly expires_at: number;
  readonly actions: readonly ActionDraft[];
}

/** Every store keeps `test/sessions/contract.ts`. */
export interface SessionStore {
  /** Records an event and reads the session in the same write. A missing or expired session is created. */
  record(happening: Happening, signal?: AbortSignal): Promise<Session | 'ended'>;
  /** Keeps what a template changed; `false` when the call has ended meanwhile. */
  change(id: string, changes: SessionChanges, signal?: AbortSignal): Promise<boolean>;
  /** The ids of the sessions that a target names now, strongly consistent, in no particular order. */
  find(target: Target): Promise<string[]>;

  claim(claim: Claim): Promise<Claimed>;
  /** Gives a claim back after a definite failure. */
  release(claim: Pick<Claim, 'session_id' | 'key' | 'owner'>): Promise<void>;

  /** Remembers what is being said instead; `sent: false` until it is known to have left. */
  noteReplacement(session_id: string, replacement: Replacement, sent: boolean): Promise<void>;
  replacement(session_id: string, key: string): Promise<Replacement | undefined>;
  /** Its `assistant_speak` has come; `true` for the first to say so. */
  markHeard(session_id: string, key: string): Promise<boolean>;
  /** The replacement has ended: what follows it and those before it, in order, for exactly one taker. */
  takeFollowUp(session_id: string, tracked: Tracked): Promise<ActionDraft[]>;

  /** Keeps an interruption for the next event; `false` when the call has ended meanwhile. */
  wait(session_id: string, waiting: Waiting): Promise<boolean>;
  /** The interruptions that wait, in order of arrival; each for exactly one taker. */
  takeWaiting(session_id: string, which: 'all' | 'first'): Promise<Waiting[]>;
  /** A waiting interruption is being said now. */
  startReplacement(session_id: string, replacement: Replacement, halfway_at: number): Promise<void>;
}

/** A tombstone, and a call nobody heard of again, stays this long after its last event. */
export const SESSION_TTL_SECONDS = 4 * 3600;

/** Any notation of a number as digits without `+` or `00`; `undefined` for a withheld one. */
export function phoneDigits(number: string | null | undefined): string | undefined {
  const digits = number?.replace(/\D/g, '').replace(/^00/, '').slice(0, 15);
  return digits || undefined;
}
