import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientSettings } from './aws.ts';
import type { Secret } from './tokens.ts';

/** After a rotation the sender needs time to follow. */
const PREVIOUS_COUNTS_MS = 24 * 3600_000;

/** Reads a secret and, for a day after its rotation, the one before. */
export function secretReader(secretId: string, client = new SecretsManagerClient(clientSettings)) {
  return async function read(): Promise<Secret[]> {
    const [current, previous] = await Promise.all([version('AWSCURRENT'), version('AWSPREVIOUS').catch(none)]);
    const rotatedAt = current.CreatedDate?.getTime() ?? 0;
    return [
      { value: current.SecretString ?? '' },
      ...(previous?.SecretString ? [{ value: previous.SecretString, until: rotatedAt + PREVIOUS_COUNTS_MS }] : []),
    ];
  };

  function version(VersionStage: string) {
    return client.send(new GetSecretValueCommand({ SecretId: secretId, VersionStage }));
  }
}

function none(error: unknown) {
  if (error instanceof ResourceNotFoundException) return undefined;
  throw error;
}
