import type { ActionDraft } from '../protocol/actions.ts';
import type { Tts } from '../protocol/settings.ts';
import type { Note, Noted } from './history.ts';

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
  /** Ours, where that isn't the callee. */
  readonly number?: string;
  /** Of sipgate, whose call it is. */
  readonly account_id?: string;
  /** Business keys by which an interruption finds this call. */
  readonly labels: readonly string[];
  /** What the template remembers. */
  readonly state: Readonly<Record<string, Json>>;
  /** What is known of what the caller hears. */
  readonly playback: Playback;
  /** A human is talking: a transfer went through, as far as we know. */
  readonly transferred: boolean;
  /** What was last said instead of something else. */
  readonly replacement?: Tracked;
  /** How often it has started: what belonged to an earlier start is over. */
  readonly starts: number;
  /** Something follows a replacement, this one or one that it cut. */
  readonly followed: boolean;
  /** Interruptions may wait for the next event; another value, another one. */
  readonly waiting?: string;
  /** The WebSocket that its events come over: API Gateway's id of the connection. */
  readonly connection?: string;
  /** What is worked on in an invocation of its own. */
  readonly job?: JobMark;
  /** Since when the caller has been speaking, ms since 1970. Only a WebSocket tells. */
  readonly caller_speaks?: number;
}

/** A slow answer that is on its way. */
export interface JobMark {
  /** Of the job: a key that is pressed is no new turn, and may ask for another one. */
  readonly key: string;
  /** Of the question. */
  readonly turn: number;
  /** ms since 1970: by then it has come, or never will. */
  readonly until: number;
}

/** Something that is said. Times are ms since 1970. */
export interface Speech {
  readonly at: number;
  /** From here on an end of speech is its own, and no longer that of the sentence before it. */
  readonly after: number;
  /** Over by then, even if its end is never reported. */
  readonly until: number;
}

/** What must not be cut by just anything. */
export interface Guard {
  readonly kind: 'protected' | 'urgent';
  /** Speech that begins from here on is what is guarded. */
  readonly at: number;
  /** From here on an end of speech is its own, whatever is said next. */
  readonly after: number;
  readonly until: number;
}

/** Times only, so that each event is one write that reads nothing. `playback.ts` draws the conclusions. */
export interface Playback {
  readonly speech?: Speech;
  /** When speech last ended. */
  readonly silence_at?: number;
  readonly guard?: Guard;
}

/** A replacement on its way to the caller's ear. */
export interface Tracked {
  readonly key: string;
  /** From here on an end of speech is its own: when it began, once that has been heard; ms since 1970. */
  readonly after: number;
  readonly heard: boolean;
}

/** A call of which nothing is known but that it is there. */
export const freshSession = (id: string, turn = 0): Session => ({
  id,
  turn,
  reopened: false,
  labels: [],
  state: {},
  playback: {},
  transferred: false,
  starts: 0,
  followed: false,
});

/** An event as the session sees it: a start reopens, a turn counts, an end leaves a tombstone. */
export interface Happening {
  readonly session_id: string;
  readonly kind: 'start' | 'turn' | 'end' | 'other';
  readonly caller?: string | undefined;
  readonly callee?: string | undefined;
  readonly number?: string | undefined;
  readonly account_id?: string | undefined;
  /** When API Gateway took the event (ms since 1970): parallel events may be recorded in another order. */
  readonly at?: number;
  /** The caller has cut what was being said, and with it what stood under guard. */
  readonly barged_in?: boolean;
  /** What it says of playback. */
  readonly speech?: { readonly ends_at: number; readonly text?: string | undefined } | 'ended';
  /** The WebSocket that it came over. */
  readonly connection?: string | undefined;
  /** The caller began to speak; a turn says that it is over. */
  readonly caller_speaks?: boolean;
}

/** A sentence as it was last begun; `text` is missing for SSML and clips. */
export interface Sentence {
  readonly text?: string;
  readonly at: number;
  readonly ends_at: number;
}

