import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { callKey } from '../../functions/sessions/keys.ts';
import { arnOf, createStack, functionNamed, only, outbound, synthesize } from './synthesize.ts';

const template = synthesize({ outbound });
const call = functionNamed(template, 'call');
const table = only(template, 'AWS::DynamoDB::Table');
const deadLetters = only(template, 'AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 });
const token = only(template, 'AWS::SecretsManager::Secret', {
  Description:
    "Token for outbound calls by AI Flow's REST API: a placeholder until its owner puts the real one in",
});

describe('the call function', () => {
  it('is only there when it is configured', () => {
    const without = synthesize();
    expect(() => functionNamed(without, 'call')).toThrow();
    expect(Object.keys(without.findOutputs('*')).filter((name) => name.startsWith('Call'))).toEqual(
      [],
    );
    expect(createStack().assistant.call).toBeUndefined();
  });

  it('has time for two attempts that are waited for, and knows its flow', () => {
    expect(call.properties).toMatchObject({
      Timeout: 20,
      Environment: {
        Variables: {
          SESSIONS_TABLE: { Ref: table.id },
          AI_FLOW_ID: 'flow-1',
          BILLING_DEVICE: 'e2',
          AI_FLOW_API_TOKEN_SECRET_ARN: { Ref: token.id },
        },
      },
    });
  });

  it('may claim calls and no session, read its own token, leave dead letters and log, and no more', () => {
    const [role] = (call.properties.Role as ReturnType<typeof arnOf>)['Fn::GetAtt'];
    const { PolicyDocument } = only(template, 'AWS::IAM::Policy', {
      Roles: [{ Ref: role }],
    }).properties;
    const allow = (Action: string | string[], Resource: unknown) => ({
      Effect: 'Allow',
      Action,
      Resource,
    });
    expect((PolicyDocument as { Statement: unknown[] }).Statement).toEqual([
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], expect.anything()),
      {
        ...allow(['dynamodb:DeleteItem', 'dynamodb:PutItem'], arnOf(table)),
        Condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${callKey('').pk.S}*`] },
        },
      },
      allow('secretsmanager:GetSecretValue', { Ref: token.id }),
      allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], arnOf(deadLetters)),
    ]);
  });

  it('is never invoked again by Lambda: what failed is a dead letter', () => {
    expect(
      only(template, 'AWS::Lambda::EventInvokeConfig', { FunctionName: { Ref: call.id } })
        .properties,
    ).toMatchObject({
      MaximumEventAgeInSeconds: 300,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: arnOf(deadLetters) } },
    });
  });

  it('is invoked by nobody until it is granted', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(
      permissions.filter(({ Properties }) =>
        JSON.stringify(Properties.FunctionName).includes(call.id),
      ),
    ).toEqual([]);
    const stack = createStack({ outbound });
    const role = new Role(stack, 'Reminder', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    expect(stack.assistant.call?.grantInvoke(role).success).toBe(true);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'lambda:InvokeFunction' }] },
    });
  });

  it('is named in the outputs, and so is the way to give it its token', () => {
    const outputs = template.findOutputs('*');
    expect(outputs.CallFunctionName?.Value).toEqual({ Ref: call.id });
    expect(JSON.stringify(outputs.CallTokenCommand?.Value)).toMatch(
      /put-secret-value --secret-id .*OutboundCallsToken/,
    );
  });
});
