import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ONE_WORDED_TAKES_MS } from '../../functions/interruption/fan-out.ts';
import { SOURCE } from '../../functions/runtime/event-bus.ts';
import { arnOf, externalApi, functionNamed, only, synthesize } from './synthesize.ts';

const template = synthesize();
const interrupt = functionNamed(template, 'interrupt');
const deadLetters = only(template, 'AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 });
const bus = only(template, 'AWS::Events::EventBus');

describe('the interrupt function', () => {
  it('has time for a slow push, and what it needs to know', () => {
    expect(interrupt.properties).toMatchObject({
      Timeout: 10,
      MemorySize: 1769,
      Architectures: ['arm64'],
    });
    expect(interrupt.properties.Environment).toEqual({
      Variables: {
        TEMPLATE: 'conversation',
        SESSIONS_TABLE: { Ref: only(template, 'AWS::DynamoDB::Table').id },
        OUTCOMES_BUS: { Ref: bus.id },
        INTERRUPTION_QUEUE_URL: {
          Ref: only(template, 'AWS::SQS::Queue', { RedrivePolicy: {} }).id,
        },
        WEBSOCKET_ENDPOINT: { 'Fn::Join': ['', expect.arrayContaining(['https://', '/live'])] },
      },
    });
  });

  it('has time for words that a template has to find, after a look-up', () => {
    expect(Number(interrupt.properties.Timeout) * 1000).toBeGreaterThan(ONE_WORDED_TAKES_MS);
  });

  it('gives up an asynchronous invocation while it could still matter, and keeps the letter', () => {
    const own = { FunctionName: { Ref: interrupt.id } };
    expect(only(template, 'AWS::Lambda::EventInvokeConfig', own).properties).toMatchObject({
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: arnOf(deadLetters) } },
    });
  });
});

describe('the bus', () => {
  const foreign = only(template, 'AWS::Events::Rule').properties;
  const retried = {
    DeadLetterConfig: { Arn: arnOf(deadLetters) },
    RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3 },
  };

  it('hands every event to the function, except those that the functions publish', () => {
    expect(foreign.EventPattern).toEqual({ source: [{ 'anything-but': [SOURCE] }] });
    expect(foreign.EventBusName).toEqual({ Ref: bus.id });
    expect(foreign.Targets).toEqual([{ Id: 'Target0', Arn: arnOf(interrupt), ...retried }]);
  });

  it('has no other rule: what is passed on, with all that is to be said, never crosses it', () => {
    template.resourceCountIs('AWS::Events::Rule', 1);
  });
});

describe('the topic', () => {
  it('hands every message to the function, and keeps the letter', () => {
    expect(only(template, 'AWS::SNS::Subscription').properties).toEqual({
      TopicArn: { Ref: only(template, 'AWS::SNS::Topic').id },
      Protocol: 'lambda',
      Endpoint: arnOf(interrupt),
      RedrivePolicy: { deadLetterTargetArn: arnOf(deadLetters) },
    });
  });
});

describe('the queue', () => {
  const mapping = only(template, 'AWS::Lambda::EventSourceMapping').properties;
  const queue = only(template, 'AWS::SQS::Queue', { RedrivePolicy: {} });

  it('hands messages over at once, leaves concurrency for the callers, and takes back only those that failed', () => {
    expect(mapping).toEqual({
      EventSourceArn: arnOf(queue),
      FunctionName: { Ref: interrupt.id },
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 10 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('never hands a message to two functions, tries three times, and keeps the letter', () => {
    const { VisibilityTimeout, RedrivePolicy } = queue.properties;
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(interrupt.properties.Timeout));
    expect(RedrivePolicy).toEqual({ deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount: 3 });
  });

  it('keeps a message for its three attempts, and hardly longer', () => {
    const { VisibilityTimeout, MessageRetentionPeriod } = queue.properties;
    expect(MessageRetentionPeriod).toBeGreaterThan(3 * Number(VisibilityTimeout));
    expect(MessageRetentionPeriod).toBeLessThanOrEqual(600);
  });
});

describe('the external API', () => {
  const pushing = synthesize({ externalApi });

  it('is known to the interrupt function alone, to the letter', () => {
    const secret = only(pushing, 'AWS::SecretsManager::Secret', {
      Description: Match.stringLikeRegexp('external API'),
    });
    const known = (name: 'webhook' | 'interrupt') => {
      const { Variables } = functionNamed(pushing, name).properties.Environment as {
        Variables: object;
      };
      return Object.fromEntries(
        Object.entries(Variables).filter(([key]) => key.startsWith('EXTERNAL_API_')),
      );
    };
    expect(known('webhook')).toEqual({});
    expect(known('interrupt')).toEqual({
      EXTERNAL_API_URL: externalApi.url,
      EXTERNAL_API_METHOD: 'PUT',
      EXTERNAL_API_AUTH_HEADER: 'X-Key',
      EXTERNAL_API_AUTH_SCHEME: '',
      EXTERNAL_API_ACCEPTED_STATUSES: '202',
      EXTERNAL_API_TOKEN_SECRET_ARN: { Ref: secret.id },
    });
  });

  it('has a secret that its owner fills in, only when there is something to push to', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 1);
    pushing.resourceCountIs('AWS::SecretsManager::Secret', 2);
    const secret = only(pushing, 'AWS::SecretsManager::Secret', {
      Description: Match.stringLikeRegexp('external API'),
    });
    expect(pushing.findOutputs('ExternalApiTokenCommand').ExternalApiTokenCommand?.Value).toEqual({
      'Fn::Join': [
        '',
        [
          'aws secretsmanager put-secret-value --secret-id ',
          { Ref: secret.id },
          " --secret-string '<token>'",
        ],
      ],
    });
  });

  it('decides whether interruptions are said at once, and the outputs say so', () => {
    expect(pushing.findOutputs('*').InterruptionChannel?.Value).toBe('external-api');
    expect(template.findOutputs('*').InterruptionChannel?.Value).toBe('next-event');
  });
});
