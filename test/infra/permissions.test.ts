import { globSync, readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { arnOf, createStack, externalApi, functionNamed, only, synthesize } from './synthesize.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/** Wildcards that are allowed in an Allow statement: each with its reason. */
const WILDCARDS = [
  // Connections come and go; this is sending on those of one API, and nothing else: for
  // `interrupt`, and for `job`.
  /^execute-api:ManageConnections on .*"\/live\/POST\/@connections\/\*"/,
  /^execute-api:ManageConnections on .*"\/live\/POST\/@connections\/\*"/,
];

const template = synthesize({ externalApi });
const webhook = functionNamed(template, 'webhook');
const websocket = functionNamed(template, 'websocket');
const interrupt = functionNamed(template, 'interrupt');
const job = functionNamed(template, 'job');
const table = arnOf(only(template, 'AWS::DynamoDB::Table'));
const bus = arnOf(only(template, 'AWS::Events::EventBus'));
const secret = (name: string) => ({
  Ref: Object.keys(template.findResources('AWS::SecretsManager::Secret')).find((id) =>
    id.startsWith(name),
  ),
});
const deadLetters = only(template, 'AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 });
const queue = only(template, 'AWS::SQS::Queue', { MessageRetentionPeriod: 300 });

/** The ARN of a route, of the only API of a kind. */
const routeArn = (of: Template, ProtocolType: 'HTTP' | 'WEBSOCKET', route: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':execute-api:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ':',
      { Ref: only(of, 'AWS::ApiGatewayV2::Api', { ProtocolType }).id },
      route,
    ],
  ],
});
const CONNECTIONS = routeArn(template, 'WEBSOCKET', '/live/POST/@connections/*');

/** What the role of a function may do. */
function allowed({ properties }: typeof webhook): Statement[] {
  const [role] = (properties.Role as ReturnType<typeof arnOf>)['Fn::GetAtt'];
  const { PolicyDocument } = only(template, 'AWS::IAM::Policy', {
    Roles: [{ Ref: role }],
  }).properties;
  return (PolicyDocument as { Statement: Statement[] }).Statement;
}

const allow = (Action: string | string[], Resource: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const ownLog = ({ id }: { id: string }) =>
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf({ id: logGroupOf(id) }));

const logGroupOf = (id: string) =>
  template.findResources('AWS::Lambda::Function')[id]?.Properties.LoggingConfig.LogGroup.Ref;

/** As `functions/sessions` sends them; both functions drive the same store. */
function tableOperations(): string[] {
  const sources = globSync('functions/sessions/*.ts').map((file) => readFileSync(file, 'utf8'));
  const sent = sources.flatMap((source) =>
    [...source.matchAll(/dynamoDb\(\s*'(\w+)'/g)].map(([, operation]) => operation),
  );
  return [...new Set(sent)].map((operation) => `dynamodb:${operation}`).sort();
}

describe('every policy', () => {
  it('allows no wildcard, neither in what a role may do nor in who may use a resource', () => {
    const documents = [
      'AWS::IAM::Policy',
      'AWS::SQS::QueuePolicy',
      'AWS::SNS::TopicPolicy',
    ].flatMap((type) => Object.values(template.findResources(type)));
    const wild = documents
      .flatMap(
        ({ Properties }) =>
          Properties.PolicyDocument.Statement as (Statement & { Principal?: unknown })[],
      )
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action, Resource, Principal }) =>
        [Action]
          .flat()
          .map(
            (action) => `${action} on ${JSON.stringify(Resource)} by ${JSON.stringify(Principal)}`,
          ),
      )
      .filter((permission) => permission.includes('*'));
    expect(wild).toEqual(WILDCARDS.map((allowed) => expect.stringMatching(allowed)));
  });

  it('of a role is its own, and nobody but Lambda takes the role', () => {
    template.resourceCountIs('AWS::IAM::Role', 4);
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
      expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      ]);
    }
  });
});

describe('the functions', () => {
  it.each([
    ['webhook', webhook],
    ['websocket', websocket],
  ])(
    '%s may track sessions, read its own token, publish outcomes, have a call woken, start jobs and log, and no more',
    (_name, answering) => {
      expect(allowed(answering)).toEqual([
        ownLog(answering),
        allow(tableOperations(), table),
        allow('secretsmanager:GetSecretValue', secret('WebhookToken')),
        allow('events:PutEvents', bus),
        allow('sqs:SendMessage', arnOf(queue)),
        allow('lambda:InvokeFunction', arnOf(job)),
      ]);
    },
  );

  const INTERRUPTING = [
    allow(tableOperations(), table),
    allow('execute-api:ManageConnections', CONNECTIONS),
    allow('secretsmanager:GetSecretValue', secret('ExternalApiToken')),
    allow('events:PutEvents', bus),
  ];

  it('interrupt may claim sessions, push, read its own token, take from its queue and send to it, publish outcomes and log, and no more', () => {
    const consume = [
      'ChangeMessageVisibility',
      'DeleteMessage',
      'GetQueueAttributes',
      'GetQueueUrl',
      'ReceiveMessage',
    ];
    expect(allowed(interrupt)).toEqual([
      ownLog(interrupt),
      allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], arnOf(deadLetters)),
      allow(
        [...consume, 'SendMessage'].map((action) => `sqs:${action}`),
        arnOf(queue),
      ),
      ...INTERRUPTING,
    ]);
  });

  it('job may do the same to say its results, and no more', () => {
    expect(allowed(job)).toEqual([
      ownLog(job),
      allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], arnOf(deadLetters)),
      ...INTERRUPTING,
      allow('sqs:SendMessage', arnOf(queue)),
    ]);
  });

  it('are invoked by nobody but what is theirs', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => [
        Properties.FunctionName,
        Properties.Principal,
        JSON.stringify(Properties.SourceArn).match(/\/\*(\/\*\/\w+|\$\w+)/)?.[0] ??
          Properties.SourceArn,
      ],
    );
    expect(permissions).toHaveLength(7);
    expect(permissions).toEqual(
      expect.arrayContaining([
        [arnOf(webhook), 'apigateway.amazonaws.com', '/*/*/webhook'],
        ...['connect', 'default', 'disconnect'].map((route) => [
          arnOf(websocket),
          'apigateway.amazonaws.com',
          `/*$${route}`,
        ]),
        [arnOf(interrupt), 'apigateway.amazonaws.com', '/*/*/interruptions'],
        [
          arnOf(interrupt),
          'events.amazonaws.com',
          arnOf(only(template, 'AWS::Events::Rule', { Targets: [{ Arn: arnOf(interrupt) }] })),
        ],
        [arnOf(interrupt), 'sns.amazonaws.com', { Ref: only(template, 'AWS::SNS::Topic').id }],
      ]),
    );
  });
});

