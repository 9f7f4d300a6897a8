import type { Action, ActionDraft } from '../protocol/actions.ts';
import { parseActionDraft } from '../protocol/actions.ts';
import type { EventOf, UnknownEvent } from '../protocol/events.ts';
import { InvalidValue } from '../protocol/invalid.ts';
import type { Heard } from '../sessions/history.ts';
import { MAX_HISTORY_TURNS } from '../sessions/limits.ts';
import type { Json, Session } from '../sessions/session.ts';

/** A call as a template sees it. What it changes in `state` and `labels` is kept when its answer goes out in time. */
export interface TemplateSession<S extends State>
  extends Pick<Session, 'id' | 'turn' | 'reopened' | 'caller' | 'callee'> {
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
}

/** A string is a `speak`; nothing, or an empty array, is no action. */
export type Said = string | ActionDraft | Action;
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
  /** Said when a handler throws, answers wrongly or is late. Without one the caller hears nothing. */
  fallback?: Said | readonly Said[];
  /** Keeps what is said, for `session.history` of the newest turns (1–50): a read and a write more for an event. */
  history?: { readonly turns: number };
}

/**
 * Declares a call flow. `S` types `session.state`; its keys are optional, because a call starts without any.
 * Throws `InvalidAction` for a fallback that AI Flow would refuse, `InvalidValue` for a history that can't be had.
 */
export function defineTemplate<S extends State = State>(template: Template<Partial<S>>): Template {
  for (const said of saidAsList(template.fallback)) parseActionDraft(said);
  if (template.history) checkTurns(template.history.turns);
  return template as Template;
}

function checkTurns(turns: number) {
  if (Number.isInteger(turns) && turns >= 1 && turns <= MAX_HISTORY_TURNS) return;
  const message = `history.turns must be a whole number from 1 to ${MAX_HISTORY_TURNS}; got ${turns}: leave history out for none`;
  throw new InvalidValue(message, 'history.turns');
}

/** A result as a list of actions that don't know their session yet. */
export function saidAsList(result: Result): (ActionDraft | Action)[] {
  if (result === null || result === undefined) return [];
  return [result].flat().map((said) => (typeof said === 'string' ? { type: 'speak', text: said } : said));
}
