import { Annotations, CfnResource, Duration, Names } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Mapping } from '../functions/interruption/mapping.ts';
import type { Interruptible } from './interrupt-call.ts';
import { ATTEMPTS } from './interruption-bus.ts';
import { InvalidMapping, inputTemplate } from './mapping.ts';

/**
 * What carries messages of others: a queue, a topic, a stream of Kinesis, a table with a stream of
 * its changes.
 */
export type MessageSource = IQueue | ITopic | IStream | TableWithChanges;

/** An `ITable`, also where `exactOptionalPropertyTypes` takes a `Table` for none. */
export type TableWithChanges = Pick<ITable, 'grantStreamRead' | 'node'> & {
  readonly tableStreamArn?: string | undefined;
};

export interface MessageOptions {
  /**
   * Which messages interrupt, as an event pattern: `{ body: { status: ['shipped'] } }`. The others
   * are dropped before they cost an invocation; of a queue they are deleted. Default: all. Source:
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html
   */
  readonly filter?: Readonly<Record<string, unknown>>;
}

export interface InterruptingPipeProps extends MessageOptions {
  readonly assistant: Interruptible;
  readonly source: MessageSource;
  readonly mapping: Mapping;
}

/** No batching window: somebody is on the line. */
const BATCH = { batchSize: 10 };

/**
 * Reads what somebody else sends, and hands it to an assistant with what it means. Throws
 * {@link InvalidMapping}.
 */
export class InterruptingPipe extends Construct {
  private readonly role: Role;
  private readonly deadLetters: IQueue;

  constructor(scope: Construct, { assistant, source, mapping, filter }: InterruptingPipeProps) {
    super(scope, nameFor(scope, source));
    const { interrupt, deadLetters } = assistant;
    this.deadLetters = deadLetters;
    const template = inputTemplate(mapping, '<aws.pipes.event.json>', this);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('pipes.amazonaws.com') });
    const invoke = Grant.addToPrincipal({
      grantee: this.role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [interrupt.functionArn],
    });
    const { arn, parameters } = this.read(source);
    const pipe = new CfnPipe(this, 'Pipe', {
      description: 'Messages of others that interrupt live calls',
      roleArn: this.role.roleArn,
      source: arn,
      sourceParameters: {
        ...parameters,
        ...(filter && { filterCriteria: { filters: [{ pattern: JSON.stringify(filter) }] } }),
      },
      target: interrupt.functionArn,
      targetParameters: {
        inputTemplate: template,
        // Only then the pipe hears which of a batch have failed.
        lambdaFunctionParameters: { invocationType: 'REQUEST_RESPONSE' },
      },
    });
    // What the pipe may do is asked when it is created.
    invoke.applyBefore(pipe);
    pipe.node.addDependency(this.role);
  }

  private read(source: MessageSource): {
    arn: string;
    parameters: CfnPipe.PipeSourceParametersProperty;
  } {
    if ('topicArn' in source) return this.read(this.queueBehind(source));
    if ('queueArn' in source) {
      warnOfEndlessMessages(source);
      source.grantConsumeMessages(this.role);
      return { arn: source.queueArn, parameters: { sqsQueueParameters: BATCH } };
    }
    this.deadLetters.grantSendMessages(this.role);
    if ('streamArn' in source) {
      source.grantRead(this.role);
      return { arn: source.streamArn, parameters: { kinesisStreamParameters: this.fromStream() } };
    }
    if (!source.tableStreamArn)
      throw new InvalidMapping(
        `${this.node.path}: the table has no stream: give it \`stream: StreamViewType.NEW_IMAGE\``,
      );
    source.grantStreamRead(this.role);
    const parameters = { dynamoDbStreamParameters: this.fromStream() };
    return { arn: source.tableStreamArn, parameters };
  }

  /** A record that fails holds up its shard: no longer than a call could wait for it. */
  private fromStream() {
    return {
      ...BATCH,
      startingPosition: 'LATEST',
      maximumRecordAgeInSeconds: ATTEMPTS.maxEventAge.toSeconds(),
      maximumRetryAttempts: ATTEMPTS.retryAttempts,
      onPartialBatchItemFailure: 'AUTOMATIC_BISECT',
      deadLetterConfig: { arn: this.deadLetters.queueArn },
    };
  }

  private queueBehind(topic: ITopic): IQueue {
    const queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      visibilityTimeout: Duration.minutes(1),
      // Three attempts fit in: a message that SQS deletes for its age leaves no dead letter.
      retentionPeriod: Duration.minutes(5),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 3 },
    });
    topic.addSubscription(new SqsSubscription(queue, { deadLetterQueue: this.deadLetters }));
    return queue;
  }
}

/** What can't be read comes again and again. */
export function warnOfEndlessMessages(queue: IQueue): void {
  const created = queue.node.defaultChild;
  if (!CfnResource.isCfnResource(created) || !('deadLetterQueue' in queue)) return;
  if ((queue as Queue).deadLetterQueue) return;
  Annotations.of(queue).addWarningV2(
    'ai-flow-lambda:noDeadLetters',
    'A message that cannot be mapped is delivered again until the queue deletes it: give the queue a deadLetterQueue.',
  );
}

/** A source may have several mappings. */
function nameFor(scope: Construct, { node }: MessageSource): string {
  const name = `From${Names.nodeUniqueId(node)}`;
  const others = scope.node.children.filter(({ node: { id } }) => id.startsWith(name)).length;
  return others ? `${name}${others + 1}` : name;
}
