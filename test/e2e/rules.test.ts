import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ENGLISH, GERMAN } from '../../functions/templates/order-status.ts';
import { type LocalRuntime, post, startWarm, until } from '../support/local-runtime.ts';
import {
  ANSWER,
  callOrderHotline,
  HOLD,
  interrupt,
  LEGAL,
  QUESTION,
  type Reply,
  VOICE,
} from '../support/order-call.ts';

/** Each rule of `docs/interruptions.md`, told by the timeline of a call. */

let runtime: LocalRuntime;
beforeAll(async () => {
  runtime = await startWarm({
    TEMPLATE: 'order-status',
    TEMPLATE_BY_NUMBER: JSON.stringify({
      [SHOP]: 'receptionist',
      [GERMAN_HOTLINE]: 'order-status:de-DE',
    }),
  });
});
afterAll(() => runtime.stop());

const SHOP = '+493023125001';
const GERMAN_HOTLINE = '+493023125002';
const SAY = 'Your parcel is in front of your door.';
const OTHER = 'One moment please, I have just received some news about your parcel.';

async function call(options: object, finished: typeof onTestFinished) {
  const caller = await callOrderHotline(runtime.url, options);
  finished(async () => void (await caller.hangsUp()));
  return caller;
}

const reasonOf = ({ body }: Reply) =>
  body.outcomes.map(({ outcome, reason }) => reason ?? outcome).join();
const delivered = { status: 200, body: { outcomes: [{ outcome: 'delivered' }] } };
const deferred = { status: 202, body: { outcomes: [{ outcome: 'deferred' }] } };
const skipped = (reason: string) => ({
  status: 409,
  body: { outcomes: [{ outcome: 'skipped', reason }] },
});

describe.concurrent('when it still makes sense', () => {
  test('if_turn: what was found out before the caller spoke again is not said', async ({
    expect,
    onTestFinished,
  }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    expect(await caller.interrupt({ say: OTHER, if_turn: 0 })).toMatchObject(skipped('stale_turn'));
    expect(await caller.interrupt({ say: SAY, if_turn: 1 })).toMatchObject(delivered);
    await caller.hearing(SAY);
    expect(await caller.story(ANSWER)).toEqual([ANSWER, 'barge_in', 'cut by the app', SAY]);
  });

  test('only_if_speaking: silence is not broken', async ({ expect, onTestFinished }) => {
    const caller = await call({}, onTestFinished);
    await caller.hearing(QUESTION);
    await caller.silence();
    expect(await caller.interrupt({ say: OTHER, only_if_speaking: true })).toMatchObject(
      skipped('not_speaking'),
    );
    expect(await caller.story()).toEqual([LEGAL, 'end', QUESTION, 'end']);
    await caller.asks();
    expect(await caller.interrupt({ say: SAY, only_if_speaking: true })).toMatchObject(delivered);
    await caller.hearing(SAY);
    expect(await caller.story(ANSWER)).toEqual([ANSWER, 'barge_in', 'cut by the app', SAY]);
  });

  test('when: after_current lets the sentence end, and comes right after it', async ({
    expect,
    onTestFinished,
  }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    expect(await caller.interrupt({ say: SAY, when: 'after_current' })).toMatchObject(deferred);
    await caller.hearing(SAY);
    expect(await caller.story(ANSWER)).toEqual([ANSWER, 'end', 'barge_in', SAY]);
    const [end, next] = (await caller.timeline())
      .filter(({ kind }) => kind.startsWith('playback_'))
      .slice(-2);
    expect((next?.at_ms ?? 0) - (end?.at_ms ?? 0)).toBeLessThan(1000);
    expect(await caller.outcomes(2)).toEqual(['delivered', 'heard']);
  });

  test('when: after_current in silence is now', async ({ expect, onTestFinished }) => {
    const caller = await call({}, onTestFinished);
    await caller.hearing(QUESTION);
    await caller.silence();
    expect(await caller.interrupt({ say: SAY, when: 'after_current' })).toMatchObject(delivered);
  });

  test('dry_run: says what would happen, and nothing happens', async ({
    expect,
    onTestFinished,
  }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    expect(await caller.interrupt({ say: SAY, id: 'dry', dry_run: true })).toMatchObject(delivered);
    expect(await caller.interrupt({ say: SAY, dry_run: true, if_turn: 0 })).toMatchObject(
      skipped('stale_turn'),
    );
    expect(
      await caller.interrupt({ say: SAY, dry_run: true, when: 'after_current' }),
    ).toMatchObject(deferred);
    expect(await caller.story(ANSWER)).toEqual([ANSWER]);
    expect(await caller.outcomes(0)).toEqual([]);
    expect(await caller.interrupt({ say: SAY, id: 'dry' })).toMatchObject(delivered);
    await caller.hearing(SAY);
  });

  test('cancel: what waits is dropped by its id, and never said', async ({
    expect,
    onTestFinished,
  }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    expect(await caller.interrupt({ say: SAY, when: 'after_current', id: 'news' })).toMatchObject(
      deferred,
    );
    const cancelled = {
      status: 200,
      body: { outcomes: [{ outcome: 'skipped', reason: 'cancelled' }] },
    };
    expect(await caller.interrupt({ cancel: 'news' })).toMatchObject(cancelled);
    expect(await caller.interrupt({ cancel: 'news' })).toMatchObject(skipped('not_waiting'));
    await caller.silence();
    expect(await caller.story(ANSWER)).toEqual([ANSWER, 'end']);
    expect(await caller.outcomes(1)).toEqual(['cancelled']);
  });
});

