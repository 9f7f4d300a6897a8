import { Duration } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OutboundSettings } from './configuration.ts';
import { FlowFunction, type FunctionSettings } from './flow-function.ts';
import { IssuedToken } from './issued-token.ts';
import type { SessionTable } from './session-table.ts';

export interface OutboundCallsProps {
  readonly outbound: OutboundSettings;
  readonly sessions: SessionTable;
  /** For what nobody could be told. */
  readonly deadLetters: IQueue;
  readonly settings: FunctionSettings;
}

/**
 * The call function, which lets the assistant call somebody. Whoever may invoke it may call
 * anybody, at your expense.
 */
export class OutboundCalls extends Construct {
  readonly call: FlowFunction;
  readonly token: IssuedToken;

  constructor(
    scope: Construct,
    id: string,
    { outbound, sessions, deadLetters, settings }: OutboundCallsProps,
  ) {
    super(scope, id);
    this.token = new IssuedToken(this, 'Token', "Token for outbound calls by AI Flow's REST API");
    this.call = new FlowFunction(this, 'Call', {
      name: 'call',
      description: 'A telephone number in, a call by the assistant out',
      // Two attempts that are each waited for, and what comes before and after.
      timeout: Duration.seconds(20),
      settings,
      environment: {
        SESSIONS_TABLE: sessions.tableName,
        AI_FLOW_ID: outbound.aiFlowId,
        BILLING_DEVICE: outbound.billingDevice,
        AI_FLOW_API_TOKEN_SECRET_ARN: this.token.secretArn,
      },
    });
    sessions.grantClaimCalls(this.call);
    this.token.grantRead(this.call);
    this.call.function.configureAsyncInvoke({
      // Until then it waits for a free function: a call that comes much later than it was asked for
      // surprises people.
      maxEventAge: Duration.minutes(5),
      // After a crash a telephone may be ringing: the repetition would find the id taken, and leave
      // no dead letter.
      retryAttempts: 0,
      onFailure: new SqsDestination(deadLetters),
    });
  }
}
