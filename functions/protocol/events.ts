import * as z from 'zod/mini';
import { InvalidValue, parse } from './invalid.ts';
import { readPhoneNumber } from './phone-number.ts';
import { sessionIdSchema } from './session-id.ts';

const optional = <S extends z.ZodMiniType>(schema: S) => z.optional(z.nullable(schema));
const text = optional(z.string());

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
  user_speak: eventType('user_speak', { text: z.string(), barged_in: optional(z.boolean()) }),
  assistant_speak: eventType('assistant_speak', {
    text,
    ssml: text,
    /** Missing where it can't be read. */
    duration_ms: optional(z.number()),
    /** Unix milliseconds; missing where it can't be read. */
    speech_started_at: optional(z.number()),
  }),
  assistant_speech_ended: eventType('assistant_speech_ended', {}),
  user_input_timeout: eventType('user_input_timeout', {}),
  /** One key, as documented; several where they come together, and none where it can't be read. */
  dtmf_received: eventType('dtmf_received', { digit: z.string() }),
  sms_failed: eventType('sms_failed', {}),
  session_end: eventType('session_end', {}),
  /** Deprecated by AI Flow; today it is `user_speak` with `barged_in: true`. */
  user_barge_in: eventType('user_barge_in', { text }),
} as const;

/** All that an event must have. */
const eventSchema = z.looseObject({
  type: z.string().check(z.minLength(1)),
  session: z.looseObject({ id: z.pipe(z.transform(asId), sessionIdSchema) }),
});

type Schemas = typeof eventSchemas;
export type EventOf<T extends keyof Schemas> = z.output<Schemas[T]>;
export type KnownEvent = { [T in keyof Schemas]: EventOf<T> }[keyof Schemas];
export interface UnknownEvent extends z.output<typeof eventSchema> {
  session: z.output<typeof sessionSchema>;
}
export type AiFlowEvent = KnownEvent | UnknownEvent;

/** An event that isn't one: 400 `invalid_event`. */
export class InvalidEvent extends InvalidValue {
  override readonly name = 'InvalidEvent';
}

/**
 * Reads an event loosely: unknown types and fields pass. Throws {@link InvalidEvent} without a type
 * or a session's id.
 */
export function parseEvent(value: unknown): AiFlowEvent {
  try {
    const event = documented(parse(eventSchema, value, 'event'));
    const session = parse(sessionSchema, read(event.session, SESSION_READERS), 'session');
    if (!isKnownType(event.type)) return { ...event, session };
    const schema: z.ZodMiniType = eventSchemas[event.type];
    return parse(
      schema,
      { ...read(event, READERS[event.type] ?? {}), session },
      'event',
    ) as KnownEvent;
  } catch (error) {
    throw error instanceof InvalidValue
      ? new InvalidEvent(error.logged, error.field, error)
      : error;
  }
}

/** Characters. An account has about ten; one that is longer isn't kept. */
export const MAX_ACCOUNT_ID = 64;

/** Whether the protocol documents this event. */
export const isKnown = (event: AiFlowEvent): event is KnownEvent => isKnownType(event.type);

/** What a log may call an event: the name of one that isn't documented may be anything. */
export const nameOf = (event: AiFlowEvent) => (isKnown(event) ? event.type : 'unknown');

/**
 * The two ends of the call as digits, as far as an event tells; `number` is ours where that isn't
 * the callee.
 */
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
function documented<E extends z.output<typeof eventSchema>>(event: E): E {
  const { text, transcript, digit, digits } = event;
  return {
    ...event,
    ...(event.type === 'timeout' && { type: 'user_input_timeout' }),
    ...((text ?? transcript) !== text && { text: transcript }),
    ...((digit ?? digits) !== digit && { digit: digits }),
  };
}

/** How a field is read: `undefined` for what can't be. */
type Readers = Readonly<Record<string, (value: unknown) => unknown>>;

/**
 * Older and sloppier shapes are read, and what can't be is taken for left out: nothing depends on
 * these fields, and the caller on the line must not pay for them.
 */
function read(fields: object, readers: Readers): object {
  const result: Record<string, unknown> = { ...fields };
  for (const [name, reader] of Object.entries(readers)) {
    const given = result[name];
    const value = reader(given ?? undefined);
    // Left out, and null, stay as they are.
    if (value !== undefined || (given ?? undefined) !== undefined) result[name] = value;
  }
  return result;
}

const SESSION_READERS: Readers = {
  account_id: asText,
  phone_number: asText,
  direction: asText,
  from_phone_number: asText,
  to_phone_number: asText,
};

const READERS: Readonly<Record<string, Readers>> = {
  // What handlers rely on is empty.
  user_speak: { text: (value) => asText(value) ?? '', barged_in: asTruth },
  assistant_speak: {
    text: asText,
    ssml: asText,
    duration_ms: asMilliseconds,
    speech_started_at: asTimestamp,
  },
  dtmf_received: { digit: (value) => asKeys(value) ?? '' },
  user_barge_in: { text: asText },
};

/** Of a number that is too large for one, others are rounded to the same. */
function asId(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value;
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

function asTruth(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = asText(value)?.toLowerCase() ?? '';
  if (['true', '1', 'yes'].includes(word)) return true;
  return ['false', '0', 'no'].includes(word) ? false : undefined;
}

function asMilliseconds(value: unknown): number | undefined {
  const number = asText(value)?.trim() ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** ISO 8601, or a number of seconds or milliseconds. */
function asTimestamp(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]/.test(value))
    return asMilliseconds(Date.parse(value));
  const time = asMilliseconds(value);
  // In milliseconds it would be 1973, in seconds 5138.
  return time !== undefined && time < 1e11 ? time * 1000 : time;
}

function asKeys(value: unknown): string | undefined {
  const pressed = asText(value)?.trim().toUpperCase() ?? '';
  return /^[0-9*#A-D]{1,64}$/.test(pressed) ? pressed : undefined;
}
