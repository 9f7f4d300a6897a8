import { isObject } from '../protocol/json.ts';
import type { Log } from '../runtime/log.ts';
import type { TemplateLog } from './template.ts';

/** What may not stand in a log. */
interface Hidden {
  /** Of this call, as digits. */
  readonly numbers: readonly string[];
  /** What the caller has said. */
  readonly texts: readonly string[];
  readonly secrets: readonly string[];
}

const MAX_CHARACTERS = 300;
const MAX_FIELDS_CHARACTERS = 4_000;
const OURS = ['level', 'message', 'timestamp', 'service', 'session_id'];
const HIDDEN = '…';

/**
 * A template's log: its lines carry the session's id. Numbers, the caller's words and secrets are
 * left out where they can be told, because a line outlives the call. Never throws.
 */
export function logFor(log: Log, session_id: string, hidden: () => Hidden): TemplateLog {
  const at =
    (level: keyof Log) =>
    (message: string, fields: object = {}) => {
      const clean = cleaner(hidden());
      log[level](clean.text(String(message)), { ...fieldsOf(fields, clean), session_id });
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

type Cleaner = ReturnType<typeof cleaner>;

function fieldsOf(fields: object, clean: Cleaner): Record<string, unknown> {
  const { error, ...rest } = fields as { error?: unknown };
  const thrown = error === undefined ? {} : { error };
  try {
    const json = JSON.stringify(rest, (_key, value: unknown) => plain(value, clean)) ?? '{}';
    if (json.length > MAX_FIELDS_CHARACTERS)
      return { ...thrown, fields: `left out: ${json.length} characters are too many` };
    const named = JSON.parse(json, (_key, value: unknown) => withNames(value, clean));
    const own = Object.entries(named).filter(([key]) => !OURS.includes(key));
    return { ...Object.fromEntries(own), ...thrown };
  } catch {
    return { ...thrown, fields: 'left out: they are no JSON' };
  }
}

function plain(value: unknown, clean: Cleaner): unknown {
  if (typeof value === 'string') return clean.text(value);
  if (typeof value === 'bigint') return clean.text(String(value));
  if (typeof value === 'number') return clean.isHidden(value) ? HIDDEN : value;
  return value instanceof Error ? value.name : value;
}

const withNames = (value: unknown, { name }: Cleaner): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), inner]))
    : value;

/** A field's name as an author writes it; others are data. */
const NAME = /^[A-Za-z_]\w{0,63}$/;

function cleaner({ numbers, texts, secrets }: Hidden) {
  const bare = (text: string) =>
    secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
  const text = (given: string) =>
    withoutNumbers(texts.reduce(withoutWords, bare(given)), numbers).slice(0, MAX_CHARACTERS);
  return {
    text,
    name: (key: string) => (NAME.test(key) ? bare(key) : text(key)),
    /** Others than those of the call are times and amounts. */
    isHidden: (value: number) => {
      const digits = String(value);
      return secrets.includes(digits) || (digits.length > 5 && isOneOf(numbers, digits));
    },
  };
}

/** A part of what was said has a space in it: a word alone may be what was looked up. */
function withoutWords(text: string, said: string): string {
  const isPart = /\S\s+\S/.test(text) && said.includes(text.trim());
  if (text.trim() === said.trim() || isPart) return HIDDEN;
  return said.length > 3 ? text.replaceAll(said, HIDDEN) : text;
}

/**
 * Longer than a date, or written like a telephone number; in an id, letters or dashes are around
 * it.
 */
const NUMBER = /(?<![\w-])\+?\d(?:[ ()/-]{0,2}\d){5,}(?![\w-])/g;

const withoutNumbers = (text: string, own: readonly string[]): string =>
  text.replace(NUMBER, (run) => {
    const digits = run.replace(/\D/g, '').replace(/^0+/, '');
    const isHidden = isOneOf(own, digits) || /^(\+|00?[1-9])/.test(run) || digits.length > 9;
    return isHidden ? HIDDEN : run;
  });

/** In whatever notation: only the end is the same. */
const isOneOf = (numbers: readonly string[], digits: string) =>
  numbers.some((number) => number.endsWith(digits));
