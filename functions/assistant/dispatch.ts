import type { AiFlowEvent, KnownEvent } from '../protocol/events.ts';
import { isKnown } from '../protocol/events.ts';
import type { Happening } from '../sessions/session.ts';
import type { Result, Template, TemplateContext, TemplateSession } from './template.ts';

/** What an event means here: how the session records it, and what of the template runs. */
export interface Step {
  readonly kind: Happening['kind'];
  /** Missing: recorded, but nobody answers. */
  readonly run?: (session: TemplateSession<never>, context: TemplateContext) => Result | Promise<Result>;
  /** AI Flow executes actions returned for this event. */
  readonly answerable: boolean;
  /** Somebody waits for an answer, so a fallback is better than silence. After our own speech it would repeat for ever. */
  readonly awaited: boolean;
}

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

const KINDS: { readonly [type: string]: Happening['kind'] } = {
  session_start: 'start',
  user_speak: 'turn',
  session_end: 'end',
};
// An interruption may have something to say at these, learns from them that it was heard, or waits for the caller.
const TRACKED = new Set(['assistant_speak', 'assistant_speech_ended', 'user_speech_started']);
const UNANSWERABLE = new Set(['session_end', 'user_speech_started']);

/** `undefined` for an event that nobody handles and that leaves no trace in the session. */
export function stepFor(template: Template, received: AiFlowEvent): Step | undefined {
  const event = asUserSpeak(received);
  const name = isKnown(event) ? HANDLERS[event.type as keyof typeof HANDLERS] : 'onUnknownEvent';
  const handler = template[name] as
    | ((event: AiFlowEvent, session: TemplateSession<never>, context: TemplateContext) => Result)
    | undefined;
  const kind = KINDS[event.type] ?? 'other';
  if (!handler && kind === 'other' && !TRACKED.has(event.type)) return undefined;
  return {
    kind,
    ...(handler && { run: (session, context) => handler.call(template, event, session, context) }),
    answerable: !UNANSWERABLE.has(event.type),
    awaited: !TRACKED.has(event.type),
  };
}

function asUserSpeak(event: AiFlowEvent): AiFlowEvent {
  if (event.type !== 'user_barge_in') return event;
  return { ...event, type: 'user_speak', text: typeof event.text === 'string' ? event.text : '', barged_in: true };
}
