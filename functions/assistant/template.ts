import type { Call, Json } from '../call/document.ts';
import type { Digits, DigitsEntered } from '../kit/digits.ts';
import type { Listeners } from '../kit/manners.ts';
import { type Action, type ActionDraft, type DraftOf, InvalidAction } from '../protocol/actions.ts';
import {
  ASSET_NAME,
  ASSET_NAME_RULE,
  isNamed,
  type NamedDraft,
  parseNamedDraft,
} from '../protocol/assets.ts';
import type { EventOf, UnknownEvent } from '../protocol/events.ts';
import { InvalidValue } from '../protocol/invalid.ts';
import { parseOwnDraft } from '../protocol/raw.ts';
import type { Tts } from '../protocol/settings.ts';
import type { ReadSecret } from '../runtime/secrets.ts';
import type { TranscriptEntry } from '../sessions/history.ts';
import { MAX_HISTORY_TURNS } from '../sessions/limits.ts';
import { namesProblem } from './declared-names.ts';
import { withFallback } from './fallback.ts';
import { inLanguage, LANGUAGE } from './language.ts';
import { saidAsList } from './said.ts';
import { shapeProblem } from './template-shape.ts';

/**
 * A call as a template sees it. What it changes in `state`, `labels` and `language` is kept when
 * its answer goes out in time.
 */
export interface TemplateSession<S extends TemplateState, T extends Texts = Texts>
  extends Pick<Call, 'id' | 'turn' | 'reopened' | 'caller' | 'callee'> {
  /**
   * At most 256 bytes of JSON, kept key by key. Empty in a new call, and when DynamoDB can't be
   * reached.
   */
  state: S;
  /**
   * At most 5 business keys of at most 64 bytes by which an interruption finds this call:
   * `order:4711`.
   */
  readonly labels: Set<string>;
  /**
   * BCP-47; at first that of the call flow, or of the number that was called. A new one counts at
   * once: for this answer's voice, for the recogniser and for whatever the call flow has `texts`
   * for.
   */
  language: string | undefined;
  /** The `texts` in the language of the call. */
  readonly texts: T;
  /**
   * What the caller said and what they really heard, in order of time, up to this event; for a
   * template that asks for it. A cut sentence ends where it was cut, interruptions are included,
   * and what nobody heard isn't there.
   */
  readonly history: readonly TranscriptEntry[];
}
export type TemplateState = { [key: string]: Json | undefined };

/**
 * What a call flow says in one language, by names of its own; these it says without being asked.
 */
export interface Texts {
  readonly fallback?: Template['fallback'];
  readonly progress?: Template['progress'];
  readonly apology?: Template['apology'];
  readonly silence?: Partial<Silence>;
  readonly voice?: Tts;
  readonly transcription?: Transcription;
}

/** What counts where a call flow doesn't say otherwise. */
export const SILENCE = { after_seconds: 8, times: 2 } as const;

/** What is said to somebody who says nothing. */
export interface Silence {
  readonly ask: Sayable | readonly Sayable[];
  /** Said before the call is hung up. */
  readonly goodbye: Sayable | readonly Sayable[];
  /** Of silence, before it is asked (8). */
  readonly after_seconds?: number;
  /** How often in a row it is asked (2). */
  readonly times?: number;
}

/** How the caller is understood: `configure_transcription`. */
export type Transcription = Omit<DraftOf<'configure_transcription'>, 'type'>;

/** What a template may need of the world. */
export interface TemplateContext {
  /**
   * Aborted at the deadline: the answer is out, and what goes on now would disturb another call.
   */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  now(): number;
  /** Lines with the session's id, and without the call's numbers and words, and secrets. */
  readonly log: TemplateLog;
  /** The variables that the template declares in `env`. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * A secret that the template declares in `secrets`: read when it is first asked for, and kept for
   * five minutes; `{ fresh: true }` reads it again, after a 401. Rejects when it can't be read;
   * `''` is one that it can do without and has not been given.
   */
  readonly secret: ReadSecret;
}

