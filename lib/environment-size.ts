/**
 * What Lambda takes, measured as JSON. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const MAX_BYTES = 4096;

/** What the functions have besides what is configured: a test holds the stack to it. */
export const OWN_BYTES = 1400;

/** Names of what CloudFormation creates are known later; these are longer than they get. */
const NAME = 'x'.repeat(128);
const SHORT = 'x'.repeat(20);

/** The variables that context keys set. */
const KEYS: Readonly<Record<string, string>> = {
  TEMPLATE_BY_NUMBER: 'templateByNumber',
  EXTERNAL_API_URL: 'externalApiUrl',
  EXTERNAL_API_BODY: 'externalApiBody',
  MODEL_URL: 'modelUrl',
  MODEL_PARAMETERS: 'modelParameters',
};

/** Bytes of variables as they are resolved: texts, and what CloudFormation puts in their place. */
export const environmentBytes = (resolved: object): number =>
  Buffer.byteLength(
    JSON.stringify(
      Object.fromEntries(Object.entries(resolved).map(([key, v]) => [key, textOf(v)])),
    ),
  );

/**
 * More than Lambda takes, `room` being left for others: the context key to blame, and what to do.
 */
export function excessOf(
  resolved: object,
  room = 0,
): { readonly key: string; readonly remedy: string } | undefined {
  const bytes = environmentBytes(resolved) + room;
  if (bytes <= MAX_BYTES) return undefined;
  const sizes = Object.entries(resolved).map(
    ([name, value]) => [name, Buffer.byteLength(JSON.stringify(value))] as const,
  );
  const [name = '', largest] = sizes.sort(([, a], [, b]) => b - a)[0] ?? [];
  const remedy = `the environment of a function would be ${bytes} bytes, ${largest} of them this, and Lambda takes ${MAX_BYTES}: give fewer or shorter ones`;
  return { key: KEYS[name] ?? name, remedy };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as object)[0] ?? [];
  if (name === 'Ref' && String(argument).startsWith('AWS::')) return SHORT;
  return name === 'Fn::Join' ? (argument[1] as unknown[]).map(textOf).join(argument[0]) : NAME;
}
