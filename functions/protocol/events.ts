import * as z from 'zod/mini';
import { InvalidValue, parse } from './invalid.ts';
import { sessionIdSchema } from './session-id.ts';

// Only `id` is certain on every event: the documents' own samples leave the rest out now and then.
const optional = <S extends z.ZodMiniType>(schema: S) => z.nullish(schema);

const sessionSchema = z.looseObject({
  id: sessionIdSchema,
  account_id: optional(z.string()),
  phone_number: optional(z.string()),
  direction: optional(z.string()),
  from_phone_number: optional(z.string()),
  to_phone_number: optional(z.string()),
});

const eventType = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.looseObject({ type: z.literal(type), session: sessionSchema, ...shape });

/** The documented events by type. Fields they don't name are kept, never refused. */
export const eventSchemas = {
  session_start: eventType('session_start', {}),
  user_speech_started: eventType('user_speech_started', {}),
  user_speak: eventType('user_speak', { text: z.string(), barged_in: optional(z.boolean()) }),
  assistant_speak: eventType('assistant_speak', {
    text: optional(z.string()),
    ssml: optional(z.string()),
    /** Milliseconds. */
    duration_ms: z.number(),
    /** Unix milliseconds. */
    speech_started_at: z.number(),
  }),
  assistant_speech_ended: eventType('assistant_speech_ended', {}),
  user_input_timeout: eventType('user_input_timeout', {}),
  dtmf_received: eventType('dtmf_received', { digit: z.enum([...'0123456789*#']) }),
  sms_failed: eventType('sms_failed', {}),
  session_end: eventType('session_end', {}),
  /** Deprecated by AI Flow; today it is `user_speak` with `barged_in: true`. */
  user_barge_in: eventType('user_barge_in', { text: optional(z.string()) }),
} as const;

const unknownEventSchema = z.looseObject({ type: z.string().check(z.minLength(1)), session: sessionSchema });

type Schemas = typeof eventSchemas;
export type EventOf<T extends keyof Schemas> = z.output<Schemas[T]>;
export type KnownEvent = { [T in keyof Schemas]: EventOf<T> }[keyof Schemas];
export type UnknownEvent = z.output<typeof unknownEventSchema>;
export type AiFlowEvent = KnownEvent | UnknownEvent;

/** An event that isn't one: 400 `invalid_event`. */
export class InvalidEvent extends InvalidValue {
  override readonly name = 'InvalidEvent';
}

/** Reads an event loosely: unknown types and fields pass. Throws {@link InvalidEvent}. */
export function parseEvent(value: unknown): AiFlowEvent {
  try {
    const event = parse(unknownEventSchema, value, 'event');
    return isKnownType(event.type) ? (parse(eventSchemas[event.type], value, 'event') as KnownEvent) : event;
  } catch (error) {
    if (error instanceof InvalidValue) throw new InvalidEvent(error.message, error.field);
    throw error;
  }
}

/** Whether the protocol documents this event. */
export const isKnown = (event: AiFlowEvent): event is KnownEvent => isKnownType(event.type);

const isKnownType = (type: string): type is keyof Schemas => Object.hasOwn(eventSchemas, type);
