import { nameProblem } from '../functions/assistant/declared-names.ts';
import { nameOf, needed } from '../functions/runtime/declared.ts';
import { InvalidConfiguration } from './invalid-configuration.ts';

export type Texts = Readonly<Record<string, string>>;

/** What a deployment gives its call flows. */
export interface Given {
  /** Values by the name of their variable. */
  readonly environment?: Texts | undefined;
  /** Names or ARNs of secrets in Secrets Manager, by the name that call flows know them by. */
  readonly secrets?: Texts | undefined;
}

interface Needs {
  readonly env: readonly string[];
  readonly secrets: readonly string[];
}

/**
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html,
 * `Name`.
 */
const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;
const SECRET_ARN = /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]{1,519}$/;
/** CDK puts the rest in later. */
const TOKEN = /\$\{Token\[/;

/**
 * Checks what call flows are given against what they declare. Variables that none declares are
 * passed on, for packages that read them. Throws `InvalidConfiguration` for what is missing, can't
 * be a variable, or would reach nobody.
 */
export function checkGiven({ env, secrets }: Needs, given: Given): Required<Needs> & GivenTexts {
  const { environment = {}, secrets: places = {} } = given;
  for (const key of Object.keys(environment)) refuseName('environment', key);
  for (const [key, value] of Object.entries(environment)) refuseEmpty('environment', key, value);
  for (const [key, value] of Object.entries(places)) refusePlace(key, value, secrets);
  refuseMissing('environment', env, environment, `'{"${needed(env)[0]}": "…"}'`);
  refuseMissing('secrets', secrets, places, `'{"${needed(secrets)[0]}": "name-or-arn"}'`);
  return { env, secrets, environment, places };
}
interface GivenTexts {
  readonly environment: Texts;
  readonly places: Texts;
}

function refuseName(key: string, name: string): void {
  const problem = nameProblem(key, name);
  if (problem) throw new InvalidConfiguration(key, [name], problem);
}

function refuseEmpty(key: string, name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  throw new InvalidConfiguration(key, { [name]: value }, `give ${name} a text`);
}

function refusePlace(name: string, place: unknown, declared: readonly string[]): void {
  refuseEmpty('secrets', name, place);
  const text = String(place);
  if (!TOKEN.test(text) && !SECRET_NAME.test(text) && !SECRET_ARN.test(text))
    throw new InvalidConfiguration(
      'secrets',
      { [name]: place },
      'give the name or the ARN of a secret in Secrets Manager, not the secret itself',
    );
  if (declared.map(nameOf).includes(name)) return;
  const wanted = declared.length > 0 ? declared.map(nameOf).join(', ') : 'none';
  throw new InvalidConfiguration(
    'secrets',
    [name],
    `no chosen call flow declares it (${wanted}): write defineTemplate({ secrets: ['${name}'], … }), or leave it out`,
  );
}

function refuseMissing(key: string, names: readonly string[], given: Texts, example: string): void {
  const missing = needed(names).filter((name) => !Object.hasOwn(given, name));
  if (missing.length === 0) return;
  throw new InvalidConfiguration(
    key,
    Object.keys(given),
    `the call flow needs ${missing.join(', ')}, too: -c ${key}=${example}`,
  );
}
