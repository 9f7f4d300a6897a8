import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, type Template } from '../../functions/assistant/template.ts';
import { listingKey, partitions } from '../../functions/sessions/keys.ts';
import { choicesFrom } from '../explore/choices.ts';
import { eventBridge, http } from '../support/envelopes.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

let parts: ReturnType<typeof aWorld>;
beforeEach(() => {
  parts = aWorld();
});
const told = () => parts.sent.splice(0).map(({ session_id }) => session_id);

/** What looks like a key of something else. */
const LABELS = [
  ...['shop:1', 'shop:', 'shop', 'Shop:1', 'shop:1#0', 'session#a', 'caller#4917639123456'],
  ...['everyone#0', '4917639123456', '*', '{"label":"shop:1"}', 'shop:1\u0000'],
];
const NUMBERS = ['4917639123456', '491763912345', '34917639123456'];
const ACCOUNTS = [undefined, '4711', '4711#0', 'null'];

interface Placed {
  readonly id: string;
  readonly caller: string;
  readonly account: string | undefined;
  readonly labels: readonly string[];
}

describe('an interruption reaches whom it names, and nobody else', () => {
  it.each(Array.from({ length: 15 }, (_, n) => n + 1))('in world %i', async (seed) => {
    const choices = choicesFrom(seed);
    const calls = Array.from({ length: 12 }, (_, n): Placed => {
      const labels = LABELS.filter(() => choices.chance(0.15)).slice(0, 5);
      return {
        id: `call-${n}`,
        caller: choices.pick(NUMBERS),
        account: choices.pick(ACCOUNTS),
        labels,
      };
    });
    const template = defineTemplate({
      fallback: 'Pardon?',
      onSessionStart: (_event, { id, labels }) => {
        for (const label of calls.find((call) => call.id === id)?.labels ?? []) labels.add(label);
      },
    });
    const line = phoneLine({ ...parts, template });
    for (const { id, caller, account } of calls)
      await line.hear({
        ...EVENTS.session_start,
        session: { ...SESSION, id, account_id: account, from_phone_number: caller },
      });
    const targets = [
      ...LABELS.map((label) => ({ label })),
      ...NUMBERS.map((caller) => ({ caller })),
      { callee: SESSION.to_phone_number },
      { everyone: true as const },
      ...calls.map(({ id }) => ({ session_id: id })),
    ];
    for (const target of targets) {
      const account = choices.pick(ACCOUNTS);
      const account_id = account === undefined ? {} : { account_id: account };
      await line.interrupt({
        session_id: undefined,
        target: { ...target, ...account_id },
        id: JSON.stringify([target, account]).slice(0, 128),
        force: true,
      });
      const meant = calls.filter((call) => isMeant(call, target, account)).map(({ id }) => id);
      expect(told().sort(), JSON.stringify([target, account])).toEqual(meant.sort());
    }
  });
});

function isMeant(
  { id, caller, account, labels }: Placed,
  target: {
    label?: string;
    caller?: string;
    session_id?: string;
    callee?: string;
    everyone?: true;
  },
  of: string | undefined,
): boolean {
  if (of !== undefined && of !== account) return false;
  if (target.label !== undefined) return labels.includes(target.label);
  if (target.caller !== undefined) return caller === target.caller;
  return target.session_id === undefined || target.session_id === id;
}

it('no two targets share a key in the table', () => {
  const targets = [
    ...LABELS.map((label) => ({ label })),
    ...NUMBERS.flatMap((number) => [{ caller: number }, { callee: number }]),
    ...LABELS.map((connection) => ({ connection })),
    { everyone: true as const },
  ];
  const keys = targets.flatMap((target) => [...new Set(partitions(target))]);
  expect(new Set(keys).size).toBe(keys.length);
  for (const target of targets)
    expect(partitions(target)).toContain(listingKey(target, 'call-1').pk.S);
});

describe('a call flow', () => {
  it.each<[string, Template['onUserSpeak']]>([
    ['speaks', () => ({ type: 'speak', text: 'Hi', session_id: 'hers' }) as never],
    ['hangs up', () => ({ type: 'hangup', session_id: 'hers' }) as never],
  ])('%s in its own call alone, whatever it says', async (_name, onUserSpeak) => {
    const line = phoneLine({ ...parts, template: { onUserSpeak } as Template });
    await line.hear({ ...EVENTS.session_start, session: { ...SESSION, id: 'hers' } });
    await line.hear({ ...EVENTS.session_start, session: { ...SESSION, id: 'his' } });
    const answer = await line.hear({ ...EVENTS.user_speak, session: { ...SESSION, id: 'his' } });
    for (const { session_id } of answer) expect(session_id).toBe('his');
    expect(told()).toEqual([]);
  });
});

describe('a restricted bus', () => {
  const template = defineTemplate({
    fallback: 'Pardon?',
    onSessionStart: (_event, { id, labels }) => void labels.add(`${id}:1`),
  });
  let line: ReturnType<typeof phoneLine>;
  beforeEach(async () => {
    line = phoneLine({ ...parts, template });
    for (const id of ['shop', 'bank'])
      await line.hear({ ...EVENTS.session_start, session: { ...SESSION, id } });
  });
  const put = (detail: unknown) =>
    line.trigger({
      label_prefix: 'shop:',
      event: eventBridge(detail, { id: String(Math.random()) }),
    });
  const say = { say: 'News.', max_age_seconds: 3_600 };

  it('reaches labels that begin so', async () => {
    await put({ target: { label: 'shop:1' }, ...say });
    expect(told()).toEqual(['shop']);
  });

  it.each<[string, object]>([
    ['a label of others', { target: { label: 'bank:1' } }],
    ['a label that only contains it', { target: { label: 'xshop:1' } }],
    ['one in other letters', { target: { label: 'SHOP:1' } }],
    ['a call by its id', { target: { session_id: 'shop' } }],
    ['a call by its id, the short way', { session_id: 'shop' }],
    ['both', { session_id: 'bank', target: { label: 'shop:1' } }],
    ['a caller', { target: { caller: SESSION.from_phone_number } }],
    ['a callee', { target: { callee: SESSION.to_phone_number } }],
    ['everyone', { target: { everyone: true } }],
    ['everyone of an account', { target: { everyone: true, account_id: SESSION.account_id } }],
    ['a wider prefix of its own', { label_prefix: '', target: { label: 'bank:1' } }],
    ['nobody', {}],
  ])('refuses %s', async (_name, request) => {
    await expect(put({ ...say, ...request })).rejects.toMatchObject({
      name: 'InvalidInterruption',
    });
    await expect(put({ context: 'news', ...request })).rejects.toThrow();
    await expect(put({ cancel: 'news', ...request })).rejects.toThrow();
    expect(told()).toEqual([]);
    expect(line.queued).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['HTTP', http({ session_id: 'bank', ...say })],
    ['a mapping', { interruption: { session_id: 'bank', ...say }, event: {} }],
    ['nothing', undefined],
  ])('takes nothing but events: %s', async (_name, event) => {
    await expect(line.trigger({ label_prefix: 'shop:', event })).rejects.toThrow(
      'must be an event of EventBridge',
    );
    expect(told()).toEqual([]);
  });
});
