import { Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/**
 * The shared secret that AI Flow sends as `X-API-TOKEN`: generated at deploy, typed into its
 * dashboard by hand.
 */
export class WebhookToken extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description: 'Token that sipgate AI Flow sends to the webhook as X-API-TOKEN',
      // Changing either option makes CloudFormation generate a new token, which then has to go into
      // the dashboard.
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    });
    this.secretArn = secret.secretArn;
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'The other copy is typed into the AI Flow dashboard by hand: a token that rotated alone would refuse every call.',
    });
  }

  /**
   * Reading the value only: current and previous version, without the description that
   * `Secret.grantRead` adds.
   */
  grantRead(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secretArn],
    });
  }

  /** The shell command that prints the token, for the AI Flow dashboard. */
  get showCommand(): string {
    return `aws secretsmanager get-secret-value --secret-id ${this.secretArn} --query SecretString --output text`;
  }
}
