import { nameOf } from '../runtime/declared.ts';

/**
 * What Lambda takes as the name of a variable. Source:
 * https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
 */
const NAME = /^[A-Za-z][A-Za-z0-9_]{1,63}$/;

/** What the functions themselves read, what Lambda and Node do, and how a secret is found. */
const TAKEN =
  /^(AWS_.*|LAMBDA_.*|NODE_.*|PATH|TZ|LANG|LD_LIBRARY_PATH|TEMPLATE(_BY_NUMBER)?|SESSIONS_TABLE|OUTCOMES_BUS|INTERRUPTION_QUEUE_URL|ASSETS_BUCKET_URL|JOB_FUNCTION_URL|PUSH_WAYS|SLOW_ANSWER_WAIT_MS|WEBSOCKET_ENDPOINT|WEBHOOK_(TOKEN|URL)|EXTERNAL_API_.*|AI_FLOW_.*|BILLING_DEVICE|RECORDING_DAYS|BEDROCK_MODEL_ID|MODEL(_URL|_KEY|_PARAMETERS|_PRICES)?|PORT|VERBOSE|.*_SECRET_(ARN|ID))$/;

/** What is wrong with the names that a template declares, if anything: it begins with the field. */
export function namesProblem(
  declaredEnv: readonly string[],
  declaredSecrets: readonly string[],
): string | undefined {
  const [env, secrets] = [declaredEnv.map(trimmed), declaredSecrets.map(trimmed)];
  const problems = [
    ...env.map((name) => nameProblem('env', name)),
    ...secrets.map((name) => nameProblem('secrets', name)),
    ...secrets
      .filter((name) => env.includes(name))
      .map((name) => `secrets: ${name} is in env, too: a secret is no variable, name it once`),
  ];
  return problems.find(Boolean);
}

/** Anything may stand in a file that isn't compiled. */
const trimmed = (declared: string) => (typeof declared === 'string' ? nameOf(declared) : declared);

/** The same of a single name. */
export function nameProblem(field: string, name: unknown): string | undefined {
  if (typeof name !== 'string' || !NAME.test(name))
    return `${field}: ${JSON.stringify(name)?.slice(0, 80)} must be 2 to 64 letters, digits and _, a letter first, such as SHOP_URL`;
  if (TAKEN.test(name))
    return `${field}: ${name} is a name of Lambda's or ours: take another, such as SHOP_${name}`;
  return undefined;
}
