import { Duration, RemovalPolicies, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { DomainMappingOptions } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Mapping } from '../functions/interruption/mapping.ts';
import { checkedProps } from './assistant-props.ts';
import { AudioAssets } from './audio-assets.ts';
import type { FunctionName } from './bundle.ts';
import type { Configuration, ExternalApiSettings } from './configuration.ts';
import { ExternalApi } from './external-api.ts';
import { FlowFunction, type FunctionSettings } from './flow-function.ts';
import { type GivenSecrets, giveSecrets } from './flow-secrets.ts';
import { InterruptCall } from './interrupt-call.ts';
import { InterruptingPipe, type MessageOptions, type MessageSource } from './interrupting-pipe.ts';
import { Interruptions, type WayIn } from './interruptions.ts';
import { Jobs } from './jobs.ts';
import { grantModel } from './language-model.ts';
import { MODEL_KEY, ModelServer } from './model-server.ts';
import { Monitoring } from './monitoring.ts';
import { OutboundCalls } from './outbound-calls.ts';
import { RestrictedBus } from './restricted-bus.ts';
import { RolesPrincipal } from './roles-principal.ts';
import { Scheduling } from './scheduling.ts';
import { SessionTable } from './session-table.ts';
import { WebhookApi } from './webhook-api.ts';
import { WebhookToken } from './webhook-token.ts';
import { WebSocketApi } from './websocket-api.ts';

/** AI Flow wants an answer within one: nothing that takes this long is worth going on with. */
const ANSWER_SECONDS = 5;

/** What is lost with the stack unless it is kept. */
const KEEPS_DATA = [
  'AWS::DynamoDB::Table',
  'AWS::Logs::LogGroup',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
];

/** What may be chosen here as it may by context. */
type Shared =
  | 'templateByNumber'
  | 'assetsBucket'
  | 'bedrockModelId'
  | 'modelServer'
  | 'modelPrices'
  | 'outbound'
  | 'slowAnswerWaitMs'
  | 'eventsPerSecond'
  | 'recordingDays'
  | 'maxBundleBytes'
  | 'logRetentionDays';

/** As the context keys of the same names: README.md, "Deploy". */
export interface AssistantSettings extends Partial<Pick<Configuration, Shared>> {
  /** The call flow: a shipped one by its name, or the path of your own file. */
  readonly template: string;
  /**
   * AI Flow's endpoint for actions in a live call; without it interruptions wait for the next
   * event.
   */
  readonly externalApi?:
    | (Pick<ExternalApiSettings, 'url'> & Partial<ExternalApiSettings>)
    | undefined;
  /** Variables of your call flow, by name: what it declares as `env`. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /**
   * Secrets of your call flow: what it declares as `secrets`. A text is the name or the ARN of one.
   */
  readonly secrets?: GivenSecrets | undefined;
}

export interface AiFlowAssistantProps
  extends AssistantSettings,
    Omit<FunctionSettings, 'logRetention' | 'flows' | 'maxBundleBytes'> {
  /**
   * Of the table, the logs, the tokens and the dead letters. Default: they go with the stack, and
   * tokens as CDK has it.
   */
  readonly removalPolicy?: RemovalPolicy;
  /** Of the table. Default: none, because its items are over within a day. */
  readonly pointInTimeRecovery?: boolean;
  /** Encrypts the table, where calls lie. Default: a key of DynamoDB's own. */
  readonly encryptionKey?: IKey;
  /** Is told of each alarm. Without it they only show. */
  readonly alarmTopic?: ITopic | undefined;
  /** Your own name for webhook and interruptions. The WebSocket API can't have the same. */
  readonly domain?: DomainMappingOptions;
  /** Invocations at once for what lies in the queue. Default: 10, some 500 calls a second. */
  readonly maxConcurrency?: number;
}

/**
 * An assistant on AI Flow: the functions that answer and interrupt, and every way to reach them.
 * What a call flow may use of yours is granted to the assistant (`table.grantReadData(assistant)`):
 * each function that runs it gets that. Throws {@link InvalidAssistant}.
 */
