import type { DigitsEntered } from '../kit/digits.ts';
import { type AiFlowEvent, isKnown, type KnownEvent } from '../protocol/events.ts';
import type {
  HandlerResult,
  Later,
  Template,
  TemplateContext,
  TemplateSession,
} from './template.ts';

/** How an event is handled: which handler runs, and what becomes of its answer. */
export interface Step {
  readonly handler: HandlerName;
  /** AI Flow executes actions returned for this event. */
  readonly answerable: boolean;
  /**
   * Somebody waits for an answer, so a fallback is better than silence. After our own speech it
   * would repeat for ever.
   */
  readonly awaited: boolean;
}

type Run = (
  session: TemplateSession<never>,
  context: TemplateContext,
) => HandlerResult | Later | Promise<HandlerResult | Later>;

const HANDLERS = {
  session_start: 'onSessionStart',
  user_speech_started: 'onUserSpeechStarted',
  user_speak: 'onUserSpeak',
  assistant_speak: 'onAssistantSpeak',
  assistant_speech_ended: 'onAssistantSpeechEnded',
  user_input_timeout: 'onUserInputTimeout',
  dtmf_received: 'onDtmfReceived',
  sms_failed: 'onSmsFailed',
  session_end: 'onSessionEnd',
} as const satisfies Record<Exclude<KnownEvent['type'], 'user_barge_in'>, keyof Template>;
type HandlerName = (typeof HANDLERS)[keyof typeof HANDLERS] | 'onUnknownEvent' | 'onDigits';

// These are recorded even if no template handles them, because what else is said depends on them.
const EVIDENCE = new Set([
  'assistant_speak',
  'assistant_speech_ended',
  'user_speech_started',
  'user_input_timeout',
]);
const RECORDED = new Set([...EVIDENCE, 'session_start', 'user_speak', 'session_end']);
const UNANSWERABLE = new Set(['session_end', 'user_speech_started']);

/**
 * `undefined` for an event that none of these templates handles and that leaves no trace in the
 * call.
 */
export function stepFor(templates: readonly Template[], event: AiFlowEvent): Step | undefined {
  const { type } = event;
  const handler = isKnown(event) ? HANDLERS[type as keyof typeof HANDLERS] : 'onUnknownEvent';
  const isEntered = type === 'dtmf_received' && templates.some(({ digits }) => digits?.length);
  const isHandled = isEntered || templates.some((template) => template[handler] !== undefined);
  if (!RECORDED.has(type) && !isHandled) return undefined;
  const awaited = type === 'user_input_timeout' ? isHandled : !EVIDENCE.has(type);
  return { handler, answerable: !UNANSWERABLE.has(type), awaited };
}

export function handlerOf(
  template: Template,
  handler: HandlerName,
  event: AiFlowEvent | DigitsEntered,
): Run | undefined {
  const handle = template[handler] as
    | ((about: typeof event, ...rest: Parameters<Run>) => ReturnType<Run>)
    | undefined;
  return handle && ((session, context) => handle.call(template, event, session, context));
}

/** The deprecated `user_barge_in` is a `user_speak` that cut what was being said. */
export function asUserSpeak(event: AiFlowEvent): AiFlowEvent {
  if (event.type !== 'user_barge_in') return event;
  return {
    ...event,
    type: 'user_speak',
    text: typeof event.text === 'string' ? event.text : '',
    barged_in: true,
  };
}
