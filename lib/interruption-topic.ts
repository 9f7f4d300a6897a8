import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface InterruptionTopicProps {
  readonly handler: IFunction;
  readonly deadLetters: IQueue;
}

/**
 * A message published here is an interruption: JSON, or plain text to say with the target in its
 * attributes.
 */
export class InterruptionTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { handler, deadLetters }: InterruptionTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    // How often SNS tries to reach a function can't be set; what gets there late has expired, and
    // the function says so.
    this.topic.addSubscription(new LambdaSubscription(handler, { deadLetterQueue: deadLetters }));
  }
}
