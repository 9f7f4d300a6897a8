import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { bodyTemplate, urlTemplate } from '../functions/delivery/external-api-shape.ts';
import { ASSET_NAME, ASSET_NAME_RULE } from '../functions/protocol/assets.ts';
import { PHONE_NUMBER_RULE, readPhoneNumber } from '../functions/protocol/phone-number.ts';
import { excessOf, OWN_BYTES } from './environment-size.ts';
import type { Given } from './flow-environment.ts';
import { flowAt, InvalidFlow, inWhichLanguage, isPath, shippedNames } from './flows.ts';
import { InvalidConfiguration } from './invalid-configuration.ts';

export { InvalidConfiguration } from './invalid-configuration.ts';

/**
 * What a deployment may choose, as CDK context: `cdk deploy -c template=conversation`, or `context`
 * in `cdk.json`.
 */
export interface Configuration extends Given {
  /**
   * The call flow: the name of one of ours, or the path of yours, absolute or below the working
   * directory.
   */
  readonly template: string;
  /** Another one for some of your numbers. */
  readonly templateByNumber?: Readonly<Record<string, string>> | undefined;
  readonly logRetentionDays: RetentionDays;
  readonly stackName: string;
  /** How an interruption reaches a call at once; without it, it waits for the call's next event. */
  readonly externalApi?: ExternalApiSettings | undefined;
  /** Where clips lie that aren't deployed with the functions. */
  readonly assetsBucket?: AssetsBucket | undefined;
  /**
   * A model on Bedrock, or an inference profile, for templates that ask one; without it a script
   * stands in.
   */
  readonly bedrockModelId?: string | undefined;
  /** A model behind a URL in its place. */
  readonly modelServer?: ModelServerSettings | undefined;
  /** Of a million tokens in, and out: `0.06,0.24`. What a call has cost is then in the log. */
  readonly modelPrices?: string | undefined;
  /** Which flow calls people; without it there is no call function. */
  readonly outbound?: OutboundSettings | undefined;
  /** No function may be larger; 5 MB by default. */
  readonly maxBundleBytes?: number | undefined;
  /**
   * How long the end of a sentence waits for a slow answer where nothing can be pushed; 0 = not at
   * all.
   */
  readonly slowAnswerWaitMs: number;
  /**
   * Of AI Flow, for each of its two doors; what is more is turned away. Twice as many may come at
   * once.
   */
  readonly eventsPerSecond: number;
  /**
   * How many days calls are kept as recordings, to be played again; without it no call is recorded.
   */
  readonly recordingDays?: number | undefined;
  /** ARN of an SNS topic that is told of each alarm. */
  readonly alarmTopic?: string | undefined;
}

/** A bucket that exists, in the stack's region. */
export interface AssetsBucket {
  readonly name: string;
  /** Clips that lie there as `<name>.wav`. */
  readonly assets: readonly string[];
}

/** A server that speaks OpenAI's protocol for chat completions. */
export interface ModelServerSettings {
  /** Up to `/chat/completions`. */
  readonly url: string;
  /** By the server's own name. */
  readonly model: string;
  /** JSON: more of each request. */
  readonly parameters?: string | undefined;
}

/** What sipgate gives out with the permission to call. */
export interface OutboundSettings {
  readonly aiFlowId: string;
  /** The suffix that the call is billed to, such as `e2`. */
  readonly billingDevice: string;
}

/**
 * AI Flow's external API. Its public documentation names it and says nothing more: all of it is
 * configuration.
 */
export interface ExternalApiSettings {
  /** With `{session_id}` where the session belongs, if it belongs there. */
  readonly url: string;
  readonly method: string;
  readonly authHeader: string;
  /** What stands before the token; may be empty. */
  readonly authScheme: string;
  /** Codes and ranges, such as `200,202` or `200-299`. */
  readonly acceptedStatuses: string;
  /** JSON around `"{actions}"`; missing for the array alone. */
  readonly body?: string | undefined;
}

type Context = Readonly<Record<string, unknown>>;

const DEFAULTS = {
  template: 'conversation',
  templateByNumber: undefined,
  logRetentionDays: RetentionDays.ONE_MONTH,
  stackName: 'AiFlowLambda',
  externalApiUrl: '',
  externalApiMethod: 'POST',
  externalApiAuthHeader: 'Authorization',
  externalApiAuthScheme: 'Bearer',
  externalApiAcceptedStatuses: '200-299',
  externalApiBody: '',
  assetsBucket: '',
  bucketAssets: '',
  bedrockModelId: '',
  modelUrl: '',
  model: '',
  modelParameters: '',
  modelPrices: '',
  aiFlowId: '',
  billingDevice: '',
  recordingDays: 0,
  slowAnswerWaitMs: 3_500,
  eventsPerSecond: 200,
  environment: undefined,
  secrets: undefined,
  maxBundleBytes: '',
  alarmTopic: '',
};
export type ContextKey = keyof typeof DEFAULTS;

