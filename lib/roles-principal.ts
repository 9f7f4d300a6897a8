import {
  type AddToPrincipalPolicyResult,
  CompositeDependable,
  type IPrincipal,
  type PolicyStatement,
  PrincipalPolicyFragment,
  type Role,
} from 'aws-cdk-lib/aws-iam';

/**
 * Several roles as one: what is granted to it, each of them may do. CDK's own composite principal
 * attaches a grant to none of them.
 */
export class RolesPrincipal implements IPrincipal {
  readonly grantPrincipal = this;
  readonly assumeRoleAction = 'sts:AssumeRole';
  private readonly roles: readonly Role[];

  constructor(roles: readonly Role[]) {
    this.roles = roles;
  }

  get principalAccount(): string | undefined {
    return this.roles[0]?.principalAccount;
  }

  get policyFragment(): PrincipalPolicyFragment {
    return new PrincipalPolicyFragment({ AWS: this.roles.map(({ roleArn }) => roleArn) });
  }

  addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    // The one that was given, no copies: `Secret.grantRead` narrows it afterwards.
    const added = this.roles.map((role) => role.addToPrincipalPolicy(statement));
    const dependables = added.flatMap(({ policyDependable }) => policyDependable ?? []);
    return {
      statementAdded: added.every(({ statementAdded }) => statementAdded),
      policyDependable: new CompositeDependable(...dependables),
    };
  }
}
