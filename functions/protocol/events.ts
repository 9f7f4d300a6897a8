import * as z from 'zod/mini';
import { InvalidValue, parse } from './invalid.ts';
import { readPhoneNumber } from './phone-number.ts';
import { sessionIdSchema } from './session-id.ts';

/**
 * A field that nothing depends on: older and sloppier shapes are read, and what can't be is taken for left out. A caller
 * is on the line, who must not pay for it.
 */
const loosely = <S extends z.ZodMiniType>(read: (value: unknown) => unknown, schema: S) =>
  z.catch(z.nullish(z.pipe(z.transform(read), schema)), undefined);

const asText = (value: unknown) => (typeof value === 'number' ? String(value) : value);
const asNumber = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value);

const text = loosely(asText, z.string());
const milliseconds = loosely(asNumber, z.number().check(z.gte(0)));
const timestamp = loosely(unixMilliseconds, z.number().check(z.gte(0)));
const truth = loosely((value) => TRUTHS.get(String(value).toLowerCase()), z.boolean());
/** A field that handlers rely on: empty where it can't be read. */
const certain = (read: (value: unknown) => unknown) =>
  z.pipe(
    z.transform((value) => read(value) ?? ''),
    z.catch(z.string(), ''),
  );

const TRUTHS = new Map([
  ...['true', '1', 'yes'].map((word) => [word, true] as const),
  ...['false', '0', 'no'].map((word) => [word, false] as const),
]);

// Only `id` is certain on every event: the documents' own samples leave the rest out now and then.
const sessionSchema = z.looseObject({
  id: sessionIdSchema,
  account_id: text,
  phone_number: text,
  direction: text,
  from_phone_number: text,
  to_phone_number: text,
});

const eventType = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.looseObject({ type: z.literal(type), session: sessionSchema, ...shape });

/** The documented events by type. Fields they don't name are kept, never refused. */
export const eventSchemas = {
  session_start: eventType('session_start', {}),
  user_speech_started: eventType('user_speech_started', {}),
  user_speak: eventType('user_speak', { text: certain(asText), barged_in: truth }),
  assistant_speak: eventType('assistant_speak', {
    text,
    ssml: text,
    /** Missing where it can't be read. */
    duration_ms: milliseconds,
    /** Unix milliseconds; missing where it can't be read. */
    speech_started_at: timestamp,
  }),
  assistant_speech_ended: eventType('assistant_speech_ended', {}),
  user_input_timeout: eventType('user_input_timeout', {}),
  /** One key, as documented; several where they come together, and none where it can't be read. */
  dtmf_received: eventType('dtmf_received', { digit: certain(keys) }),
  sms_failed: eventType('sms_failed', {}),
  session_end: eventType('session_end', {}),
  /** Deprecated by AI Flow; today it is `user_speak` with `barged_in: true`. */
  user_barge_in: eventType('user_barge_in', { text }),
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

/** Reads an event loosely: unknown types and fields pass. Throws {@link InvalidEvent} without a type or a session's id. */
export function parseEvent(value: unknown): AiFlowEvent {
  try {
    const event = documented(parse(unknownEventSchema, value, 'event'));
    return isKnownType(event.type) ? (parse(eventSchemas[event.type], event, 'event') as KnownEvent) : event;
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidEvent(error.logged, error.field, error) : error;
  }
}

/** Characters. An account has about ten; one that is longer isn't kept. */
export const MAX_ACCOUNT_ID = 64;

/** Whether the protocol documents this event. */
export const isKnown = (event: AiFlowEvent): event is KnownEvent => isKnownType(event.type);

/** What a log may call an event: the name of one that isn't documented may be anything. */
export const nameOf = (event: AiFlowEvent) => (isKnown(event) ? event.type : 'unknown');

/** The two ends of the call as digits, as far as an event tells; `number` is ours where that isn't the callee. */
export function partiesOf({ session }: AiFlowEvent) {
  const caller = readPhoneNumber(session.from_phone_number);
  const callee = readPhoneNumber(session.to_phone_number);
  const isOutbound = session.direction?.toLowerCase() === 'outbound';
  const number = (isOutbound ? caller : callee) ?? readPhoneNumber(session.phone_number);
  const account_id = session.account_id ?? '';
  return {
    ...(caller && { caller }),
    ...(callee && { callee }),
    ...(number && number !== callee && { number }),
    ...(account_id && account_id.length <= MAX_ACCOUNT_ID && { account_id }),
  };
}

const isKnownType = (type: string): type is keyof Schemas => Object.hasOwn(eventSchemas, type);

/** Names that are seen beside the documented ones. */
function documented(event: UnknownEvent): UnknownEvent {
  const { text, transcript, digit, digits } = event;
  return {
    ...event,
    ...(event.type === 'timeout' && { type: 'user_input_timeout' }),
    ...((text ?? transcript) !== text && { text: transcript }),
    ...((digit ?? digits) !== digit && { digit: digits }),
  };
}

/** ISO 8601, or a number of seconds or milliseconds. */
function unixMilliseconds(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]/.test(value)) return Date.parse(value);
  const time = asNumber(value);
  // In milliseconds it would be 1973, in seconds 5138.
  return typeof time === 'number' && time < 1e11 ? time * 1000 : time;
}

function keys(value: unknown): string | undefined {
  const pressed = String(value).trim().toUpperCase();
  return /^[0-9*#A-D]{1,64}$/.test(pressed) ? pressed : undefined;
}
