import type { ActionDraft } from '../protocol/actions.ts';
import type { Tts } from '../protocol/settings.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type State = Readonly<Record<string, Json>>;

/**
 * All that is known of a call. Only `decide` makes a new one. Times are ms since 1970; a missing
 * field is unknown, or nothing.
 */
export interface Call {
  readonly id: string;
  /**
   * The newest turn that was decided. The greeting is turn 0; anything that the caller says may
   * become the next.
   */
  readonly turn: number;
  /** The highest number given to a turn. None is given twice. */
  readonly opened: number;
  /** What the caller has said and nobody has answered yet. */
  readonly pending: readonly PendingTurn[];
  /** What the caller said last, the newest first. */
  readonly words: readonly Words[];
  /** How often the call has started. What belonged to an earlier start is over. */
  readonly starts: number;
  /** The last start, and the input that answers it. */
  readonly start?: { readonly by: string; readonly at: number; readonly answered?: true };
  /** Whether the last start came after a failed transfer of ours. */
  readonly reopened: boolean;
  /** Digits without `+` or `00`; missing when withheld. */
  readonly caller?: string;
  readonly callee?: string;
  readonly account_id?: string;
  /** Our number, if that isn't the callee. */
  readonly number?: string;
  /** The name of its call flow, if the call was placed for a certain one. */
  readonly template?: string;
  /** Business keys by which an interruption finds this call. */
  readonly labels: readonly string[];
  /** The start for which it is certainly listed under everything that it can be found by. */
  readonly listed?: string;
  /** What the template remembers. */
  readonly state: State;
  /** The WebSocket that its events come over, and when the newest of them was taken. */
  readonly socket?: { readonly id: string; readonly at: number };
  /** The voice that the template used last. */
  readonly voice?: Tts;
  /** The language as BCP-47, if it isn't that of the call flow. */
  readonly language?: string;
  /** Seconds of silence after which the call flow asks whether somebody is there. */
  readonly asks_after?: number;
  /** How often it has asked since the caller was last heard. */
  readonly asked?: number;
  /** Whether a loop of music plays, so that silence is expected. */
  readonly music?: true;
  /** What the caller is entering by keys. */
  readonly entry?: Entry;
  /** Everything that is being said, has just been said, or is to be said, in order. */
  readonly queue: readonly Utterance[];
  /** Answers that are worked on in an invocation of their own. */
  readonly jobs: readonly JobMark[];
  /**
   * When a transfer was sent, as far as is known: since then a human is talking. `timeout`: if it
   * fails, the call comes back.
   */
  readonly transferred?: { readonly at: number; readonly timeout: boolean };
  /** When a push found nobody. Any event of the call refutes that. */
  readonly unreachable?: number;
  readonly ended?: number;
  /**
   * When the newest end that belongs to a sentence was reported. The same report again doesn't
   * count.
   */
  readonly silent_at?: number;
  /** When an end was reported that fits no sentence. */
  readonly unowned_at?: number;
  /** When AI Flow last reported that nobody spoke. */
  readonly timed_out_at?: number;
  /** When words came that cut something, and it is unknown what. */
  readonly cut_at?: number;
  /** Since when the caller has been speaking. Only a WebSocket reports it. */
  readonly caller_speaks?: number;
  /** Whether an answer that had waited for a job was never heard. Then no other answer waits. */
  readonly unheard?: true;
  /** When the next wake-up is due. */
  readonly wakes_at?: number;
  /**
   * The ids of the newest interruptions, each with a hash of its content. `more`: older ones lie
   * beside the document.
   */
  readonly claims: readonly (readonly [key: string, content: string])[];
  readonly more?: true;
  /** The newest inputs that were applied. None is applied twice. */
  readonly applied: readonly string[];
  /** What has happened since the call was last written. */
  readonly facts: readonly Fact[];
}

/** Who is on the line, and whom they want. */
export type Parties = Pick<Call, 'caller' | 'callee' | 'account_id' | 'number' | 'template'>;

/** Digits that the caller is asked for. */
export interface Entry {
  /** The name under which the call flow declares them. */
  readonly name: string;
  /** The input that asked for them. */
  readonly by: string;
  /** How often they were asked for. */
  readonly tries: number;
  /**
   * The keys that were pressed, in order: the id that the key is sealed under, the sealed key, and
   * when.
   */
  readonly keys: readonly (readonly [id: string, sealed: string, at: number])[];
}

