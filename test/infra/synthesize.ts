import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { FunctionName } from '../../lib/bundle.ts';
import { AiFlowStack, type AiFlowStackProps } from '../../lib/stack.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

// CDK's own rules take a second each time: synth.test.ts runs them, and cdk-nag's, over the real
// app.
process.env.CDK_VALIDATION = 'false';

/** The stack as deployed: with the feature flags of `cdk.json`. */
export function createStack(props: Partial<AiFlowStackProps> = {}): AiFlowStack {
  const app = new App({ context });
  const defaults = {
    template: 'conversation',
    logRetentionDays: RetentionDays.ONE_MONTH,
    slowAnswerWaitMs: 3_500,
    eventsPerSecond: 200,
  };
  return new AiFlowStack(app, 'AiFlowLambda', { ...defaults, ...props });
}

const templates = new Map<string, Template>();

/**
 * Each configuration is synthesised once for all files of a worker, but where a test has written
 * its call flow itself.
 */
export function synthesize(props: Partial<AiFlowStackProps> = {}): Template {
  const key = JSON.stringify(props);
  const known = templates.get(key);
  if (known) return known;
  const template = Template.fromStack(createStack(props));
  if (!key.includes('.ts"')) templates.set(key, template);
  return template;
}

export const externalApi = {
  url: 'https://api.example.com/sessions/{session_id}/actions',
  method: 'PUT',
  authHeader: 'X-Key',
  authScheme: '',
  acceptedStatuses: '202',
};

export const outbound = { aiFlowId: 'flow-1', billingDevice: 'e2' };

/** The only resource of a type, among those whose properties match. */
export function only(
  template: Template,
  type: string,
  like?: object,
): { id: string; properties: Record<string, unknown> } {
  const found = Object.entries(template.findResources(type, like && { Properties: like }));
  const [entry] = found;
  if (!entry || found.length > 1) throw new Error(`expected one ${type}, found ${found.length}`);
  return { id: entry[0], properties: entry[1].Properties };
}

export const functionNamed = (template: Template, name: FunctionName) =>
  only(template, 'AWS::Lambda::Function', { Description: Match.stringLikeRegexp(`^${name}: `) });

/** How the template refers to the ARN of a resource. */
export const arnOf = ({ id }: { id: string }) => ({ 'Fn::GetAtt': [id, 'Arn'] });