export class AiFlowAssistant extends Construct implements IGrantable {
  readonly grantPrincipal: IPrincipal;
  /** For the AI Flow dashboard: webhook URL. */
  readonly webhookUrl: string;
  /** For the AI Flow dashboard instead: `wss://…`. */
  readonly webSocketUrl: string;
  /** `POST` here to interrupt, signed with SigV4 for execute-api. */
  readonly interruptionsUrl: string;
  /**
   * Every event on it is an interruption, and outcomes come back. Others' events belong on a bus of
   * their own.
   */
  readonly bus: EventBus;
  readonly topic: ITopic;
  readonly queue: IQueue;
  /** Interruptions that were refused or that nobody could be told, and jobs that failed. */
  readonly deadLetters: IQueue;
  /** What is known of live calls. */
  readonly table: Table;
  readonly webhook: IFunction;
  readonly websocket: IFunction;
  /** Invoke it to interrupt. */
  readonly interrupt: IFunction;
  readonly job: IFunction;
  /**
   * Lets the assistant call somebody: grant it with `assistant.call?.grantInvoke(…)`. Only with
   * `outbound`.
   */
  readonly call: IFunction | undefined;
  readonly alarms: readonly Alarm[];
  /** What AI Flow sends as `X-API-TOKEN`. */
  readonly webhookToken: WebhookToken;
  readonly externalApi: ExternalApi | undefined;
  readonly outbound: OutboundCalls | undefined;
  readonly modelServer: ModelServer | undefined;
  private readonly interruptions: Interruptions;
  private scheduling: Scheduling | undefined;

