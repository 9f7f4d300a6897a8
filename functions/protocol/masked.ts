import { maskDigits } from './digit-words.ts';
import { wavDurationMs } from './wav.ts';

/** A clip in a recording: its length, in ms. */
export interface MaskedClip {
  readonly wav_ms: number;
}

/**
 * A JSON value as a recording may keep it: whose call it was is left out, in every number of seven
 * digits or more each digit is a 1, and of a clip the length is left. What is masked once more
 * stays as it is.
 */
export function masked(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return maskedString(value, key);
  if (typeof value === 'number') return isTime(key) ? value : Number(maskedText(String(value)));
  if (Array.isArray(value)) return value.map((each) => masked(each));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !WHOSE.has(name));
  return Object.fromEntries(
    kept.map(([name, each]) => [maskedText(name), masked(each, name)] as const),
  );
}

/**
 * Each digit of what may be somebody's number is a 1, but for the zeros that say how to read it:
 * `00`, `0`, `(0)`.
 */
export const maskedText = (text: string): string =>
  text.replace(NUMBER, (number) =>
    number.replace(/^0+|\(0\)|\p{Nd}/gu, (part, at: number) =>
      part === '(0)' || (at === 0 && part.startsWith('0')) ? part : '1',
    ),
  );

/**
 * Digits with at most two other signs between any two of them, as numbers are written and
 * recognised.
 */
const NUMBER = /\p{Nd}(?:[\s\-/().]{0,2}\p{Nd}){6,}/gu;

/**
 * An event whose digits may be secret: each that the caller has pressed or said is a 1. `*` and `#`
 * are no secret.
 */
export function withoutDigits(event: object): object {
  if (!('type' in event) || !GIVES_DIGITS.has(event.type)) return event;
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name,
      typeof value === 'string' ? maskDigits(value, '1') : value,
    ]),
  );
}

const GIVES_DIGITS: ReadonlySet<unknown> = new Set([
  'dtmf_received',
  'user_speak',
  'user_barge_in',
]);

const WHOSE: ReadonlySet<string> = new Set([
  'session',
  'session_id',
  'account_id',
  'triggered_at',
  'expires_at',
]);

const isTime = (key: string) => /(?:^|_)(?:ms|at)$/.test(key);

/** The name of a clip is none. */
const isClip = (value: string, key: string) =>
  (key === 'audio' || key === 'play') && value.length > 64;

function maskedString(value: string, key: string): string | MaskedClip {
  if (!isClip(value, key)) return maskedText(value);
  return { wav_ms: Math.round(wavDurationMs(value)) };
}
