import type * as z from 'zod/mini';

/** A value that breaks the wire format. `field` is a dotted path; `message` names field, value seen and remedy. */
export class InvalidValue extends Error {
  override readonly name: string = 'InvalidValue';
  /** The message may leave the house: it holds nothing that was said or dialled. */
  readonly expose = true;
  readonly field: string | undefined;

  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

/** Parses `value` or throws {@link InvalidValue} for its first issue. */
export function parse<S extends z.ZodMiniType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw describe(result.error.issues[0] as z.core.$ZodIssue, value, what);
}

function describe(issue: z.core.$ZodIssue, input: unknown, what: string): InvalidValue {
  const unknown = issue.code === 'unrecognized_keys';
  const path = unknown ? [...issue.path, issue.keys[0] as string] : issue.path;
  const field = path.join('.');
  const seen = show(valueAt(input, path), unknown || PERSONAL.test(String(path.at(-1))));
  return new InvalidValue(`${field || what} ${complaint(issue)}; got ${seen}`, field || undefined);
}

// zod/mini ships no texts: this is what it says where a schema says nothing itself.
const NO_TEXT = 'Invalid input';

function complaint(issue: z.core.$ZodIssue): string {
  if (issue.message !== NO_TEXT) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${ARTICLE[issue.expected] ?? issue.expected}`;
    case 'unrecognized_keys':
      return 'is not a known field here: check its spelling or leave it out';
    case 'invalid_value':
      return `must be ${list(issue.values)}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? `must be ${list(issue.options)}` : issue.message;
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

const unit = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '');

const list = (values: readonly unknown[]) =>
  values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}

// Messages reach logs: what a caller said and whom they called must not. Nobody knows what an unknown field holds.
const PERSONAL =
  /^(text|ssml|message|audio|greeting|system_prompt|say|play|to|caller|callee|context)$|phone|caller_id|number/i;

function show(value: unknown, personal: boolean): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (personal) return typeof value === 'string' ? `a string of ${value.length}` : `a ${typeof value}`;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
