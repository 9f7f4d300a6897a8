import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AiFlowStack, type AiFlowStackProps } from '../../lib/stack.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

// CDK's own rules take a second each time: synth.test.ts runs them, and cdk-nag's, over the real app.
process.env.CDK_VALIDATION = 'false';

/** The template as deployed: with the feature flags of `cdk.json`. */
export function synthesize(props: Partial<AiFlowStackProps> = {}): Template {
  const app = new App({ context });
  const defaults = { template: 'conversation', logRetentionDays: RetentionDays.ONE_MONTH };
  return Template.fromStack(new AiFlowStack(app, 'AiFlowLambda', { ...defaults, ...props }));
}

/** The only resource of a type. */
export function only(template: Template, type: string): { id: string; properties: Record<string, unknown> } {
  const found = Object.entries(template.findResources(type));
  const [entry] = found;
  if (!entry || found.length > 1) throw new Error(`expected one ${type}, found ${found.length}`);
  return { id: entry[0], properties: entry[1].Properties };
}
