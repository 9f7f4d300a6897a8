import type { Template } from 'aws-cdk-lib/assertions';
import type { FunctionName } from '../../lib/bundle.ts';
import { matcherOf } from '../support/filter-pattern.ts';
import { functionNamed, only } from './synthesize.ts';

interface Filter {
  FilterPattern: string;
  LogGroupName: { Ref: string };
  MetricTransformations: [{ MetricName: string; MetricNamespace: string; DefaultValue?: number }];
}

interface Stat {
  Metric: { Namespace: string; MetricName: string; Dimensions?: object[] };
  Stat: string;
  Period: number;
}

/** As the template has it: one metric, or several and an expression. */
export interface Alarm {
  MetricName?: string;
  Namespace?: string;
  Threshold: number;
  AlarmActions?: unknown[];
  Metrics?: { Id: string; Expression?: string; MetricStat?: Stat; ReturnData?: boolean }[];
}

/** By name of a metric: its sum in a period, and in the one before where that matters. */
export type Sums = Record<string, number>;

const filtersIn = (template: Template) =>
  Object.values(template.findResources('AWS::Logs::MetricFilter')).map(
    ({ Properties }) => Properties as Filter,
  );

/** The alarms of the monitoring, by the last part of their name. */
export function alarmsIn(template: Template): Record<string, Alarm> {
  const entries = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
  return Object.fromEntries(
    entries.map(([id, { Properties }]) => [
      id.replace(/^.*Monitoring(\w+)[0-9A-F]{8}$/, '$1'),
      Properties as Alarm,
    ]),
  );
}

/** The log group of a function, or of the API's access log, as the template refers to it. */
export function logGroupOf(template: Template, name: FunctionName | 'access'): string {
  if (name !== 'access') {
    const { LoggingConfig } = functionNamed(template, name).properties;
    return (LoggingConfig as { LogGroup: { Ref: string } }).LogGroup.Ref;
  }
  const stage = only(template, 'AWS::ApiGatewayV2::Stage', { StageName: '$default' }).properties;
  const { DestinationArn } = stage.AccessLogSettings as {
    DestinationArn: { 'Fn::GetAtt': [string] };
  };
  return DestinationArn['Fn::GetAtt'][0];
}

/** What the template's filters make of lines in a function's log. */
export function metricsOf(
  template: Template,
  name: FunctionName | 'access',
  lines: readonly string[],
): Sums {
  const group = logGroupOf(template, name);
  const sums: Sums = {};
  for (const { FilterPattern, LogGroupName, MetricTransformations } of filtersIn(template)) {
    if (LogGroupName.Ref !== group) continue;
    const [{ MetricName, DefaultValue }] = MetricTransformations;
    const count = lines.filter(matcherOf(FilterPattern)).length;
    // Nothing at all is another thing than 0.
    if (count > 0 || DefaultValue === 0) sums[MetricName] = (sums[MetricName] ?? 0) + count;
  }
  return sums;
}

export const patternsIn = (template: Template) =>
  filtersIn(template).map(({ FilterPattern }) => FilterPattern);

/** Whether an alarm rings over such a period. `before` is the period before. */
export function rings(alarm: Alarm, now: Sums, before: Sums = {}): boolean {
  if (alarm.MetricName) return (now[alarm.MetricName] ?? 0) > alarm.Threshold;
  const metrics = alarm.Metrics ?? [];
  const returned = metrics.find(({ ReturnData }) => ReturnData !== false);
  const expression = returned?.Expression ?? '';
  const difference = /^DIFF\((.*)\)$/.exec(expression)?.[1];
  const value =
    difference === undefined
      ? computed(expression, metrics, now)
      : computed(difference, metrics, now) - computed(difference, metrics, before);
  return value > alarm.Threshold;
}

/** CloudWatch's metric math over one period, as far as the alarms use it. */
function computed(expression: string, metrics: NonNullable<Alarm['Metrics']>, sums: Sums): number {
  const values = metrics.flatMap(({ Id, MetricStat }) =>
    MetricStat ? [[Id, sums[MetricStat.Metric.MetricName]] as const] : [],
  );
  const functions = {
    SUM: (all: (number | undefined)[]) => {
      const given = all.filter((one) => one !== undefined);
      return given.length > 0 ? given.reduce((sum, one) => sum + one) : undefined;
    },
    FILL: (value: number | undefined, by: number) => value ?? by,
    IF: (condition: boolean, one: number, other: number) => (condition ? one : other),
  };
  const names = [...values.map(([id]) => id), ...Object.keys(functions)];
  const compute = new Function(...names, `return ${expression}`);
  return compute(...values.map(([, value]) => value), ...Object.values(functions));
}

/** The metrics of AWS's own that an alarm looks at, `namespace/name`. */
export const awsMetricsOf = (alarm: Alarm): string[] => {
  const given = alarm.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [];
  const own = alarm.MetricName
    ? [{ Namespace: alarm.Namespace ?? '', MetricName: alarm.MetricName }]
    : [];
  return [...given, ...own]
    .filter(({ Namespace }) => Namespace.startsWith('AWS/'))
    .map(({ Namespace, MetricName }) => `${Namespace}/${MetricName}`);
};
