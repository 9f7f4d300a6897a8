import * as z from 'zod/mini';

/** What a number must look like where a call, a transfer or a message depends on it. */
export const PHONE_NUMBER_RULE =
  'must be an international phone number (E.164) such as +49 30 …: a national or withheld one names nobody';

/**
 * A number that somebody gives, in any international notation; it goes on as digits without `+`.
 */
export const phoneNumberSchema = z.string().check(
  z.refine((text) => readPhoneNumber(text) !== undefined, PHONE_NUMBER_RULE),
  z.overwrite((text) => readPhoneNumber(text) ?? text),
);

/** Longer than any number, `tel:` or `sip:` address with its parameters. */
const MAX_CHARACTERS = 256;
/** Country code and number: nothing is cut off, the longest there is has 15 digits. */
const E164 = /^[1-9]\d{1,14}$/;
/** An address as it stands behind a name: `"Anna" <sip:+49…@host>`. */
const NAMED = /^[^<>]*<((?:tel|sips?):[^<>]*)>[^<>]*$/is;
const SEPARATORS = /[\s\p{Cf}\p{Pd}\u2212\u00b7./]/gu;

/**
 * Any international notation of a number (`+49 (0) 30 …`, `0049…`, `tel:`, `sip:`, digits alone as
 * AI Flow sends them) as digits without `+`. `undefined` for whatever is none: national, withheld,
 * with an extension, or too long. Nothing is guessed. Source: RFC 3966 for `tel:`, RFC 3261,
 * section 19.1.6, for `sip:`.
 */
export function readPhoneNumber(text: string | null | undefined): string | undefined {
  if (!text || text.length > MAX_CHARACTERS) return undefined;
  // Full-width characters and spaces become plain ones.
  const written = text.normalize('NFKC').trim();
  const plain = NAMED.exec(written)?.[1] ?? written;
  const [, scheme, address = ''] = /^(tel|sips?):(.*)$/is.exec(plain) ?? [];
  const isAddress = scheme !== undefined || plain.includes('@');
  const digits = isAddress ? addressed(scheme ? address : plain) : digitsIn(plain);
  return digits !== undefined && E164.test(digits) ? digits : undefined;
}

/** Of `tel:NUMBER;parameters`, and of the user in `sip:NUMBER;parameters:password@host`. */
function addressed(address: string): string | undefined {
  const [user = '', host = ''] = unescaped(address).split('@');
  const [number = '', ...parameters] = (host ? user.replace(/:.*$/s, '') : user).split(';');
  const parameter = (name: string) =>
    parameters.find((one) => one.toLowerCase().startsWith(`${name}=`))?.split('=')[1];
  // What is dialled after the number leads to somebody else.
  if (/^anonymous\.invalid\b/i.test(host) || parameter('ext') || parameter('postd'))
    return undefined;
  const context = parameter('phone-context');
  if (context === undefined || isGlobal(number)) return digitsIn(number);
  return context.startsWith('+') ? digitsIn(`${context}${localIn(number, context)}`) : undefined;
}

function unescaped(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

const isGlobal = (number: string) => /^[\s(]*(?:\+|00)/.test(number);

/** Of a number as it is dialled at home, what is dialled from abroad. */
const localIn = (number: string, context: string) =>
  keepsZero(context) ? number : number.replace(/^[\s(]*0/, '');

function digitsIn(number: string): string {
  return (
    number
      .replace(SEPARATORS, '')
      // The national prefix, as in +49 (0) 30, is not dialled from abroad.
      .replace(/^(\(*(?:\+|00)?\(*[1-9]\d{0,2}\)*)\(0\)/, (_all, country: string) =>
        keepsZero(country) ? `${country}0` : country,
      )
      .replace(/[()]/g, '')
      .replace(/^(?:\+|00)/, '')
      .replace(NO_ZERO, '$1')
  );
}

/** In Italy it belongs to the number. */
const keepsZero = (country: string) => /^\D*39\D*$/.test(country);

/**
 * Where no number begins with 0, one that is written after the country code is the national prefix.
 */
const NO_ZERO = /^(31|32|33|41|43|44|46|49)0(?=[1-9])/;
