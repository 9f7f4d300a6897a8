import { Duration } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OutcomeMetrics } from './outcome-metrics.ts';

const P50 = Stats.percentile(50);
const P99 = Stats.percentile(99);

// A function that nobody called has no value, and a sum with it would have none either.
const SUM = 'FILL(webhook, 0) + FILL(websocket, 0)';
const MAX = 'MAX([FILL(webhook, 0), FILL(websocket, 0)])';

export interface MonitoringProps {
  readonly webhook: IFunction;
  readonly websocket: IFunction;
  readonly stage: HttpStage;
  readonly outcomes: OutcomeMetrics;
  readonly deadLetters: IQueue;
}

/** Alarms for what a caller hears as silence, or never hears, and one dashboard that shows them above their metrics. */
export class Monitoring extends Construct {
  private readonly alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { webhook, websocket, stage, outcomes, deadLetters } = props;
    const period = Duration.minutes(5);
    const both = (expression: string, label: string, metric: (of: IFunction) => IMetric) => {
      const usingMetrics = { webhook: metric(webhook), websocket: metric(websocket) };
      return new MathExpression({ expression, label, usingMetrics, period });
    };
    const events = both(SUM, 'Events', (one) => one.metricInvocations({ period }));
    const errors = both(SUM, 'Errors', (one) => one.metricErrors({ period }));
    const throttles = both(SUM, 'Throttles', (one) => one.metricThrottles({ period }));
    const [median, slowest] = [P50, P99].map((statistic) =>
      both(MAX, `Duration ${statistic}`, (one) => one.metricDuration({ period, statistic })),
    ) as [IMetric, IMetric];
    const serverErrors = stage.metricServerError({ period, statistic: Stats.SUM });
    const failed = outcomes.count('Failed', { period });
    const letters = deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM });

    this.addAlarm('Errors', errors, 0, 'A function that answers crashed: AI Flow got no actions.');
    this.addAlarm('Throttles', throttles, 0, 'Lambda refused events: raise the concurrency limit of the account.');
    this.addAlarm('Duration', slowest, 800, 'Answers are late: the function aims at 800 ms, AI Flow at 1 second.');
    this.addAlarm('ServerErrors', serverErrors, 0, 'API Gateway answered AI Flow, or an interruption, with a 5xx.');
    this.addAlarm('FailedInterruptions', failed, 0, 'Interruptions failed: the log has why, as interruption_failed.');
    this.addAlarm('DeadLetters', letters, 0, 'Interruptions were refused or got lost: read the dead letters.');

    const taken = (['Delivered', 'Deferred', 'Heard', 'Skipped'] as const).map((one) =>
      outcomes.count(one, { period }),
    );
    const latencies = [P50, P99].map((statistic) => outcomes.latency({ period, statistic }));
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [new AlarmStatusWidget({ alarms: this.alarms, width: 24 })],
        [
          graph('Events', [events]),
          graph('Duration in ms', [median, slowest]),
          graph('Failures', [errors, throttles, serverErrors]),
        ],
        [
          graph('Interruptions', taken),
          graph('Trigger to speech in ms', latencies),
          graph('Failed interruptions', [failed, letters]),
        ],
      ],
    });
  }

  private addAlarm(id: string, metric: IMetric, threshold: number, alarmDescription: string): void {
    const comparisonOperator = ComparisonOperator.GREATER_THAN_THRESHOLD;
    const treatMissingData = TreatMissingData.NOT_BREACHING;
    this.alarms.push(
      new Alarm(this, id, {
        metric,
        threshold,
        alarmDescription,
        evaluationPeriods: 1,
        comparisonOperator,
        treatMissingData,
      }),
    );
  }
}

const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
