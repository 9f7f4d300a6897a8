import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mappedPlaces } from '../../functions/runtime/source-map.ts';
import { bundle } from '../../lib/bundle.ts';
import { readConfiguration } from '../../lib/configuration.ts';
import { flowAt } from '../../lib/flows.ts';
import { readFlow } from '../../lib/read-flow.ts';
import { awsServices } from '../support/aws-service.ts';
import { createStack, functionNamed, synthesize } from './synthesize.ts';

const RUNS_FLOWS = ['webhook', 'websocket', 'interrupt', 'job'] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'own-flows-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The path of a call flow whose file says this, and then defines these fields. */
function flow(name: string, { before = '', fields = '' } = {}): string {
  const file = join(folder, `${name}.ts`);
  const front = "import { defineTemplate, later } from 'ai-flow-lambda/template';";
  writeFileSync(
    file,
    `${front}\n${before}\nexport default defineTemplate({ fallback: 'Sorry?', ${fields} });\n`,
  );
  return file;
}

/** A package beside the flows. */
function install(name: string, files: Record<string, string>): void {
  const home = join(folder, 'node_modules', name);
  mkdirSync(home, { recursive: true });
  const manifest = JSON.stringify({
    name,
    version: '1.0.0',
    type: 'module',
    exports: './index.js',
  });
  for (const [file, text] of Object.entries({ 'package.json': manifest, ...files }))
    writeFileSync(join(home, file), text);
}

const statements = (template: Template) =>
  Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );

describe('what a call flow declares', () => {
  const declaring = () =>
    flow('declaring', {
      fields: `env: ['SHOP_URL', 'SHOP_NAME?'], secrets: ['SHOP_KEY', 'CRM_KEY', 'FAX_KEY?']`,
    });
  const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:crm-AbCdEf';
  const given = {
    environment: { SHOP_URL: 'https://shop.example', DEBUG_SHOP: '1' },
    secrets: { SHOP_KEY: 'shop/key', CRM_KEY: arn },
  };

  it('is given to all that run it, and to nobody else', () => {
    const template = synthesize({ template: declaring(), ...given });
    for (const name of RUNS_FLOWS) {
      const { Environment } = functionNamed(template, name).properties;
      expect(Environment).toMatchObject({
        Variables: {
          TEMPLATE: 'declaring',
          SHOP_URL: 'https://shop.example',
          DEBUG_SHOP: '1',
          SHOP_KEY_SECRET_ID: 'shop/key',
          CRM_KEY_SECRET_ID: arn,
        },
      });
    }
    const plain = statements(synthesize());
    const json = plain.map((statement) => JSON.stringify(statement));
    const more = statements(template)
      .filter((statement) => !json.includes(JSON.stringify(statement)))
      .map(({ Action, Resource }) => [Action, [Resource].flat()]);
    expect(new Set(more.map(([action]) => JSON.stringify(action)))).toEqual(
      new Set(['"secretsmanager:GetSecretValue"']),
    );
    const resources = JSON.stringify(more);
    expect(resources).toContain(':secret:shop/key-??????');
    expect(resources).toContain(arn);
  });

  it.each([
    [{}, 'the call flow needs SHOP_URL'],
    [{ environment: given.environment }, 'the call flow needs SHOP_KEY, CRM_KEY'],
    [{ ...given, environment: { SHOP_URL: '' } }, 'give SHOP_URL a text'],
    [{ ...given, environment: { ...given.environment, AWS_REGION: 'x' } }, 'AWS_REGION is a name'],
    [{ ...given, environment: { ...given.environment, TEMPLATE: 'x' } }, 'TEMPLATE is a name of'],
    [{ ...given, secrets: { ...given.secrets, OTHER: 'x' } }, 'no chosen call flow declares it'],
    [{ ...given, secrets: { ...given.secrets, CRM_KEY: 'a b' } }, 'not the secret itself'],
  ])('is refused where it is wrong: %j', (props, why) => {
    expect(() => synthesize({ template: declaring(), ...props })).toThrow(why);
  });

  it('must fit Lambda', () => {
    const stack = createStack({
      template: declaring(),
      ...given,
      environment: { SHOP_URL: 'x'.repeat(4_000) },
    });
    expect(() => (stack.node.root as App).synth()).toThrow('SHOP_URL');
  });

  it('comes from the context as JSON', () => {
    const context = { environment: '{"SHOP_URL": "u"}', secrets: { SHOP_KEY: 's' } };
    expect(readConfiguration(context)).toMatchObject({
      environment: { SHOP_URL: 'u' },
      secrets: { SHOP_KEY: 's' },
    });
    for (const environment of ['[]', '{', '{"SHOP_URL": 1}'])
      expect(() => readConfiguration({ environment })).toThrow('context key "environment"');
  });
});

