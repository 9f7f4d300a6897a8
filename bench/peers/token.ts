import { createHash, timingSafeEqual } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const { WEBHOOK_TOKEN, WEBHOOK_TOKEN_SECRET_ARN } = process.env;

/** From Secrets Manager while the function initialises, where the token lies there. */
const expected = WEBHOOK_TOKEN_SECRET_ARN
  ? new SecretsManagerClient({})
      .send(new GetSecretValueCommand({ SecretId: WEBHOOK_TOKEN_SECRET_ARN }))
      .then(({ SecretString = '' }) => SecretString)
  : Promise.resolve(WEBHOOK_TOKEN ?? '');

const digest = (text: string) => createHash('sha256').update(text).digest();

export const isToken = async (sent = ''): Promise<boolean> =>
  timingSafeEqual(digest(sent), digest(await expected));
