import { expect, it } from 'vitest';
import { defineTemplate, type TemplateContext } from '../../functions/assistant/template.ts';
import { createContexts } from '../../functions/assistant/template-context.ts';
import { Failure } from '../../functions/runtime/errors.ts';
import { createSecrets } from '../../functions/runtime/secrets.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';

const template = defineTemplate({
  fallback: '…',
  env: ['SHOP_URL'],
  secrets: ['SHOP_KEY', 'CRM_KEY?'],
});

function handed(words?: string, entered?: string) {
  const log = recordingLog();
  const surroundings = () => ({
    env: { SHOP_URL: 'u' },
    secret: async () => 'a-secret-key',
    known: () => ['a-secret-key'],
  });
  const call = { id: 'session-1', caller: '4917639123456', callee: '493023125000' };
  const contexts = createContexts({ clock: manualClock(), log, surroundings });
  const { signal } = new AbortController();
  return { lines: log.lines, ...contexts(template, { call, words, entered, signal }) };
}

it('hands out what a template has declared, and no other secret', async () => {
  const { env, secret } = handed();
  expect([env.SHOP_URL, await secret('SHOP_KEY')]).toEqual(['u', 'a-secret-key']);
  expect(await secret('CRM_KEY')).toBe('a-secret-key');
  await expect(secret('OTHER')).rejects.toThrow("doesn't declare this secret");
});

it('writes lines with the session, whatever their fields say', () => {
  const log = recordingLog();
  const { log: own } = createContexts({ clock: manualClock(), log })(template, {
    call: { id: 'session-1' },
    signal: new AbortController().signal,
  });
  const error = new Error('caller said yes');
  own.info('asked', { order: '4711', found: true, session_id: 'x', level: 'y', error });
  own.warn('asked');
  expect(log.lines).toEqual([
    { level: 'info', message: 'asked', session_id: 'session-1', order: '4711', found: true, error },
    { level: 'warn', message: 'asked', session_id: 'session-1' },
  ]);
});

const SAID = 'My name is Jane and my order is 4711';
it.each<[string, Parameters<TemplateContext['log']['info']>]>([
  ['the number of the caller', ['from +49 176 39123456']],
  ['that number, as it is', ['a', { caller: '4917639123456' }]],
  ['that number, nested', ['a', { of: [{ caller: '0176 39123456' }] }]],
  ['that number, without its codes', ['from 39123456']],
  ['another number', ['a', { to: '+493012345678' }]],
  ['another number, without a plus', ['a', { to: '493012345678' }]],
  ['another number, no longer than an amount', ['a', { to: '+49 30 12345' }]],
  ['the words', ['a', { text: SAID }]],
  ['the words in a sentence', [`heard: ${SAID}`]],
  ['a part of the words', ['a', { text: SAID.slice(0, 15) }]],
  ['a secret', ['a', { url: 'https://shop/?key=a-secret-key' }]],
  ['that number, as a number', ['a', { caller: 4917639123456 }]],
  ['that number, as the name of a field', ['a', { of: { '+4917639123456': true } }]],
  ['the words, as the name of a field', ['a', { [SAID]: 1 }]],
  ['a secret, as the name of a field', ['a', { 'a-secret-key': 1 }]],
])('leaves out %s', (_what, line) => {
  const { log, lines } = handed(SAID);
  log.info(...line);
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toMatch(/39123456|30 ?12345|Jane|My name|secret-key/);
  expect(JSON.stringify(lines)).toContain('…');
});

it('leaves out secret digits that have become a number', () => {
  const { log, lines } = handed(SAID, '473912');
  log.info('a', { pin: 473912 });
  expect(lines).toMatchObject([{ pin: '…' }]);
});

it('keeps times, amounts and the names of fields', () => {
  const { log, lines } = handed('order');
  const fields = { order: 1, at: 1_795_435_200_500, of: [{ amount: 473912, share: 0.5 }] };
  log.info('a', fields);
  expect(lines).toMatchObject([fields]);
});

it('keeps one secret for five minutes, reads it once for many, and again when asked to', async () => {
  const clock = manualClock();
  const log = recordingLog();
  let [reads, down] = [0, false];
  const { secret } = createSecrets({
    clock,
    log,
    async read() {
      reads += 1;
      if (down) throw new Failure('nobody there');
      return `key-${reads}`;
    },
  });
  expect(await Promise.all([secret('A'), secret('A')])).toEqual(['key-1', 'key-1']);
  clock.pass(299_000);
  expect(await secret('A')).toBe('key-1');
  expect(await secret('A', { fresh: true })).toBe('key-2');
  clock.pass(301_000);
  expect(await secret('A')).toBe('key-3');
  down = true;
  clock.pass(301_000);
  // An outage of Secrets Manager need not end calls.
  expect([await secret('A'), await secret('A'), reads]).toEqual(['key-3', 'key-3', 4]);
  await expect(secret('A', { fresh: true })).rejects.toThrow("the secret A can't be read: nobody");
  await expect(secret('B')).rejects.toThrow("the secret B can't be read");
  expect(log.lines.map(({ message, secret }) => [message, secret])).toContainEqual([
    'secret_unavailable',
    'B',
  ]);
});

it('says of why a secret can’t be read only what may be known', async () => {
  const read = async (name: string) => {
    throw name === 'A' ? new TypeError('no key of Anna') : new Failure('access is denied');
  };
  const { secret } = createSecrets({ clock: manualClock(), log: recordingLog(), read });
  await expect(secret('A')).rejects.toThrow("the secret A can't be read: TypeError");
  await expect(secret('B')).rejects.toThrow("the secret B can't be read: access is denied");
});
