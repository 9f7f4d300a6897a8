import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What a deployment may choose, as CDK context: `cdk deploy -c template=conversation`, or `context` in `cdk.json`. */
export interface Configuration {
  /** The call flow: the name of a file in `functions/templates/`. */
  readonly template: string;
  readonly logRetentionDays: RetentionDays;
  readonly stackName: string;
}

/** A context value that can't be deployed. The message names the key, the value seen and the remedy. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';

  constructor(key: string, value: unknown, remedy: string) {
    super(`context key "${key}" is ${JSON.stringify(value)}: ${remedy}`);
  }
}

type Context = Readonly<Record<string, unknown>>;

const DEFAULTS = { template: 'conversation', logRetentionDays: RetentionDays.ONE_MONTH, stackName: 'AiFlowLambda' };

/** Throws {@link InvalidConfiguration}. Values of `-c` are strings; those of `cdk.json` may be numbers. */
export function readConfiguration(context: Context, templates = listTemplates()): Configuration {
  refuseUnknownKeys(context);
  const given: Context = { ...DEFAULTS, ...context };
  return {
    template: template(given.template, templates),
    logRetentionDays: logRetentionDays(given.logRetentionDays),
    stackName: stackName(given.stackName),
  };
}

/** CDK's own keys and cached look-ups all hold a `-`, `:` or `/`, so a plain word is ours or a slip of the keyboard. */
function refuseUnknownKeys(context: Context): void {
  const unknown = Object.keys(context).find((key) => /^\w+$/.test(key) && !Object.hasOwn(DEFAULTS, key));
  if (unknown === undefined) return;
  throw new InvalidConfiguration(unknown, context[unknown], `unknown key, use one of ${list(Object.keys(DEFAULTS))}`);
}

function template(value: unknown, templates: readonly string[]): string {
  const found = templates.find((name) => name === value);
  if (found !== undefined) return found;
  throw new InvalidConfiguration('template', value, `name a call flow of functions/templates: ${list(templates)}`);
}

function logRetentionDays(value: unknown): RetentionDays {
  const days = offeredRetentionDays().find((offered) => String(offered) === String(value));
  if (days !== undefined) return days;
  throw new InvalidConfiguration('logRetentionDays', value, `CloudWatch offers ${list(offeredRetentionDays())} days`);
}

function stackName(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(value)) return value;
  const remedy = 'use 1 to 128 letters, digits and hyphens, a letter first';
  throw new InvalidConfiguration('stackName', value, remedy);
}

/** `INFINITE` is CDK's word for a group without retention, which would keep what callers said for ever. */
const offeredRetentionDays = () =>
  Object.values(RetentionDays).filter((days) => typeof days === 'number' && days !== RetentionDays.INFINITE);

const listTemplates = (): string[] =>
  readdirSync(join(import.meta.dirname, '../functions/templates'))
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();

const list = (values: readonly unknown[]) => values.join(', ') || '(none)';
