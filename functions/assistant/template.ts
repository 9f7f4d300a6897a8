import type { Call, Json } from '../call/document.ts';
import type { Action, ActionDraft } from '../protocol/actions.ts';
import { InvalidAction, parseActionDraft } from '../protocol/actions.ts';
import {
  ASSET_NAME,
  ASSET_NAME_RULE,
  isNamed,
  type NamedDraft,
  parseNamedDraft,
} from '../protocol/assets.ts';
import type { EventOf, UnknownEvent } from '../protocol/events.ts';
import { InvalidValue } from '../protocol/invalid.ts';
import type { Tts } from '../protocol/settings.ts';
import type { ReadSecret } from '../runtime/secrets.ts';
import type { Heard } from '../sessions/history.ts';
import { MAX_HISTORY_TURNS } from '../sessions/limits.ts';
import { namesProblem } from './declared-names.ts';

/** A call as a template sees it. What it changes in `state` and `labels` is kept when its answer goes out in time. */
export interface TemplateSession<S extends State>
  extends Pick<Call, 'id' | 'turn' | 'reopened' | 'caller' | 'callee'> {
  /** At most 256 bytes of JSON, kept key by key. Empty in a new call, and when DynamoDB can't be reached. */
  state: S;
  /** At most 5 business keys of at most 64 bytes by which an interruption finds this call: `order:4711`. */
  readonly labels: Set<string>;
  /**
   * What the caller said and what they really heard, in order of time, up to this event; for a template that asks for
   * it. A cut sentence ends where it was cut, interruptions are included, and what nobody heard isn't there.
   */
  readonly history: readonly Heard[];
}
export type { Heard } from '../sessions/history.ts';
export type State = { [key: string]: Json | undefined };

/** What a template may need of the world. */
export interface TemplateContext {
  /** Aborted at the deadline: the answer is out, and what goes on now would disturb another call. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  now(): number;
  /** Lines with the session's id, and without the call's numbers and words, and secrets. */
  readonly log: TemplateLog;
  /** The variables that the template declares in `env`. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * A secret that the template declares in `secrets`: read when it is first asked for, and kept for five minutes;
   * `{ fresh: true }` reads it again, after a 401. Rejects when it can't be read.
   */
  readonly secret: ReadSecret;
}

/** `fields` are JSON, cut where they are long; `error` is logged with its place, its message only where it has `expose`. */
export type TemplateLog = Readonly<
  Record<'info' | 'warn' | 'error', (message: string, fields?: object) => void>
>;

/** A string is a `speak`; nothing, or an empty array, is no action. */
export type Said = string | ActionDraft | Action | NamedDraft;
export type Result = Said | readonly Said[] | null | undefined | void;

/** An answer that needs longer than a caller can wait. Made by {@link later}. */
export interface Later<J extends Json = Json> {
  /** Said at once. */
  readonly hold?: Said | readonly Said[];
  /** What `onJob` is given, at most 64 KiB of JSON. */
  readonly job: J;
}

/** Something elsewhere that concerns this call: an interruption that comes with `context` instead of words. */
export interface Trigger {
  /** The interruption's. */
  readonly id: string;
  /** ms since 1970. */
  readonly triggered_at: number;
  /** At most 4 KiB of JSON, as it was sent: check it before use. */
  readonly context: Json;
}

type Handler<E, S extends State, R = Result> = (
  event: E,
  session: TemplateSession<S>,
  context: TemplateContext,
) => R | Promise<R>;

/** A call flow: what to do at each event. An event without a handler is acknowledged. */
export interface Template<S extends State = State, J extends Json = Json> {
  onSessionStart?: Handler<EventOf<'session_start'>, S, Result | Later<J>>;
  /** Also runs for the deprecated `user_barge_in`, with `barged_in: true`. */
  onUserSpeak?: Handler<EventOf<'user_speak'>, S, Result | Later<J>>;
  onAssistantSpeak?: Handler<EventOf<'assistant_speak'>, S>;
  /** A sentence has been heard. Not one that was cut: who has cut it comes next. */
  onAssistantSpeechEnded?: Handler<EventOf<'assistant_speech_ended'>, S>;
  onUserInputTimeout?: Handler<EventOf<'user_input_timeout'>, S, Result | Later<J>>;
  onDtmfReceived?: Handler<EventOf<'dtmf_received'>, S, Result | Later<J>>;
  onSmsFailed?: Handler<EventOf<'sms_failed'>, S, Result | Later<J>>;
  /** WebSocket only. AI Flow ignores answers. */
  onUserSpeechStarted?: Handler<EventOf<'user_speech_started'>, S, void>;
  /** The call is over: AI Flow ignores answers. */
  onSessionEnd?: Handler<EventOf<'session_end'>, S, void>;
  /** An event that this version of the protocol doesn't know. */
  onUnknownEvent?: Handler<UnknownEvent, S>;
  /** Words an interruption that came with `context`; what it returns cuts what is being said. Nothing declines it. */
  onTrigger?: Handler<Trigger, S>;
  /**
   * Does what {@link later} put off, in an invocation of its own, which has 50 seconds. What it returns, or each thing
   * that it yields, is said as soon as nothing else is, unless the caller has said something new. A correction begins
   * with `bargeIn()`: it cuts what is being said. May run twice.
   */
  onJob?: (
    job: J,
    session: TemplateSession<S>,
    context: TemplateContext,
  ) => JobResult | Promise<JobResult>;
  /** Names of the clips that it plays, `audio({ asset })`: they are looked for when the stack is built. */
  assets?: readonly string[];
  /** Names of the environment variables that it needs, for `env.SHOP_URL`. Without them it is not deployed. */
  env?: readonly string[];
  /** Names of the secrets that it needs, for `await secret('SHOP_KEY')`. */
  secrets?: readonly string[];
  /** Reads its secrets while the functions start: the first call doesn't wait for them, each cold start a little. */
  preload?: boolean;
  /** Said at once when a handler throws, answers wrongly or is late: no clip by name, which must be loaded. */
  fallback?: Exclude<Said, NamedDraft> | readonly Exclude<Said, NamedDraft>[];
  /** Said as long as a job takes, each time the caller has waited for a while. */
  progress?: Said | readonly Said[];
  /** Said when a job has failed; `fallback` if missing. */
  apology?: Said | readonly Said[];
  /** For whatever is said without one. */
  voice?: Tts;
  /** Keeps what is said, for `session.history` of the newest turns (1–50): a read and a write more for an event. */
  history?: { readonly turns: number };
}
export type JobResult = Result | AsyncIterable<Result>;

