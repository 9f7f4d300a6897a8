import * as z from 'zod/mini';
import { InvalidValue, parse } from '../protocol/invalid.ts';
import { PHONE_NUMBER_RULE, readPhoneNumber } from '../protocol/phone-number.ts';

/** Whom to call, and what makes two requests the same call. */
export interface CallRequest {
  /** Digits without `+`, as AI Flow wants them. */
  readonly to: string;
  /** 1–128 characters. */
  readonly id: string;
}

/** A request that is no call. Step Functions catches it by this name. */
export class InvalidCall extends InvalidValue {
  override readonly name = 'InvalidCall';
}

const idSchema = z.string().check(z.minLength(1), z.maxLength(128));

const callSchema = z.strictObject({
  to: z.string().check(z.refine((number) => dialled(number) !== undefined, PHONE_NUMBER_RULE)),
  id: z.optional(idSchema),
});

/**
 * `id` is the envelope's own, for a request without. Throws {@link InvalidCall}, which names the
 * field.
 */
export function parseCall(value: unknown, id: string): CallRequest {
  try {
    const request = parse(callSchema, value, 'call');
    return { to: dialled(request.to) as string, id: request.id ?? id };
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidCall(error.logged, error.field, error) : error;
  }
}

/** Shorter ones are local services such as 110, which nobody abroad can mean. */
const MIN_DIGITS = 7;

/**
 * A number to call as digits; `undefined` for what isn't one: a stranger must not be called for a
 * slip.
 */
export function dialled(number: string): string | undefined {
  const digits = readPhoneNumber(number);
  return digits && digits.length >= MIN_DIGITS ? digits : undefined;
}
