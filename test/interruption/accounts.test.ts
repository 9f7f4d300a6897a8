import { beforeEach, describe, expect, it } from 'vitest';
import { http, sns } from '../support/envelopes.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

const LABEL = 'order:4711';
const TARGETS = [
  { label: LABEL },
  { caller: SESSION.from_phone_number },
  { callee: SESSION.to_phone_number },
  { everyone: true },
];

let parts = aWorld();
let line: ReturnType<typeof phoneLine>;
beforeEach(() => {
  parts = aWorld();
  line = phoneLine({
    ...parts,
    template: { onSessionStart: (_event, { labels }) => void labels.add(LABEL) },
  });
});

/** A call that is like every other but for its account. */
const start = (id: string, account_id?: unknown) =>
  line.hear({ ...EVENTS.session_start, session: { ...SESSION, id, account_id } });
const told = () => parts.sent.map(({ session_id }) => session_id).sort();

async function overHttp(body: object) {
  const { clock } = parts;
  const event = http({
    say: 'We close.',
    triggered_at: new Date(clock.now()).toISOString(),
    ...body,
  });
  const { statusCode, body: reply } = (await line.trigger(event)) as {
    statusCode: number;
    body: string;
  };
  return { status: statusCode, ...JSON.parse(reply) };
}

describe.each(TARGETS)('%j', (target) => {
  beforeEach(async () => {
    await start('ours', '4711');
    await start('theirs', '4712');
    await start('nobodys');
  });

  it('reaches the calls of the account that is named, and knows of no others', async () => {
    const reply = await overHttp({ target: { ...target, account_id: '4711' } });
    expect(reply.outcomes).toEqual([{ session_id: 'ours', outcome: 'delivered' }]);
    expect(told()).toEqual(['ours']);
  });

  it('reaches the calls of every account when none is named', async () => {
    await overHttp({ target });
    expect(told()).toEqual(['nobodys', 'ours', 'theirs']);
  });

  it('reaches nobody of an account without calls', async () => {
    expect(await overHttp({ target: { ...target, account_id: '471' } })).toMatchObject({
      status: 200,
      outcomes: [],
    });
  });
});

describe('a session', () => {
  it('is another account’s, and then unknown', async () => {
    await start('theirs', '4712');
    const unknown = {
      status: 404,
      outcomes: [{ session_id: 'theirs', outcome: 'skipped', reason: 'unknown_session' }],
    };
    expect(await overHttp({ target: { session_id: 'theirs', account_id: '4711' } })).toMatchObject(
      unknown,
    );
    expect(await overHttp({ target: { session_id: 'theirs', account_id: '4712' } })).toMatchObject({
      status: 200,
    });
  });

  it.each(['', null, 'x'.repeat(65)])(
    'has no account if its events have none worth the name: %j',
    async (account_id) => {
      await start('nobodys', account_id);
      expect((await parts.sessions.read('nobodys'))?.call).not.toHaveProperty('account_id');
    },
  );
});

it('a call has the account that a later event names, where its start named none', async () => {
  await start('ours');
  await line.hear({ type: 'assistant_speech_ended', session: { id: 'ours', account_id: '4711' } });
  for (const target of [...TARGETS, { session_id: 'ours' }])
    await overHttp({ target: { ...target, account_id: '4711' }, id: JSON.stringify(target) });
  expect(told()).toEqual(Array(5).fill('ours'));
});

it('many calls keep the account until their turn comes', async () => {
  for (let n = 0; n < 60; n++) await start(`call-${n}`, '4711');
  await start('theirs', '4712');
  await overHttp({ target: { everyone: true, account_id: '4711' } });
  const { body = '' } = line.queued[0] ?? {};
  expect(JSON.parse(body)).toMatchObject({ target: { everyone: true, account_id: '4711' } });
  line.queued.push({ body, attributes: { passed_on_for: 'theirs' } });
  while (line.queued.length > 0) await line.turn();
  expect(told()).toHaveLength(60);
  expect(parts.outcomes.events).toContainEqual(
    expect.objectContaining({
      session_id: 'theirs',
      outcome: 'skipped',
      reason: 'unknown_session',
    }),
  );
});

it('a plain text names the account in an attribute', async () => {
  await start('ours', '4711');
  await start('theirs', '4712');
  await line.trigger(sns('We close.', { label: LABEL, account_id: '4711' }));
  expect(told()).toEqual(['ours']);
});

it.each([
  { account_id: '4711' },
  { everyone: true, account_id: '' },
  { everyone: true, account_id: 4711 },
  { everyone: true, account_id: 'x'.repeat(65) },
  { everyone: true, label: LABEL, account_id: '4711' },
])('%j is refused', async (target) => {
  expect(await overHttp({ target })).toMatchObject({
    status: 400,
    error: { field: expect.stringMatching(/^target/) },
  });
});
