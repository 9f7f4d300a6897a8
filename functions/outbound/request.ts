import * as z from 'zod/mini';
import { InvalidValue, parse } from '../protocol/invalid.ts';

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
  to: z
    .string()
    .check(
      z.refine((number) => dialled(number) !== undefined, 'must be an international number such as +493023125000'),
    ),
  id: z.optional(idSchema),
});

/** `id` is the envelope's own, for a request without. Throws {@link InvalidCall}, which names the field. */
export function parseCall(value: unknown, id: string): CallRequest {
  try {
    const request = parse(callSchema, value, 'call');
    return { to: dialled(request.to) as string, id: request.id ?? id };
  } catch (error) {
    if (error instanceof InvalidValue) throw new InvalidCall(error.message, error.field);
    throw error;
  }
}

/**
 * Any international notation as digits; `undefined` for what isn't one: a stranger must not be called for a slip, so
 * nothing is cut off and no country is guessed.
 */
export function dialled(number: string): string | undefined {
  const digits = number
    .trim()
    // The national prefix, as in +49 (0) 30, is not dialled from abroad.
    .replace(/^(\(?(?:\+|00)?[1-9][\d\s)]*)\(0\)/, '$1')
    .replace(/[\s()./-]/g, '')
    .replace(/^(\+|00)/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}