/** A template as it is written: mistakes must not end in silence, so it has a fallback. */
type Definition<S extends State, J extends Json> = Template<Partial<S>, J> &
  Required<Pick<Template, 'fallback'>>;

/** Every field that a template may have; the compiler sees to it that none is missing. */
const FIELDS = Object.keys({
  onSessionStart: true,
  onUserSpeak: true,
  onAssistantSpeak: true,
  onAssistantSpeechEnded: true,
  onUserInputTimeout: true,
  onDtmfReceived: true,
  onSmsFailed: true,
  onUserSpeechStarted: true,
  onSessionEnd: true,
  onUnknownEvent: true,
  onTrigger: true,
  onJob: true,
  fallback: true,
  progress: true,
  apology: true,
  voice: true,
  history: true,
  assets: true,
  env: true,
  secrets: true,
  preload: true,
} satisfies Record<keyof Template, true>);

/** A template that can't work. The message names the field and the remedy. */
export class InvalidTemplate extends InvalidValue {
  override readonly name = 'InvalidTemplate';
}

/**
 * Declares a call flow. `S` types `session.state`, whose keys are optional, because a call starts without any; `J` what
 * {@link later} hands to `onJob`. Throws {@link InvalidTemplate} for a field that is not one or cannot be had, and
 * `InvalidAction` for a `fallback`, `progress` or `apology` that AI Flow would refuse.
 */
export function defineTemplate<S extends State = State, J extends Json = Json>(
  template: Definition<S, J>,
): Template {
  const unknown = Object.keys(template).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new InvalidTemplate(
      `${unknown} is not a field of a template: use one of ${FIELDS.join(', ')}`,
      unknown,
    );
  }
  if (template.onJob && template.progress === undefined) {
    throw new InvalidTemplate(
      'onJob needs progress: say what a caller hears who waits for it',
      'progress',
    );
  }
  const { assets = [], fallback, progress, apology } = template;
  for (const name of assets) {
    if (!ASSET_NAME.test(name))
      throw new InvalidTemplate(`assets: "${name}" must be ${ASSET_NAME_RULE}`, 'assets');
  }
  saidAsList(fallback).forEach(parseActionDraft);
  for (const said of [progress, apology].flatMap(saidAsList)) {
    if (isNamed(said)) refuseUndeclared(parseNamedDraft(said).audio.asset, assets);
    else parseActionDraft(said);
  }
  if (template.history) checkTurns(template.history.turns);
  checkNames(template);
  return template as unknown as Template;
}

function checkNames({ env = [], secrets = [] }: Pick<Template, 'env' | 'secrets'>) {
  const problem = namesProblem(env, secrets);
  if (problem) throw new InvalidTemplate(problem, problem.split(':')[0]);
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

export const isLater = (result: Result | Later): result is Later =>
  typeof result === 'object' && result !== null && LATER in result;

/** A result as a list of actions that don't know their session yet. */
export function saidAsList(result: Result): Exclude<Said, string>[] {
  if (result === null || result === undefined) return [];
  return [result]
    .flat()
    .map((said) => (typeof said === 'string' ? { type: 'speak', text: said } : said));
}

/** What isn't declared wouldn't be looked for when the stack is built. Throws `InvalidAction`. */
export function refuseUndeclared(asset: string, declared: readonly string[] = []): void {
  if (declared.includes(asset)) return;
  const message = `the template doesn't declare the clip "${asset}": write defineTemplate({ assets: ['${asset}'], … })`;
  throw new InvalidAction(message, 'audio.asset');
}
