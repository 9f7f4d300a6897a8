import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { AudioAssets } from './audio-assets.ts';
import type { FunctionName } from './bundle.ts';
import { chooseFlows } from './chosen-flows.ts';
import type { Configuration } from './configuration.ts';
import { ExternalApi } from './external-api.ts';
import { checkGiven } from './flow-environment.ts';
import { FlowFunction } from './flow-function.ts';
import { giveSecrets } from './flow-secrets.ts';
import { Interruptions } from './interruptions.ts';
import { Jobs } from './jobs.ts';
import { grantModel } from './language-model.ts';
import { Monitoring } from './monitoring.ts';
import { OutboundCalls } from './outbound-calls.ts';
import { SessionTable } from './session-table.ts';
import { WebhookApi } from './webhook-api.ts';
import { WebhookToken } from './webhook-token.ts';
import { WebSocketApi } from './websocket-api.ts';

export type AiFlowStackProps = Omit<Configuration, 'stackName'>;

/** AI Flow wants an answer within one: nothing that takes this long is worth going on with. */
const ANSWER_SECONDS = 5;

/** Everything that one deployment is. It only composes: what a part is made of is in the part's own file. */
export class AiFlowStack extends Stack {
  /**
   * Lets the assistant call somebody: grant it with `assistant.call?.grantInvoke(myFunction)`, or make it the target of
   * a rule. Only with `aiFlowId`.
   */
  readonly call: IFunction | undefined;
  private readonly interruptions: Interruptions;

  constructor(scope: Construct, id: string, props: AiFlowStackProps) {
    super(scope, id, {
      description: 'Answers the events of sipgate AI Flow, and interrupts its calls',
    });
    const logRetention = props.logRetentionDays;
    const sessions = new SessionTable(this, 'Sessions');
    const token = new WebhookToken(this, 'WebhookToken');
    const externalApi =
      props.externalApi && new ExternalApi(this, 'ExternalApi', props.externalApi);

    const { flows, declared, environment: choice } = chooseFlows(props);
    const given = checkGiven(declared, props);
    const assets = new AudioAssets(this, 'AudioAssets', {
      declared: declared.assets,
      bucket: props.assetsBucket,
    });
    const templates = { ...given.environment, ...choice };
    const { maxBundleBytes } = props;

    const answering = (
      id: string,
      name: FunctionName,
      timeout: Duration,
      description: string,
    ): FlowFunction => {
      const environment = {
        ...templates,
        SESSIONS_TABLE: sessions.tableName,
        WEBHOOK_TOKEN_SECRET_ARN: token.secretArn,
        ...assets.environment,
        PUSH_WAYS: externalApi ? 'channel,websocket' : 'websocket',
        SLOW_ANSWER_WAIT_MS: String(props.slowAnswerWaitMs),
      };
      const created = new FlowFunction(this, id, {
        name,
        description,
        timeout,
        logRetention,
        environment,
        flows,
        maxBundleBytes,
      });
      sessions.grantUse(created);
      token.grantRead(created);
      assets.grantRead(created);
      return created;
    };
    // Only over HTTP an answer may wait; whole seconds are all that Lambda takes.
    const waiting = Duration.seconds(ANSWER_SECONDS + Math.ceil(props.slowAnswerWaitMs / 1000));
    const webhook = answering(
      'Webhook',
      'webhook',
      waiting,
      'AI Flow event in, ordered actions out',
    );
    const described = 'AI Flow event in, ordered actions out, a frame each';
    const websocket = answering(
      'WebSocket',
      'websocket',
      Duration.seconds(ANSWER_SECONDS),
      described,
    );

    const api = new WebhookApi(this, 'WebhookApi', { handler: webhook.function, logRetention });
    const { httpApi } = api;
    const webSocketApi = new WebSocketApi(this, 'WebSocketApi', { handler: websocket.function });
    const interruptions = new Interruptions(this, 'Interruptions', {
      sessions,
      httpApi,
      webSocketApi,
      externalApi,
      templates,
      flows,
      maxBundleBytes,
      assets,
      logRetention,
    });
    const { deadLetters, environment } = interruptions;
    const jobs = new Jobs(this, 'Jobs', {
      environment,
      flows,
      maxBundleBytes,
      deadLetters,
      logRetention,
    });
    interruptions.letInterrupt(jobs.job);
    if (props.bedrockModelId) grantModel(jobs.job, props.bedrockModelId);
    for (const answers of [webhook, websocket]) {
      interruptions.bus.takeOutcomesOf(answers);
      interruptions.queue.passedOnBy(answers);
      jobs.startedBy(answers);
    }
    this.interruptions = interruptions;
    for (const runs of [webhook, websocket, interruptions.interrupt, jobs.job])
      giveSecrets(runs, given.places);

    const outbound =
      props.outbound &&
      new OutboundCalls(this, 'OutboundCalls', {
        settings: props.outbound,
        sessions,
        deadLetters: deadLetters.queue,
        logRetention,
      });
    this.call = outbound?.call.function;
    new Monitoring(this, 'Monitoring', {
      answering: [webhook, websocket],
      job: jobs.job,
      others: [interruptions.interrupt, ...(outbound ? [outbound.call] : [])],
      webhookApi: api,
      webSocketApi,
      deadLetters: deadLetters.queue,
      alarmTopic: props.alarmTopic,
    });

    this.output('WebhookUrl', api.webhookUrl, 'For the AI Flow dashboard: webhook URL');
    this.output(
      'WebSocketUrl',
      webSocketApi.url,
      'For the AI Flow dashboard instead: WebSocket URL',
    );
    this.output('WebhookTokenCommand', token.showCommand, 'Prints the token to enter');
    this.outputWaysToInterrupt(externalApi);
    if (outbound) {
      this.output(
        'CallFunctionName',
        outbound.call.function.functionName,
        'Invoke it to call somebody',
      );
      this.output(
        'CallTokenCommand',
        outbound.token.putCommand,
        'Stores the token for calls that AI Flow gave you',
      );
    }
  }

  /** `assistant.grantInterrupt(myFunction)`: lets a role, or whatever has one, interrupt calls by every way there is. */
  grantInterrupt(grantee: IGrantable): Grant {
    return this.interruptions.grantInterrupt(grantee);
  }

  private outputWaysToInterrupt(externalApi: ExternalApi | undefined): void {
    const { bus, topic, queue, route, interrupt, deadLetters } = this.interruptions;
    this.output(
      'InterruptionBusName',
      bus.busName,
      'Put events here to interrupt; outcomes come back',
    );
    this.output('InterruptionTopicArn', topic.topicArn, 'Publish messages here to interrupt');
    this.output(
      'InterruptionQueueUrl',
      queue.queue.queueUrl,
      'Send messages here to interrupt, with retries',
    );
    this.output('InterruptFunctionName', interrupt.function.functionName, 'Invoke it to interrupt');
    this.output(
      'DeadLettersUrl',
      deadLetters.queue.queueUrl,
      'Interruptions that nobody could be told: npm run redrive shows them',
    );
    this.output(
      'InterruptionsUrl',
      route.url,
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
