import { Metric, type MetricOptions, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

const message = (...messages: string[]) =>
  `(${messages.map((one) => `$.message = "${one}"`).join(' || ')})`;

/** Somebody on the line waits for the answer to all but these. */
const IS_AWAITED = [
  'assistant_speak',
  'assistant_speech_ended',
  'user_speech_started',
  'session_end',
]
  .map((event) => `$.event != "${event}"`)
  .join(' && ');

/** AI Flow wants an answer within that. */
const LATE_AFTER_MS = 1_000;

/** By the functions that answer AI Flow's events. */
const ANSWERING = {
  Answers: `${message('answered')} && ${IS_AWAITED}`,
  LateAnswers: `${message('answered')} && ${IS_AWAITED} && $.took_ms > ${LATE_AFTER_MS}`,
  Fallbacks: `${message('answer_failed')} && ${IS_AWAITED} && $.fallback IS TRUE`,
  LostAnswers: message('answer_too_large', 'job_lost', 'slow_answer_unheard'),
  Unauthorized: `${message('refused')} && $.status = 401`,
};

/**
 * By any function. What becomes of an interruption is logged as `interruption_<outcome>`: one that
 * waited is delivered, or expires, in the webhook.
 */
const ANY = {
  Delivered: message('interruption_delivered'),
  Deferred: message('interruption_deferred'),
  Heard: message('interruption_heard'),
  Skipped: message('interruption_skipped'),
  Failed: message('interruption_failed'),
  /** Nobody heard it: it came too late, or AI Flow knew nothing of a call that was live for us. */
  Missed: `(${message('interruption_skipped')} && $.reason = "expired") || ${message('call_not_found')}`,
  /** Not where somebody asked for that, or the caller has hung up. */
  ThenLost: `${message('interruption_then_skipped')} && ($.reason = "in_doubt" || $.reason = "expired" || $.code = "*")`,
  StoreFailures: `${message(
    'session_not_read',
    'store_unavailable',
    'answer_in_doubt',
    'delivery_not_written',
    'claim_kept',
    'look_failed',
    'listing_failed',
    'history_not_read',
    'history_not_kept',
    'utterance_lost',
  )} || (${message('answer_failed')} && $.fallback IS FALSE)`,
  SecretFailures: `${message('secret_unavailable')} || $.code = "secret_unavailable"`,
};

/** API Gateway refuses requests beyond the stage's rate: no function knows of them. */
const ACCESS = { Refused: '$.status = "429"' };

/** Counted as 0 where nothing matches: what is computed of them needs all of them. */
const COMPARED = ['Delivered', 'Heard', 'Missed'];

const LATENCY = 'InterruptLatency';

export type LogMetric = keyof typeof ANSWERING | keyof typeof ANY | keyof typeof ACCESS;

export interface LogMetricsProps {
  /** By assistant, so that two in one account don't count each other's. */
  readonly namespace: string;
  /** Of the functions that answer events. */
  readonly answering: readonly ILogGroup[];
  /** Of all others. */
  readonly others: readonly ILogGroup[];
  readonly access: ILogGroup;
}

/** Counts what the functions and the API log anyway: nothing is measured while somebody waits. */
export class LogMetrics extends Construct {
  private readonly namespace: string;

  constructor(
    scope: Construct,
    id: string,
    { namespace, answering, others, access }: LogMetricsProps,
  ) {
    super(scope, id);
    this.namespace = namespace;
    for (const logGroup of answering) this.addCounts(logGroup, ANSWERING);
    for (const logGroup of [...answering, ...others]) {
      this.addCounts(logGroup, ANY);
      this.addFilter(logGroup, LATENCY, ANY.Heard, {
        metricValue: '$.took_ms',
        unit: Unit.MILLISECONDS,
      });
    }
    this.addCounts(access, ACCESS);
  }

  /** How many, in a period. */
  count(metricName: LogMetric, options: MetricOptions): Metric {
    return new Metric({
      namespace: this.namespace,
      metricName,
      statistic: Stats.SUM,
      ...options,
    });
  }

  /** Milliseconds from the trigger to the first word of the replacement. */
  latency(options: MetricOptions): Metric {
    return new Metric({ namespace: this.namespace, metricName: LATENCY, ...options });
  }

  private addCounts(logGroup: ILogGroup, patterns: Record<string, string>): void {
    for (const [name, pattern] of Object.entries(patterns))
      this.addFilter(logGroup, name, pattern, {
        metricValue: '1',
        unit: Unit.COUNT,
        ...(COMPARED.includes(name) && { defaultValue: 0 }),
      });
  }

  private addFilter(
    logGroup: ILogGroup,
    metricName: string,
    pattern: string,
    value: { metricValue: string; unit: Unit; defaultValue?: number },
  ): void {
    logGroup.addMetricFilter(metricName, {
      filterPattern: FilterPattern.literal(`{ ${pattern} }`),
      metricNamespace: this.namespace,
      metricName,
      ...value,
    });
  }
}
