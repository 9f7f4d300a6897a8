import { readFileSync } from 'node:fs';
import { App, type Environment, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../functions/interruption/mapping.ts';
import { AiFlowAssistant, type AiFlowAssistantProps } from '../../lib/assistant.ts';
import { InterruptCall } from '../../lib/interrupt-call.ts';
import {
  InterruptingPipe,
  type MessageSource,
  warnOfEndlessMessages,
} from '../../lib/interrupting-pipe.ts';
import { functionNamed } from './synthesize.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
const SHIPPED: Mapping = {
  target: { label: 'order:{$.detail.orderId}' },
  context: { status: '$.detail.status' },
};
const BY_MESSAGE: Mapping = { target: { label: 'order:{$.body.id}' }, say: 'It has shipped.' };
const env: Environment = { account: '123456789012', region: 'eu-central-1' };

/**
 * An app that was there before: tables, keys and a bus of others, and an assistant in a stack of
 * its own.
 */
const app = new App({ context });
const theirs = new Stack(app, 'Shop', { env });
const ours = new Stack(app, 'Hotline', { env });
const assistant = new AiFlowAssistant(ours, 'Assistant', {
  template: 'order-status',
  vpc: new Vpc(theirs, 'Vpc', { natGateways: 1 }) as IVpc,
  memorySize: 3_538,
  reservedConcurrency: { job: 5 },
  provisionedConcurrency: { webhook: 2, interrupt: 1 },
  maxConcurrency: 3,
  removalPolicy: RemovalPolicy.RETAIN,
  pointInTimeRecovery: true,
  encryptionKey: new Key(theirs, 'CallsKey'),
  domain: {
    domainName: new DomainName(theirs, 'Domain', {
      domainName: 'calls.example.com',
      certificate: Certificate.fromCertificateArn(
        theirs,
        'Certificate',
        'arn:aws:acm:::certificate/1',
      ),
    }),
  },
});
const key = new Key(theirs, 'Key');
const orders = new Table(theirs, 'Orders', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
});
const receipts = new Bucket(theirs, 'Receipts', {
  encryption: BucketEncryption.KMS,
  encryptionKey: key,
});
const shopKey = new Secret(theirs, 'ShopKey');
orders.grantReadData(assistant);
receipts.grantRead(assistant);
shopKey.grantRead(assistant, ['AWSCURRENT']);
key.grantDecrypt(assistant);

const bus = new EventBus(theirs, 'ShopEvents');
const eventPattern = { detailType: ['Order Shipped'] };
const between = new Stack(app, 'Between', { env });
const rule = new Rule(between, 'Shipped', { eventBus: bus, eventPattern });
assistant.interruptOn(rule, SHIPPED);
const near = new Rule(ours, 'Near', { eventPattern });
near.addTarget(
  new InterruptCall(assistant, {
    target: { label: `table:${orders.tableName}:{$.detail.id}` },
    say: 'Costs {{5}',
  }),
);
/** What others send their messages through. */
const shipments = new Queue(theirs, 'Parcels', {
  deadLetterQueue: { queue: new Queue(theirs, 'Lost'), maxReceiveCount: 3 },
});
const news = new Topic(theirs, 'News');
const positions = new Stream(theirs, 'Positions');
const stock = new Table(theirs, 'Stock', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  stream: StreamViewType.NEW_IMAGE,
});
for (const source of [shipments, news, positions, stock] as const)
  assistant.interruptFrom(source, BY_MESSAGE);
assistant.interruptFrom(shipments, BY_MESSAGE, { filter: { body: { status: ['shipped'] } } });

const [shop, hotline, rules] = [theirs, ours, between].map((stack) =>
  Template.fromStack(stack),
) as [Template, Template, Template];

