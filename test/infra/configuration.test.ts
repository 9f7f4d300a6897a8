import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { templates } from '../../functions/templates/index.ts';
import { InvalidConfiguration, readConfiguration } from '../../lib/configuration.ts';

const TEMPLATES = ['conversation', 'faq'];
const read = (context: Record<string, unknown>) => readConfiguration(context, TEMPLATES);

describe('readConfiguration', () => {
  it('has a default for every key', () => {
    expect(read({})).toEqual({ template: 'conversation', logRetentionDays: 30, stackName: 'AiFlowLambda' });
  });

  it('takes the strings of -c, and the numbers of cdk.json', () => {
    expect(read({ template: 'faq', logRetentionDays: '7', stackName: 'Shop-2' })).toEqual({
      template: 'faq',
      logRetentionDays: 7,
      stackName: 'Shop-2',
    });
    expect(read({ logRetentionDays: 365 }).logRetentionDays).toBe(365);
  });

  it("leaves alone what is CDK's", () => {
    const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
    expect(() => read({ ...context, 'vpc-provider:account=1:region=eu-central-1': {} })).not.toThrow();
  });

  it.each([
    ['template', 'fax', 'context key "template" is "fax": name a call flow of functions/templates: conversation, faq'],
    ['template', '../webhook', 'context key "template" is "../webhook"'],
    ['template', '', 'context key "template" is ""'],
    ['logRetentionDays', '31', 'context key "logRetentionDays" is "31": CloudWatch offers 1, 3, 5, 7, 14, 30, 60'],
    ['logRetentionDays', '7 days', 'context key "logRetentionDays" is "7 days"'],
    ['logRetentionDays', '9999', 'context key "logRetentionDays" is "9999"'],
    ['logRetentionDays', null, 'context key "logRetentionDays" is null'],
    ['stackName', 'my_stack', 'context key "stackName" is "my_stack": use 1 to 128 letters, digits and hyphens'],
    ['stackName', '1st', 'context key "stackName" is "1st"'],
    ['stackname', 'Shop', 'context key "stackname" is "Shop": unknown key, use one of template, logRetentionDays, st'],
  ])('refuses %s = %j', (key, value, message) => {
    expect(() => read({ [key]: value })).toThrow(InvalidConfiguration);
    expect(() => read({ [key]: value })).toThrow(message);
  });

  it('says so when there is no call flow at all', () => {
    expect(() => readConfiguration({}, [])).toThrow('functions/templates: (none)');
  });

  it('offers the call flows that the function knows', () => {
    const known = Object.keys(templates).sort().join(', ');
    expect(() => readConfiguration({ template: '?' })).toThrow(`functions/templates: ${known}`);
    expect(readConfiguration({}).template).toBe('conversation');
  });
});