/**
 * `fields` are JSON, cut where they are long; `error` is logged with its place, its message only
 * where it has `expose`.
 */
export type TemplateLog = Readonly<
  Record<'info' | 'warn' | 'error', (message: string, fields?: object) => void>
>;

/** A string is a `speak`; nothing, or an empty array, is no action. */
export type Sayable = string | ActionDraft | Action | NamedDraft;
export type HandlerResult =
  | Sayable
  | Digits
  | readonly (Sayable | Digits)[]
  | null
  | undefined
  | void;

/** An answer that needs longer than a caller can wait. Made by {@link later}. */
export interface Later<J extends Json = Json> {
  /** Said at once, or after `hold_after_ms`. */
  readonly hold?: Sayable | readonly Sayable[];
  /**
   * How long the first words of the job may take, ms, without the hold being said; within the time
   * there is for an answer. 0, the default, is right for what is never so quick.
   */
  readonly hold_after_ms?: number;
  /** What `onJob` is given, at most 64 KiB of JSON. */
  readonly job: J;
}

/**
 * Something elsewhere that concerns this call: an interruption that comes with `context` instead of
 * words.
 */
export interface Trigger {
  /** The interruption's. */
  readonly id: string;
  /** ms since 1970. */
  readonly triggered_at: number;
  /** At most 4 KiB of JSON, as it was sent: check it before use. */
  readonly context: Json;
}

type Handler<E, S extends TemplateState, T extends Texts, R = HandlerResult> = (
  event: E,
  session: TemplateSession<S, T>,
  context: TemplateContext,
) => R | Promise<R>;

/** A call flow: what to do at each event. An event without a handler is acknowledged. */
export interface Template<
  S extends TemplateState = TemplateState,
  J extends Json = Json,
  T extends Texts = Texts,
