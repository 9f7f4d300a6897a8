import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import type { FlowFunction } from './flow-function.ts';
import { type LogMetric, LogMetrics } from './log-metrics.ts';
import type { WebhookApi } from './webhook-api.ts';
import type { WebSocketApi } from './websocket-api.ts';

const P50 = Stats.percentile(50);
const P99 = Stats.percentile(99);
const PERIOD = Duration.minutes(5);
/** Interruptions are rarer than answers. */
const HOUR = Duration.hours(1);
const MAXIMUM = { period: PERIOD, statistic: Stats.MAXIMUM };

/** Percent of the answers that somebody waited for. */
const FALLBACKS_ALLOWED = 10;
const LATE_ALLOWED = 10;
/** Percent of the interruptions: a caller may hang up before the first word. */
const UNHEARD_ALLOWED = 50;
/** One slow read a day is DynamoDB's ordinary tail; an outage fails at every event. */
const STORE_FAILURES_ALLOWED = 2;

export interface MonitoringProps {
  /** Of the metrics that are counted in the logs. */
  readonly namespace: string;
  /** The functions that answer events. */
  readonly answering: readonly FlowFunction[];
  readonly job: FlowFunction;
  readonly others: readonly FlowFunction[];
  readonly webhookApi: WebhookApi;
  readonly webSocketApi: WebSocketApi;
  readonly deadLetters: IQueue;
  /** Is told of each alarm; without it they only show. */
  readonly alarmTopic?: ITopic | undefined;
}

/**
 * Alarms for what a caller hears as silence or as a fallback, or never hears, and a dashboard that
 * says whether callers are answered in time and whether interruptions are heard. What to do about
 * each: `docs/operations.md`.
 */
export class Monitoring extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { namespace, answering, job, others, webhookApi, alarmTopic, deadLetters } = props;
    const logs = new LogMetrics(this, 'Logs', {
      namespace,
      answering: answering.map(({ logGroup }) => logGroup),
      others: [job, ...others].map(({ logGroup }) => logGroup),
      access: webhookApi.accessLog,
    });
    const alarms = new Alarms(this, alarmTopic);
    const answers = watchAnswers(alarms, logs, props);
    const interruptions = watchInterruptions(alarms, logs, deadLetters);
    this.alarms = alarms.all;
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [new AlarmStatusWidget({ alarms: alarms.all, width: 24 })],
        [heading('Are callers answered in time?')],
        ...answers,
        [heading('Are interruptions heard?')],
        ...interruptions,
      ],
    });
  }
}

function watchAnswers(alarms: Alarms, logs: LogMetrics, props: MonitoringProps): GraphWidget[][] {
  const { webhookApi, webSocketApi, job } = props;
  const answering = props.answering.map((flow) => flow.function);
  const functions = [...answering, job.function, ...props.others.map((flow) => flow.function)];
  const count = (name: LogMetric) => logs.count(name, { period: PERIOD });
  const answers = count('Answers');
  const fallbacks = share('fallbacks', 'Fallbacks, %', count('Fallbacks'), answers);
  const late = share('late', 'After more than a second, %', count('LateAnswers'), answers);
  const errors = sum(
    'errors',
    'Crashes',
    answering.map((one) => one.metricErrors({ period: PERIOD })),
  );
  const serverErrors = sum('server_errors', 'Server errors', [
    webhookApi.stage.metricServerError({ period: PERIOD, statistic: Stats.SUM }),
    webSocketApi.stage.metric('ExecutionError', { period: PERIOD, statistic: Stats.SUM }),
  ]);
  const throttles = sum('throttles', 'Throttled', [
    ...functions.map((one) => one.metricThrottles({ period: PERIOD })),
    count('Refused'),
    webSocketApi.stage.metric('ClientError', { period: PERIOD, statistic: Stats.SUM }),
  ]);
  const lost = sum('lost', 'Slow answers lost', [
    count('LostAnswers'),
    job.function.metricErrors({ period: PERIOD }),
  ]);
  const [store, secrets, unauthorized] = [
    count('StoreFailures'),
    count('SecretFailures'),
    count('Unauthorized'),
  ];
  alarms.above(FALLBACKS_ALLOWED, {
    Fallbacks: [fallbacks, 'Callers hear the fallback: handlers throw, or are too slow.'],
  });
  alarms.above(LATE_ALLOWED, {
    LateAnswers: [late, 'Answers take more than the second that AI Flow gives them.'],
  });
  alarms.above(STORE_FAILURES_ALLOWED, {
    StoreFailures: [store, 'DynamoDB cannot be read or written: calls have no memory.'],
  });
  alarms.above(0, {
    Errors: [errors, 'A function that answers crashed: AI Flow got no actions.'],
    ServerErrors: [serverErrors, 'API Gateway answered AI Flow, or an interruption, with a 5xx.'],
    LostAnswers: [lost, 'Slow answers came to nothing: callers heard an apology, or silence.'],
    SecretFailures: [secrets, 'A token cannot be read from Secrets Manager.'],
    Unauthorized: [unauthorized, 'Requests have the wrong token (401): is it AI Flow that asks?'],
    Throttles: [throttles, 'Events were turned away: by the stage, or for lack of concurrency.'],
  });
  const duration = answering.map((one) =>
    one.metricDuration({ period: PERIOD, statistic: P99, label: `${one.node.scope?.node.id} p99` }),
  );
  return [
    [
      graph('Answers that somebody waited for', [answers]),
      graph('Of them, %', [fallbacks, late]),
      graph('Duration in ms; the end of a hold may wait', duration),
    ],
    [
      graph('Silence', [errors, serverErrors, throttles, lost]),
      graph('Token and secrets', [unauthorized, secrets]),
      graph('DynamoDB failures', [store]),
    ],
  ];
}

