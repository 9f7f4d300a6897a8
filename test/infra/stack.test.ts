import { Match } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import type { FunctionName } from '../../lib/bundle.ts';
import { externalApi, functionNamed, only, synthesize } from './synthesize.ts';

const template = synthesize();
const recorded = synthesize({
  externalApi,
  slowAnswerWaitMs: 0,
  recordingDays: 7,
  eventsPerSecond: 500,
});

describe('the webhook function', () => {
  it('runs on arm64 with one vCPU', () => {
    expect(functionNamed(template, 'webhook').properties).toMatchObject({
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 1769,
    });
  });

  it.each([
    ['without an external API', template, 'websocket', 3_500, 9],
    ['with one', recorded, 'channel,websocket', 0, 5],
  ])(
    'knows what can be pushed, and has 5 s more than it may wait: %s',
    (_, of, PUSH_WAYS, wait_ms, Timeout) => {
      const Environment = { Variables: { PUSH_WAYS, SLOW_ANSWER_WAIT_MS: String(wait_ms) } };
      expect(functionNamed(of, 'webhook').properties).toMatchObject({ Environment, Timeout });
      expect(functionNamed(of, 'websocket').properties).toMatchObject({ Environment, Timeout: 5 });
      // API Gateway waits for 30 s unless it is told not to.
      of.allResourcesProperties('AWS::ApiGatewayV2::Integration', {
        TimeoutInMillis: Match.absent(),
      });
    },
  );

  it('and all that tell a call something record calls, if that is asked for', () => {
    const days = (of: typeof template, name: FunctionName) =>
      (functionNamed(of, name).properties.Environment as { Variables: Record<string, string> })
        .Variables.RECORDING_DAYS;
    const names = ['webhook', 'websocket', 'interrupt', 'job'] as const;
    expect(names.map((name) => days(template, name))).toEqual(Array(4).fill(undefined));
    expect(names.map((name) => days(recorded, name))).toEqual(Array(4).fill('7'));
    recorded.hasOutput('RecordingsTableName', {
      Value: { Ref: only(recorded, 'AWS::DynamoDB::Table').id },
    });
    expect(template.findOutputs('RecordingsTableName')).toEqual({});
  });

  it('knows its table, its secret and its call flow, and keeps the common variables', () => {
    const { Environment } = functionNamed(
      synthesize({ template: 'receptionist' }),
      'webhook',
    ).properties;
    expect(Environment).toEqual({
      Variables: {
        TEMPLATE: 'receptionist',
        SESSIONS_TABLE: { Ref: only(template, 'AWS::DynamoDB::Table').id },
        WEBHOOK_TOKEN_SECRET_ARN: { Ref: only(template, 'AWS::SecretsManager::Secret').id },
        OUTCOMES_BUS: { Ref: only(template, 'AWS::Events::EventBus').id },
        INTERRUPTION_QUEUE_URL: {
          Ref: only(template, 'AWS::SQS::Queue', { RedrivePolicy: {} }).id,
        },
        JOB_FUNCTION_URL: expect.anything(),
        PUSH_WAYS: 'websocket',
        SLOW_ANSWER_WAIT_MS: '3500',
      },
    });
  });

  it('and its companions are told which call flow which number has', () => {
    const mapped = synthesize({ templateByNumber: { '+493023125000': 'receptionist' } });
    for (const name of ['webhook', 'websocket', 'interrupt', 'job'] as const) {
      expect(functionNamed(mapped, name).properties.Environment).toMatchObject({
        Variables: {
          TEMPLATE: 'conversation',
          TEMPLATE_BY_NUMBER: '{"493023125000":"receptionist"}',
        },
      });
    }
  });

  it('and its three companions are all: nothing of CDK runs beside them', () => {
    template.resourceCountIs('AWS::Lambda::Function', 4);
  });
});

describe('logs', () => {
  it('all have the configured retention and go with the stack', () => {
    const short = synthesize({ logRetentionDays: RetentionDays.THREE_DAYS });
    short.resourceCountIs('AWS::Logs::LogGroup', 5);
    short.allResources('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 3 },
      DeletionPolicy: 'Delete',
    });
  });

  it('of requests hold nothing about who called or from where', () => {
    const { AccessLogSettings } = only(template, 'AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
    }).properties;
    const { Format } = AccessLogSettings as { Format: string };
    expect(Object.keys(JSON.parse(Format))).toContain('request_id');
    expect(Format).not.toMatch(/identity|sourceIp|userAgent|authorizer|header|querystring|\.path/i);
  });
});

describe('the API', () => {
  it('has two routes: one for AI Flow, and one that takes a signature', () => {
    const { id } = only(template, 'AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' });
    const like = { Properties: { ApiId: { Ref: id } } };
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route', like));
    expect(
      routes.map(({ Properties }) => [Properties.RouteKey, Properties.AuthorizationType]),
    ).toEqual([
      ['POST /webhook', 'NONE'],
      ['POST /interruptions', 'AWS_IAM'],
    ]);
    const integrations = Object.values(
      template.findResources('AWS::ApiGatewayV2::Integration', like),
    );
    expect(integrations.map(({ Properties }) => Properties.PayloadFormatVersion)).toEqual([
      '2.0',
      '2.0',
    ]);
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: Match.absent(),
    });
  });

  it('lets as many events in as is wanted, by both doors', () => {
    const stages = Object.values(recorded.findResources('AWS::ApiGatewayV2::Stage'));
    expect(stages.map(({ Properties }) => Properties.DefaultRouteSettings)).toEqual([
      { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1_000 },
      { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1_000 },
    ]);
  });

  it('is throttled on its default stage', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    });
  });
});

describe('the session table', () => {
  it('bills by request, expires its items and goes with the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
        DeletionProtectionEnabled: Match.absent(),
      },
      DeletionPolicy: 'Delete',
    });
  });
});

describe('the webhook token', () => {
  it('is generated at deploy and needs no quoting anywhere', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true },
      SecretString: Match.absent(),
    });
  });
});

describe('monitoring', () => {
  it('takes silence of the metrics for a good sign', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });
});

describe('the outputs', () => {
  it('have the two values that the AI Flow dashboard asks for', () => {
    const api = { Ref: only(template, 'AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }).id };
    const secret = { Ref: only(template, 'AWS::SecretsManager::Secret').id };
    const outputs = template.findOutputs('*');
    expect(outputs.WebhookUrl?.Value).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': [api.Ref, 'ApiEndpoint'] }, '/webhook']],
    });
    expect(outputs.WebhookTokenCommand?.Value).toEqual({
      'Fn::Join': [
        '',
        [
          'aws secretsmanager get-secret-value --secret-id ',
          secret,
          ' --query SecretString --output text',
        ],
      ],
    });
  });

  it('have the address of every way to interrupt', () => {
    const ref = (type: string, like?: object) => ({ Ref: only(template, type, like).id });
    const outputs = template.findOutputs('*');
    const values = Object.fromEntries(
      Object.entries(outputs).map(([id, { Value }]) => [id, Value]),
    );
    expect(values).toMatchObject({
      InterruptionBusName: ref('AWS::Events::EventBus'),
      InterruptionTopicArn: ref('AWS::SNS::Topic'),
      InterruptionQueueUrl: ref('AWS::SQS::Queue', { RedrivePolicy: {} }),
      InterruptFunctionName: { Ref: functionNamed(template, 'interrupt').id },
      InterruptionsUrl: {
        'Fn::Join': [
          '',
          [
            {
              'Fn::GetAtt': [
                ref('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }).Ref,
                'ApiEndpoint',
              ],
            },
            '/interruptions',
          ],
        ],
      },
    });
  });
});
