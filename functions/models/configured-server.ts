import type { Json } from '../call/document.ts';
import { type AwsService, awsJsonFor } from '../runtime/aws-json.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { secretReader } from '../runtime/secrets-manager.ts';
import { sentToken } from '../runtime/tokens.ts';
import type { Converse } from './model.ts';
import { openAi } from './openai.ts';
import { createStream } from './stream.ts';

interface Settings {
  readonly url: string;
  readonly model: string;
  readonly key: string;
  /** In which the key lies, if it does. */
  readonly keySecret?: { arn: string; secretsManager: AwsService } | '' | undefined;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** A model behind a URL, with the key that a secret holds. */
export function modelAt({ url, model, key, keySecret, parameters }: Settings): Converse {
  const read = keySecret
    ? secretReader(keySecret.arn, awsJsonFor('secretsmanager', keySecret.secretsManager, clock))
    : async () => [{ value: key }];
  return openAi({ url, model, key: sentToken(read), stream: createStream(clock), parameters });
}
