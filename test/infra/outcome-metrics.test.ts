import { describe, expect, it } from 'vitest';
import { createOutcomes } from '../../functions/interruption/outcomes.ts';
import type { FunctionName } from '../../lib/bundle.ts';
import { functionNamed, only, synthesize } from './synthesize.ts';

interface Filter {
  FilterPattern: string;
  LogGroupName: { Ref: string };
  MetricTransformations: { MetricNamespace: string; MetricName: string; MetricValue: string }[];
}

const template = synthesize();
const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).map(
  ({ Properties }) => Properties as Filter,
);
const logGroupOf = (name: FunctionName) =>
  (functionNamed(template, name).properties.LoggingConfig as { LogGroup: { Ref: string } }).LogGroup
    .Ref;

/** The messages that the functions log, as they write them. */
async function logged(): Promise<string[]> {
  const messages: string[] = [];
  const log = (message: string) => void messages.push(message);
  const outcomes = createOutcomes({
    bus: { put: async () => {} },
    log: { info: log, warn: log, error: log },
  });
  const all = ['delivered', 'deferred', 'heard', 'skipped', 'failed'] as const;
  await outcomes.publish(all.map((outcome) => ({ interruption_id: 'i-1', outcome })));
  return messages;
}

describe.each(['webhook', 'websocket', 'interrupt'] as const)('the log of %s', (name) => {
  const own = filters.filter(({ LogGroupName }) => LogGroupName.Ref === logGroupOf(name));
  const transformed = own.map(({ FilterPattern, MetricTransformations: [metric] }) => [
    FilterPattern,
    metric?.MetricNamespace,
    metric?.MetricName,
    metric?.MetricValue,
  ]);

  it('is counted by outcome, by the very messages that the functions write', async () => {
    const counted = transformed.filter(([, , , value]) => value === '1');
    expect(counted).toEqual(
      (await logged()).map((message) => [
        `{ $.message = "${message}" }`,
        'AiFlowLambda',
        message.replace(/^interruption_(.)/, (_, first: string) => first.toUpperCase()),
        '1',
      ]),
    );
  });

  it('tells how long it took until the replacement was heard', () => {
    expect(transformed.filter(([, , , value]) => value !== '1')).toEqual([
      ['{ $.message = "interruption_heard" }', 'AiFlowLambda', 'InterruptLatency', '$.took_ms'],
    ]);
  });
});

describe('the dashboard', () => {
  it('shows them, the latency by median and 99th percentile', () => {
    const { DashboardBody } = only(template, 'AWS::CloudWatch::Dashboard').properties;
    const body = JSON.stringify(DashboardBody);
    for (const name of ['Delivered', 'Deferred', 'Heard', 'Skipped', 'Failed']) {
      expect(body).toContain(`\\"AiFlowLambda\\",\\"${name}\\"`);
    }
    for (const statistic of ['p50', 'p99']) {
      expect(body).toMatch(new RegExp(`InterruptLatency.{1,30}stat\\\\":\\\\"${statistic}`));
    }
  });
});
