import type { Action, ActionDraft } from '../protocol/actions.ts';
import { InvalidAction, parseActionDraft } from '../protocol/actions.ts';
import { ASSET_NAME, ASSET_NAME_RULE, isNamed, type NamedDraft, parseNamedDraft } from '../protocol/assets.ts';
import type { EventOf, UnknownEvent } from '../protocol/events.ts';
import type { Json, Session } from '../sessions/session.ts';

/** A call as a template sees it. What it changes in `state` and `labels` is kept when its answer goes out in time. */
export interface TemplateSession<S extends State>
  extends Pick<Session, 'id' | 'turn' | 'reopened' | 'caller' | 'callee'> {
  /** At most 256 bytes of JSON, kept key by key. Empty in a new call, and when DynamoDB can't be reached. */
  state: S;
  /** At most 5 business keys of at most 64 bytes by which an interruption finds this call: `order:4711`. */
  readonly labels: Set<string>;
}
export type State = { [key: string]: Json | undefined };

/** What a template may need of the world. */
export interface TemplateContext {
  /** Aborted at the deadline: the answer is out, and what goes on now would disturb another call. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A string is a `speak`; nothing, or an empty array, is no action. */
export type Said = string | ActionDraft | Action | NamedDraft;
export type Result = Said | readonly Said[] | null | undefined | void;

type Handler<E, S extends State, R = Result> = (
  event: E,
  session: TemplateSession<S>,
  context: TemplateContext,
) => R | Promise<R>;

/** A call flow: what to do at each event. An event without a handler is acknowledged. */
export interface Template<S extends State = State> {
  onSessionStart?: Handler<EventOf<'session_start'>, S>;
  /** Also runs for the deprecated `user_barge_in`, with `barged_in: true`. */
  onUserSpeak?: Handler<EventOf<'user_speak'>, S>;
  onAssistantSpeak?: Handler<EventOf<'assistant_speak'>, S>;
  onAssistantSpeechEnded?: Handler<EventOf<'assistant_speech_ended'>, S>;
  onUserInputTimeout?: Handler<EventOf<'user_input_timeout'>, S>;
  onDtmfReceived?: Handler<EventOf<'dtmf_received'>, S>;
  onSmsFailed?: Handler<EventOf<'sms_failed'>, S>;
  /** WebSocket only. AI Flow ignores answers. */
  onUserSpeechStarted?: Handler<EventOf<'user_speech_started'>, S, void>;
  /** The call is over: AI Flow ignores answers. */
  onSessionEnd?: Handler<EventOf<'session_end'>, S, void>;
  /** An event that this version of the protocol doesn't know. */
  onUnknownEvent?: Handler<UnknownEvent, S>;
  /** Names of the clips that it plays, `audio({ asset })`: they are looked for when the stack is built. */
  assets?: readonly string[];
  /** Said when a handler throws, answers wrongly or is late. Without one the caller hears nothing. */
  fallback?: Said | readonly Said[];
}

/**
 * Declares a call flow. `S` types `session.state`; its keys are optional, because a call starts without any.
 * Throws `InvalidAction` for a fallback that AI Flow would refuse, and for a clip that can't be named so or isn't
 * declared.
 */
export function defineTemplate<S extends State = State>(template: Template<Partial<S>>): Template {
  const { assets = [], fallback } = template;
  for (const name of assets) {
    if (!ASSET_NAME.test(name)) throw new InvalidAction(`assets: "${name}" must be ${ASSET_NAME_RULE}`, 'assets');
  }
  for (const said of saidAsList(fallback)) {
    if (isNamed(said)) refuseUndeclared(parseNamedDraft(said).audio.asset, assets);
    else parseActionDraft(said);
  }
  return template as Template;
}

/** A result as a list of actions that don't know their session yet. */
export function saidAsList(result: Result): Exclude<Said, string>[] {
  if (result === null || result === undefined) return [];
  return [result].flat().map((said) => (typeof said === 'string' ? { type: 'speak', text: said } : said));
}

/** What isn't declared wouldn't be looked for when the stack is built. Throws `InvalidAction`. */
export function refuseUndeclared(asset: string, declared: readonly string[] = []): void {
  if (declared.includes(asset)) return;
  const message = `the template doesn't declare the clip "${asset}": write defineTemplate({ assets: ['${asset}'], … })`;
  throw new InvalidAction(message, 'audio.asset');
}