/**
 * Throws {@link InvalidConfiguration}. Values of `-c` are strings; those of `cdk.json` may be
 * numbers.
 */
export function readConfiguration(context: Context, templates = shippedNames()): Configuration {
  refuseUnknownKeys(context);
  const given: Context = { ...DEFAULTS, ...context };
  const configuration = {
    template: template(given.template, templates),
    templateByNumber: templateByNumber(given.templateByNumber, templates),
    environment: texts(given, 'environment'),
    secrets: texts(given, 'secrets'),
    maxBundleBytes:
      Number(text(given, 'maxBundleBytes', isBytesOrEmpty, 'give bytes, such as 10000000')) ||
      undefined,
    logRetentionDays: logRetentionDays(given.logRetentionDays),
    stackName: stackName(given.stackName),
    externalApi: externalApi(given),
    assetsBucket: assetsBucket(given),
    bedrockModelId: bedrockModelId(given),
    modelServer: modelServer(given),
    modelPrices: text(given, 'modelPrices', isPricesOrEmpty, PRICES_RULE) || undefined,
    outbound: outbound(given),
    slowAnswerWaitMs: Number(
      text(given, 'slowAnswerWaitMs', isWait, `give 0 to ${MAX_WAIT_MS} milliseconds`),
    ),
    eventsPerSecond: Number(
      text(given, 'eventsPerSecond', isRate, 'give 1 to 10000, which is what an account has'),
    ),
    recordingDays: recordingDays(given),
    alarmTopic: alarmTopic(given),
  };
  refuseExcess(configuration, given);
  return configuration;
}

/** All of it goes into the environment of the functions. */
function refuseExcess(
  { templateByNumber, externalApi, modelServer }: Configuration,
  given: Context,
): void {
  const environment = {
    TEMPLATE_BY_NUMBER: JSON.stringify(templateByNumber) ?? '',
    EXTERNAL_API_URL: externalApi?.url ?? '',
    EXTERNAL_API_BODY: externalApi?.body ?? '',
    MODEL_URL: modelServer?.url ?? '',
    MODEL_PARAMETERS: modelServer?.parameters ?? '',
  };
  const excess = excessOf(environment, OWN_BYTES);
  if (excess) throw new InvalidConfiguration(excess.key, given[excess.key], excess.remedy);
}

/**
 * CDK's own keys and cached look-ups all hold a `-`, `:` or `/`, so a plain word is ours or a slip
 * of the keyboard.
 */
function refuseUnknownKeys(context: Context): void {
  const unknown = Object.keys(context).find(
    (key) => /^\w+$/.test(key) && !Object.hasOwn(DEFAULTS, key),
  );
  if (unknown === undefined) return;
  throw new InvalidConfiguration(
    unknown,
    context[unknown],
    `unknown key, use one of ${list(Object.keys(DEFAULTS))}`,
  );
}

function template(value: unknown, templates: readonly string[]): string {
  if (isFlow('template', value, templates)) return value;
  throw new InvalidConfiguration(
    'template',
    value,
    `name a call flow of functions/templates: ${list(templates)}; or give the path of yours, such as flows/pizza.ts`,
  );
}

/** Throws {@link InvalidConfiguration} for a path that isn't one of a call flow. */
function isFlow(key: string, value: unknown, templates: readonly string[]): value is string {
  if (typeof value !== 'string') return false;
  const { given } = inWhichLanguage(value);
  if (!isPath(given)) return templates.includes(given);
  try {
    return flowAt(value) !== undefined;
  } catch (error) {
    if (!(error instanceof InvalidFlow)) throw error;
    throw new InvalidConfiguration(key, value, error.message);
  }
}

/** What call flows are given, by name: an object, or its JSON. */
function texts(given: Context, key: 'environment' | 'secrets'): Record<string, string> | undefined {
  const value = given[key];
  if (value === undefined) return undefined;
  const read = typeof value === 'string' ? parsed(value) : value;
  const remedy = `give an object of texts, as in '{"SHOP_${key === 'secrets' ? 'KEY' : 'URL'}": "…"}'`;
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new InvalidConfiguration(key, value, remedy);
  const wrong = Object.entries(read).find(([, entry]) => typeof entry !== 'string');
  if (wrong) throw new InvalidConfiguration(key, Object.fromEntries([wrong]), remedy);
  return read as Record<string, string>;
}

const isBytesOrEmpty = (value: string) => /^(?:[1-9]\d{4,8})?$/.test(value);

