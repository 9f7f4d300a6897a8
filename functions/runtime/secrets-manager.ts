import type { AwsCall } from './aws-json.ts';
import type { Secret } from './tokens.ts';

/** After a rotation the sender needs time to follow. */
const PREVIOUS_COUNTS_MS = 24 * 3600_000;

interface SecretVersion {
  readonly SecretString?: string;
  /** Seconds since 1970. */
  readonly CreatedDate?: number;
}

/**
 * Reads a secret and, for a day after its rotation, the one before.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretReader(secretId: string, call: AwsCall) {
  return async function read(): Promise<Secret[]> {
    const [current, previous] = await Promise.all([
      version('AWSCURRENT'),
      version('AWSPREVIOUS').catch(none),
    ]);
    const rotatedAt = (current.CreatedDate ?? 0) * 1000;
    return [
      { value: textOf(current) },
      ...(previous ? [{ value: textOf(previous), until: rotatedAt + PREVIOUS_COUNTS_MS }] : []),
    ];
  };

  async function version(VersionStage: string) {
    return (await call('secretsmanager.GetSecretValue', {
      SecretId: secretId,
      VersionStage,
    })) as SecretVersion;
  }
}

/** Typed or piped in, a secret easily ends in a line break, which no header may hold. */
const textOf = ({ SecretString = '' }: SecretVersion) => SecretString.trim();

function none(error: unknown) {
  if ((error as Error).name === 'ResourceNotFoundException') return undefined;
  throw error;
}