describe.concurrent('what may not be cut by just anything', () => {
  test('protected speech of the template, to its end and no longer', async ({
    expect,
    onTestFinished,
  }) => {
    const caller = await call({}, onTestFinished);
    await caller.hearing(LEGAL);
    expect(await caller.interrupt({ say: OTHER })).toMatchObject(skipped('protected'));
    expect(await caller.interrupt({ say: OTHER, urgent: true })).toMatchObject(
      skipped('protected'),
    );
    await caller.hearing(QUESTION);
    expect(await caller.interrupt({ say: SAY })).toMatchObject(delivered);
    await caller.hearing(SAY);
    expect(await caller.story()).toEqual([
      LEGAL,
      'end',
      QUESTION,
      'barge_in',
      'cut by the app',
      SAY,
    ]);
  });

  test('force cuts it all the same', async ({ expect, onTestFinished }) => {
    const caller = await call({}, onTestFinished);
    await caller.hearing(LEGAL);
    expect(await caller.interrupt({ say: SAY, force: true })).toMatchObject(delivered);
    await caller.hearing(SAY);
    expect(await caller.story()).toEqual([LEGAL, 'barge_in', 'cut by the app', SAY]);
  });

  test('an interruption that protects itself', async ({ expect, onTestFinished }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    const say = { text: OTHER, barge_in: { strategy: 'none' } };
    expect(await caller.interrupt({ say })).toMatchObject(delivered);
    await caller.hearing(OTHER);
    expect(await caller.interrupt({ say: SAY, urgent: true })).toMatchObject(skipped('protected'));
    await caller.silence();
    expect(await caller.interrupt({ say: SAY })).toMatchObject(delivered);
    await caller.hearing(SAY);
    expect(await caller.story(OTHER)).toEqual([OTHER, 'end', 'barge_in', SAY]);
  });

  test('urgent is cut by urgent alone', async ({ expect, onTestFinished }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    expect(await caller.interrupt({ say: OTHER, urgent: true })).toMatchObject(delivered);
    await caller.hearing(OTHER);
    expect(await caller.interrupt({ say: 'Not now.' })).toMatchObject(skipped('outranked'));
    expect(await caller.interrupt({ say: SAY, urgent: true })).toMatchObject(delivered);
    await caller.hearing(SAY);
    expect(await caller.story(OTHER)).toEqual([OTHER, 'barge_in', 'cut by the app', SAY]);
    await caller.silence();
    expect(await caller.interrupt({ say: 'Now.' })).toMatchObject(delivered);
  });
});

describe.concurrent('what is said', () => {
  test('resume: the sentence that was cut and what followed it, after the replacement', async (context) => {
    const { expect, onTestFinished } = context;
    const caller = await call({}, onTestFinished);
    await caller.asks();
    const started = Date.now();
    // The first of the three sentences takes three of their eight seconds.
    await until(() => Date.now() > started + 4000, 'the second sentence');
    const reply = await caller.interrupt({ say: SAY, resume: true });
    expect(reply).toMatchObject({
      status: 200,
      body: { outcomes: [{ outcome: 'delivered', resumed: true }] },
    });
    await caller.hears(6);
    const rest = (await caller.story(ANSWER)).at(-1) ?? '';
    expect(await caller.story(ANSWER)).toEqual([
      ANSWER,
      'barge_in',
      'cut by the app',
      SAY,
      'end',
      rest,
    ]);
    const cut = (await caller.timeline()).find(
      (entry) => entry.kind === 'playback_interrupted' && entry.by === 'app',
    );
    const heard = cut?.kind === 'playback_interrupted' ? cut.heard : '';
    expect(heard + rest).toMatch(/tomorrow before noon\.$/);
    expect(rest).toMatch(/^(It will|You will)/);
    expect(ANSWER.endsWith(rest) && heard.length + rest.length >= ANSWER.length - 1).toBe(true);
  });

  test('resume: of SSML nothing is repeated, and the reply says so', async ({
    expect,
    onTestFinished,
  }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    const ssml = `<speak>${OTHER}</speak>`;
    await caller.interrupt({ say: { ssml } });
    await caller.hearing(ssml);
    const reply = await caller.interrupt({ say: SAY, resume: true });
    expect(reply.body.outcomes).toMatchObject([{ outcome: 'delivered', resumed: false }]);
    await caller.hearing(SAY);
    await caller.silence();
    expect(await caller.story(OTHER)).toEqual([OTHER, 'barge_in', 'cut by the app', SAY, 'end']);
  });

  test('the result of a look-up that was under way comes after it', async ({
    expect,
    onTestFinished,
  }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    await caller.says('And where is it now?');
    // Sooner it would come before the answer, which then follows it.
    const isTold = async () => (await caller.story()).filter((line) => line === HOLD).length === 2;
    await until(isTold, 'the second hold');
    expect(reasonOf(await caller.interrupt({ say: SAY, if_turn: 2 }))).toBe('delivered');
    await caller.hears(7);
    const story = ['cut by the caller', HOLD, 'barge_in', 'cut by the app', SAY, 'end', ANSWER];
    expect((await caller.story(QUESTION)).slice(5)).toEqual(story);
  });

  test('in the voice of the call, unless it has its own', async ({ expect, onTestFinished }) => {
    const caller = await call({}, onTestFinished);
    await caller.asks();
    const own = { provider: 'eleven_labs', voice: 'anna' };
    await caller.interrupt({ say: SAY });
    await caller.hearing(SAY);
    await caller.interrupt({ say: { text: OTHER, tts: own } });
    await caller.hearing(OTHER);
    const spoken = (await caller.timeline()).flatMap((entry) =>
      entry.kind === 'action' && entry.source === 'external-api' && entry.action.type === 'speak'
        ? [entry.action]
        : [],
    );
    expect(spoken).toMatchObject([
      { text: SAY, tts: VOICE },
      { text: OTHER, tts: own },
    ]);
  });
});