  constructor(scope: Construct, id: string, given: AiFlowAssistantProps) {
    super(scope, id);
    const props = checkedProps(this.node.path, given);
    const { logRetentionDays: logRetention, slowAnswerWaitMs, eventsPerSecond } = props;
    const { flows, declared, environment: choice } = props.chosen;
    const settings: FunctionSettings = { ...given, logRetention, flows };
    const name = nameOf(this);
    const sessions = new SessionTable(this, 'Sessions', given);
    const token = new WebhookToken(this, 'WebhookToken');
    const externalApi =
      props.externalApi && new ExternalApi(this, 'ExternalApi', props.externalApi);

    const assets = new AudioAssets(this, 'AudioAssets', {
      declared: declared.assets,
      bucket: props.assetsBucket,
    });
    const templates = {
      ...props.environment,
      ...choice,
      ...(props.recordingDays && { RECORDING_DAYS: String(props.recordingDays) }),
    };

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
        SLOW_ANSWER_WAIT_MS: String(slowAnswerWaitMs),
      };
      const created = new FlowFunction(this, id, {
        name,
        description,
        timeout,
        settings,
        environment,
      });
      sessions.grantUse(created);
      token.grantRead(created);
      assets.grantRead(created);
      return created;
    };
    // Only over HTTP an answer may wait; whole seconds are all that Lambda takes.
    const waiting = Duration.seconds(ANSWER_SECONDS + Math.ceil(slowAnswerWaitMs / 1000));
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

    const webhookApi = new WebhookApi(this, 'WebhookApi', {
      name,
      handler: webhook.invoked,
      eventsPerSecond,
      logRetention,
      domain: given.domain,
    });
    const webSocketApi = new WebSocketApi(this, 'WebSocketApi', {
      name: `${name}-websocket`,
      handler: websocket.invoked,
      eventsPerSecond,
    });
    const interruptions = new Interruptions(this, 'Interruptions', {
      sessions,
      webhookApi,
      webSocketApi,
      externalApi,
      templates,
      assets,
      settings,
      maxConcurrency: given.maxConcurrency,
    });
    const { deadLetters, environment } = interruptions;
    const jobs = new Jobs(this, 'Jobs', { environment, deadLetters, settings });
    interruptions.letInterrupt(jobs.job);
    if (props.bedrockModelId) grantModel(jobs.job, props.bedrockModelId);
    const { [MODEL_KEY]: modelKey, ...secrets } = given.secrets ?? {};
    this.modelServer =
      props.modelServer && new ModelServer(this, 'ModelServer', props.modelServer, modelKey);
    this.modelServer?.askedBy(jobs.job);
    if (props.modelPrices) jobs.job.function.addEnvironment('MODEL_PRICES', props.modelPrices);
    for (const answers of [webhook, websocket]) {
      interruptions.bus.takeOutcomesOf(answers);
      interruptions.queue.passedOnBy(answers);
      jobs.startedBy(answers);
    }

    const runTemplates = [webhook, websocket, interruptions.interrupt, jobs.job];
    for (const flow of runTemplates) giveSecrets(flow, secrets);
    const outbound =
      props.outbound &&
      new OutboundCalls(this, 'OutboundCalls', {
        outbound: props.outbound,
        sessions,
        deadLetters: deadLetters.queue,
        settings,
      });
    const monitoring = new Monitoring(this, 'Monitoring', {
      namespace: name,
      answering: [webhook, websocket],
      job: jobs.job,
      others: [interruptions.interrupt, ...(outbound ? [outbound.call] : [])],
      webhookApi,
      webSocketApi,
      deadLetters: deadLetters.queue,
      alarmTopic: given.alarmTopic,
    });
    if (given.removalPolicy)
      RemovalPolicies.of(this).apply(given.removalPolicy, { applyToResourceTypes: KEEPS_DATA });

    this.interruptions = interruptions;
    this.grantPrincipal = new RolesPrincipal(runTemplates.map(({ role }) => role));
    this.webhookUrl = webhookApi.webhookUrl;
    this.webSocketUrl = webSocketApi.url;
    this.interruptionsUrl = interruptions.route.url;
    this.bus = interruptions.bus.eventBus;
    this.topic = interruptions.topic.topic;
    this.queue = interruptions.queue.queue;
    this.deadLetters = deadLetters.queue;
    this.table = sessions.table;
    this.webhook = webhook.invoked;
    this.websocket = websocket.invoked;
    this.interrupt = interruptions.interrupt.invoked;
    this.job = jobs.job.invoked;
    this.call = outbound?.call.invoked;
    this.alarms = monitoring.alarms;
    this.webhookToken = token;
    this.externalApi = externalApi;
    this.outbound = outbound;
  }

  /**
   * Lets a role, or whatever has one, interrupt any call, by every way there is or by those alone.
   * Throws for a principal that can hold no policy.
   */
  grantInterrupt(grantee: IGrantable, by?: readonly WayIn[]): Grant {
    return this.interruptions.grantInterrupt(grantee, by);
  }

  /**
   * A bus for senders who may interrupt no calls but those with a label that begins so. Let them
   * use it with `grantPutEventsTo`. Throws {@link InvalidAssistant}.
   */
  restrictedBus(id: string, labelPrefix: string): EventBus {
    return new RestrictedBus(this, id, { assistant: this, labelPrefix }).eventBus;
  }

  /**
   * Lets a role, or whatever has one, schedule interruptions at run time with EventBridge
   * Scheduler: docs/triggers.md. A function finds in `INTERRUPT_SCHEDULE` the fields of
   * `CreateSchedule` that are the same for each, as JSON.
   */
  grantSchedule(grantee: IGrantable): Grant {
    return this.scheduled.grantSchedule(grantee);
  }

  /** The same as `INTERRUPT_SCHEDULE`, for what isn't a function. */
  get schedule(): string {
    return this.scheduled.schedule;
  }

  /** A group and a role are there only where somebody schedules. */
  private get scheduled(): Scheduling {
    this.scheduling ??= new Scheduling(this, 'Scheduling', this);
    return this.scheduling;
  }

  /** Makes an interruption of each event that a rule matches. Throws `InvalidMapping`. */
  interruptOn(rule: Rule, mapping: Mapping): void {
    rule.addTarget(new InterruptCall(this, mapping));
  }

  /**
   * Makes an interruption of each message that comes by a queue, a topic or a stream of somebody
   * else's: docs/cdk.md. A queue is read empty, so nobody else may read it. Throws
   * `InvalidMapping`.
   */
  interruptFrom(source: MessageSource, mapping: Mapping, options: MessageOptions = {}): void {
    new InterruptingPipe(this, { ...options, assistant: this, source, mapping });
  }
}

/**
 * By stack and place in it: as people know it in the console, and another one for each assistant.
 */
function nameOf(assistant: AiFlowAssistant): string {
  const stack = Stack.of(assistant);
  const below = assistant.node.path.slice(stack.node.path.length + 1);
  const ids = below.split('/').filter((id) => id !== 'Default');
  return [stack.stackName, ...ids].join('-').slice(0, 100);
}
