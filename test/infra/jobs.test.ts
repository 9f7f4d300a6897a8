import { describe, expect, it } from 'vitest';
import { arnOf, functionNamed, only, synthesize } from './synthesize.ts';

const template = synthesize();
const job = functionNamed(template, 'job');
const interrupt = functionNamed(template, 'interrupt');

describe('the job function', () => {
  it('has a minute, and interrupts as the interrupt function does', () => {
    expect(job.properties).toMatchObject({
      Timeout: 60,
      MemorySize: 1769,
      Architectures: ['arm64'],
    });
    expect(job.properties.Environment).toEqual(interrupt.properties.Environment);
  });

  it('is not tried again by Lambda, and what failed is a dead letter', () => {
    const own = { FunctionName: { Ref: job.id } };
    const deadLetters = only(template, 'AWS::SQS::Queue', {
      MessageRetentionPeriod: 14 * 24 * 3600,
    });
    expect(only(template, 'AWS::Lambda::EventInvokeConfig', own).properties).toMatchObject({
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: arnOf(deadLetters) } },
    });
  });

  it.each(['webhook', 'websocket'] as const)('is known to %s by its URL', (name) => {
    expect(functionNamed(template, name).properties.Environment).toMatchObject({
      Variables: {
        JOB_FUNCTION_URL: {
          'Fn::Join': [
            '',
            [
              'https://lambda.',
              { Ref: 'AWS::Region' },
              '.',
              { Ref: 'AWS::URLSuffix' },
              '/2015-03-31/functions/',
              { Ref: job.id },
              '/invocations',
            ],
          ],
        },
      },
    });
  });
});