/** What a template changed, key by key, so that parallel events don't undo each other. */
export interface SessionChanges {
  /** `undefined` removes the key. */
  readonly state: Readonly<Record<string, Json | undefined>>;
  /** `false` removes the label. */
  readonly labels: Readonly<Record<string, boolean>>;
  /** Of the session: labels that are added can be found by it as well. */
  readonly account_id?: string;
  /** What its answer means for the next interruption. */
  readonly speech?: Speech;
  readonly guard?: Guard;
  readonly transferred?: true;
  readonly job?: JobMark;
}

/** Whom an interruption concerns; of all accounts, unless it names one. */
export type Target = { readonly account_id?: string } & (
  | { readonly label: string }
  | { readonly caller: string }
  | { readonly callee: string }
  | { readonly everyone: true }
);

/** What a call must be, or carry, for a target to name it: all that is given. */
export interface TargetRules {
  readonly label?: string;
  readonly caller?: string;
  readonly callee?: string;
  readonly account_id?: string;
}

/** Whether a target names this call. */
export const isNamed = (
  call: { readonly labels: readonly string[] } & Omit<TargetRules, 'label'>,
  { label, caller, callee, account_id }: TargetRules,
): boolean =>
  (label === undefined || call.labels.includes(label)) &&
  (caller === undefined || call.caller === caller) &&
  (callee === undefined || call.callee === callee) &&
  (account_id === undefined || call.account_id === account_id);

/** The sessions whose events come, or came, over a WebSocket. */
export interface Socket {
  readonly connection: string;
}

/** A request for the right to interrupt a call that its target still names. `key`: of the interruption, `owner`: of this attempt. */
export interface Claim extends TargetRules {
  readonly session_id: string;
  readonly key: string;
  readonly owner: string;
  /** The conversation must still be at this turn. */
  readonly if_turn?: number;
  readonly only_if_speaking?: boolean;
  /** Let the current sentence end first. */
  readonly after_current?: boolean;
  /** Let the caller finish first. */
  readonly not_while_caller_speaks?: boolean;
  /** It can be pushed over a WebSocket only. */
  readonly needs_connection?: boolean;
  /** The key of an interruption that must have been said first. */
  readonly behind?: string;
  readonly urgent?: boolean;
  readonly force?: boolean;
  /** What is pushed now, if it is. */
  readonly push?: Push;
}

/** What a push changes in the session. */
export interface Push {
  readonly replacement?: { readonly speech: Speech; readonly guard?: Guard; readonly follow_up: boolean };
  /** It hands the caller to a human. */
  readonly transfers?: boolean;
}

/** Why an interruption is to wait: for the end of the sentence, for the caller, or because nothing can be pushed. */
export type WaitReason = 'speaking' | 'caller_speaks' | 'no_connection';

/** Why a call isn't interrupted; the first that holds. `websocket_only`: nothing tells when this caller speaks. */
export type Refusal =
  | WaitReason
  | 'unknown_session'
  | 'session_ended'
  | 'transferred'
  | 'duplicate'
  | 'stale_turn'
  | 'websocket_only'
  | 'protected'
  | 'outranked'
  | 'not_speaking';

/** The session as it was, before the claim changed it. */
export type Claimed =
  | { readonly claimed: true; readonly session: Session }
  | { readonly claimed: false; readonly reason: Refusal };

/** What is known of a replacement until it has been heard. */
export interface Replacement {
  readonly key: string;
  /** The interruption's. */
  readonly id: string;
  readonly triggered_at: number;
  /** Of the session, when it was claimed. */
  readonly starts: number;
  /** Recognises its own `assistant_speak`. */
  readonly says?: string;
  /** The interruption's `then`. */
  readonly follow_up: readonly ActionDraft[];
  /** Follows only while the conversation is at this turn. */
  readonly turn?: number;
}

