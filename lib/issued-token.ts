import { Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/**
 * A secret for a token that somebody else issues: a placeholder until its owner puts the real one
 * in.
 */
export class IssuedToken extends Secret {
  /** `what` the token is for, as the beginning of a description. */
  constructor(scope: Construct, id: string, what: string) {
    super(scope, id, {
      description: `${what}: a placeholder until its owner puts the real one in`,
      // Somebody else issues the token, so what is generated here is only a value that no API
      // accepts. Changing either option makes CloudFormation generate a new placeholder over the
      // real one.
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'Somebody else issues this token: one that rotated alone would be refused.',
    });
  }

  /** Reading the value only, without the description. */
  override grantRead(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secretArn],
    });
  }

  /** The shell command that stores the token. */
  get putCommand(): string {
    return `aws secretsmanager put-secret-value --secret-id ${this.secretArn} --secret-string '<token>'`;
  }
}