> {
  onSessionStart?: Handler<EventOf<'session_start'>, S, T, HandlerResult | Later<J>>;
  /** Also runs for the deprecated `user_barge_in`, with `barged_in: true`. */
  onUserSpeak?: Handler<EventOf<'user_speak'>, S, T, HandlerResult | Later<J>>;
  onAssistantSpeak?: Handler<EventOf<'assistant_speak'>, S, T>;
  /** A sentence has been heard. Not one that was cut: who has cut it comes next. */
  onAssistantSpeechEnded?: Handler<EventOf<'assistant_speech_ended'>, S, T>;
  onUserInputTimeout?: Handler<EventOf<'user_input_timeout'>, S, T, HandlerResult | Later<J>>;
  onDtmfReceived?: Handler<EventOf<'dtmf_received'>, S, T, HandlerResult | Later<J>>;
  /** What the caller has entered, that was asked for with `collectDigits`. */
  onDigits?: Handler<DigitsEntered, S, T, HandlerResult | Later<J>>;
  onSmsFailed?: Handler<EventOf<'sms_failed'>, S, T, HandlerResult | Later<J>>;
  /** WebSocket only. AI Flow ignores answers. */
  onUserSpeechStarted?: Handler<EventOf<'user_speech_started'>, S, T, void>;
  /** The call is over: AI Flow ignores answers. */
  onSessionEnd?: Handler<EventOf<'session_end'>, S, T, void>;
  /** An event that this version of the protocol doesn't know. */
  onUnknownEvent?: Handler<UnknownEvent, S, T>;
  /**
   * Words an interruption that came with `context`; what it returns cuts what is being said.
   * Nothing declines it.
   */
  onTrigger?: Handler<Trigger, S, T>;
  /**
   * Does what {@link later} put off, in an invocation of its own, which has 50 seconds. What it
   * returns, or each thing that it yields, is said as soon as nothing else is, unless the caller
   * has said something new. A correction begins with `bargeIn()`: it cuts what is being said. May
   * run twice.
   */
  onJob?: (
    job: J,
    session: TemplateSession<S, T>,
    context: TemplateContext,
  ) => JobResult | Promise<JobResult>;
  /**
   * The call is over: what is left to do, in an invocation of its own, which has 50 seconds. Tried
   * three times, then it is a dead letter. May run twice.
   */
  onCallEnded?: (
    session: TemplateSession<S, T>,
    context: TemplateContext & { readonly history: readonly TranscriptEntry[] },
  ) => void | Promise<void>;
  /**
   * Names of the clips that it plays, `audio({ asset })`: they are looked for when the stack is
   * built.
   */
  assets?: readonly string[];
  /**
   * Names of the environment variables that it needs, for `env.SHOP_URL`. Without them it is not
   * deployed; `SHOP_URL?` is one that it can do without.
   */
  env?: readonly string[];
  /**
   * Names of the secrets that it needs, for `await secret('SHOP_KEY')`; `SHOP_KEY?` as in `env`.
   */
  secrets?: readonly string[];
  /**
   * Reads its secrets while the functions start: the first call doesn't wait for them, each cold
   * start a little.
   */
  preload?: boolean;
  /**
   * Said at once when a handler throws, answers wrongly or is late: no clip by name, which must be
   * loaded.
   */
  fallback?: Exclude<Sayable, NamedDraft> | readonly Exclude<Sayable, NamedDraft>[];
  /** Said as long as a job takes, each time the caller has waited for a while. */
  progress?: Sayable | readonly Sayable[];
  /** Said when a job has failed; `fallback` if missing. */
  apology?: Sayable | readonly Sayable[];
  /** What callers are asked to enter: each one that `collectDigits` has made. */
  digits?: readonly Digits[];
  /**
   * Asked into the silence of a caller, until the call is hung up. Without it a silent call stays
   * open.
   */
  silence?: Silence;
  /** Words that only show that somebody listens: `false` for none. */
  listeners?: Listeners | false;
  /** For whatever is said without one. */
  voice?: Tts;
  /** BCP-47: what it speaks unless the number that is called, or the call, says otherwise. */
  language?: string;
  /** How a caller is understood in `language`, in place of that alone. */
  transcription?: Transcription;
  /** What it says, by language: `{ en: {…}, de: {…} }`, with the same names in each. */
  texts?: Readonly<Record<string, T>>;
  /** The language that AI Flow's recogniser has by itself: set by the kit. */
  native?: string;
  /**
   * Keeps what is said, for `session.history` of the newest turns (1–50): a read and a write more
   * for an event.
   */
  history?: { readonly turns: number };
}
export type JobResult = HandlerResult | AsyncIterable<HandlerResult>;

/**
 * A template as it is written: mistakes must not end in silence, so it has a fallback, in each
 * language if it has `texts`.
 */
type Definition<S extends TemplateState, J extends Json, T extends Texts> = Omit<
  Template<Partial<S>, J, T>,
  'native'
> &
  (
    | Required<Pick<Template, 'fallback'>>
    | { readonly texts: Readonly<Record<string, T & Required<Pick<Texts, 'fallback'>>>> }
  );

/** A template that can't work. The message names the field and the remedy. */
export class InvalidTemplate extends InvalidValue {
  override readonly name = 'InvalidTemplate';
}

/**
 * Declares a call flow. `S` types `session.state`, whose keys are optional, because a call starts
 * without any; `J` what {@link later} hands to `onJob`; `T` the `texts` of each language (`typeof
 * ENGLISH`). Throws {@link InvalidTemplate} for a field that is not one or cannot be had, and
 * `InvalidAction` for words of its own that AI Flow would refuse.
 */
export function defineTemplate<
  S extends TemplateState = TemplateState,
  J extends Json = Json,
  T extends Texts = Texts,
>(template: Definition<S, J, T>): Template {
  const problem = shapeProblem(template);
  if (problem) throw new InvalidTemplate(problem.told, problem.field);
  const known = template as unknown as Template;
  const { texts = {}, language, history } = known;
  checkNames(known);
  if (history) checkTurns(history.turns);
  const tags = Object.keys(texts);
  for (const spoken of tags.length > 0 ? tags.map((tag) => inLanguage(known, tag)) : [known])
    checkWords(spoken);
  return withFallback(tags.length > 0 ? inLanguage(known, language ?? tags[0]) : known);
}

