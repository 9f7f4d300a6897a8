import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FlowFunction } from './flow-function.ts';

/**
 * Invocations at once for what lies in the queue: whatever a broadcast needs, the rest of the
 * account's concurrency is left for the callers who speak. Ten take ten messages each, some 500
 * calls a second.
 */
const MAX_CONCURRENCY = 10;

export interface InterruptionQueueProps {
  readonly maxConcurrency: number | undefined;
  readonly handler: IFunction;
  readonly handlerTimeout: Duration;
  readonly deadLetters: IQueue;
}

/**
 * A message sent here is an interruption, for senders that want one that failed to be tried again;
 * and for a function that hasn't the time to tell all of many calls. Others are our own, and wake a
 * call in which something waits.
 */
export class InterruptionQueue extends Construct {
  readonly queue: IQueue;

  constructor(
    scope: Construct,
    id: string,
    {
      handler,
      handlerTimeout,
      deadLetters,
      maxConcurrency = MAX_CONCURRENCY,
    }: InterruptionQueueProps,
  ) {
    super(scope, id);
    const queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      // Six times the function's, as AWS advises: while Lambda backs off, no second function gets
      // the same message.
      visibilityTimeout: Duration.seconds(6 * handlerTimeout.toSeconds()),
      // Three attempts fit in: a message that SQS deletes for its age leaves no dead letter.
      retentionPeriod: Duration.minutes(5),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 },
    });
    // No batching window: somebody is on the line. Without the reports, a batch with one bad
    // message is all or nothing.
    handler.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 10,
        maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    this.queue = queue;
  }

  /**
   * Lets a function send calls here whose turn is in another invocation, or later, and tells it
   * where.
   */
  passedOnBy(flow: FlowFunction): void {
    flow.function.addEnvironment('INTERRUPTION_QUEUE_URL', this.queue.queueUrl);
    Grant.addToPrincipal({
      grantee: flow,
      actions: ['sqs:SendMessage'],
      resourceArns: [this.queue.queueArn],
    });
  }
}