/** What the caller has said, until the template has answered or its time is over. */
export interface PendingTurn {
  /** The input that is to answer it. */
  readonly by: string;
  readonly turn: number;
  readonly at: number;
  readonly until: number;
}

/** What the caller said, as much as is needed to recognise a repetition. */
export interface Words {
  readonly by: string;
  readonly at: number;
  readonly turn: number;
  readonly print: string;
  /** How long it takes to say, ms. */
  readonly ms: number;
  /** When it was answered. */
  readonly answered?: number;
}

/** A slow answer that is on its way. */
export interface JobMark {
  /**
   * The job's key. Its turn wouldn't do, because pressing a key may ask for another job in the same
   * turn.
   */
  readonly key: string;
  /** The turn of the question. */
  readonly turn: number;
  /** When it has come, or never will. */
  readonly until: number;
  /** How many of its parts have been taken. */
  readonly parts: number;
}

/** Where an utterance comes from. */
export type Origin = 'answer' | 'interruption' | 'job' | 'progress' | 'rest' | 'then';

/**
 * Something that wants to be heard: a sentence with the silent actions before it, or silent actions
 * alone.
 */
export interface Utterance {
  readonly key: string;
  readonly from: Origin;
  /**
   * At most one of them is heard (`speak`, `audio`). Empty once it has ended, if they lay
   * {@link beside} the document.
   */
  readonly actions: readonly ActionDraft[];
  /**
   * The name under which its actions lie beside the document, for which they are too long. Only the
   * store sets it.
   */
  readonly beside?: string;
  /** How long it takes. Missing if it makes no sound. */
  readonly length?: Length;
  /** The fingerprint that its `assistant_speak` is recognised by. */
  readonly print?: string;
  /**
   * `protected`: neither the caller nor an interruption without `force` cuts it. `urgent`: only an
   * urgent interruption does.
   */
  readonly guarded?: 'protected' | 'urgent';
  /** How it ends the call, if it does. */
  readonly ends?: 'hangup' | 'transfer';
  /** Whether the caller cuts it with their first sound. */
  readonly immediate?: true;
  /**
   * The seconds of silence after which AI Flow reports that nobody spoke. `ours`: we asked for it,
   * not the author.
   */
  readonly timer?: { readonly seconds: number; readonly ours?: true };

  /** The turn that it answers or belongs to. A newer one overtakes it. */
  readonly turn?: number;
  /** The start of the call that it belongs to. */
  readonly start: number;
  /** The interruption that it comes from, and when that was triggered. */
  readonly trigger?: { readonly id: string; readonly at: number };
  readonly job?: string;
  /** The key of its predecessor: it goes out once that has been heard. */
  readonly behind?: string;
  /**
   * By `after_current`: the sentence that it lets end first. Of a rest: the sentence that it
   * resumes.
   */
  readonly after?: string;
  /** Whether what it is going to cut is to be said again. */
  readonly resume?: true;
  /** The key of the utterance that it goes out with, in the same array. */
  readonly with?: string;
  /** Whether it is only said into silence: it is dropped if a push under way breaks that. */
  readonly into_silence?: true;
  /** Whether it is dropped when the caller cuts its predecessor. */
  readonly falls?: true;
  readonly rules?: Rules;
  readonly expires_at?: number;
  /** Whether it was cancelled while it was being sent: then it isn't sent again. */
  readonly cancelled?: true;

  /** Missing while it waits. */
  readonly sent?: Sent;
  /** When it began; `reported` if its own event says so. */
  readonly began?: { readonly at: number; readonly reported?: true };
  readonly end?: End;
  /** Whether its `Heard` was published; of a `then`, that it doesn't all come. */
  readonly told?: true;
}

/** The conditions under which it goes out. */
export interface Rules {
  readonly if_turn?: number;
  readonly only_if_speaking?: boolean;
  readonly after_current?: boolean;
  readonly not_while_caller_speaks?: boolean;
  readonly urgent?: boolean;
  readonly force?: boolean;
}

