import { Duration } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OutcomeMetrics } from './outcome-metrics.ts';

const P50 = Stats.percentile(50);
const P99 = Stats.percentile(99);

export interface MonitoringProps {
  readonly webhook: IFunction;
  readonly websocket: IFunction;
  readonly stage: HttpStage;
  readonly outcomes: OutcomeMetrics;
  readonly deadLetters: IQueue;
}

/** Alarms for what a caller hears as silence, or never hears, and one dashboard that shows them above their metrics. */
export class Monitoring extends Construct {
  readonly alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { webhook, websocket, stage, outcomes, deadLetters } = props;
    const period = Duration.minutes(5);
    const serverErrors = stage.metricServerError({ period, statistic: Stats.SUM });
    const failed = outcomes.count('Failed', { period });
    const letters = deadLetters.metricApproximateNumberOfMessagesVisible({
      period,
      statistic: Stats.MAXIMUM,
    });

    this.watch('Webhook', webhook, period);
    this.watch('WebSocket', websocket, period);
    this.addAlarm(
      this,
      'ServerErrors',
      serverErrors,
      0,
      'API Gateway answered AI Flow, or an interruption, with a 5xx.',
    );
    this.addAlarm(
      this,
      'FailedInterruptions',
      failed,
      0,
      'Interruptions failed: the log has why, as interruption_failed.',
    );
    this.addAlarm(
      this,
      'DeadLetters',
      letters,
      0,
      'Interruptions were refused or got lost: read the dead letters.',
    );

    const taken = (['Delivered', 'Deferred', 'Heard', 'Skipped'] as const).map((one) =>
      outcomes.count(one, { period }),
    );
    const latencies = [P50, P99].map((statistic) => outcomes.latency({ period, statistic }));
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [new AlarmStatusWidget({ alarms: this.alarms, width: 24 })],
        ...[webhook, websocket].map((one) => answers(one, period)),
        [
          graph('Interruptions', taken),
          graph('Trigger to speech in ms', latencies),
          graph('Failed interruptions', [failed, letters, serverErrors]),
        ],
      ],
    });
  }

  /** A function that answers events. */
  private watch(name: string, answering: IFunction, period: Duration): void {
    const scope = new Construct(this, name);
    const errors = answering.metricErrors({ period });
    const throttles = answering.metricThrottles({ period });
    const duration = answering.metricDuration({ period, statistic: P99 });
    this.addAlarm(scope, 'Errors', errors, 0, `${name} crashed: AI Flow got no actions.`);
    this.addAlarm(
      scope,
      'Throttles',
      throttles,
      0,
      `${name} was refused events: raise the account's concurrency limit.`,
    );
    this.addAlarm(
      scope,
      'Duration',
      duration,
      800,
      `${name} is late: it aims at 800 ms, AI Flow at 1 second.`,
    );
  }

  private addAlarm(
    scope: Construct,
    id: string,
    metric: IMetric,
    threshold: number,
    alarmDescription: string,
  ): void {
    const comparisonOperator = ComparisonOperator.GREATER_THAN_THRESHOLD;
    const treatMissingData = TreatMissingData.NOT_BREACHING;
    this.alarms.push(
      new Alarm(scope, id, {
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

/** Its row of the dashboard. */
const answers = (answering: IFunction, period: Duration): GraphWidget[] => [
  graph('Events', [answering.metricInvocations({ period })]),
  graph(
    'Duration in ms',
    [P50, P99].map((statistic) => answering.metricDuration({ period, statistic })),
  ),
  graph('Failures', [answering.metricErrors({ period }), answering.metricThrottles({ period })]),
];

const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
