import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Interruptible } from './interrupt-call.ts';
import { ATTEMPTS } from './interruption-bus.ts';

/** The variable that a function with {@link Scheduling.grantSchedule} has. */
export const SCHEDULE_VARIABLE = 'INTERRUPT_SCHEDULE';

const SCHEDULER = 'scheduler.amazonaws.com';

/**
 * What EventBridge Scheduler needs in order to interrupt at a time that is known only at run time.
 */
export class Scheduling extends Construct {
  private readonly role: Role;
  private readonly group: CfnScheduleGroup;
  /**
   * The fields of `CreateSchedule` that are the same for each, as JSON: a name, a time and
   * `Target.Input` are left.
   */
  readonly schedule: string;

  constructor(scope: Construct, id: string, { interrupt, deadLetters }: Interruptible) {
    super(scope, id);
    // The construct of a higher level names it by its place in the app, which another app may have
    // as well.
    this.group = new CfnScheduleGroup(this, 'Group');
    const { account } = Stack.of(this);
    this.role = new Role(this, 'Role', {
      // Of this account and group alone. Source:
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal(SCHEDULER, {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': account,
            'aws:SourceArn': this.group.attrArn,
          },
        },
      }),
    });
    allow(this.role, 'lambda:InvokeFunction', interrupt.functionArn);
    allow(this.role, 'sqs:SendMessage', deadLetters.queueArn);
    this.schedule = Stack.of(this).toJsonString({
      GroupName: this.group.ref,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: interrupt.functionArn,
        RoleArn: this.role.roleArn,
        RetryPolicy: {
          MaximumEventAgeInSeconds: ATTEMPTS.maxEventAge.toSeconds(),
          MaximumRetryAttempts: ATTEMPTS.retryAttempts,
        },
        DeadLetterConfig: { Arn: deadLetters.queueArn },
      },
    });
  }

  /**
   * Lets a role create schedules of the group, and tells a function how. Throws for a principal
   * that can hold no policy.
   */
  grantSchedule(grantee: IGrantable): Grant {
    if (grantee instanceof LambdaFunction) grantee.addEnvironment(SCHEDULE_VARIABLE, this.schedule);
    const schedules = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.group.ref}/*`,
    });
    const pass = { StringEquals: { 'iam:PassedToService': SCHEDULER } };
    const create = allow(grantee, 'scheduler:CreateSchedule', schedules);
    create.assertSuccess();
    return create.combine(allow(grantee, 'iam:PassRole', this.role.roleArn, pass));
  }
}

const allow = (
  grantee: IGrantable,
  action: string,
  arn: string,
  conditions: Record<string, Record<string, unknown>> = {},
) => Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [arn], conditions });
