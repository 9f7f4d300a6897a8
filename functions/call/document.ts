import type { ActionDraft } from '../protocol/actions.ts';
import type { Tts } from '../protocol/settings.ts';

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type State = Readonly<Record<string, Json>>;

/**
 * All that is known of a call, in one place. Nothing but `decide` makes a new one. Times are ms
 * since 1970 everywhere; what is missing is not known, or nothing.
 */
export interface Call {
  readonly id: string;
  /**
   * The newest turn that was decided: the greeting is 0, and each thing that the caller says may
   * become the next.
   */
  readonly turn: number;
  /** The highest number that a turn was given. None is given twice. */
  readonly opened: number;
  /** Things that the caller has said and that nobody has answered yet. */
  readonly pending: readonly PendingTurn[];
  /** What the caller said last, the newest first. */
  readonly words: readonly Words[];
  /** How often it has started: what belonged to an earlier start is over. */
  readonly starts: number;
  /** The last start, and the input that answers it. */
  readonly start?: { readonly by: string; readonly at: number; readonly answered?: true };
  /** The last start came after a transfer of ours had failed. */
  readonly reopened: boolean;
  /** Digits without `+` or `00`; missing when withheld. */
  readonly caller?: string;
  readonly callee?: string;
  readonly account_id?: string;
  /** Ours, where that isn't the callee. */
  readonly number?: string;
  /** Name of its call flow, where it was placed for a certain one. */
  readonly template?: string;
  /** Business keys by which an interruption finds this call. */
  readonly labels: readonly string[];
  /**
   * Since which start it is listed under all that it can be found by, as far as that is certain.
   */
  readonly listed?: string;
  /** What the template remembers. */
  readonly state: State;
  /** The WebSocket that its events come over, and when the newest of them was taken. */
  readonly socket?: { readonly id: string; readonly at: number };
  /** What the template last spoke with. */
  readonly voice?: Tts;
  /** Of the call, as BCP-47, where it isn't that of its call flow. */
  readonly language?: string;
  /** Of silence, seconds: then the call flow asks whether somebody is there. */
  readonly asks_after?: number;
  /** How often it has asked since the caller was last heard of. */
  readonly asked?: number;
  /** A loop plays under the call: whoever hears it waits for something. */
  readonly music?: true;
  /** What the caller is entering by keys. */
  readonly entry?: Entry;
  /** What is said, has just been said, or is to be said, in order. */
  readonly queue: readonly Utterance[];
  /** Answers that are worked on in an invocation of their own. */
  readonly jobs: readonly JobMark[];
  /**
   * A human is talking since then: a transfer left, as far as is known. `timeout`: a failed one
   * comes back.
   */
  readonly transferred?: { readonly at: number; readonly timeout: boolean };
  /** A push found nobody then. An event of the call refutes it. */
  readonly unreachable?: number;
  readonly ended?: number;
  /**
   * When the newest end of speech was told of that a sentence here had: told of again, it is none.
   */
  readonly silent_at?: number;
  /** When one was told of that no sentence here can have had. */
  readonly unowned_at?: number;
  /** When AI Flow last told that nobody spoke. */
  readonly timed_out_at?: number;
  /** When words came that have cut something, and nobody knows what. */
  readonly cut_at?: number;
  /** Since when the caller has been speaking. Only a WebSocket tells. */
  readonly caller_speaks?: number;
  /** An answer that had waited for a job was never heard: no other one waits. */
  readonly unheard?: true;
  /** When somebody has been asked to look at it again. */
  readonly wakes_at?: number;
  /**
   * Ids of the newest interruptions with a hash of what they said; `more` when older ones lie
   * beside.
   */
  readonly claims: readonly (readonly [key: string, content: string])[];
  readonly more?: true;
  /** The newest inputs that were applied: one that comes again does nothing. */
  readonly applied: readonly string[];
  /** What has happened since it was last written. */
  readonly facts: readonly Fact[];
}

/** Digits that are asked for. */
export interface Entry {
  /** Which of those that the call flow declares. */
  readonly name: string;
  /** The input that has asked. */
  readonly by: string;
  /** How often it was asked for. */
  readonly tries: number;
  /** What was entered, in order of time: when, and the key, sealed under that id. */
  readonly keys: readonly (readonly [id: string, sealed: string, at: number])[];
}

/** Things that the caller has said, until the template has answered or its time is over. */
export interface PendingTurn {
  /** The input that answers. */
  readonly by: string;
  readonly turn: number;
  readonly at: number;
  readonly until: number;
}

/** What the caller said, as far as a repetition is to be recognised. */
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
  /** Of the job: a key that is pressed is no new turn, and may ask for another one. */
  readonly key: string;
  /** Of the question. */
  readonly turn: number;
  /** By then it has come, or never will. */
  readonly until: number;
  /** How many parts of it have been taken. */
  readonly parts: number;
}

/** Where an utterance comes from. */
export type Origin = 'answer' | 'interruption' | 'job' | 'progress' | 'rest' | 'then';

/**
 * Something that wants to be heard: a sentence with what goes out before it, or actions that make
 * no sound.
 */
