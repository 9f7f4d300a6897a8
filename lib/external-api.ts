import { Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ExternalApiSettings } from './configuration.ts';

/** The way to push actions into a live call: AI Flow's external API, and the token that it wants to see. */
export class ExternalApi extends Construct {
  /** For the function that pushes. */
  readonly environment: Record<string, string>;
  private readonly secretArn: string;

  constructor(scope: Construct, id: string, settings: ExternalApiSettings) {
    super(scope, id);
    const secret = new Secret(this, 'Token', {
      description: "Token for AI Flow's external API: a placeholder until its owner puts the real one in",
      // AI Flow issues the token, so what is generated here is only a value that no API accepts. Changing either option
      // makes CloudFormation generate a new placeholder over the real one.
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    });
    this.secretArn = secret.secretArn;
    this.environment = {
      EXTERNAL_API_URL: settings.url,
      EXTERNAL_API_METHOD: settings.method,
      EXTERNAL_API_AUTH_HEADER: settings.authHeader,
      EXTERNAL_API_AUTH_SCHEME: settings.authScheme,
      EXTERNAL_API_ACCEPTED_STATUSES: settings.acceptedStatuses,
      EXTERNAL_API_TOKEN_SECRET_ARN: this.secretArn,
    };
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'AI Flow issues this token: one that rotated alone would be refused by its external API.',
    });
  }

  grantReadToken(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secretArn],
    });
  }

  /** The shell command that stores the token. */
  get putTokenCommand(): string {
    return `aws secretsmanager put-secret-value --secret-id ${this.secretArn} --secret-string '<token>'`;
  }
}
