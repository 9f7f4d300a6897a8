import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** Alarms of one scope, that all tell one topic if there is one. */
export class Alarms {
  readonly all: Alarm[] = [];
  private readonly scope: Construct;
  private readonly topic: ITopic | undefined;

  constructor(scope: Construct, topic: ITopic | undefined) {
    this.scope = scope;
    this.topic = topic;
  }

  /** By id: the metric that rings above `threshold`, and what that means. */
  above(threshold: number, alarms: Record<string, [metric: IMetric, alarmDescription: string]>) {
    for (const [id, [metric, alarmDescription]] of Object.entries(alarms)) {
      const alarm = new Alarm(this.scope, id, {
        metric,
        threshold,
        alarmDescription,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (this.topic) alarm.addAlarmAction(new SnsAction(this.topic));
      this.all.push(alarm);
    }
  }
}