/** What each function that runs templates may do. */
const statements = (['webhook', 'websocket', 'interrupt', 'job'] as const).map((name) => {
  const [role] = (functionNamed(hotline, name).properties.Role as { 'Fn::GetAtt': [string] })[
    'Fn::GetAtt'
  ];
  const policies = hotline.findResources('AWS::IAM::Policy', {
    Properties: { Roles: [{ Ref: role }] },
  });
  return Object.values(policies).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[] }[],
  );
});

describe('what is granted to an assistant', () => {
  it.each([
    ['a table', 'dynamodb:Scan', 'Orders'],
    ['a bucket', 's3:GetObject*', 'Receipts'],
    ["the bucket's key, of another stack", 'kms:Decrypt', 'Key'],
    ['a secret', 'secretsmanager:DescribeSecret', 'ShopKey'],
  ])('%s, reaches the role of each function that runs templates', (_what, action, resource) => {
    for (const allowed of statements) {
      const about = allowed.filter(({ Action }) => [Action].flat().includes(action));
      expect(JSON.stringify(about)).toContain(resource);
    }
  });

  it('keeps its conditions', () => {
    for (const allowed of statements) {
      expect(allowed).toContainEqual(
        expect.objectContaining({
          Action: expect.arrayContaining(['secretsmanager:DescribeSecret']),
          Condition: {
            'ForAnyValue:StringEquals': { 'secretsmanager:VersionStage': ['AWSCURRENT'] },
          },
        }),
      );
    }
  });

  it('adds nothing to the resource', () => {
    shop.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0);
    shop.allResourcesProperties('AWS::DynamoDB::Table', { ResourcePolicy: Match.absent() });
  });
});

describe('a rule that interrupts', () => {
  const inputOf = (template: Template) => {
    const [found] = Object.values(
      template.findResources('AWS::Events::Rule', {
        Properties: { EventPattern: { 'detail-type': ['Order Shipped'] } },
      }),
    );
    return found?.Properties.Targets[0];
  };

  it('hands over the mapping and the whole event, which is no text', () => {
    const { InputTransformer } = inputOf(rules);
    expect(InputTransformer).toEqual({
      InputTemplate: `{"interruption":${JSON.stringify(SHIPPED)},"event":<aws.events.event.json>}`,
    });
  });

  it('of another stack waits for the assistant, and not the other way round', () => {
    expect(inputOf(rules)).toMatchObject({
      RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3 },
      DeadLetterConfig: { Arn: expect.anything() },
    });
    rules.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Shipped'), 'Arn'] },
    });
    expect(JSON.stringify(hotline.toJSON())).not.toContain('"Between"');
    hotline.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Condition: { ArnLike: { 'aws:SourceArn': Match.anyValue() } } }),
        ]),
      },
    });
  });

  it('may hold what CloudFormation knows later', () => {
    expect(JSON.stringify(inputOf(hotline).InputTransformer)).toContain(':{$.detail.id}');
  });

  it.each<[string, unknown, string]>([
    ['an unknown field', { ...SHIPPED, sya: 'Hi' }, 'sya is not a known field'],
    ['an unknown field below', { target: { lable: 'x' } }, 'target.lable is not a known field'],
    ['SSML', { ...SHIPPED, context: undefined, say: 'Hi <b>you</b>' }, 'must hold no < and no >'],
    ['a bare path in a text', { ...SHIPPED, id: 'a-$.detail.id' }, 'id has a path without braces'],
    ['a path that does not parse', { ...SHIPPED, id: '$.detail..id' }, 'id is no path'],
    ['a path as its target', { target: '$.detail.target', say: 'Hi' }, 'target is never a path'],
    ['everyone by a path', { target: { everyone: '$.detail.all' } }, 'target.everyone is true'],
    ['no target', { say: 'Hi' }, 'target or session_id'],
    ['two targets', { target: { label: 'a', caller: '$.detail.phone' } }, 'exactly one of'],
    ['a contradiction', { ...SHIPPED, say: '$.detail.text' }, 'leave out say'],
    ['a number of nobody', { target: { caller: '0176 123' } }, 'target.caller must be'],
    ['too much', { ...SHIPPED, context: 'x'.repeat(8_200) }, 'must be at most'],
    ['more than a template', { ...SHIPPED, context: undefined, say: 'x'.repeat(8_200) }, '8192'],
    ['nothing', undefined, 'the mapping is refused'],
    ['a wrong then', { ...SHIPPED, context: undefined, then: [{ type: 'hang' }] }, 'then.0'],
  ])('refuses %s, and says where', (_what, mapping, problem) => {
    const stack = new Stack(new App(), 'Elsewhere');
    const wrong = new Rule(stack, 'Wrong', { eventPattern });
    const add = () => wrong.addTarget(new InterruptCall(assistant, mapping as Mapping));
    expect(add).toThrow(/^Elsewhere\/Wrong: the mapping is refused: /);
    expect(add).toThrow(problem);
  });

  it.each<[string, Mapping]>([
    [
      'numbers and flags by a path',
      {
        session_id: '$.detail.s',
        say: '$.detail.text',
        if_turn: '$.detail.turn',
        urgent: '$.detail.urgent',
        expires_at: '$.detail.until',
      },
    ],
    [
      'a transfer',
      {
        target: { caller: '{$.detail.phone}' },
        say: 'Hi',
        then: [
          {
            type: 'transfer',
            target_phone_number: '$.detail.agent',
            caller_id_name: 'Shop',
            caller_id_number: '+493023125000',
          },
        ],
      },
    ],
    ['a clip', { target: { everyone: true }, play: { asset: 'hold-music' } }],
    ['the whole event', { target: { label: 'x' }, context: '$' }],
    ['silence', { target: { label: '$.detail.id' } }],
  ])('takes %s', (_what, mapping) => {
    const stack = new Stack(new App(), 'Elsewhere', { env });
    new Rule(stack, 'Right', { eventPattern }).addTarget(new InterruptCall(assistant, mapping));
  });
});

