import { Duration } from 'aws-cdk-lib';
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FlowFunction } from './flow-function.ts';

/** The `source` of the events that the functions publish themselves: interruption outcomes. */
export const OWN_SOURCE = 'ai-flow-lambda';

// The least that EventBridge allows: an interruption expires after 30 seconds unless it says
// otherwise.
export const ATTEMPTS = { maxEventAge: Duration.seconds(60), retryAttempts: 3 };

export interface InterruptionBusProps {
  readonly handler: IFunction;
  readonly deadLetters: IQueue;
}

/**
 * An event on this bus is an interruption, whatever its source and type; outcomes come back on the
 * same bus.
 */
export class InterruptionBus extends Construct {
  readonly eventBus: EventBus;

  constructor(scope: Construct, id: string, { handler, deadLetters }: InterruptionBusProps) {
    super(scope, id);
    this.eventBus = new EventBus(this, 'Bus', {
      description: 'Interruptions of live calls, and their outcomes',
    });
    new Rule(this, 'Rule', {
      eventBus: this.eventBus,
      description: 'Every event interrupts, except the outcomes of interruptions',
      eventPattern: { source: Match.anythingBut(OWN_SOURCE) },
      targets: [new LambdaFunction(handler, { deadLetterQueue: deadLetters, ...ATTEMPTS })],
    });
  }

  /**
   * Lets a function publish the outcomes of interruptions here, and tells it the name of the bus.
   */
  takeOutcomesOf(publisher: FlowFunction): void {
    publisher.function.addEnvironment('OUTCOMES_BUS', this.eventBus.eventBusName);
    Grant.addToPrincipal({
      grantee: publisher,
      actions: ['events:PutEvents'],
      resourceArns: [this.eventBus.eventBusArn],
    });
  }
}