export interface Utterance {
  readonly key: string;
  readonly from: Origin;
  /**
   * At most one of them is heard (`speak`, `audio`). None once it has ended, where they lie
   * {@link beside}.
   */
  readonly actions: readonly ActionDraft[];
  /**
   * Its actions are too long for the document and lie beside it, under this name. The store alone
   * sets it.
   */
  readonly beside?: string;
  /**
   * It is heard: how long it takes, ms, and how certain that is. Missing for what makes no sound.
   */
  readonly length?: Length;
  /** Recognises its own `assistant_speak`. */
  readonly print?: string;
  /** Neither an interruption without `force` nor the caller cuts it. */
  readonly guarded?: 'protected' | 'urgent';
  /** It ends the conversation, or hands it over. */
  readonly ends?: 'hangup' | 'transfer';
  /** The caller cuts it as soon as they make a sound. */
  readonly immediate?: true;
  /**
   * The silence after which AI Flow tells that nobody spoke, seconds. `ours`: the author didn't
   * ask.
   */
  readonly timer?: { readonly seconds: number; readonly ours?: true };

  /** The turn that it answers, or belongs to: a newer one overtakes it. */
  readonly turn?: number;
  /** Of which start of the call. */
  readonly start: number;
  /** The interruption's id, and when that was triggered. */
  readonly trigger?: { readonly id: string; readonly at: number };
  readonly job?: string;
  /** Goes out once that one has been heard. */
  readonly behind?: string;
  /**
   * What sounded when it was asked for, by `after_current`: it cuts nothing before that has ended.
   */
  readonly after?: string;
  /** It waits, and what it is going to cut is to be said again. */
  readonly resume?: true;
  /** Goes out with that one, in the same array. */
  readonly with?: string;
  /** Said into silence: not where what was just being pushed has broken that. */
  readonly into_silence?: true;
  /** It is dropped when the caller cuts what it stands behind. */
  readonly falls?: true;
  readonly rules?: Rules;
  readonly expires_at?: number;
  /** While it was being sent: it isn't sent again. */
  readonly cancelled?: true;

  /** Missing while it waits. */
  readonly sent?: Sent;
  /** When it began, and whether its own event says so. */
  readonly began?: { readonly at: number; readonly reported?: true };
  readonly end?: End;
  /** Its `Heard` has been published. */
  readonly told?: true;
}

/** What must be true when it goes out. */
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
  /** The input by which it left. */
  readonly by: string;
  /**
   * Nobody knows yet whether AI Flow has taken it. `told`: nor ever will, and that is published.
   */
  readonly unsure?: true | 'told';
  /** It has arrived after that was published. */
  readonly doubted?: true;
}

export interface End {
  readonly at: number;
  /** `early`: nobody knows yet whether the caller has cut it. */
  readonly how: 'full' | 'early' | 'caller' | 'app' | 'self';
  /** What has cut it: an interruption (`app`), or what the call flow said instead (`self`). */
  readonly by?: string;
  /** And nothing was said in its place. */
  readonly silent?: true;
  /** No event has told of it yet. */
  readonly owed?: true;
  /** It was to follow what the caller has cut, and so has never begun, as far as is known. */
  readonly along?: true;
  /**
   * It was told of, or may have been, sooner than what was to cut it can have arrived: perhaps the
   * caller had cut it.
   */
  readonly crossed?: true;
}

export interface Length {
  /** As its words are usually spoken. */
  readonly ms: number;
  /** As the voice has announced, believed or not. */
  readonly announced?: number;
  /** Nothing can be concluded from an end that comes early. */
  readonly unknown?: true;
}

/**
 * An event of AI Flow as a call keeps it until it is next written; `id` names the invocation that
 * took it. They stand in the order in which they were recorded.
 */
export type Fact = {
  readonly id: string;
  /** When API Gateway took it: they may be recorded in another order. */
  readonly at: number;
  /** The WebSocket that it came over. */
  readonly socket?: string;
} & Happening;

export type Happening =
  | {
      readonly kind: 'start';
      readonly caller?: string;
      readonly callee?: string;
      readonly account_id?: string;
      readonly number?: string;
      readonly template?: string;
    }
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
   * Of the answer of that input, only what the call flow itself said has gone out; not even that of
   * a `lost` job.
   */
  | { readonly kind: 'unsaid'; readonly by: string; readonly lost?: string }
  /** The WebSocket is gone, and not the call. */
  | { readonly kind: 'gone' }
  /** It couldn't be listed: it may not be found. */
  | { readonly kind: 'unlisted' };

/** A call of which nothing is known but that it is there. */
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

/** The same without what isn't known, or isn't so, any more. */
export function omit<Of extends object>(of: Of, key: keyof Of): Of {
  if (of[key] === undefined) return of;
  const { [key]: _, ...rest } = of;
  return rest as Of;
}

/** So many deliveries may cross on their way. */
export const MAX_WORDS = 2;
/** More that waits is refused. */
export const MAX_WAITING = 16;
/**
 * Of what has left and isn't known to be over, more than anybody lets play: the oldest is taken to
 * be over.
 */
export const MAX_SENT = 32;
export const MAX_CLAIMS = 16;
/** Nobody enters more: the longest card number has 19 digits. */
export const MAX_KEYS = 32;
/** What the id of an input begins with whose answer has waited for a job. */
export const WAITED = '~';
export const MAX_APPLIED = 16;
/** An event that finds more of them has them written together. */
export const MAX_FACTS = 8;