function watchInterruptions(
  alarms: Alarms,
  logs: LogMetrics,
  deadLetters: IQueue,
): GraphWidget[][] {
  const count = (name: LogMetric, period = PERIOD) => logs.count(name, { period });
  const failed = count('Failed');
  const thenLost = count('ThenLost');
  const waiting = {
    visible: deadLetters.metricApproximateNumberOfMessagesVisible(MAXIMUM),
    in_flight: deadLetters.metricApproximateNumberOfMessagesNotVisible(MAXIMUM),
  };
  const letters = sum('letters', 'Dead letters', Object.values(waiting));
  const unheard = new MathExpression({
    label: 'Not heard, %',
    expression:
      'IF(delivered + missed > 2, 100 * (delivered - heard + missed) / (delivered + missed), 0)',
    usingMetrics: {
      delivered: count('Delivered', HOUR),
      heard: count('Heard', HOUR),
      missed: count('Missed', HOUR),
    },
    period: HOUR,
  });
  alarms.above(UNHEARD_ALLOWED, {
    UnheardInterruptions: [unheard, 'AI Flow takes interruptions, and callers do not hear them.'],
  });
  alarms.above(0, {
    FailedInterruptions: [failed, 'Interruptions failed: the log has why, as interruption_failed.'],
    ThenLost: [thenLost, 'A transfer or hangup behind an interruption did not come.'],
    DeadLetters: [
      new MathExpression({
        label: 'New dead letters',
        // SQS tells nothing of a queue that has been empty for hours; looking at letters hides them
        // for a while.
        expression: 'DIFF(FILL(SUM([visible, in_flight]), 0))',
        usingMetrics: waiting,
        period: PERIOD,
      }),
      'Dead letters have come: npm run redrive shows them.',
    ],
  });
  const taken = (['Delivered', 'Deferred', 'Heard', 'Skipped'] as const).map((name) => count(name));
  const latencies = [P50, P99].map((statistic) => logs.latency({ period: PERIOD, statistic }));
  return [
    [
      graph('Interruptions', taken),
      graph('Trigger to speech in ms', latencies),
      graph('Of an hour, %', [unheard]),
    ],
    [
      graph('Failed interruptions', [failed, count('Missed'), thenLost]),
      graph('Dead letters', [letters]),
    ],
  ];
}

/** Percent of the answers; nothing where there were none. Ids are unique in a graph. */
const share = (id: string, label: string, part: IMetric, answers: IMetric) =>
  new MathExpression({
    label,
    expression: `100 * ${id} / answers`,
    usingMetrics: { [id]: part, answers },
    period: PERIOD,
  });

/** Whatever of them there is: `+` of a metric without a data point has none. */
function sum(id: string, label: string, metrics: readonly IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, n) => [`${id}${n}`, metric]));
  const expression = `SUM([${Object.keys(usingMetrics).join(', ')}])`;
  return new MathExpression({ label, expression, usingMetrics, period: PERIOD });
}

const heading = (text: string) => new TextWidget({ markdown: `## ${text}`, width: 24, height: 1 });
const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