/** What is asked again when an interruption that waited goes out. */
export type WaitingRules = Pick<Claim, 'if_turn' | 'after_current' | 'not_while_caller_speaks' | 'urgent' | 'force'>;

/** An interruption that waits for the next event. */
export interface Waiting extends Replacement, WaitingRules {
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
  /**
   * Somebody who waits for a job is told that it goes on, which `speech` says; `false` when the job is over or something
   * else is being said: it would come after the answer.
   */
  goesOn(id: string, job: JobMark, speech: Speech): Promise<boolean>;
  /** The job with this key is over; a newer one isn't. */
  endJob(id: string, key: string): Promise<void>;
  /** The ids of the sessions that a target names now, strongly consistent, in no particular order. */
  find(target: Target | Socket): Promise<string[]>;
  /** Forgets a WebSocket that is gone, unless the session has a newer one. */
  detach(session_id: string, connection: string): Promise<void>;

  /** The session as it is now, without recording anything. */
  read(session_id: string): Promise<Session | undefined>;

  claim(claim: Claim): Promise<Claimed>;
  /** One that waited goes out now, by the claim that it has: its rules are asked once more, in the write that says so. */
  startWaiting(claim: Claim): Promise<Claimed>;
  /** What a claim would be refused for, claiming nothing. */
  check(claim: Claim): Promise<Refusal | undefined>;
  /** Gives a claim back after a definite failure. */
  release(claim: Pick<Claim, 'session_id' | 'key' | 'owner'>): Promise<void>;
  /** Nothing left: the session is again `before`, as it was claimed, where nobody has changed it since. */
  takeBack(claim: Claim, before: Session): Promise<void>;

  /** The voice that the assistant speaks with. */
  keepVoice(session_id: string, voice: Tts): Promise<void>;
  voice(session_id: string): Promise<Tts | undefined>;
  /** The sentence that was begun last. */
  sentence(session_id: string): Promise<Sentence | undefined>;
  /** Remembers what is about to be said instead. */
  noteReplacement(session_id: string, replacement: Replacement): Promise<void>;
  /** It has left; what follows it may come when it has ended. */
  markSent(session_id: string, key: string): Promise<void>;
  /** What is known of those that have been, or will be, said instead; not of those whose follow-up was taken. */
  replacements(session_id: string): Promise<Replacement[]>;
  /** Its `assistant_speak` has come, taken `at` (ms since 1970): it is tracked from now on. `true` for the first to say so. */
  markHeard(session_id: string, key: string, at: number): Promise<boolean>;
  /** The replacement has ended: what follows it and those that left before it, in order, each for exactly one taker. */
  takeFollowUp(session: Session): Promise<ActionDraft[]>;
  /** Remembers what an answer says instead, or what more follows it. */
  giveReplacement(session_id: string, replacement: Replacement): Promise<void>;
  /** Lets more follow a replacement that is being said; `false` when it has ended, or another one has taken its place. */
  addFollowUp(session_id: string, replacement: Replacement): Promise<boolean>;

  /** Keeps an interruption for the next event; `false` when the call has ended meanwhile. */
  wait(session_id: string, waiting: Waiting): Promise<boolean>;
  /** The interruptions that wait, in order of arrival. */
  waiting(session_id: string): Promise<Waiting[]>;
  /** Takes one of them; `true` for exactly one taker. */
  take(session_id: string, waiting: Waiting): Promise<boolean>;
  /** None waits any more, unless one has come since `seen`. */
  nobodyWaits(session_id: string, seen: string): Promise<void>;

  /** Keeps what was said in a turn, each note once however often it is written; more than a turn holds is left out. */
  keepTurn(session_id: string, turn: number, notes: readonly Note[], signal?: AbortSignal): Promise<void>;
  /** What was noted in the newest turns, in no particular order. */
  history(session_id: string, turns: number, signal?: AbortSignal): Promise<Noted[]>;
}

export { SESSION_TTL_SECONDS } from './limits.ts';
