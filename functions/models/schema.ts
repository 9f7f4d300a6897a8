import type { Json } from '../call/document.ts';

/**
 * What is read of a JSON schema: all that models are usually told. Other keywords are for the model
 * alone.
 */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/**
 * What is wrong with a value, as a model can mend it: "input.order is missing"; nothing if it fits.
 */
export function faultIn(value: Json | undefined, schema: Schema, at = 'input'): string | undefined {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value)))
    return `${at} must be ${types.join(' or ')}`;
  if (schema.enum && !schema.enum.some((one) => one === value))
    return `${at} must be one of ${JSON.stringify(schema.enum)}`;
  if (typeof value === 'number') return faultInNumber(value, schema, at);
  if (typeof value === 'string') return faultInText(value, schema, at);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items && firstOf(value, (one, n) => faultIn(one, items, `${at}[${n}]`));
  }
  return isObject(value) ? faultInObject(value, schema, at) : undefined;
}

function faultInObject(value: { [key: string]: Json }, schema: Schema, at: string) {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) return `${at}.${missing} is missing`;
  return firstOf(Object.entries(value), ([key, one]) => {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (own) return faultIn(one, own, `${at}.${key}`);
    return additionalProperties === false ? `${at}.${key} is not known` : undefined;
  });
}

function faultInNumber(
  value: number,
  { minimum = -Infinity, maximum = Infinity }: Schema,
  at: string,
) {
  if (value < minimum) return `${at} must be at least ${minimum}`;
  return value > maximum ? `${at} must be at most ${maximum}` : undefined;
}

function faultInText(value: string, { maxLength = Infinity, pattern = '' }: Schema, at: string) {
  if (value.length > maxLength) return `${at} must be at most ${maxLength} characters`;
  return new RegExp(pattern, 'u').test(value) ? undefined : `${at} must match ${pattern}`;
}

const isObject = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isOf(type: string, value: unknown): boolean {
  if (type === 'object') return isObject(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function firstOf<T>(values: readonly T[], fault: (value: T, n: number) => string | undefined) {
  for (const [n, value] of values.entries()) {
    const found = fault(value, n);
    if (found !== undefined) return found;
  }
  return undefined;
}
