import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { AiFlowAssistant } from './assistant.ts';
import type { Configuration } from './configuration.ts';
import { IssuedToken } from './issued-token.ts';

export type AiFlowStackProps = Omit<Configuration, 'stackName'>;

/** What `npx cdk deploy` deploys: one assistant, and what has to be known of it as outputs. */
export class AiFlowStack extends Stack {
  readonly assistant: AiFlowAssistant;

  constructor(scope: Construct, id: string, props: AiFlowStackProps) {
    super(scope, id, {
      description: 'Answers the events of sipgate AI Flow, and interrupts its calls',
    });
    // The name that leaves no trace: resources are called as they were before there was a
    // construct.
    this.assistant = new AiFlowAssistant(this, 'Default', {
      ...props,
      alarmTopic: props.alarmTopic
        ? Topic.fromTopicArn(this, 'AlarmTopic', props.alarmTopic)
        : undefined,
    });
    const { outbound, call, webhookUrl, webSocketUrl, webhookToken } = this.assistant;
    this.output('WebhookUrl', webhookUrl, 'For the AI Flow dashboard: webhook URL');
    this.output('WebSocketUrl', webSocketUrl, 'For the AI Flow dashboard instead: WebSocket URL');
    this.output('WebhookTokenCommand', webhookToken.showCommand, 'Prints the token to enter');
    this.outputWaysToInterrupt();
    this.output('SessionsTableName', this.assistant.table.tableName, 'What is known of calls');
    if (props.recordingDays)
      this.output(
        'RecordingsTableName',
        this.assistant.table.tableName,
        'npm run recording -- SESSION_ID --table this',
      );
    const modelKey = this.assistant.modelServer?.key;
    if (modelKey instanceof IssuedToken)
      this.output(
        'ModelKeyCommand',
        modelKey.putCommand,
        "Stores the key that the model's server wants to see",
      );
    if (!outbound || !call) return;
    this.output('CallFunctionName', call.functionName, 'Invoke it to call somebody');
    this.output(
      'CallTokenCommand',
      outbound.token.putCommand,
      'Stores the token for calls that AI Flow gave you',
    );
  }

  private outputWaysToInterrupt(): void {
    const { bus, topic, queue, interruptionsUrl, interrupt, deadLetters, externalApi } =
      this.assistant;
    this.output(
      'InterruptionBusName',
      bus.eventBusName,
      'Put events here to interrupt; outcomes come back',
    );
    this.output('InterruptionTopicArn', topic.topicArn, 'Publish messages here to interrupt');
    this.output(
      'InterruptionQueueUrl',
      queue.queueUrl,
      'Send messages here to interrupt, with retries',
    );
    this.output('InterruptFunctionName', interrupt.functionName, 'Invoke it to interrupt');
    this.output(
      'DeadLettersUrl',
      deadLetters.queueUrl,
      'Interruptions that nobody could be told: npm run redrive shows them',
    );
    this.output(
      'InterruptionsUrl',
      interruptionsUrl,
      'POST here to interrupt, signed with SigV4 for execute-api',
    );
    if (externalApi) {
      this.output('InterruptionChannel', 'external-api', 'Interruptions are said at once');
      this.output(
        'ExternalApiTokenCommand',
        externalApi.token.putCommand,
        'Stores the token that AI Flow gave you',
      );
    } else {
      this.output(
        'InterruptionChannel',
        'next-event',
        'Without a WebSocket they wait for an event: see externalApiUrl',
      );
    }
  }

  private output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}
