import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface SessionTableProps {
  readonly pointInTimeRecovery?: boolean | undefined;
  /** Of the app's own; without it the table is encrypted by a key of DynamoDB's. */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * What is known of live calls: one row per call and items of its own beside it, see
 * `functions/sessions`.
 */
export class SessionTable extends Construct {
  readonly tableName: string;
  readonly table: Table;

  constructor(
    scope: Construct,
    id: string,
    { pointInTimeRecovery, encryptionKey }: SessionTableProps = {},
  ) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expires_at',
      // Nothing in it outlives its call by more than a day, but for recordings: there is nothing to
      // keep when the stack goes.
      removalPolicy: RemovalPolicy.DESTROY,
      ...(pointInTimeRecovery && {
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      }),
      ...(encryptionKey && { encryptionKey }),
    });
    this.tableName = this.table.tableName;
    Validations.of(this.table).acknowledge({
      id: 'AwsSolutions::AwsSolutions-DDB3',
      reason:
        'Items expire within a day of their call: a restored table would only describe calls that are over.',
    });
  }

  /**
   * What `functions/sessions` sends: no scan (nothing is looked up but by its key), and nothing
   * about the table itself.
   */
  grantUse(grantee: IGrantable): Grant {
    const commands = ['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'];
    this.table.encryptionKey?.grantEncryptDecrypt(grantee);
    return Grant.addToPrincipal({
      grantee,
      actions: commands.map((command) => `dynamodb:${command}`),
      resourceArns: [this.table.tableArn],
    });
  }

  /** Claiming outbound calls, and giving claims back: no session is read or written for that. */
  grantClaimCalls(grantee: IGrantable): Grant {
    this.table.encryptionKey?.grantEncryptDecrypt(grantee);
    return Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
      resourceArns: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['call#*'] } },
    });
  }
}