/** `-c` gives text. */
function templateByNumber(
  value: unknown,
  templates: readonly string[],
): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  const given = typeof value === 'string' ? parsed(value) : value;
  const entries =
    typeof given === 'object' && given !== null && !Array.isArray(given) && Object.entries(given);
  const remedy = `map numbers to call flows, as in {"+493023125000": "conversation"}, or with a language, "order-status:de-DE"; there is ${list(templates)}, and flows/….ts`;
  if (!entries) throw new InvalidConfiguration('templateByNumber', value, remedy);
  const byDigits: Record<string, string> = {};
  for (const [number, name] of entries) {
    const digits = readPhoneNumber(number);
    const refuse = (why: string) =>
      new InvalidConfiguration('templateByNumber', { [number]: name }, why);
    if (digits === undefined) throw refuse(`${remedy}; a number ${PHONE_NUMBER_RULE}`);
    if (!isFlow('templateByNumber', name, templates)) throw refuse(remedy);
    if (Object.hasOwn(byDigits, digits)) throw refuse(`the number is there twice: ${remedy}`);
    byDigits[digits] = name;
  }
  return byDigits;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function logRetentionDays(value: unknown): RetentionDays {
  const days = offeredRetentionDays().find((offered) => String(offered) === String(value));
  if (days !== undefined) return days;
  throw new InvalidConfiguration(
    'logRetentionDays',
    value,
    `CloudWatch offers ${list(offeredRetentionDays())} days`,
  );
}

function stackName(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(value)) return value;
  const remedy = 'use 1 to 128 letters, digits and hyphens, a letter first';
  throw new InvalidConfiguration('stackName', value, remedy);
}

/** Checked even when there is no URL: a slip should not wait until there is one. */
function externalApi(given: Context): ExternalApiSettings | undefined {
  const settings = {
    url: text(
      given,
      'externalApiUrl',
      isUrlTemplate,
      'give an https URL, with {session_id} where the session belongs, or leave it out',
    ),
    method: text(given, 'externalApiMethod', isMethod, 'use POST, PUT or PATCH'),
    authHeader: text(
      given,
      'externalApiAuthHeader',
      isToken,
      'name one header, such as Authorization',
    ),
    authScheme: text(
      given,
      'externalApiAuthScheme',
      isTokenOrEmpty,
      'give one word, such as Bearer, or an empty text',
    ),
    acceptedStatuses: text(
      given,
      'externalApiAcceptedStatuses',
      isStatusList,
      'list codes and ranges without blanks, such as 200-299 or 200,202',
    ),
  };
  const body = externalApiBody(given);
  return settings.url === '' ? undefined : { ...settings, ...(body && { body }) };
}

/** `cdk.json` may hold it as JSON. */
function externalApiBody({ externalApiBody: value }: Context): string {
  const body = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  try {
    bodyTemplate(body);
    return body;
  } catch (error) {
    throw new InvalidConfiguration(
      'externalApiBody',
      value,
      (error as Error).message.replace('EXTERNAL_API_BODY ', 'it '),
    );
  }
}

/** Clips are separated by commas in `-c`; in `cdk.json` they may be an array. */
function assetsBucket({ assetsBucket: name, bucketAssets }: Context): AssetsBucket | undefined {
  const given =
    typeof bucketAssets === 'string' ? bucketAssets.split(',').filter(Boolean) : bucketAssets;
  if (!Array.isArray(given) || !given.every((asset) => ASSET_NAME.test(String(asset)))) {
    throw new InvalidConfiguration(
      'bucketAssets',
      bucketAssets,
      `name clips, each ${ASSET_NAME_RULE}`,
    );
  }
  if (name === '' && given.length > 0) {
    throw new InvalidConfiguration(
      'bucketAssets',
      bucketAssets,
      'name the bucket too: -c assetsBucket=…',
    );
  }
  if (name === '') return undefined;
  if (typeof name === 'string' && isBucketName(name)) return { name, assets: given.map(String) };
  throw new InvalidConfiguration(
    'assetsBucket',
    name,
    'give the name of a bucket, not its URL or ARN, or leave it out',
  );
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const isBucketName = (value: string) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value);

function bedrockModelId(given: Context): string | undefined {
  const remedy =
    'give the id of a model or of an inference profile, not its ARN, such as eu.amazon.nova-lite-v1:0';
  return text(given, 'bedrockModelId', isModelIdOrEmpty, remedy) || undefined;
}

/**
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html,
 * `modelId`.
 */
const isModelIdOrEmpty = (value: string) =>
  /^(?:[a-z0-9-]+\.[a-zA-Z0-9.-]+(?::[a-z0-9]+)*)?$/.test(value);