test.concurrent('news of an order reaches those who asked for it, each in their language', async ({
  expect,
  onTestFinished,
}) => {
  const [anna, jan, mia] = await Promise.all([
    call({}, onTestFinished),
    call({ to: GERMAN_HOTLINE }, onTestFinished),
    call({}, onTestFinished),
  ]);
  const greeted = [anna.hearing(QUESTION), jan.hearing(GERMAN.question), mia.hearing(QUESTION)];
  await Promise.all(greeted);
  await Promise.all([anna.says('4713'), jan.says('4713'), mia.says('4714')]);
  const answers = [ENGLISH.packed('4713'), GERMAN.packed('4713'), ENGLISH.packed('4714')] as const;
  await Promise.all([anna.hearing(answers[0]), jan.hearing(answers[1]), mia.hearing(answers[2])]);

  const Detail = JSON.stringify({
    target: { label: 'order:4713' },
    context: { status: 'shipped' },
  });
  const Entries = [{ Source: 'shop', DetailType: 'Order Shipped', Detail }];
  await post(`${runtime.url}/eventbridge`, { Entries }, { 'x-amz-target': 'AWSEvents.PutEvents' });
  const [news, neuigkeit] = [ENGLISH, GERMAN].map(
    (words) => `${words.news} ${words.shipped('4713')}`,
  ) as [string, string];
  await Promise.all([anna.hearing(news), jan.hearing(neuigkeit)]);
  expect(await anna.story(answers[0])).toEqual([answers[0], 'barge_in', 'cut by the app', news]);
  expect(await jan.story(answers[1])).toEqual([
    answers[1],
    'barge_in',
    'cut by the app',
    neuigkeit,
  ]);
  expect(await jan.timeline()).toContainEqual(
    expect.objectContaining({
      action: expect.objectContaining({ text: neuigkeit, tts: GERMAN.voice }),
    }),
  );
  expect(await mia.story(answers[2])).toEqual([answers[2]]);
  expect(await mia.outcomes(0)).toEqual([]);
});

test.concurrent('a caller whom nobody answered after a transfer is back', async ({
  expect,
  onTestFinished,
}) => {
  const caller = await call({ to: SHOP, transfer: 'busy' }, onTestFinished);
  const greeting = await caller.hears(1);
  await caller.says('I need help');
  await caller.hearing("Support can't answer. What is it about, and how can we reach you?");
  expect(await caller.interrupt({ say: SAY })).toMatchObject(delivered);
  await caller.hearing(SAY);
  expect((await caller.story(greeting)).slice(-3)).toEqual(['barge_in', 'cut by the app', SAY]);
});

// By itself: it interrupts everyone.
test('a caller who talks to a person is left alone, by everyone included', async () => {
  const away = await call({ to: SHOP }, onTestFinished);
  const here = await call({}, onTestFinished);
  await here.hearing(QUESTION);
  const greeting = await away.hears(1);
  await away.says('I need help');
  await until(async () => (await away.story(greeting)).includes('transfer'), 'the transfer');
  expect(await away.interrupt({ say: SAY })).toMatchObject(skipped('transferred'));
  const { body } = await interrupt(runtime.url, { target: { everyone: true }, say: SAY });
  expect(body.outcomes).toHaveLength(2);
  expect(body.outcomes).toEqual(
    expect.arrayContaining([
      { session_id: away.session_id, outcome: 'skipped', reason: 'transferred' },
      { session_id: here.session_id, outcome: 'delivered' },
    ]),
  );
  await here.hearing(SAY);
  expect((await away.story(greeting)).at(-1)).toBe('transfer');
});
