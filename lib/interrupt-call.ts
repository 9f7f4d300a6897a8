import { Stack } from 'aws-cdk-lib';
import {
  type IRule,
  type IRuleTarget,
  type RuleTargetConfig,
  RuleTargetInput,
  type RuleTargetInputProperties,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Mapping } from '../functions/interruption/mapping.ts';
import { ATTEMPTS } from './interruption-bus.ts';
import { inputTemplate } from './mapping.ts';

/** The parts of an assistant that a rule needs. */
export interface Interruptible {
  readonly interrupt: IFunction;
  readonly deadLetters: IQueue;
}

/**
 * Interrupts calls when a rule matches an event of somebody else, which stays as it is: `mapping`
 * says what of it makes the interruption. A rule stands on any bus but the assistant's own, where
 * every event is one already.
 *
 * ```ts
 * rule.addTarget(new InterruptCall(assistant, {
 *   target: { label: 'order:{$.detail.orderId}' },
 *   context: { status: '$.detail.status' },
 * }));
 * ```
 */
export class InterruptCall implements IRuleTarget {
  private readonly assistant: Interruptible;
  private readonly mapping: Mapping;

  constructor(assistant: Interruptible, mapping: Mapping) {
    this.assistant = assistant;
    this.mapping = mapping;
  }

  /** Throws `InvalidMapping`. */
  bind(rule: IRule, id?: string): RuleTargetConfig {
    const { interrupt, deadLetters } = this.assistant;
    const event = new Verbatim(inputTemplate(this.mapping, '<aws.events.event.json>', rule));
    if (Stack.of(rule) === Stack.of(deadLetters)) {
      const props = { ...ATTEMPTS, event, deadLetterQueue: deadLetters };
      return new LambdaFunction(interrupt, props).bind(rule, id);
    }
    letRulesIn(deadLetters);
    const target = new LambdaFunction(interrupt, { ...ATTEMPTS, event }).bind(rule, id);
    return { ...target, deadLetterConfig: { arn: deadLetters.queueArn } };
  }
}

/** `RuleTargetInput.fromObject` would put quotation marks around the event. */
export class Verbatim extends RuleTargetInput {
  private readonly inputTemplate: string;

  constructor(inputTemplate: string) {
    super();
    this.inputTemplate = inputTemplate;
  }

  bind(): RuleTargetInputProperties {
    return { inputTemplate: this.inputTemplate };
  }
}

/**
 * Naming the rule of another stack, which names the queue, would make each stack wait for the
 * other.
 */
function letRulesIn(queue: IQueue): void {
  const rules = { service: 'events', resource: 'rule', resourceName: '*' };
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnLike: { 'aws:SourceArn': Stack.of(queue).formatArn(rules) } },
    }),
  );
}
