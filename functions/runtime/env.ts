import { cut } from '../protocol/invalid.ts';
import { isObject, parseJson } from '../protocol/json.ts';
import { nameOf, needed } from './declared.ts';
import { Failure } from './errors.ts';

/** Reads what a function is configured with. Throws an error that names the variable. */
function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`environment variable ${name} is not set: the stack and \`npm start\` set it`);
}

const optional = (name: string): string | undefined => process.env[name] || undefined;

function number(name: string): number | undefined {
  const value = optional(name);
  return value === undefined ? undefined : Number(value);
}

function json<T>(name: string, example: string): Readonly<Record<string, T>> {
  const value = optional(name) ?? '{}';
  const read = parseJson(value);
  if (isObject(read)) return read as Record<string, T>;
  throw new Failure(`${name} must be a JSON object such as ${example}; got ${cut(value)}`);
}

function prices(): number[] {
  const value = optional('MODEL_PRICES');
  if (value === undefined) return [];
  const read = value.split(',').map(Number);
  if (read.length === 2 && read.every(Number.isFinite)) return read;
  throw new Failure(`MODEL_PRICES must be two prices such as 0.06,0.24; got ${cut(value)}`);
}

/**
 * Where a service of AWS is asked: the SDK knows the endpoints by the same names, and has the same
 * without them.
 */
const service = (endpoint: string) => ({
  region: required('AWS_REGION'),
  endpoint: optional(endpoint),
});
const secretsManager = () => service('AWS_ENDPOINT_URL_SECRETS_MANAGER');
const dynamoDb = () => service('AWS_ENDPOINT_URL_DYNAMODB');

const shared = () => ({
  sessionsTable: required('SESSIONS_TABLE'),
  dynamoDb: dynamoDb(),
  outcomesBus: required('OUTCOMES_BUS'),
  eventBridge: service('AWS_ENDPOINT_URL_EVENTBRIDGE'),
  /** URL of the queue for calls whose turn is in another invocation, or later. */
  interruptionQueue: required('INTERRUPTION_QUEUE_URL'),
  sqs: service('AWS_ENDPOINT_URL_SQS'),
  secretsManager: secretsManager(),
  template: optional('TEMPLATE') ?? 'conversation',
  /** Names by called number: `{"+493023125000":"receptionist"}`. */
  templateByNumber: json<string>('TEMPLATE_BY_NUMBER', '{"+493023125000": "receptionist"}'),
  /** URL of the bucket with the clips that aren't deployed; without it there are only those. */
  bucketUrl: optional('ASSETS_BUCKET_URL'),
  /** How long recordings of calls are kept; 0 for none at all. */
  recordingDays: number('RECORDING_DAYS') ?? 0,
  /** Lambda sets it. */
  region: required('AWS_REGION'),
});

/** The environment of `webhook` and `websocket`. */
export const answeringEnv = () => ({
  ...shared(),
  /** Where AI Flow's token lies; without it `WEBHOOK_TOKEN` is the token itself. */
  tokenSecretArn: optional('WEBHOOK_TOKEN_SECRET_ARN'),
  token: optional('WEBHOOK_TOKEN') ?? '',
  /** Of the `job` function in Lambda's API. */
  jobFunctionUrl: required('JOB_FUNCTION_URL'),
  /**
   * How the `interrupt` function can reach a call: `channel` (the external API), `websocket`, both
   * or neither.
   */
  ways: waysIn(optional('PUSH_WAYS')),
  /**
   * How long the end of a sentence waits for a slow answer where nothing can be pushed; 0 for not
   * at all.
   */
  slowAnswerWaitMs: number('SLOW_ANSWER_WAIT_MS'),
});

const waysIn = (names = '') => ({
  channel: names.includes('channel'),
  websocket: names.includes('websocket'),
});

/** The environment of `interrupt` and `job`. */
export const interruptingEnv = () => ({
  ...shared(),
  websocket: {
    /** URL of the WebSocket API's stage; without it nothing is pushed over a WebSocket. */
    endpoint: optional('WEBSOCKET_ENDPOINT'),
    /** Lambda sets it. */
    region: required('AWS_REGION'),
  },
  externalApi: {
    /** Without it interruptions wait for the next event. */
    url: optional('EXTERNAL_API_URL'),
    method: optional('EXTERNAL_API_METHOD') ?? 'POST',
    authHeader: optional('EXTERNAL_API_AUTH_HEADER') ?? 'Authorization',
    authScheme: process.env.EXTERNAL_API_AUTH_SCHEME ?? 'Bearer',
    acceptedStatuses: optional('EXTERNAL_API_ACCEPTED_STATUSES') ?? '200-299',
    body: optional('EXTERNAL_API_BODY'),
    tokenSecretArn: optional('EXTERNAL_API_TOKEN_SECRET_ARN'),
    token: optional('EXTERNAL_API_TOKEN') ?? '',
  },
});

/**
 * The variables that a call flow declares; what it can't do without and is `missing`; its secrets
 * that are `absent`.
 */
export function declaredEnv({
  env = [],
  secrets = [],
}: {
  readonly env?: readonly string[];
  readonly secrets?: readonly string[];
}) {
  const given = env.map(nameOf).flatMap((name) => {
    const value = optional(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const absent = secrets
    .map(nameOf)
    .filter((name) => Object.values(secretPlace(name)).every((at) => at === undefined));
  const missing = [
    ...needed(env).filter((name) => optional(name) === undefined),
    ...needed(secrets).filter((name) => absent.includes(name)),
  ];
  return { env: Object.fromEntries(given), missing, absent };
}

/** Where a secret lies. */
export interface SecretPlace {
  /** Name or ARN; without it the variable of its name is the secret itself. */
  readonly id: string | undefined;
  readonly value: string | undefined;
}

export const secretPlace = (name: string): SecretPlace => ({
  id: optional(`${name}_SECRET_ID`),
  value: optional(name),
});

/** The environment of `call`. */
export const callEnv = () => ({
  sessionsTable: required('SESSIONS_TABLE'),
  dynamoDb: dynamoDb(),
  secretsManager: secretsManager(),
  baseUrl: optional('AI_FLOW_API_URL') ?? 'https://api.sipgate.com',
  aiFlowId: required('AI_FLOW_ID'),
  billingDevice: required('BILLING_DEVICE'),
  /**
   * Where the token for AI Flow's REST API lies; without it `AI_FLOW_API_TOKEN` is the token
   * itself.
   */
  tokenSecretArn: optional('AI_FLOW_API_TOKEN_SECRET_ARN'),
  token: optional('AI_FLOW_API_TOKEN') ?? '',
});

/** The environment of `job`, for a template that asks a language model. */
export const modelEnv = () => ({
  /** A model on Amazon Bedrock, or an inference profile. */
  bedrockModelId: optional('BEDROCK_MODEL_ID'),
  /**
   * Of a server that speaks OpenAI's protocol, up to `/chat/completions`. Without both a script
   * stands in.
   */
  url: optional('MODEL_URL'),
  /** By that server's own name. */
  model: optional('MODEL') ?? '',
  key: secretPlace('MODEL_KEY'),
  /** Only who has its key in a secret needs one. */
  secretsManager,
  /** JSON: more of each request. */
  parameters: json<never>('MODEL_PARAMETERS', '{"temperature": 0.2}'),
  /** Of a million tokens in, and out, in whatever currency: `0.06,0.24`. */
  prices: prices(),
});
