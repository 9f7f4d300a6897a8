import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/**
 * Interruptions that were refused, or that nobody could be told, and jobs that failed: for a person
 * to read, not to be sent again, for what they would say is long past. One queue for every source;
 * a letter's own fields say where it came from.
 */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', { retentionPeriod: Duration.days(14), enforceSSL: true });
  }
}
