import type { Log } from '../runtime/log.ts';
import type { TemplateLog } from './template.ts';

/** What may not stand in a log. */
export interface Hidden {
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
 * A template's log: its lines carry the session's id. Numbers, the caller's words and secrets are left out where they can
 * be told, because a line outlives the call. Never throws.
 */
export function logFor(log: Log, session_id: string, hidden: () => Hidden): TemplateLog {
  const at =
    (level: keyof Log) =>
    (message: string, fields: object = {}) => {
      const clean = cleaner(hidden());
      log[level](clean(String(message)), { ...fieldsOf(fields, clean), session_id });
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

type Clean = (text: string) => string;

function fieldsOf(fields: object, clean: Clean): Record<string, unknown> {
  const { error, ...rest } = fields as { error?: unknown };
  const thrown = error === undefined ? {} : { error };
  try {
    const json = JSON.stringify(rest, (_key, value: unknown) => plain(value, clean)) ?? '{}';
    if (json.length > MAX_FIELDS_CHARACTERS)
      return { ...thrown, fields: `left out: ${json.length} characters are too many` };
    const own = Object.entries(JSON.parse(json)).filter(([key]) => !OURS.includes(key));
    return { ...Object.fromEntries(own), ...thrown };
  } catch {
    return { ...thrown, fields: 'left out: they are no JSON' };
  }
}

function plain(value: unknown, clean: Clean): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'bigint') return clean(String(value));
  return value instanceof Error ? value.name : value;
}

const cleaner =
  ({ numbers, texts, secrets }: Hidden): Clean =>
  (text) => {
    const bare = secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
    return withoutNumbers(texts.reduce(withoutWords, bare), numbers).slice(0, MAX_CHARACTERS);
  };

/** A part of what was said has a space in it: a word alone may be what was looked up. */
function withoutWords(text: string, said: string): string {
  const isPart = /\S\s+\S/.test(text) && said.includes(text.trim());
  if (text.trim() === said.trim() || isPart) return HIDDEN;
  return said.length > 3 ? text.replaceAll(said, HIDDEN) : text;
}

/** Longer than a date, or written like a telephone number; in an id, letters or dashes are around it. */
const NUMBER = /(?<![\w-])\+?\d(?:[ ()/-]{0,2}\d){5,}(?![\w-])/g;

const withoutNumbers = (text: string, own: readonly string[]): string =>
  text.replace(NUMBER, (run) => {
    const digits = run.replace(/\D/g, '').replace(/^0+/, '');
    const isOwn = own.some((number) => number.endsWith(digits));
    return isOwn || /^(\+|00?[1-9])/.test(run) || digits.length > 9 ? HIDDEN : run;
  });