describe('messages that interrupt', () => {
  const pipes = Object.values(hotline.findResources('AWS::Pipes::Pipe')).map(
    ({ Properties }) => Properties,
  );
  /** The pipe that reads what has this id in its ARN. */
  const reading = (id: string) =>
    pipes.filter(({ Source }) => JSON.stringify(Source).includes(id)) as [
      Record<'SourceParameters' | 'TargetParameters', object>,
    ];
  const stream = {
    BatchSize: 10,
    StartingPosition: 'LATEST',
    MaximumRecordAgeInSeconds: 60,
    MaximumRetryAttempts: 3,
    OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
    DeadLetterConfig: { Arn: expect.anything() },
  };

  it.each<[string, string, object]>([
    ['a queue', 'Parcels', { SqsQueueParameters: { BatchSize: 10 } }],
    ['a topic, by a queue', 'FromShopNews', { SqsQueueParameters: { BatchSize: 10 } }],
    ['a stream', 'Positions', { KinesisStreamParameters: stream }],
    ['a table', 'Stock', { DynamoDBStreamParameters: stream }],
  ])('come from %s, with the mapping and as they are', (_what, id, parameters) => {
    expect(reading(id)[0]).toMatchObject({
      SourceParameters: parameters,
      Target: { Ref: expect.stringMatching('InterruptFunctionAlias') },
      TargetParameters: {
        InputTemplate: `{"interruption":${JSON.stringify(BY_MESSAGE)},"event":<aws.pipes.event.json>}`,
        LambdaFunctionParameters: { InvocationType: 'REQUEST_RESPONSE' },
      },
    });
  });

  it('may be some of those of a source', () => {
    const patterns = reading('Parcels').map(({ SourceParameters }) => SourceParameters);
    expect(patterns).toMatchObject([
      expect.not.objectContaining({ FilterCriteria: expect.anything() }),
      { FilterCriteria: { Filters: [{ Pattern: '{"body":{"status":["shipped"]}}' }] } },
    ]);
  });

  it.each([
    ['sqs:ReceiveMessage', 'Parcels'],
    ['sqs:DeleteMessage', 'FromShopNews'],
    ['kinesis:GetRecords', 'Positions'],
    ['dynamodb:GetRecords', 'Stock'],
    ['lambda:InvokeFunction', 'InterruptFunctionAlias'],
  ])('are read by a role with %s', (action, resource) => {
    const allowed = Object.entries(hotline.findResources('AWS::IAM::Policy'))
      .filter(([id]) => id.includes('From'))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => [Action].flat().includes(action));
    expect(JSON.stringify(allowed)).toContain(resource);
  });

  it('of a topic end as dead letters after three attempts', () => {
    hotline.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 60,
      MessageRetentionPeriod: 300,
      RedrivePolicy: { maxReceiveCount: 3 },
    });
    hotline.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'sqs',
      RedrivePolicy: { deadLetterTargetArn: Match.anyValue() },
    });
  });

  it('that nobody could ever read are warned of', () => {
    const stack = new Stack(new App(), 'Elsewhere', { env });
    const others = new Queue(stack, 'Others');
    warnOfEndlessMessages(others);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toMatchObject([
      { id: '/Elsewhere/Others' },
    ]);
    const imported = Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-central-1:1:theirs');
    expect(() => warnOfEndlessMessages(imported)).not.toThrow();
  });

  it('need a mapping that may interrupt, and a table a stream', () => {
    const stack = new Stack(new App(), 'Elsewhere', { env });
    const parts = { interrupt: assistant.interrupt, deadLetters: assistant.deadLetters };
    const from = (source: MessageSource, mapping: Mapping) =>
      new InterruptingPipe(stack, { assistant: parts, source, mapping });
    const wrong = { ...BY_MESSAGE, say: 'Hi <b>you</b>' };
    expect(() => from(shipments, wrong)).toThrow(
      /^Elsewhere\/FromShopParcels\w*: the mapping is refused: must hold no < and no >/,
    );
    expect(() => from(orders, BY_MESSAGE)).toThrow(/^Elsewhere\/FromShopOrders.* has no stream/);
  });
});

