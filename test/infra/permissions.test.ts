import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { only, synthesize } from './synthesize.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/** Wildcards that are allowed in an Allow statement, as `action on resource`: each with its reason. None so far. */
const WILDCARDS: string[] = [];

/** What an interruption needs and the webhook does not: finding sessions by label or number. */
const NOT_FOR_THE_WEBHOOK = ['Query'];

const template = synthesize();
const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
  ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
);
const allowed = (service: string) =>
  statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith(`${service}:`)));
const arn = (type: string) => ({ 'Fn::GetAtt': [only(template, type).id, 'Arn'] });

it('allows no wildcard', () => {
  const wild = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} on ${JSON.stringify(Resource)}`))
    .filter((permission) => permission.includes('*'));
  expect(wild).toEqual(WILDCARDS);
});

it('uses no AWS managed policy and lets nobody but Lambda take the role', () => {
  const { ManagedPolicyArns, AssumeRolePolicyDocument } = only(template, 'AWS::IAM::Role').properties;
  expect(ManagedPolicyArns).toBeUndefined();
  expect(AssumeRolePolicyDocument).toMatchObject({
    Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  });
});

it('grants the webhook what functions/sessions sends to the table, and no more', () => {
  const sources = globSync('functions/sessions/*.ts').map((file) => readFileSync(file, 'utf8'));
  const sent = sources.flatMap((source) => [...source.matchAll(/new (\w+)Command\(/g)].map(([, command]) => command));
  const needed = [...new Set(sent)].filter((command) => !NOT_FOR_THE_WEBHOOK.includes(command ?? ''));
  expect(allowed('dynamodb')).toEqual([
    {
      Effect: 'Allow',
      Action: needed.map((command) => `dynamodb:${command}`).sort(),
      Resource: arn('AWS::DynamoDB::Table'),
    },
  ]);
});

it('grants the webhook to read its own token, and to write its own log', () => {
  const secret = { Ref: only(template, 'AWS::SecretsManager::Secret').id };
  expect(allowed('secretsmanager')).toEqual([
    { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret },
  ]);
  expect(allowed('logs')).toHaveLength(1);
  expect(statements).toHaveLength(3);
});

it('lets API Gateway invoke the webhook, and nobody else', () => {
  const { Principal, SourceArn } = only(template, 'AWS::Lambda::Permission').properties;
  expect(Principal).toBe('apigateway.amazonaws.com');
  expect(JSON.stringify(SourceArn)).toContain('/webhook"');
});
