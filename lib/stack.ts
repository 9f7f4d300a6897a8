import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from './configuration.ts';
import { FlowFunction } from './flow-function.ts';
import { Monitoring } from './monitoring.ts';
import { SessionTable } from './session-table.ts';
import { WebhookApi } from './webhook-api.ts';
import { WebhookToken } from './webhook-token.ts';

export type AiFlowStackProps = Omit<Configuration, 'stackName'>;

/** Everything that one deployment is. It only composes: what a part is made of is in the part's own file. */
export class AiFlowStack extends Stack {
  constructor(scope: Construct, id: string, { template, logRetentionDays: logRetention }: AiFlowStackProps) {
    super(scope, id, { description: 'Answers the events of sipgate AI Flow' });
    const sessions = new SessionTable(this, 'Sessions');
    const token = new WebhookToken(this, 'WebhookToken');

    const webhook = new FlowFunction(this, 'Webhook', {
      name: 'webhook',
      description: 'AI Flow event in, ordered actions out',
      timeout: Duration.seconds(5),
      logRetention,
      environment: {
        TEMPLATE: template,
        SESSIONS_TABLE: sessions.tableName,
        WEBHOOK_TOKEN_SECRET_ARN: token.secretArn,
      },
    });
    sessions.grantTrack(webhook);
    token.grantRead(webhook);

    const api = new WebhookApi(this, 'WebhookApi', { handler: webhook.function, logRetention });
    new Monitoring(this, 'Monitoring', { webhook: webhook.function, stage: api.stage });

    new CfnOutput(this, 'WebhookUrl', { value: api.webhookUrl, description: 'For the AI Flow dashboard: webhook URL' });
    new CfnOutput(this, 'WebhookTokenCommand', { value: token.showCommand, description: 'Prints the token to enter' });
  }
}
