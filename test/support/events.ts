import type { AiFlowEvent } from '../../functions/protocol/events.ts';

/** The numbers are ones that regulators reserve for fiction. */
export const SESSION = {
  id: '550e8400-e29b-41d4-a716-446655440000',
  account_id: 'account-1',
  phone_number: '493023125000',
  direction: 'inbound',
  from_phone_number: '+4917639123456',
  to_phone_number: '493023125000',
};

const only = { id: SESSION.id };

/**
 * One event of each type, as the documentation prints them: most with nothing of the session but
 * its id.
 */
export const EVENTS = {
  session_start: { type: 'session_start', session: SESSION },
  user_speech_started: { type: 'user_speech_started', session: only },
  user_speak: { type: 'user_speak', text: 'Grüße aus Köln', barged_in: false, session: only },
  assistant_speak: {
    type: 'assistant_speak',
    text: 'Hello!',
    duration_ms: 400,
    speech_started_at: 1_763_900_000_000,
    session: only,
  },
  assistant_speech_ended: { type: 'assistant_speech_ended', session: only },
  user_input_timeout: { type: 'user_input_timeout', session: only },
  dtmf_received: { type: 'dtmf_received', digit: '#', session: only },
  sms_failed: { type: 'sms_failed', session: only },
  session_end: { type: 'session_end', session: only },
  user_barge_in: { type: 'user_barge_in', text: 'Stop!', session: only },
  unknown: { type: 'something_new', detail: { deep: true }, session: only },
} satisfies Record<string, AiFlowEvent>;

export const userSpeak = (text: string, id = SESSION.id) => ({
  type: 'user_speak' as const,
  text,
  session: { id },
});
