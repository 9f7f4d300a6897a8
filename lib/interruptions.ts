import { Duration } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import type { AudioAssets } from './audio-assets.ts';
import { DeadLetters } from './dead-letters.ts';
import type { ExternalApi } from './external-api.ts';
import { FlowFunction, type FunctionSettings } from './flow-function.ts';
import { InterruptionBus } from './interruption-bus.ts';
import { InterruptionQueue } from './interruption-queue.ts';
import { InterruptionRoute } from './interruption-route.ts';
import { InterruptionTopic } from './interruption-topic.ts';
import type { SessionTable } from './session-table.ts';
import type { WebhookApi } from './webhook-api.ts';
import type { WebSocketApi } from './websocket-api.ts';

const TIMEOUT = Duration.seconds(10);

export interface InterruptionsProps {
  readonly sessions: SessionTable;
  readonly webhookApi: WebhookApi;
  /** To calls whose events come over it. */
  readonly webSocketApi: WebSocketApi;
  /** To any call. Without it an interruption waits for the next event of its call. */
  readonly externalApi: ExternalApi | undefined;
  /** Which call flows word what comes with `context`. */
  readonly templates: Record<string, string>;
  readonly assets: AudioAssets;
  readonly settings: FunctionSettings;
  /** Invocations at once for what lies in the queue. */
  readonly maxConcurrency?: number | undefined;
}

/** How a sender reaches the interrupt function. */
export const WAYS_IN = ['bus', 'topic', 'queue', 'invocation', 'http'] as const;
export type WayIn = (typeof WAYS_IN)[number];

/**
 * The interrupt function and every way to reach it: bus, topic, queue, HTTP, and direct invocation.
 */
export class Interruptions extends Construct {
  readonly interrupt: FlowFunction;
  readonly deadLetters: DeadLetters;
  readonly bus: InterruptionBus;
  readonly topic: InterruptionTopic;
  readonly queue: InterruptionQueue;
  readonly route: InterruptionRoute;
  /** For every function that interrupts. */
  readonly environment: Record<string, string>;
  private readonly props: InterruptionsProps;

  constructor(scope: Construct, id: string, props: InterruptionsProps) {
    super(scope, id);
    const { sessions, webhookApi, webSocketApi, externalApi, templates, assets, settings } = props;
    this.props = props;
    this.environment = {
      ...templates,
      SESSIONS_TABLE: sessions.tableName,
      ...webSocketApi.environment,
      ...externalApi?.environment,
      ...assets.environment,
    };
    this.interrupt = new FlowFunction(this, 'Interrupt', {
      name: 'interrupt',
      description: 'Any trigger in, barge_in and a replacement to the live calls it concerns',
      timeout: TIMEOUT,
      settings,
      environment: this.environment,
    });
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    const [handler, deadLetters] = [this.interrupt.invoked, this.deadLetters.queue];
    limitAsyncInvocations(handler, this.deadLetters);
    this.queue = new InterruptionQueue(this, 'Queue', {
      handler,
      handlerTimeout: TIMEOUT,
      deadLetters,
      maxConcurrency: props.maxConcurrency,
    });
    this.bus = new InterruptionBus(this, 'Bus', { handler, deadLetters });
    this.topic = new InterruptionTopic(this, 'Topic', { handler, deadLetters });
    this.route = new InterruptionRoute(this, 'Route', {
      handler,
      httpApi: webhookApi.httpApi,
      apiUrl: webhookApi.url,
    });
    this.letInterrupt(this.interrupt);
  }

  /** Gives a function with {@link environment} what it needs to interrupt calls by itself. */
  letInterrupt(flow: FlowFunction): void {
    const { sessions, webSocketApi, externalApi, assets } = this.props;
    sessions.grantUse(flow);
    webSocketApi.grantPush(flow);
    externalApi?.token.grantRead(flow);
    assets.grantRead(flow);
    this.bus.takeOutcomesOf(flow);
    this.queue.passedOnBy(flow);
  }

  /**
   * Lets a role, or whatever has one, interrupt. Throws for a principal that can hold no policy.
   */
  grantInterrupt(grantee: IGrantable, by: readonly WayIn[] = WAYS_IN): Grant {
    const permissions = {
      bus: ['events:PutEvents', this.bus.eventBus.eventBusArn],
      topic: ['sns:Publish', this.topic.topic.topicArn],
      queue: ['sqs:SendMessage', this.queue.queue.queueArn],
      invocation: ['lambda:InvokeFunction', this.interrupt.invoked.functionArn],
      http: ['execute-api:Invoke', this.route.routeArn],
    } as const satisfies Record<WayIn, readonly [string, string]>;
    const grants = by.map((way) => {
      const [action, arn] = permissions[way];
      return Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [arn] });
    });
    for (const grant of grants) grant.assertSuccess();
    return grants.reduce((all, grant) => all.combine(grant));
  }
}

/**
 * EventBridge, SNS and senders that don't wait hand over to Lambda's own queue, which has its own
 * rules.
 */
function limitAsyncInvocations(handler: IFunction, deadLetters: DeadLetters): void {
  handler.configureAsyncInvoke({
    // The least that Lambda allows: until then it waits for a free function.
    maxEventAge: Duration.seconds(60),
    // Lambda repeats a failed invocation after a minute: too late to be said, and only then a dead
    // letter.
    retryAttempts: 0,
    onFailure: new SqsDestination(deadLetters.queue),
  });
}
