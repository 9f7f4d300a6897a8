import { Metric, type MetricOptions, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What becomes of an interruption; the functions log `interruption_<outcome>`, each with its `session_id`. */
const OUTCOMES = ['Delivered', 'Deferred', 'Heard', 'Skipped', 'Failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

const LATENCY = 'InterruptLatency';

export interface OutcomeMetricsProps {
  readonly namespace: string;
  readonly logGroups: readonly ILogGroup[];
}

/** Counts outcomes in the logs that the functions write anyway: nothing is measured while somebody waits. */
export class OutcomeMetrics extends Construct {
  /** By assistant, so that two in one account don't count each other's. */
  private readonly namespace: string;

  /** Either function may write any of the lines: one that waited is delivered, or expires, in the webhook. */
  constructor(scope: Construct, id: string, { namespace, logGroups }: OutcomeMetricsProps) {
    super(scope, id);
    this.namespace = namespace;
    for (const logGroup of logGroups) {
      for (const outcome of OUTCOMES) this.addFilter(logGroup, outcome, outcome, '1', Unit.COUNT);
      this.addFilter(logGroup, 'Heard', LATENCY, '$.took_ms', Unit.MILLISECONDS);
    }
  }

  /** How many, in a period. */
  count(outcome: Outcome, options: MetricOptions): Metric {
    return new Metric({
      namespace: this.namespace,
      metricName: outcome,
      statistic: Stats.SUM,
      ...options,
    });
  }

  /** Milliseconds from the trigger to the first word of the replacement. */
  latency(options: MetricOptions): Metric {
    return new Metric({ namespace: this.namespace, metricName: LATENCY, ...options });
  }

  private addFilter(
    logGroup: ILogGroup,
    outcome: Outcome,
    metricName: string,
    metricValue: string,
    unit: Unit,
  ): void {
    logGroup.addMetricFilter(metricName, {
      filterPattern: FilterPattern.stringValue(
        '$.message',
        '=',
        `interruption_${outcome.toLowerCase()}`,
      ),
      metricNamespace: this.namespace,
      metricName,
      metricValue,
      unit,
    });
  }
}
