import { Construct } from 'constructs';
import type { ExternalApiSettings } from './configuration.ts';
import { IssuedToken } from './issued-token.ts';

/**
 * The way to push actions into a live call: AI Flow's external API, and the token that it wants to
 * see.
 */
export class ExternalApi extends Construct {
  /** For the function that pushes. */
  readonly environment: Record<string, string>;
  readonly token: IssuedToken;

  constructor(scope: Construct, id: string, settings: ExternalApiSettings) {
    super(scope, id);
    this.token = new IssuedToken(this, 'Token', "Token for AI Flow's external API");
    this.environment = {
      EXTERNAL_API_URL: settings.url,
      EXTERNAL_API_METHOD: settings.method,
      EXTERNAL_API_AUTH_HEADER: settings.authHeader,
      EXTERNAL_API_AUTH_SCHEME: settings.authScheme,
      EXTERNAL_API_ACCEPTED_STATUSES: settings.acceptedStatuses,
      ...(settings.body && { EXTERNAL_API_BODY: settings.body }),
      EXTERNAL_API_TOKEN_SECRET_ARN: this.token.secretArn,
    };
  }
}