/** A model is asked in one place. */
function modelServer(given: Context): ModelServerSettings | undefined {
  const url = text(
    given,
    'modelUrl',
    isModelUrlOrEmpty,
    'give the https URL up to /chat/completions, such as https://api.openai.com/v1',
  );
  if (url !== '' && given.bedrockModelId !== '')
    throw new InvalidConfiguration('modelUrl', url, 'leave either it or bedrockModelId out');
  const isName = (value: string) => /^\S{0,200}$/.test(value) && (value === '') === (url === '');
  const model = text(given, 'model', isName, 'name a model of the server together with modelUrl');
  const parameters = modelParameters(given);
  return url === '' ? undefined : { url, model, ...(parameters && { parameters }) };
}

/** `cdk.json` may hold it as JSON. */
function modelParameters({ modelParameters: value }: Context): string {
  if (value === '') return '';
  const given = typeof value === 'string' ? parsed(value) : value;
  if (typeof given === 'object' && given !== null && !Array.isArray(given))
    return JSON.stringify(given);
  throw new InvalidConfiguration(
    'modelParameters',
    value,
    'give what is to be in each request, such as {"temperature": 0.2}',
  );
}

const isModelUrlOrEmpty = (value: string) =>
  value === '' || (value.startsWith('https://') && URL.canParse(value) && !/[?#]/.test(value));

const PRICES_RULE = 'give two prices, of a million tokens in, and out, such as 0.06,0.24';
const isPricesOrEmpty = (value: string) => /^(?:\d+(?:\.\d+)?,\d+(?:\.\d+)?)?$/.test(value);

function outbound(given: Context): OutboundSettings | undefined {
  const aiFlowId = text(
    given,
    'aiFlowId',
    isFlowId,
    "give the flow's id, or leave it and billingDevice out",
  );
  const billingDevice = text(
    given,
    'billingDevice',
    (value) => /^\w*$/.test(value) && (value === '') === (aiFlowId === ''),
    'give the suffix from sipgate, such as e2, together with aiFlowId',
  );
  return aiFlowId === '' ? undefined : { aiFlowId, billingDevice };
}

function text(
  given: Context,
  key: string,
  valid: (value: string) => boolean,
  remedy: string,
): string {
  const value = given[key];
  if ((typeof value === 'string' || typeof value === 'number') && valid(String(value)))
    return String(value);
  throw new InvalidConfiguration(key, value, remedy);
}

function alarmTopic(given: Context): string | undefined {
  const remedy =
    'give the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:123456789012:on-call';
  return text(given, 'alarmTopic', isTopicArnOrEmpty, remedy) || undefined;
}

/** CloudWatch tells no FIFO topic. */
const isTopicArnOrEmpty = (value: string) =>
  /^(?:arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256})?$/.test(value);

/** It stands in a URL, where dots alone would climb. */
const isFlowId = (value: string) => /^[\w.:-]*$/.test(value) && !/^\.+$/.test(value);

function isUrlTemplate(value: string): boolean {
  if (value === '') return true;
  try {
    return value.startsWith('https:') && urlTemplate(value) !== undefined;
  } catch {
    return false;
  }
}

/** API Gateway gives an answer up after 30 s, and a caller sooner. */
const MAX_WAIT_MS = 10_000;
const isWait = (value: string) => /^\d{1,5}$/.test(value) && Number(value) <= MAX_WAIT_MS;

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const isRate = (value: string) => /^[1-9]\d{0,4}$/.test(value) && Number(value) <= 10_000;

/** What callers say is kept no longer than somebody needs who looks into it. */
const MAX_DAYS = 30;
const isDays = (value: string) => /^\d{1,2}$/.test(value) && Number(value) <= MAX_DAYS;

const recordingDays = (given: Context): number | undefined =>
  Number(
    text(given, 'recordingDays', isDays, `give 1 to ${MAX_DAYS} days, or 0 to record no call`),
  ) || undefined;

const isMethod = (value: string) => ['POST', 'PUT', 'PATCH'].includes(value);

/** What HTTP calls a token: RFC 9110, section 5.6.2. */
const isToken = (value: string) => /^[\w!#$%&'*+.^`|~-]+$/.test(value);
const isTokenOrEmpty = (value: string) => value === '' || isToken(value);

const isStatusList = (value: string) =>
  value.split(',').every((part) => {
    const [, from = '', to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(part) ?? [];
    return from !== '' && from <= to;
  });

/**
 * `INFINITE` is CDK's word for a group without retention, which would keep what callers said for
 * ever.
 */
const offeredRetentionDays = () =>
  Object.values(RetentionDays).filter(
    (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
  );

const list = (values: readonly unknown[]) => values.join(', ') || '(none)';
