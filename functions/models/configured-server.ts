import type { Json } from '../call/document.ts';
import { type AwsService, awsJsonFor } from '../runtime/aws-json.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import type { SecretPlace } from '../runtime/env.ts';
import { currentSecret } from '../runtime/secrets-manager.ts';
import { sentToken } from '../runtime/tokens.ts';
import type { Converse } from './model.ts';
import { openAi } from './openai.ts';
import { createStream } from './stream.ts';

interface Settings {
  readonly url: string;
  readonly model: string;
  readonly key: SecretPlace;
  readonly secretsManager: () => AwsService;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** A model behind a URL, with the key that a secret holds; a server of one's own may want none. */
export function modelAt({ url, model, key, secretsManager, parameters }: Settings): Converse {
  const call = awsJsonFor('secretsmanager', secretsManager(), clock);
  const read = async () => (key.id ? currentSecret(key.id, call) : (key.value ?? ''));
  const token = sentToken(async () => [{ value: await read() }]);
  return openAi({ url, model, key: token, stream: createStream(clock), parameters });
}