describe('with a bucket of clips, each function', () => {
  const withBucket = synthesize({ assetsBucket: { name: 'clips', assets: [] } });

  it.each(['webhook', 'websocket', 'interrupt', 'job'] as const)(
    '%s may read clips there, and no more',
    (name) => {
      const [role] = (functionNamed(withBucket, name).properties.Role as ReturnType<typeof arnOf>)[
        'Fn::GetAtt'
      ];
      const { PolicyDocument } = only(withBucket, 'AWS::IAM::Policy', {
        Roles: [{ Ref: role }],
      }).properties;
      const { Statement } = PolicyDocument as { Statement: Statement[] };
      const clips = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::clips/*.wav']] };
      expect(Statement.filter(({ Action }) => JSON.stringify(Action).includes('s3:'))).toEqual([
        allow('s3:GetObject', clips),
      ]);
    },
  );

  it('of a deployment without one asks for nothing in S3', () => {
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('s3:');
  });
});

describe('who interrupts', () => {
  const sending = createStack();
  const role = (id: string) =>
    new Role(sending, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  sending.assistant.grantInterrupt(role('Sender'));
  sending.assistant.grantInterrupt(role('ByQueue'), ['queue']);
  sending.assistant.restrictedBus('ShopBus', 'shop:').grantPutEventsTo(role('Shop'));
  const granted = Template.fromStack(sending);
  const grantedTo = (sender: string): Statement[] => {
    const [policy] = Object.entries(granted.findResources('AWS::IAM::Policy')).filter(([id]) =>
      id.startsWith(`${sender}Default`),
    );
    return policy?.[1].Properties.PolicyDocument.Statement;
  };

  it('is let in nowhere by a resource: it takes a permission of its own', () => {
    template.resourceCountIs('AWS::Events::EventBusPolicy', 0);
    const policies = ['AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy'].flatMap((type) =>
      Object.values(template.findResources(type)),
    );
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    // Dead letters come from the rule and the subscription; the rest is refused without TLS.
    const allowing = statements.filter(({ Effect }) => Effect === 'Allow');
    const senders = allowing.map(({ Principal, Resource }) => [Principal, Resource]);
    expect(senders.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([
      [{ Service: 'events.amazonaws.com' }, arnOf(deadLetters)],
      [{ Service: 'sns.amazonaws.com' }, arnOf(deadLetters)],
    ]);
    for (const { Condition } of allowing)
      expect(Condition).toHaveProperty(['ArnEquals', 'aws:SourceArn']);
    const denying = statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denying).toHaveLength(3);
    for (const { Condition } of denying)
      expect(Condition).toEqual({ Bool: { 'aws:SecureTransport': 'false' } });
  });

  it('gets all of that, to the letter, by grantInterrupt', () => {
    expect(grantedTo('Sender')).toEqual([
      allow('events:PutEvents', bus),
      allow('sns:Publish', { Ref: only(granted, 'AWS::SNS::Topic').id }),
      allow('sqs:SendMessage', arnOf(queue)),
      allow('lambda:InvokeFunction', arnOf(interrupt)),
      allow('execute-api:Invoke', routeArn(granted, 'HTTP', '/$default/POST/interruptions')),
    ]);
  });

  it('gets the ways alone that are named', () => {
    expect(grantedTo('ByQueue')).toEqual([allow('sqs:SendMessage', arnOf(queue))]);
  });

  it('reaches labels of its own alone by a restricted bus, and may use nothing else', () => {
    const own = only(granted, 'AWS::Events::EventBus', {
      Description: 'Interruptions of calls whose label begins with shop:',
    });
    expect(grantedTo('Shop')).toEqual([allow('events:PutEvents', arnOf(own))]);
    const { Targets } = only(granted, 'AWS::Events::Rule', {
      EventBusName: { Ref: own.id },
    }).properties;
    expect(Targets).toMatchObject([
      {
        Arn: arnOf(interrupt),
        InputTransformer: {
          InputTemplate: '{"label_prefix":"shop:","event":<aws.events.event.json>}',
        },
        DeadLetterConfig: { Arn: arnOf(deadLetters) },
      },
    ]);
  });

  it.each(['', 'a'.repeat(64), '<label>', 'a"b'])('has no bus for the labels %j', (prefix) => {
    expect(() => sending.assistant.restrictedBus('None', prefix)).toThrow(
      'labelPrefix must be the beginning of a label',
    );
  });

  it('is told when grantInterrupt can grant nothing', () => {
    const service = new ServicePrincipal('events.amazonaws.com');
    expect(() => createStack().assistant.grantInterrupt(service)).toThrow('events:PutEvents');
  });
});