export interface Sent {
  readonly at: number;
  /** The input that sent it. */
  readonly by: string;
  /**
   * Nobody knows yet whether AI Flow has taken it. `told`: nobody ever will, and that was
   * published.
   */
  readonly unsure?: true | 'told';
  /** It arrived after it was published as in doubt. */
  readonly doubted?: true;
}

export interface End {
  readonly at: number;
  /**
   * Who ended it: itself (`full`), the caller, an interruption (`app`), or the call flow (`self`).
   * `early`: it is open whether the caller cut it.
   */
  readonly how: 'full' | 'early' | 'caller' | 'app' | 'self';
  /** The utterance that cut it, for `app` and `self`. */
  readonly by?: string;
  /** Whether nothing was said in its place. */
  readonly silent?: true;
  /** Whether its report is still to come. */
  readonly owed?: true;
  /** It was cut along with the sentence before it, and so never began, as far as is known. */
  readonly along?: true;
  /**
   * It was, or may have been, reported before the push that was to cut it can have arrived: the
   * caller may have cut it.
   */
  readonly crossed?: true;
}

export interface Length {
  /** At the usual rate of its script. */
  readonly ms: number;
  /** As announced by the voice, believed or not. */
  readonly announced?: number;
  /** Whether nothing follows from an end that comes early. */
  readonly unknown?: true;
}

/**
 * An event of AI Flow as its call keeps it until the call is next written. `id` names the
 * invocation that took it.
 */
export type Fact = {
  readonly id: string;
  /** When API Gateway took it. Facts may be recorded in another order. */
  readonly at: number;
  /** The WebSocket that it came over. */
  readonly socket?: string;
} & Happening;

export type Happening =
  | ({ readonly kind: 'start' } & Parties)
  | {
      readonly kind: 'words';
      readonly print: string;
      readonly ms: number;
      readonly cuts?: true;
      readonly until: number;
    }
  | {
      readonly kind: 'began';
      readonly print?: string;
      readonly ms?: number;
      readonly started?: number;
    }
  | { readonly kind: 'ended' }
  /** Nobody spoke: `user_input_timeout`. */
  | { readonly kind: 'silence' }
  /** The caller begins to speak: `user_speech_started`. */
  | { readonly kind: 'voice' }
  | { readonly kind: 'over' }
  /** A key was pressed; sealed, where an entry may be secret. */
  | { readonly kind: 'key'; readonly sealed: string }
  | { readonly kind: 'other' }
  /**
   * The answer to that input went out unwritten: only what the call flow itself said was in it, and
   * nothing if the job `lost` belongs to it.
   */
  | { readonly kind: 'unsaid'; readonly by: string; readonly lost?: string }
  /** The WebSocket is gone, but not the call. */
  | { readonly kind: 'gone' }
  /** The call couldn't be listed, so it may not be found. */
  | { readonly kind: 'unlisted' };

/** A call of which nothing is known but its id. */
export const freshCall = (id: string): Call => ({
  id,
  turn: 0,
  opened: 0,
  pending: [],
  words: [],
  starts: 0,
  reopened: false,
  labels: [],
  state: {},
  queue: [],
  jobs: [],
  claims: [],
  applied: [],
  facts: [],
});

/** The same object without that field. */
export function omit<Of extends object>(of: Of, key: keyof Of): Of {
  if (of[key] === undefined) return of;
  const { [key]: _, ...rest } = of;
  return rest as Of;
}

/** Deliveries that may cross on their way. */
export const MAX_WORDS = 2;
/** Utterances that may wait at once. More are refused. */
export const MAX_WAITING = 16;
/** Utterances that were sent and aren't known to be over. With more, the oldest counts as over. */
export const MAX_SENT = 32;
export const MAX_CLAIMS = 16;
/** Keys of one entry. The longest card number has 19 digits. */
export const MAX_KEYS = 32;
/** Silence after which a caller is asked again for digits, unless the call flow says otherwise. */
export const ENTRY_SECONDS = 8;
/** The prefix of an input's id whose answer has waited for a job. */
export const WAITED = '~';
export const MAX_APPLIED = 16;
/** An event that finds more facts saves the call. */
export const MAX_FACTS = 8;
