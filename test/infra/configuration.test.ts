import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SLOW_ANSWER_WAIT_MS } from '../../functions/assistant/waiting.ts';
import { statusRanges } from '../../functions/delivery/external-api.ts';
import { templates } from '../../functions/templates/index.ts';
import { InvalidConfiguration, readConfiguration } from '../../lib/configuration.ts';

const TEMPLATES = ['conversation', 'faq'];
const read = (context: Record<string, unknown>) => readConfiguration(context, TEMPLATES);

describe('readConfiguration', () => {
  it('has a default for every key', () => {
    const { template, logRetentionDays, stackName, slowAnswerWaitMs, eventsPerSecond, ...rest } =
      read({});
    expect([template, logRetentionDays, stackName]).toEqual(['conversation', 30, 'AiFlowLambda']);
    expect(slowAnswerWaitMs).toBe(SLOW_ANSWER_WAIT_MS);
    expect(eventsPerSecond).toBe(200);
    expect(rest).toEqual({});
    expect(read({}).externalApi).toBeUndefined();
  });

  it('takes the strings of -c, and the numbers of cdk.json', () => {
    const given = {
      template: 'faq',
      logRetentionDays: '7',
      stackName: 'Shop-2',
      slowAnswerWaitMs: '0',
      eventsPerSecond: '500',
    };
    const numbers = { logRetentionDays: 7, slowAnswerWaitMs: 0, eventsPerSecond: 500 };
    expect(read(given)).toEqual({ ...given, ...numbers });
    expect(read({ slowAnswerWaitMs: 10_000 }).slowAnswerWaitMs).toBe(10_000);
    expect(read({ recordingDays: '7' }).recordingDays).toBe(7);
    expect(read({ recordingDays: 0 }).recordingDays).toBeUndefined();
    expect(read({ logRetentionDays: 365 }).logRetentionDays).toBe(365);
  });

  it('knows all of the external API as soon as it has its URL', () => {
    const url = 'https://api.example.com/v1/sessions/{session_id}/actions';
    expect(read({ externalApiUrl: url }).externalApi).toEqual({
      url,
      method: 'POST',
      authHeader: 'Authorization',
      authScheme: 'Bearer',
      acceptedStatuses: '200-299',
    });
    expect(read({ externalApiUrl: url, externalApiAuthScheme: '' }).externalApi?.authScheme).toBe(
      '',
    );
    expect(read({ externalApiUrl: '' }).externalApi).toBeUndefined();
  });

  it('takes an external API that wants the session elsewhere than in its URL', () => {
    const body = { session: '{session_id}', actions: '{actions}' };
    for (const externalApiBody of [body, JSON.stringify(body)]) {
      const { externalApi } = read({ externalApiUrl: 'https://a.b/actions', externalApiBody });
      expect(externalApi).toMatchObject({ url: 'https://a.b/actions', body: JSON.stringify(body) });
    }
  });

  const numbers = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`+49 30 ${23_125_000 + n}`, 'conversation']),
    );

  it('reads numbers in any international notation', () => {
    const given = { '+49 (0) 30 23125000': 'faq', 'sip:+493023125001@sipgate.de': 'conversation' };
    expect(read({ templateByNumber: given }).templateByNumber).toEqual({
      '493023125000': 'faq',
      '493023125001': 'conversation',
    });
  });

  it('refuses more than Lambda takes as environment', () => {
    expect(
      Object.keys(read({ templateByNumber: numbers(70) }).templateByNumber ?? {}),
    ).toHaveLength(70);
    const message =
      /^context key "templateByNumber" is .{101}: the environment of a function would be \d{4} bytes, \d{4} of them this, and Lambda takes 4096: give fewer/;
    expect(() => read({ templateByNumber: numbers(120) })).toThrow(message);
    const externalApiBody = { text: 'x'.repeat(3_000), actions: '{actions}' };
    const both = { externalApiUrl: 'https://a.b/', externalApiBody, templateByNumber: numbers(20) };
    expect(() => read(both)).toThrow(/^context key "externalApiBody" is .*: the environment/);
  });

  it('takes the clips of a bucket from -c and from cdk.json', () => {
    const clips = { name: 'my.clips-1', assets: ['intro', 'hold-2'] };
    expect(read({ assetsBucket: 'my.clips-1', bucketAssets: 'intro,hold-2' }).assetsBucket).toEqual(
      clips,
    );
    expect(
      read({ assetsBucket: 'my.clips-1', bucketAssets: ['intro', 'hold-2'] }).assetsBucket,
    ).toEqual(clips);
    expect(read({ assetsBucket: 'clips' }).assetsBucket).toEqual({ name: 'clips', assets: [] });
    expect(read({}).assetsBucket).toBeUndefined();
  });

  it.each(['200-299', '200,202', '200-204,299', 202])(
    'accepts the statuses %j, and so does the function',
    (given) => {
      const { externalApi } = read({
        externalApiUrl: 'https://a.b/{session_id}',
        externalApiAcceptedStatuses: given,
      });
      expect(statusRanges(externalApi?.acceptedStatuses ?? '')(202)).toBe(true);
    },
  );

  it('lets a flow call people once it knows the flow and who pays', () => {
    expect(read({}).outbound).toBeUndefined();
    expect(read({ aiFlowId: '550e8400-e29b', billingDevice: 'e2' }).outbound).toEqual({
      aiFlowId: '550e8400-e29b',
      billingDevice: 'e2',
    });
    expect(read({ aiFlowId: '', billingDevice: '' }).outbound).toBeUndefined();
  });

  it.each([
    'arn:aws:sns:eu-central-1:123456789012:on-call',
    'arn:aws-cn:sns:cn-north-1:123456789012:on_call',
  ])('tells %s of alarms', (alarmTopic) => {
    expect(read({ alarmTopic }).alarmTopic).toBe(alarmTopic);
    expect(read({ alarmTopic: '' }).alarmTopic).toBeUndefined();
  });

  it.each([
    'amazon.nova-lite-v1:0',
    'eu.amazon.nova-lite-v1:0',
    'anthropic.claude-3-haiku-20240307-v1:0:48k',
  ])('takes the model %s', (bedrockModelId) => {
    expect(read({ bedrockModelId }).bedrockModelId).toBe(bedrockModelId);
  });

  it('takes a model behind a URL, and only in place of one on Bedrock', () => {
    const server = { modelUrl: 'https://api.openai.com/v1', model: 'gpt-4o-mini' };
    const modelParameters = { temperature: 0.2 };
    expect(read({ ...server, modelParameters, modelPrices: '0.15,0.6' })).toMatchObject({
      modelServer: {
        url: 'https://api.openai.com/v1',
        model: 'gpt-4o-mini',
        parameters: '{"temperature":0.2}',
      },
      modelPrices: '0.15,0.6',
    });
    expect(() => read({ ...server, bedrockModelId: 'amazon.nova-lite-v1:0' })).toThrow(
      'leave either it or bedrockModelId out',
    );
  });

  it("leaves alone what is CDK's", () => {
    const { context } = JSON.parse(
      readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
    );
    expect(() =>
      read({ ...context, 'vpc-provider:account=1:region=eu-central-1': {} }),
    ).not.toThrow();
  });

  it.each([
    [
      'template',
      'fax',
      'context key "template" is "fax": name a call flow of functions/templates: conversation, faq',
    ],
    ['template', '../webhook', 'context key "template" is "../webhook"'],
    ['template', '', 'context key "template" is ""'],
    [
      'templateByNumber',
      '{"+4930": "fax"}',
      'context key "templateByNumber" is {"+4930":"fax"}: map numbers to call flows',
    ],
    ['templateByNumber', { hotline: 'faq' }, 'context key "templateByNumber" is {"hotline":"faq"}'],
    ['templateByNumber', { '030 23125000': 'faq' }, 'an international phone number'],
    [
      'templateByNumber',
      { '+4930': 'faq', '004930': 'faq' },
      'context key "templateByNumber" is {"004930":"faq"}: the number is there twice',
    ],
    ['templateByNumber', 'faq', 'context key "templateByNumber" is "faq"'],
    [
      'logRetentionDays',
      '31',
      'context key "logRetentionDays" is "31": CloudWatch offers 1, 3, 5, 7, 14, 30, 60',
    ],
    ['logRetentionDays', '7 days', 'context key "logRetentionDays" is "7 days"'],
    ['logRetentionDays', '9999', 'context key "logRetentionDays" is "9999"'],
    ['logRetentionDays', null, 'context key "logRetentionDays" is null'],
    [
      'stackName',
      'my_stack',
      'context key "stackName" is "my_stack": use 1 to 128 letters, digits and hyphens',
    ],
    ['stackName', '1st', 'context key "stackName" is "1st"'],
    [
      'externalApiUrl',
      'http://a.b/{session_id}',
      'give an https URL, with {session_id} where the session belongs',
    ],
    [
      'externalApiUrl',
      'https://a.b/{sessionId}',
      'context key "externalApiUrl" is "https://a.b/{sessionId}": give an https',
    ],
    ['externalApiUrl', 'https://{session_id}.a.b/', 'context key "externalApiUrl"'],
    ['externalApiUrl', 'https://me:secret@a.b/{session_id}', 'context key "externalApiUrl"'],
    ['externalApiUrl', 'https://a.b/#{session_id}', 'context key "externalApiUrl"'],
    ['externalApiUrl', 7, 'context key "externalApiUrl" is 7'],
    [
      'externalApiMethod',
      'GET',
      'context key "externalApiMethod" is "GET": use POST, PUT or PATCH',
    ],
    ['externalApiBody', '{"actions": {actions}}', 'it must be JSON'],
    ['externalApiBody', '{"actions": []}', 'it must hold "{actions}" once'],
    ['externalApiBody', '{"a": "{actions}", "b": "{session}"}', 'and no other placeholder'],
    ['externalApiBody', 7, 'context key "externalApiBody" is 7: it must hold'],
    [
      'externalApiAuthHeader',
      '',
      'context key "externalApiAuthHeader" is "": name one header, such as Authorization',
    ],
    ['externalApiAuthHeader', 'X-Key: a', 'context key "externalApiAuthHeader" is "X-Key: a"'],
    [
      'externalApiAuthScheme',
      'Bearer ',
      'context key "externalApiAuthScheme" is "Bearer ": give one word',
    ],
    [
      'externalApiAcceptedStatuses',
      '2xx',
      'context key "externalApiAcceptedStatuses" is "2xx": list codes and ranges',
    ],
    [
      'externalApiAcceptedStatuses',
      '299-200',
      'context key "externalApiAcceptedStatuses" is "299-200"',
    ],
    ['externalApiAcceptedStatuses', '', 'context key "externalApiAcceptedStatuses" is ""'],
    [
      'assetsBucket',
      's3://clips',
      'context key "assetsBucket" is "s3://clips": give the name of a bucket, not its URL',
    ],
    ['assetsBucket', 'arn:aws:s3:::clips', 'not its URL or ARN'],
    ['assetsBucket', 'clips/intro', 'context key "assetsBucket"'],
    [
      'bucketAssets',
      'intro',
      'context key "bucketAssets" is "intro": name the bucket too: -c assetsBucket=',
    ],
    [
      'bucketAssets',
      'intro.wav',
      'context key "bucketAssets" is "intro.wav": name clips, each 1–64 of a–z',
    ],
    ['bucketAssets', [7, 'A'], 'name clips, each'],
    ['bucketAssets', { intro: true }, 'name clips, each'],
    [
      'bedrockModelId',
      'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0',
      'not its ARN',
    ],
    [
      'bedrockModelId',
      'amazon.*',
      'context key "bedrockModelId" is "amazon.*": give the id of a model',
    ],
    ['bedrockModelId', 'nova', 'context key "bedrockModelId" is "nova"'],
    ['modelUrl', 'http://models.example/v1', 'give the https URL up to /chat/completions'],
    ['modelUrl', 'https://models.example/v1?key=1', 'give the https URL'],
    ['modelUrl', 'https://models.example/v1', 'name a model of the server together with modelUrl'],
    ['model', 'gpt-4o-mini', 'name a model of the server together with modelUrl'],
    ['modelParameters', '[1]', 'give what is to be in each request'],
    ['modelPrices', '0.06', 'give two prices, of a million tokens in, and out'],
    [
      'alarmTopic',
      'on-call',
      'context key "alarmTopic" is "on-call": give the ARN of an SNS topic, such as arn:aws:sns:',
    ],
    ['alarmTopic', 'arn:aws:sns:eu-central-1:123456789012:on-call.fifo', 'the ARN of an SNS topic'],
    [
      'aiFlowId',
      'a/b',
      'context key "aiFlowId" is "a/b": give the flow\'s id, or leave it and billingDevice out',
    ],
    ['aiFlowId', '..', 'context key "aiFlowId" is "..": give the flow\'s id'],
    [
      'aiFlowId',
      'flow-1',
      'context key "billingDevice" is "": give the suffix from sipgate, such as e2, together with',
    ],
    ['billingDevice', 'e2', 'context key "billingDevice" is "e2": give the suffix from sipgate'],
    [
      'slowAnswerWaitMs',
      '10001',
      'context key "slowAnswerWaitMs" is "10001": give 0 to 10000 milliseconds',
    ],
    ['slowAnswerWaitMs', '-1', 'context key "slowAnswerWaitMs" is "-1"'],
    ['slowAnswerWaitMs', '3.5', 'context key "slowAnswerWaitMs" is "3.5"'],
    ['eventsPerSecond', '0', 'context key "eventsPerSecond" is "0": give 1 to 10000'],
    ['eventsPerSecond', '10001', 'context key "eventsPerSecond" is "10001"'],
    ['eventsPerSecond', 'many', 'context key "eventsPerSecond" is "many"'],
    ['recordingDays', '31', 'context key "recordingDays" is "31": give 1 to 30 days, or 0'],
    ['recordingDays', '-1', 'context key "recordingDays" is "-1"'],
    ['recordingDays', 'all', 'context key "recordingDays" is "all"'],
    ['slowAnswerWaitMs', '', 'context key "slowAnswerWaitMs" is ""'],
    [
      'stackname',
      'Shop',
      'context key "stackname" is "Shop": unknown key, use one of template, templateByNumber, log',
    ],
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