describe('a call flow is refused that', () => {
  it.each([
    ['is not there', 'flows/nobody.ts', 'is not there'],
    ['lies outside', '../../outside.ts', 'give its absolute path'],
    ['is no source', '/etc/hostname', 'must be a .ts or .js file'],
    ['is unknown', 'fax', 'template is "fax": name a call flow'],
  ])('%s', (_what, template, why) => {
    expect(() => synthesize({ template })).toThrow(why);
  });

  it.each([
    ['parses not', { before: 'const a = ;' }, /broken\.ts can't be bundled: .*broken\.ts:2:11/],
    ['throws', { before: 'throw new Error("no menu");' }, /broken\.ts doesn't load: no menu/],
    [
      'has a slip',
      { fields: 'onUserSpeek() {}' },
      /broken\.ts doesn't load: onUserSpeek is not a field/,
    ],
    ['takes a name of ours', { fields: `env: ['WEBHOOK_TOKEN']` }, /WEBHOOK_TOKEN is a name of/],
    ['awaits at the top', { before: 'await 0;' }, /awaits at the top level.*broken\.ts:2:1/],
    ['looks beside itself', { before: 'console.log(import.meta.url);' }, /uses import\.meta/],
    ['imports nothing', { before: `import 'not-installed/x';` }, /npm install not-installed/],
    [
      'imports what awaits',
      { before: `import 'awaiting';` },
      /the package awaiting awaits .*index/,
    ],
    [
      'imports what looks',
      { before: `import 'looking';` },
      /the package looking uses import\.meta/,
    ],
    ['imports an addon', { before: `import 'addon';` }, /the package addon is a native addon/],
    ['imports a .node', { before: `import 'dotnode';` }, /the package dotnode is a native addon/],
  ])('%s', (_what, text, why) => {
    install('awaiting', { 'index.js': 'export default await 1;' });
    install('looking', { 'index.js': 'export default import.meta.url;' });
    install('addon', { 'index.js': 'export default 1;', 'binding.gyp': '{}' });
    install('dotnode', { 'index.js': `import './x.node';`, 'x.node': '' });
    expect(() => readFlow(flowAt(flow('broken', text)))).toThrow(why);
  });

  it('has the name of another', () => {
    expect(() => flowAt(flow('receptionist'))).toThrow('has the name of one of ours');
    mkdirSync(join(folder, 'two'), { recursive: true });
    const other = flow('two/pizza');
    expect(() =>
      synthesize({ template: flow('pizza'), templateByNumber: { '493023125000': other } }),
    ).toThrow('two call flows are called pizza');
  });
});

describe('the bundles', () => {
  const codeOf = (name: (typeof RUNS_FLOWS)[number], file: string, limits = {}) =>
    readFileSync(
      join(bundle(name, join(folder, 'out'), [flowAt(file)], limits), 'index.cjs'),
      'utf8',
    );

  it('carry chosen call flows alone', () => {
    const code = codeOf('webhook', flow('lonely', { fields: `onSessionStart: () => 'A-LONELY'` }));
    expect(code).toContain('A-LONELY');
    expect(code).not.toContain('Which book are you looking for');
  });

  it('carry what only a job imports in the job alone', () => {
    install('heavy', { 'index.js': `export const heavy = () => 'A-HEAVY-PACKAGE';` });
    const file = flow('jobs', {
      fields: `progress: '…', onJob: async () => (await import('heavy')).heavy()`,
    });
    expect(codeOf('job', file)).toContain('A-HEAVY-PACKAGE');
    for (const name of ['webhook', 'websocket', 'interrupt'] as const)
      expect(codeOf(name, file)).not.toContain('A-HEAVY-PACKAGE');
  });

  it('are warned of when they are large, and refused when they are too large', () => {
    install('large', { 'index.js': `export const large = '${'x'.repeat(1_200_000)}';` });
    const file = flow('larger', {
      before: `import { large } from 'large';`,
      fields: 'onSessionStart: () => large',
    });
    const warned: string[] = [];
    codeOf('webhook', file, { warn: (line: string) => warned.push(line) });
    expect(warned).toEqual([expect.stringMatching(/most of them large \(12\d{5}\)/)]);
    expect(() => codeOf('webhook', file, { maxBytes: 1_000_000 })).toThrow(
      'at most 1000000 are allowed',
    );
    expect(() => synthesize({ template: file, maxBundleBytes: 1_000_000 })).toThrow('large');
  });
});

describe('a secret', () => {
  const services = awsServices();

  /**
   * Ids of the secrets that the webhook has read a moment after it was loaded, before any event.
   */
  async function readAtStart(name: string, fields: string): Promise<string[]> {
    const file = flow(name, { fields: `secrets: ['SHOP_KEY'], ${fields}` });
    const built = bundle('webhook', join(folder, name), [flowAt(file)]);
    const asked: string[] = [];
    const { url } = await services(async (request, response) => {
      asked.push(JSON.parse(String(Buffer.concat(await request.toArray()))).SecretId);
      response.end('{"SecretString":"key"}');
    });
    const env = {
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      SESSIONS_TABLE: 'sessions',
      OUTCOMES_BUS: 'outcomes',
      INTERRUPTION_QUEUE_URL: `${url}/queue`,
      JOB_FUNCTION_URL: `${url}/job`,
      WEBHOOK_TOKEN: 'token',
      TEMPLATE: name,
      SHOP_KEY_SECRET_ID: 'shop/key',
    };
    for (const [variable, value] of Object.entries(env)) vi.stubEnv(variable, value);
    createRequire(import.meta.url)(join(built, 'index.cjs'));
    await vi.waitFor(() => expect(asked).not.toEqual([]), 500).catch(() => {});
    return asked;
  }

  it('is read while the webhook starts only where the call flow asks for it', async () => {
    expect(await readAtStart('eager', 'preload: true')).toEqual(['shop/key']);
    expect(await readAtStart('lazy', '')).toEqual([]);
  });
});

it('a job that throws says where in the file of its author', () => {
  const file = flow('throwing', {
    before: `class Down extends Error { expose = true }\nfunction ask() {\n  throw new Down('the shop is down');\n}`,
    fields: `progress: '…', onJob: () => ask()`,
  });
  const built = bundle('job', join(folder, 'thrown'), [flowAt(file)]);
  const place = mappedPlaces(join(built, 'index.cjs.map'));
  const code = readFileSync(join(built, 'index.cjs'), 'utf8');
  const at = code.indexOf('the shop is down');
  const lines = code.slice(0, at).split('\n');
  const frame = `at ask (/var/task/index.cjs:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1})`;
  expect(place(frame)).toMatch(/^at ask \(\S*throwing\.ts:4:\d+\)$/);
  expect(place('at elsewhere (node:fs:1:1)')).toBe('at elsewhere (node:fs:1:1)');
});
