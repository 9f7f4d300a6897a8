import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface InterruptionQueueProps {
  readonly handler: IFunction;
  readonly handlerTimeout: Duration;
  readonly deadLetters: IQueue;
}

/** A message sent here is an interruption, for senders that want one that failed to be tried again. */
export class InterruptionQueue extends Construct {
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, { handler, handlerTimeout, deadLetters }: InterruptionQueueProps) {
    super(scope, id);
    const queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      // Six times the function's, as AWS advises: while Lambda backs off, no second function gets the same message.
      visibilityTimeout: Duration.seconds(6 * handlerTimeout.toSeconds()),
      // Three attempts fit in: a message that SQS deletes for its age leaves no dead letter.
      retentionPeriod: Duration.minutes(5),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 },
    });
    // No batching window: somebody is on the line. Without the reports, a batch with one bad message is all or nothing.
    handler.addEventSource(new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }));
    this.queue = queue;
  }
}