describe('the properties of an assistant', () => {
  it('are those of its functions', () => {
    for (const name of ['webhook', 'websocket', 'interrupt', 'job'] as const) {
      expect(functionNamed(hotline, name).properties).toMatchObject({
        MemorySize: 3_538,
        VpcConfig: { SubnetIds: expect.anything() },
        ...(name === 'job' && { ReservedConcurrentExecutions: 5 }),
      });
    }
    expect(
      Object.values(hotline.findResources('AWS::Lambda::Alias')).map(
        ({ Properties }) => Properties.ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions,
      ),
    ).toEqual([2, 1]);
  });

  it('lead every way in to what is kept warm', () => {
    const alias = { Ref: Match.stringLikeRegexp('InterruptFunctionAlias') };
    hotline.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: Match.anyValue(),
      ScalingConfig: { MaximumConcurrency: 3 },
    });
    hotline.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: alias });
    hotline.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: Match.anyValue(),
      Qualifier: { 'Fn::Select': Match.anyValue() },
    });
  });

  it('keep and encrypt what calls leave behind', () => {
    hotline.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEType: 'KMS' },
      },
    });
    hotline.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
    for (const allowed of statements) expect(JSON.stringify(allowed)).toContain('CallsKey');
  });

  it('name the webhook', () => {
    for (const [url, path] of [
      [assistant.webhookUrl, '/webhook'],
      [assistant.interruptionsUrl, '/interruptions'],
    ]) {
      const domain = { 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Shop' }) };
      expect(ours.resolve(url)).toEqual({ 'Fn::Join': ['', ['https://', domain, path]] });
    }
    hotline.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1);
  });

  it.each<[string, unknown, RegExp]>([
    ['no template', {}, /^Wrong\/Assistant: template is "": /],
    ['an unknown template', { template: 'fax' }, /^Wrong\/Assistant: template is "fax": /],
    ['a template outside', { template: '../fax.ts' }, /^Wrong\/Assistant: template .* outside of/],
    [
      'an environment that is no text',
      { template: 'conversation', environment: { SHOP_URL: 5 } },
      /^Wrong\/Assistant: environment is /,
    ],
    [
      'a secret that nobody wants',
      { template: 'conversation', secrets: { SHOP_KEY: 'shop/key' } },
      /^Wrong\/Assistant: secrets is /,
    ],
    [
      'a wrong URL',
      { template: 'conversation', externalApi: { url: 'ftp://x' } },
      /externalApi.url is/,
    ],
    [
      'half of outbound',
      { template: 'conversation', outbound: { aiFlowId: 'a' } },
      /outbound.billingDevice is/,
    ],
    ['a wrong wait', { template: 'conversation', slowAnswerWaitMs: -1 }, /slowAnswerWaitMs is -1/],
  ])('refuse %s', (_what, props, problem) => {
    const stack = new Stack(new App(), 'Wrong');
    expect(() => new AiFlowAssistant(stack, 'Assistant', props as AiFlowAssistantProps)).toThrow(
      problem,
    );
  });
});