/** What is referred to by name must be there, and once. */
function checkNames(template: Template) {
  const { assets = [], texts = {}, language, digits = [], onDigits } = template;
  const { env = [], secrets = [] } = template;
  const problem = namesProblem(env, secrets);
  if (problem) throw new InvalidTemplate(problem, problem.split(':')[0]);
  for (const name of assets) {
    if (!ASSET_NAME.test(name))
      throw new InvalidTemplate(`assets: "${name}" must be ${ASSET_NAME_RULE}`, 'assets');
  }
  for (const tag of [language, ...Object.keys(texts)])
    if (tag !== undefined && !LANGUAGE.test(tag))
      throw new InvalidTemplate(
        `language: "${tag}" must be a BCP-47 tag such as de-DE`,
        'language',
      );
  if (digits.length > 0 && !onDigits)
    throw new InvalidTemplate('digits need onDigits: say what becomes of them', 'onDigits');
  const names = digits.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new InvalidTemplate(`digits: "${twice}" is the name of two: rename one`, 'digits');
}

/** What is said without being asked must be sayable. */
function checkWords({
  onJob,
  fallback,
  progress,
  apology,
  silence,
  transcription,
  assets = [],
}: Template) {
  if (onJob && progress === undefined) {
    throw new InvalidTemplate(
      'onJob needs progress: say what a caller hears who waits for it',
      'progress',
    );
  }
  if (silence) checkSilence(silence);
  if (transcription) parseOwnDraft({ type: 'configure_transcription', ...transcription });
  saidAsList(fallback).forEach(parseOwnDraft);
  for (const said of [progress, apology, silence?.ask, silence?.goodbye].flatMap(saidAsList)) {
    if (isNamed(said)) refuseUndeclared(parseNamedDraft(said).audio.asset, assets);
    else parseOwnDraft(said);
  }
}

function checkSilence(silence: Silence) {
  const { ask, goodbye } = silence;
  const { after_seconds = SILENCE.after_seconds, times = SILENCE.times } = silence;
  if (saidAsList(ask).length === 0 || saidAsList(goodbye).length === 0)
    throw new InvalidTemplate('silence needs ask and goodbye: say both', 'silence');
  if (!(after_seconds >= 1 && after_seconds <= 60))
    throw new InvalidTemplate(
      `silence.after_seconds must be from 1 to 60; got ${after_seconds}: leave it out for ${SILENCE.after_seconds}`,
      'silence.after_seconds',
    );
  if (!Number.isInteger(times) || times < 0 || times > 10)
    throw new InvalidTemplate(
      `silence.times must be a whole number from 0 to 10; got ${times}: leave it out for ${SILENCE.times}`,
      'silence.times',
    );
}

function checkTurns(turns: number) {
  if (Number.isInteger(turns) && turns >= 1 && turns <= MAX_HISTORY_TURNS) return;
  const message = `history.turns must be a whole number from 1 to ${MAX_HISTORY_TURNS}; got ${turns}: leave history out for none`;
  throw new InvalidTemplate(message, 'history.turns');
}

const LATER = Symbol('later');

/** Answers with `hold` now, and with what `onJob` makes of `job` when that is ready. */
export const later = <J extends Json>(answer: Later<J>): Later<J> =>
  ({ ...answer, [LATER]: true }) as Later<J>;

export const isLater = (result: HandlerResult | Later): result is Later =>
  typeof result === 'object' && result !== null && LATER in result;

/** What isn't declared wouldn't be looked for when the stack is built. Throws `InvalidAction`. */
export function refuseUndeclared(asset: string, declared: readonly string[] = []): void {
  if (declared.includes(asset)) return;
  const message = `the template doesn't declare the clip "${asset}": write defineTemplate({ assets: ['${asset}'], … })`;
  throw new InvalidAction(message, 'audio.asset');
}
