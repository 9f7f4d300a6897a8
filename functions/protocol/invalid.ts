import type * as z from 'zod/mini';
import { MAX_DEPTH, MAX_ENTRIES, tooDeep, tooMany } from './json.ts';

/** What comes from outside is quoted up to here. */
const MAX_QUOTED = 100;

/** The beginning of a text from outside, for whoever sent it. */
export const cut = (text: string) =>
  text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;

/** Two ways to say what is wrong; where they aren't given, it is the message. */
export interface Complaint {
  /** For whoever sent the value: quotes it, cut. */
  readonly told?: string;
  /**
   * For a log, and for others: names the field as we know it, and nothing that came from outside.
   */
  readonly logged?: string;
  /** The field as far as we know it. */
  readonly loggedField?: string | undefined;
}

/**
 * A value that breaks the wire format. The message names field and remedy, and nothing that came
 * from outside.
 */
export class InvalidValue extends Error {
  override readonly name: string = 'InvalidValue';
  readonly logged: string;
  // Lambda logs what a thrown error holds, so these are no fields.
  readonly #told: string;
  readonly #field: string | undefined;
  readonly #loggedField: string | undefined;

  constructor(message: string, field?: string, complaint: Complaint = {}) {
    super(message);
    this.logged = complaint.logged ?? message;
    this.#told = complaint.told ?? message;
    this.#field = field;
    this.#loggedField = 'loggedField' in complaint ? complaint.loggedField : field;
  }

  get told(): string {
    return this.#told;
  }

  /** A dotted path, as it was sent. */
  get field(): string | undefined {
    return this.#field;
  }

  get loggedField(): string | undefined {
    return this.#loggedField;
  }
}

/** Parses `value` or throws {@link InvalidValue} for its first issue. */
export function parse<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
  what: string,
): z.output<S> {
  if (tooDeep(value))
    throw new InvalidValue(`${what} must not be nested more than ${MAX_DEPTH} levels deep`);
  if (tooMany(value))
    throw new InvalidValue(`${what} must hold at most ${MAX_ENTRIES} keys and entries in all`);
  const result = parsed(schema, value, what);
  if (result.success) return result.data;
  throw describe(result.error.issues[0] as z.core.$ZodIssue, value, what);
}

/**
 * Of whatever stands where a text belongs zod compares the `length`, too: one that is no number may
 * be no value at all.
 */
function parsed<S extends z.ZodMiniType>(schema: S, value: unknown, what: string) {
  try {
    return schema.safeParse(value);
  } catch {
    throw new InvalidValue(`${what} must not have an object with a length where a text belongs`);
  }
}

function describe(issue: z.core.$ZodIssue, input: unknown, what: string): InvalidValue {
  if (issue.code === 'unrecognized_keys') return unknownKey(issue, input, what);
  const field = cut(issue.path.join('.'));
  const rule = `${field || what} ${complaint(issue)}`;
  const value = valueAt(input, issue.path);
  const seen = PERSONAL.test(String(issue.path.at(-1))) ? kindOf(value) : quoted(value);
  return new InvalidValue(`${rule}; got ${kindOf(value)}`, field || undefined, {
    told: `${rule}; got ${seen}`,
  });
}

/** Nobody knows what is in it, nor what its name is. */
function unknownKey(
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  input: unknown,
  what: string,
): InvalidValue {
  const [key = ''] = keys;
  const field = cut([...path, key].join('.'));
  const remedy = 'check its spelling or leave it out';
  const seen = `got ${kindOf(valueAt(input, [...path, key]))}`;
  const loggedField = path.join('.') || undefined;
  const told = `${field} is not a known field here: ${remedy}; ${seen}`;
  const message = `${loggedField ?? what} holds what is not a known field: ${remedy}; ${seen}`;
  return new InvalidValue(message, field, { told, loggedField });
}

// zod/mini ships no texts: this is what it says where a schema says nothing itself.
const NO_TEXT = 'Invalid input';

/** What an issue of any schema says is wrong, of zod/mini's too. */
export function complaint({ message, ...more }: { readonly message: string }): string {
  if (message !== NO_TEXT) return message;
  const issue = { message, ...more } as z.core.$ZodIssue;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${ARTICLE[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${list(issue.values)}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `must be ${list(issue.options)}`
        : issue.message;
    case 'too_small':
      return `must be at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin)}`;
    default:
      return issue.message;
  }
}

const ARTICLE: Record<string, string> = {
  object: 'an object',
  record: 'an object',
  array: 'an array',
  int: 'a whole number',
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
};

const unit = (origin: string) =>
  origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';

const list = (values: readonly unknown[]) =>
  values.length === 1
    ? JSON.stringify(values[0])
    : `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
}

// Whoever sent it need not read again what is said, and whom it is for.
const PERSONAL =
  /^(text|ssml|message|audio|greeting|system_prompt|say|play|to|caller|callee|context)$|phone|caller_id|number/i;

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'string') return `a string of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function quoted(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}
