/** What `npm start` reads from the environment. */
export interface Settings {
  /** 0 = any free port. */
  port: number;
  webhookToken: string;
  /** An application that answers the calls instead of our functions, over HTTP or a WebSocket. */
  webhookUrl: string | undefined;
  externalApiToken: string;
  /** `undefined` = the simulator's own, empty = no way to push. */
  externalApiUrl: string | undefined;
  /**
   * Its shape, by the names of the function's own variables; what isn't there is as the simulator
   * wants it.
   */
  externalApi: Readonly<Record<string, string>>;
  /** The call flow: a name of ours, or the path of yours. */
  template: string;
  /** Another one for some called numbers. */
  templateByNumber: Readonly<Record<string, string>>;
  /** Whatever is set, for call flows that declare it. */
  variables: Readonly<Record<string, string | undefined>>;
  /**
   * URL of a bucket with clips, which is asked with a signature that no AWS accepts; `undefined` =
   * only the files.
   */
  assetsBucketUrl: string | undefined;
  /**
   * What `job` is told of a model on Bedrock, and of your right to ask it; `undefined` = a script
   * stands in.
   */
  bedrock: Readonly<Record<string, string>> | undefined;
  /** The same of a model behind a URL: a server on this machine, or a provider. */
  modelServer: Readonly<Record<string, string>> | undefined;
  /** Show everything that the functions log. */
  verbose: boolean;
}

/** Throws an error that names the variable, the value seen and the remedy. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => ({
  port: port(env.PORT || '3000'),
  webhookToken: env.WEBHOOK_TOKEN || 'local-token',
  webhookUrl: webhookUrl(env.WEBHOOK_URL),
  externalApiToken: env.EXTERNAL_API_TOKEN || 'local-api-token',
  externalApiUrl: externalApiUrl(env.EXTERNAL_API_URL),
  externalApi: shape(env),
  template: env.TEMPLATE || 'conversation',
  templateByNumber: byNumber(env.TEMPLATE_BY_NUMBER),
  variables: env,
  assetsBucketUrl: env.ASSETS_BUCKET_URL || undefined,
  bedrock: env.BEDROCK_MODEL_ID ? given(env, BEDROCK) : undefined,
  modelServer: modelServer(env),
  verbose: Boolean(env.VERBOSE),
});

const EXTERNAL_API = [
  'EXTERNAL_API_METHOD',
  'EXTERNAL_API_AUTH_HEADER',
  'EXTERNAL_API_ACCEPTED_STATUSES',
  'EXTERNAL_API_BODY',
];

const BEDROCK = [
  'BEDROCK_MODEL_ID',
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
];

const MODEL_SERVER = ['MODEL_URL', 'MODEL', 'MODEL_KEY', 'MODEL_PARAMETERS', 'MODEL_PRICES'];

const given = (env: NodeJS.ProcessEnv, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));

/** Nothing before the token is a choice, too. */
const AUTH_SCHEME = 'EXTERNAL_API_AUTH_SCHEME';
const shape = (env: NodeJS.ProcessEnv) => ({
  ...given(env, EXTERNAL_API),
  ...(env[AUTH_SCHEME] !== undefined && { [AUTH_SCHEME]: env[AUTH_SCHEME] }),
});

function byNumber(text = ''): Record<string, string> {
  try {
    const read: unknown = JSON.parse(text || '{}');
    if (typeof read === 'object' && read !== null && !Array.isArray(read))
      return Object.fromEntries(
        Object.entries(read).map(([number, name]) => [number, String(name)]),
      );
  } catch {
    // What it must be is said below.
  }
  throw new Error(
    `TEMPLATE_BY_NUMBER must be JSON such as {"+493023125000": "flows/pizza.ts"}; got ${JSON.stringify(text.slice(0, 100))}`,
  );
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(
    `PORT must be a number from 0 (any free port) to 65535; got ${JSON.stringify(text)}`,
  );
}

function webhookUrl(given: string | undefined): string | undefined {
  if (!given) return undefined;
  const { protocol, username, password, hash } = URL.parse(given) ?? {};
  const isPlain = username === '' && password === '' && hash === '';
  if (isPlain && /^(?:http|ws)s?:$/.test(protocol ?? '')) return given;
  throw new Error(
    'WEBHOOK_URL must be an http:, https:, ws: or wss: URL, without user, password or #: WEBHOOK_TOKEN is sent as X-API-TOKEN',
  );
}

function externalApiUrl(template: string | undefined): string | undefined {
  if (!template || URL.canParse(template)) return template;
  throw new Error(
    `EXTERNAL_API_URL must be a URL, or empty for no push channel; got ${JSON.stringify(template)}`,
  );
}

function modelServer(env: NodeJS.ProcessEnv): Record<string, string> | undefined {
  const { MODEL_URL: url } = env;
  if (!url) return undefined;
  const isOnTheWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isOnTheWeb)
    throw new Error(
      `MODEL_URL must be a URL up to /chat/completions, such as http://127.0.0.1:11434/v1; got ${JSON.stringify(url)}`,
    );
  if (!env.MODEL)
    throw new Error('MODEL must name a model of MODEL_URL, such as llama3.2; it is not set');
  return given(env, MODEL_SERVER);
}
