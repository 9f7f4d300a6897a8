import { Construct } from 'constructs';
import type { ModelServerSettings } from './configuration.ts';
import type { FlowFunction } from './flow-function.ts';
import { IssuedToken } from './issued-token.ts';

/** A language model behind a URL, and the key that its server wants to see. */
export class ModelServer extends Construct {
  readonly key: IssuedToken;
  private readonly settings: ModelServerSettings;

  constructor(scope: Construct, id: string, settings: ModelServerSettings) {
    super(scope, id);
    this.settings = settings;
    this.key = new IssuedToken(this, 'Key', 'Key for the server of the language model');
  }

  /** Lets a function ask the model. */
  askedBy(grantee: FlowFunction): void {
    const { url, model, parameters } = this.settings;
    const environment = {
      MODEL_URL: url,
      MODEL: model,
      MODEL_KEY_SECRET_ARN: this.key.secretArn,
      ...(parameters && { MODEL_PARAMETERS: parameters }),
    };
    for (const [name, value] of Object.entries(environment))
      grantee.function.addEnvironment(name, value);
    this.key.grantReadValue(grantee);
  }
}
