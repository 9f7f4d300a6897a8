import { expect, it } from 'vitest';
import { createOutcomes } from '../../functions/interruption/outcomes.ts';
import { lambdaLog } from '../support/lambda-log.ts';
import { metricsOf, patternsIn } from './alarm.ts';
import { only, synthesize } from './synthesize.ts';

const template = synthesize();

/** What the functions log of each outcome. */
async function outcomeLines(): Promise<string[]> {
  const told = lambdaLog();
  const outcomes = createOutcomes({ bus: { put: async () => {} }, log: told.log });
  const all = ['delivered', 'deferred', 'heard', 'skipped', 'failed'] as const;
  await outcomes.publish(
    all.map((outcome) => ({
      interruption_id: 'i-1',
      outcome,
      ...(outcome === 'heard' && { took_ms: 40 }),
    })),
  );
  return told.text().trim().split('\n');
}

it.each(['webhook', 'websocket', 'interrupt', 'job'] as const)(
  'the outcomes in the log of %s are counted, and how long it took until one was heard',
  async (name) => {
    expect(metricsOf(template, name, await outcomeLines())).toEqual({
      Delivered: 1,
      Deferred: 1,
      Heard: 1,
      Skipped: 1,
      Failed: 1,
      Missed: 0,
      InterruptLatency: 1,
    });
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      MetricTransformations: [
        {
          MetricNamespace: 'AiFlowLambda',
          MetricName: 'InterruptLatency',
          MetricValue: '$.took_ms',
        },
      ],
    });
  },
);

it('has no pattern that CloudWatch would refuse', () => {
  for (const pattern of patternsIn(template)) expect(pattern.length).toBeLessThanOrEqual(1_024);
});

it('the dashboard shows them, the latency by median and 99th percentile', () => {
  const { DashboardBody } = only(template, 'AWS::CloudWatch::Dashboard').properties;
  const body = JSON.stringify(DashboardBody);
  for (const question of ['Are callers answered in time?', 'Are interruptions heard?'])
    expect(body).toContain(question);
  for (const name of ['Answers', 'Delivered', 'Deferred', 'Heard', 'Skipped', 'Failed'])
    expect(body).toContain(`\\"AiFlowLambda\\",\\"${name}\\"`);
  for (const statistic of ['p50', 'p99'])
    expect(body).toMatch(new RegExp(`InterruptLatency.{1,30}stat\\\\":\\\\"${statistic}`));
});
