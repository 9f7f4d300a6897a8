import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { MAX_LABEL_BYTES } from '../functions/sessions/limits.ts';
import { InvalidAssistant } from './assistant-props.ts';
import { type Interruptible, Verbatim } from './interrupt-call.ts';
import { ATTEMPTS } from './interruption-bus.ts';

export interface RestrictedBusProps {
  readonly assistant: Interruptible;
  /** How each label must begin that an event may address, such as `order:`. */
  readonly labelPrefix: string;
}

/**
 * A bus for somebody who may interrupt only calls with labels of their own. IAM knows nothing of
 * what is in an event, so the rule hands the prefix to the function along with the event, and the
 * function refuses any other target.
 */
export class RestrictedBus extends Construct {
  readonly eventBus: EventBus;

  /** Throws {@link InvalidAssistant}. */
  constructor(scope: Construct, id: string, { assistant, labelPrefix }: RestrictedBusProps) {
    checkPrefix(`${scope.node.path}/${id}`, labelPrefix);
    super(scope, id);
    const { interrupt, deadLetters } = assistant;
    const template = `{"label_prefix":${JSON.stringify(labelPrefix)},"event":<aws.events.event.json>}`;
    const event = new Verbatim(template);
    this.eventBus = new EventBus(this, 'Bus', {
      description: `Interruptions of calls whose label begins with ${labelPrefix}`,
    });
    new Rule(this, 'Rule', {
      eventBus: this.eventBus,
      description: 'Every event interrupts, within its limits',
      eventPattern: { source: Match.prefix('') },
      targets: [
        new LambdaFunction(interrupt, { deadLetterQueue: deadLetters, event, ...ATTEMPTS }),
      ],
    });
  }
}

function checkPrefix(path: string, prefix: string): void {
  // EventBridge takes < and > for placeholders of its own.
  if (/^[^<>"\\\p{Cc}]+$/u.test(prefix) && Buffer.byteLength(prefix) < MAX_LABEL_BYTES) return;
  throw new InvalidAssistant(
    `${path}: labelPrefix must be the beginning of a label, such as order:, of 1–${MAX_LABEL_BYTES - 1} bytes without < > " \\; got ${JSON.stringify(prefix)}`,
  );
}