describe('several assistants', () => {
  const fleet = new App({ context });
  for (const name of ['Test', 'Prod']) {
    const stack = new Stack(new Stage(fleet, name), 'Hotline');
    for (const template of ['conversation', 'receptionist'])
      new AiFlowAssistant(stack, template, { template });
  }
  const assembly = fleet.synth();
  const templates = assembly.nestedAssemblies.flatMap(({ nestedAssembly }) =>
    nestedAssembly.stacks.map(({ template }) => template),
  );

  it('live in one account: nothing has a name that another has', () => {
    expect(templates).toHaveLength(2);
    const named = templates.flatMap(({ Resources }) =>
      Object.values<{ Type: string; Properties: Record<string, unknown> }>(Resources).flatMap(
        ({ Type, Properties }) =>
          [
            'FunctionName',
            'TableName',
            'QueueName',
            'TopicName',
            'RoleName',
            'DashboardName',
            'LogGroupName',
            'AlarmName',
          ]
            .filter(
              (name) =>
                !/Permission|Subscription|EventInvokeConfig|EventSourceMapping|MetricFilter/.test(
                  Type,
                ) && name in (Properties ?? {}),
            )
            .map((name) => `${Type} ${name}`),
      ),
    );
    expect(named).toEqual([]);
  });

  it('fit into a stack four at a time', () => {
    for (const { Resources } of templates)
      expect(Object.keys(Resources).length * 2).toBeLessThanOrEqual(500);
  });

  it('have the code of their own flow, in each stage the same', () => {
    const codes = templates.map(({ Resources }) =>
      Object.values<{ Type: string; Properties: { Description: string; Code: object } }>(Resources)
        .filter(({ Properties }) => /^webhook: /.test(Properties?.Description ?? ''))
        .map(({ Properties }) => JSON.stringify(Properties.Code)),
    );
    expect(codes[0]).toEqual(codes[1]);
    expect(new Set(codes[0]).size).toBe(2);
  });

  it('count their own outcomes', () => {
    const namespaces = templates.flatMap(({ Resources }) =>
      Object.values<{
        Type: string;
        Properties: { MetricTransformations: [{ MetricNamespace: string }] };
      }>(Resources)
        .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
        .map(({ Properties }) => Properties.MetricTransformations[0].MetricNamespace),
    );
    expect(new Set(namespaces)).toEqual(
      new Set([
        'Test-Hotline-conversation',
        'Test-Hotline-receptionist',
        'Prod-Hotline-conversation',
        'Prod-Hotline-receptionist',
      ]),
    );
  });
});
