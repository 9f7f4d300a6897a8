import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { templates } from '../../functions/templates/index.ts';
import { fencedBlocks } from '../support/readme.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');
const NOT_COPIED = new Set(['node_modules', '.git', 'cdk.out', 'dist', '.cache']);

/** A copy of the checkout: what is written there is nobody's. */
let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'checkout-'));
  for (const entry of readdirSync(ROOT).filter((name) => !NOT_COPIED.has(name))) {
    cpSync(join(ROOT, entry), join(checkout, entry), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
});
afterAll(() => rmSync(checkout, { recursive: true }));

/** A program in the copy; what it printed. Rejects unless its exit code is 0. */
async function run(program: string, ...args: string[]): Promise<string> {
  // What vitest sets would make another vitest take itself for a part of this one.
  const env = { PATH: `${BIN}:${process.env.PATH}`, HOME: process.env.HOME, NO_COLOR: '1' };
  const { stdout } = await promisify(execFile)(program, args, { cwd: checkout, env }).catch(
    (error) => {
      throw new Error(`${program} ${args.join(' ')}:\n${error.stdout}${error.stderr}`);
    },
  );
  return stdout;
}

const node = (...args: string[]) => run(process.execPath, ...args);
const create = (...args: string[]) => node('local/new.ts', ...args);
const text = (file: string) => readFileSync(join(checkout, file), 'utf8');

// It type-checks and tests nine copies, each in processes of their own.
test('a new call flow is checked, tested and performed at once; so is a copy of each of ours', async () => {
  const registry = text('functions/templates/index.ts');
  const printed = await create('my-flow');
  for (const ending of ['.ts', '.call.ts', '.local.ts', '.test.ts'])
    expect(printed).toContain(`flows/my-flow${ending}`);
  for (const name of Object.keys(templates)) await create(`copied-${name}`, name);
  expect(await run('biome', 'check', '.')).toContain('No fixes applied');

  writeFileSync(
    join(checkout, 'flows/my-flow.ts'),
    text('flows/my-flow.ts').replace('Hello!', 'Welcome home.'),
  );
  const [tested, performed] = await Promise.all([
    run('vitest', 'run', '--project', 'unit', 'flows', 'test/architecture'),
    node('local/call.ts', 'my-flow'),
    run('tsc'),
  ]);
  expect(tested).toMatch(/flows\/my-flow\.test\.ts/);
  expect(performed).toContain('Welcome home.');
  expect(performed).toContain('Order 4711 is packed.');
  expect(performed).toContain('my-flow: all 9 lines as written');
  expect(text('functions/templates/index.ts')).toBe(registry);
}, 150_000);

test.each([
  ['starter', 'starter is one of ours already'],
  ['triggers', 'triggers is one of ours already'],
  ['MyFlow', 'something like my-flow'],
  ['../my-flow', 'something like my-flow'],
  ['my-', 'something like my-flow'],
  ['', 'something like my-flow'],
  ['my-flow', 'flows/my-flow.ts is there already'],
])('%j is refused', async (name, why) => {
  await expect(create(name)).rejects.toThrow(why);
});

test('what is not there is not copied', async () => {
  await expect(create('mine', 'nobody')).rejects.toThrow('no template "nobody"');
  expect(existsSync(join(checkout, 'flows/mine.ts'))).toBe(false);
});

describe('docs/your-own-api.md', () => {
  const doc = () => fencedBlocks(text('docs/your-own-api.md'));
  const typed = (command: string) =>
    doc().find((block) => block.language === 'sh' && block.text.includes(command))?.text ?? 'false';

  test('says what to type', async () => {
    await run('bash', '-ec', typed('npm run new'));
    const synth = typed('-c template');
    await expect(run('bash', '-ec', synth.replace('"SHOP_URL"', '"SHOP_URI"'))).rejects.toThrow(
      'the call flow needs SHOP_URL',
    );
    await run('bash', '-ec', synth);
    const stack = text('cdk.out/AiFlowLambda.template.json');
    expect(stack).toContain('"SHOP_KEY_SECRET_ID": "shop/key"');
    expect(typed('npm start')).toContain('TEMPLATE=flows/pizza.ts npm start');
  }, 150_000);

  test('has a call flow that asks a shop and reads a table, here and with the least permission', async () => {
    for (const { text } of doc()) {
      const file = /^\/\/ ([\w./-]+\.ts)\n/.exec(text)?.[1];
      if (file) writeFileSync(join(checkout, file), text);
    }
    writeFileSync(join(checkout, 'flows/parcel.call.ts'), PARCEL_CALL);
    const [tested, performed] = await Promise.all([
      run('vitest', 'run', '--project', 'unit', 'flows/parcel'),
      node('local/call.ts', 'parcel'),
    ]);
    expect(tested).toContain('1 passed');
    expect(performed).toContain('Your parcel is packed.');
    expect(performed).toContain('parcel: all');

    await run('bash', '-ec', typed('app.ts'));
    const { Resources } = JSON.parse(text('cdk.out/Shop.template.json')) as {
      Resources: Record<string, { Type: string; Properties: object }>;
    };
    const about = (what: string) =>
      Object.values(Resources)
        .filter(({ Type }) => Type === 'AWS::IAM::Policy')
        .flatMap(({ Properties }) => (Properties as Policy).PolicyDocument.Statement)
        .filter(({ Resource }) => JSON.stringify(Resource).includes(what))
        .map(({ Action }) => Action);
    expect(about('table/receipts')).toEqual(['dynamodb:GetItem']);
    expect(about('secret:shop/key')).toEqual(Array(4).fill('secretsmanager:GetSecretValue'));
  }, 150_000);
});

interface Policy {
  PolicyDocument: { Statement: { Action: unknown; Resource: unknown }[] };
}

const PARCEL_CALL = `import { assistantSays, callerHangsUp, callerSays, type Play } from '../local/play.ts';
export default [
  assistantSays('receipt'),
  callerSays('4711'),
  assistantSays('One moment.'),
  assistantSays('Your parcel is packed.'),
  callerSays('And 4712?'),
  assistantSays('One moment.'),
  assistantSays('I cannot find receipt 4712.'),
  callerHangsUp(),
] satisfies Play;
`;
