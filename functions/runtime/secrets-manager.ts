import type { AwsCall } from './aws-json.ts';
import type { Secret } from './tokens.ts';

/** After a rotation the sender needs time to follow. */
const PREVIOUS_COUNTS_MS = 24 * 3600_000;

interface SecretVersion {
  readonly SecretString?: string;
  /** Base64. */
  readonly SecretBinary?: string;
  /** Seconds since 1970. */
  readonly CreatedDate?: number;
}

/** Where a token lies. */
export interface TokenPlace {
  /** Of the secret; without it `token` is the token itself. */
  readonly tokenSecretArn: string | undefined;
  readonly token: string;
}

/** Reads a token from wherever it lies. */
export const tokenReader = ({ tokenSecretArn, token }: TokenPlace, call: AwsCall) =>
  tokenSecretArn ? secretReader(tokenSecretArn, call) : async () => [{ value: token }];

/** Reads a secret and, for a day after its rotation, the one before. */
export function secretReader(id: string, call: AwsCall) {
  return async function read(): Promise<Secret[]> {
    const [current, previous] = await Promise.all([
      version(id, 'AWSCURRENT', call),
      version(id, 'AWSPREVIOUS', call).catch(none),
    ]);
    const rotatedAt = (current.CreatedDate ?? 0) * 1000;
    return [
      { value: textOf(current) },
      ...(previous ? [{ value: textOf(previous), until: rotatedAt + PREVIOUS_COUNTS_MS }] : []),
    ];
  };
}

/** The newest version of a secret, by its name or ARN. */
export const currentSecret = async (id: string, call: AwsCall): Promise<string> =>
  textOf(await version(id, 'AWSCURRENT', call));

/**
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
const version = async (SecretId: string, VersionStage: string, call: AwsCall) =>
  (await call('secretsmanager.GetSecretValue', { SecretId, VersionStage })) as SecretVersion;

/** Typed or piped in, a secret easily ends in a line break, which no header may hold. */
const textOf = ({ SecretString, SecretBinary = '' }: SecretVersion) =>
  SecretString?.trim() ?? Buffer.from(SecretBinary, 'base64').toString('utf8');

function none(error: unknown) {
  if ((error as Error).name === 'ResourceNotFoundException') return undefined;
  throw error;
}
