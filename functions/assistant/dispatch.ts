import type { AiFlowEvent, KnownEvent } from '../protocol/events.ts';
import { isKnown } from '../protocol/events.ts';
import type { Happening } from '../sessions/session.ts';
import type { Later, Result, Template, TemplateContext, TemplateSession } from './template.ts';

/** What an event means here: how the session records it, and what of a template runs. */
export interface Step {
  readonly kind: Happening['kind'];
  readonly handler: HandlerName;
  /** AI Flow executes actions returned for this event. */
  readonly answerable: boolean;
  /** Somebody waits for an answer, so a fallback is better than silence. After our own speech it would repeat for ever. */
  readonly awaited: boolean;
}

type Run = (session: TemplateSession<never>, context: TemplateContext) => Result | Later | Promise<Result | Later>;

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
type HandlerName = (typeof HANDLERS)[keyof typeof HANDLERS] | 'onUnknownEvent';

const KINDS: { readonly [type: string]: Happening['kind'] } = {
  session_start: 'start',
  user_speak: 'turn',
  session_end: 'end',
};
// An interruption may have something to say at these, learns from them that it was heard, or waits for the caller.
const TRACKED = new Set(['assistant_speak', 'assistant_speech_ended', 'user_speech_started']);
const UNANSWERABLE = new Set(['session_end', 'user_speech_started']);

/** `undefined` for an event that none of these templates handles and that leaves no trace in the session. */
export function stepFor(templates: readonly Template[], received: AiFlowEvent): Step | undefined {
  const event = asUserSpeak(received);
  const handler = isKnown(event) ? HANDLERS[event.type as keyof typeof HANDLERS] : 'onUnknownEvent';
  const kind = KINDS[event.type] ?? 'other';
  const isHandled = (template: Template) =>
    template[handler] !== undefined || (event.type === 'user_input_timeout' && template.onJob !== undefined);
  if (kind === 'other' && !TRACKED.has(event.type) && !templates.some(isHandled)) return undefined;
  return { kind, handler, answerable: !UNANSWERABLE.has(event.type), awaited: !TRACKED.has(event.type) };
}

/** What a template does at an event, if anything. */
export function handlerOf(template: Template, { handler }: Step, event: AiFlowEvent): Run | undefined {
  const handle = template[handler] as ((event: AiFlowEvent, ...rest: Parameters<Run>) => ReturnType<Run>) | undefined;
  return handle && ((session, context) => handle.call(template, asUserSpeak(event), session, context));
}

function asUserSpeak(event: AiFlowEvent): AiFlowEvent {
  if (event.type !== 'user_barge_in') return event;
  return { ...event, type: 'user_speak', text: typeof event.text === 'string' ? event.text : '', barged_in: true };
}
