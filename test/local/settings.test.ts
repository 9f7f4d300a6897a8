import { expect, test } from 'vitest';
import { readSettings } from '../../local/settings.ts';

test('an empty environment gives the documented defaults', () => {
  expect(readSettings({})).toEqual({
    port: 3000,
    webhookToken: 'local-token',
    externalApiToken: 'local-api-token',
    externalApiUrl: undefined,
    externalApi: {},
    template: 'conversation',
    templateByNumber: {},
    variables: {},
    assetsBucketUrl: undefined,
    verbose: false,
  });
});

test('an empty EXTERNAL_API_URL means no push channel', () => {
  expect(readSettings({ EXTERNAL_API_URL: '' }).externalApiUrl).toBe('');
});

test.each(['-1', 'http', '70000', '3000.5'])('PORT=%s is refused by name', (PORT) => {
  expect(() => readSettings({ PORT })).toThrow(
    `PORT must be a number from 0 (any free port) to 65535; got "${PORT}"`,
  );
});

test.each(['/actions', 'api.example.com'])(
  'EXTERNAL_API_URL=%s is refused by name',
  (EXTERNAL_API_URL) => {
    expect(() => readSettings({ EXTERNAL_API_URL })).toThrow(
      'EXTERNAL_API_URL must be a URL, or empty for no push channel',
    );
  },
);

test.each(['http://localhost:8080/a?b=c', 'https://x.example', 'ws://127.0.0.1:1', 'wss://x/y'])(
  'WEBHOOK_URL=%s is a place for an application',
  (WEBHOOK_URL) => {
    expect(readSettings({ WEBHOOK_URL }).webhookUrl).toBe(WEBHOOK_URL);
  },
);

test.each([
  'localhost:8080',
  'ftp://x.example',
  'http://',
  'http://me:secret@x.example',
  'ws://x/#y',
])('WEBHOOK_URL=%s is refused, and not repeated: there may be a secret in it', (WEBHOOK_URL) => {
  expect(() => readSettings({ WEBHOOK_URL })).toThrow(
    /^WEBHOOK_URL must be an http:.*: WEBHOOK_TOKEN/,
  );
  expect(() => readSettings({ WEBHOOK_URL })).not.toThrow(WEBHOOK_URL);
});

test('the external API may have any shape', () => {
  const shape = {
    EXTERNAL_API_METHOD: 'PUT',
    EXTERNAL_API_AUTH_SCHEME: '',
    EXTERNAL_API_BODY: '{"do": "{actions}"}',
  };
  const { externalApi, externalApiUrl } = readSettings({
    ...shape,
    EXTERNAL_API_URL: 'https://a.b/actions',
    HOME: '/',
  });
  expect([externalApi, externalApiUrl]).toEqual([shape, 'https://a.b/actions']);
});

test('a model on Bedrock is asked with your credentials, which nobody sees without one', () => {
  const credentials = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  expect(
    readSettings({ ...credentials, BEDROCK_MODEL_ID: 'amazon.nova-lite-v1:0', HOME: '/root' })
      .bedrock,
  ).toEqual({
    ...credentials,
    BEDROCK_MODEL_ID: 'amazon.nova-lite-v1:0',
  });
  expect(readSettings(credentials).bedrock).toBeUndefined();
});

test('a model behind a URL is asked with your key; what is no URL is refused', () => {
  const server = { MODEL_URL: 'http://127.0.0.1:11434/v1', MODEL: 'llama3.2', MODEL_KEY: 'key' };
  expect(readSettings({ ...server, HOME: '/root' }).modelServer).toEqual(server);
  expect(readSettings({ MODEL: 'llama3.2' }).modelServer).toBeUndefined();
  expect(() => readSettings({ MODEL_URL: server.MODEL_URL })).toThrow(
    'MODEL must name a model of MODEL_URL, such as llama3.2; it is not set',
  );
  expect(() => readSettings({ MODEL_URL: '127.0.0.1:11434' })).toThrow(
    'MODEL_URL must be a URL up to /chat/completions, such as http://127.0.0.1:11434/v1; got "127.0.0.1:11434"',
  );
});
