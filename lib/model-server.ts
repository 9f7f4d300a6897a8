import { Construct } from 'constructs';
import type { ModelServerSettings } from './configuration.ts';
import type { FlowFunction } from './flow-function.ts';
import { type GivenSecret, giveSecrets } from './flow-secrets.ts';
import { IssuedToken } from './issued-token.ts';

/** The name of the key among `secrets`. */
export const MODEL_KEY = 'MODEL_KEY';

/** A language model behind a URL, and the key that its server wants to see. */
export class ModelServer extends Construct {
  /** A placeholder of the stack's own, unless a secret was given. */
  readonly key: GivenSecret;
  private readonly settings: ModelServerSettings;

  constructor(scope: Construct, id: string, settings: ModelServerSettings, key?: GivenSecret) {
    super(scope, id);
    this.settings = settings;
    this.key = key ?? new IssuedToken(this, 'Key', 'Key for the server of the language model');
  }

  /** Lets a function ask the model. */
  askedBy(grantee: FlowFunction): void {
    const { url, model, parameters } = this.settings;
    const environment = {
      MODEL_URL: url,
      MODEL: model,
      ...(parameters && { MODEL_PARAMETERS: parameters }),
    };
    for (const [name, value] of Object.entries(environment))
      grantee.function.addEnvironment(name, value);
    giveSecrets(grantee, { [MODEL_KEY]: this.key });
  }
}
