import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import { createNovelty } from '../../functions/runtime/errors.ts';
import { fixedTokens } from '../../functions/runtime/tokens.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { lambdaLog } from '../support/lambda-log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

const WORDS = 'I am Anna Schmidt, call me at +49 176 39123456';
const FOREIGN = /Anna|Schmidt|39123456/;
const TOKEN = 'secret';

let told: ReturnType<typeof lambdaLog>;
beforeEach(() => {
  told = lambdaLog();
});

function webhook(template: Template) {
  const clock = manualClock();
  const handle = createWebhookHandler({
    templates: always(template),
    jobs: noJobs,
    sessions: createMemoryStore(clock),
    outcomes: recordingOutcomes(),
    tokens: fixedTokens(TOKEN),
    clock,
    log: told.log,
  });
  return async (event: unknown, headers: Record<string, string> = { 'X-API-TOKEN': TOKEN }) => {
    const { statusCode, body = '' } = await handle({ headers, body: JSON.stringify(event) });
    return { statusCode, body };
  };
}

class Unhappy extends Error {
  override readonly name = WORDS;
  readonly words = WORDS;
}

describe('what a caller said reaches no log', () => {
  const thrown: [string, (words: string) => unknown][] = [
    ['an error', (words) => new Error(`no customer ${words}`)],
    ['an error of two lines', (words) => new Error(`no customer\n    at ${words}`)],
    [
      'an error that looks like one of the engine',
      (words) => new TypeError(`Cannot read properties of undefined (reading '${words}')`),
    ],
    [
      'an error of the parser',
      (words) => {
        try {
          return JSON.parse(words);
        } catch (error) {
          return error;
        }
      },
    ],
    ['an error with a cause', (words) => new Error('failed', { cause: new Error(words) })],
    ['an error of a class', () => new Unhappy(WORDS)],
    ['a text', (words) => words],
    ['an object', (words) => ({ message: words })],
    ['nothing', () => undefined],
  ];

  it.each(thrown)('when a handler throws %s', async (_what, error) => {
    const template = defineTemplate({
      fallback: 'Sorry?',
      onUserSpeak: ({ text }) => Promise.reject(error(text)),
    });
    expect(await webhook(template)(userSpeak(WORDS))).toMatchObject({
      statusCode: 200,
      body: expect.stringContaining('Sorry?'),
    });
    expect(told.text()).toContain('answer_failed');
    expect(told.text()).not.toMatch(FOREIGN);
  });

  const answered: [string, (words: string) => unknown][] = [
    ['an unknown type', (words) => ({ type: words })],
    ['an unknown field', (words) => ({ type: 'hangup', [words]: 1 })],
    ['a voice', (words) => ({ type: 'speak', text: 'Hi', tts: { provider: words } })],
    [
      'a number',
      (words) => ({
        type: 'transfer',
        target_phone_number: words,
        caller_id_name: words,
        caller_id_number: words,
      }),
    ],
    ['broken SSML', (words) => ({ type: 'speak', ssml: `<speak><${words}></speak>` })],
    ['something else', (words) => [[words]]],
  ];

  it.each(answered)('when a handler answers %s', async (_what, answer) => {
    const template = defineTemplate({
      fallback: 'Sorry?',
      onUserSpeak: ({ text }) => answer(text) as never,
    });
    expect((await webhook(template)(userSpeak(WORDS))).body).toContain('Sorry?');
    expect(told.text()).toContain('answer_failed');
    expect(told.text()).not.toMatch(FOREIGN);
  });

  it.each(thrown)('nor any outcome, when a job or a trigger throws %s', async (_what, error) => {
    const { clock, sessions, outcomes, sent } = aWorld();
    const template = defineTemplate({
      fallback: 'Sorry?',
      progress: 'Still looking.',
      onUserSpeak: ({ text }) => later({ hold: 'One moment.', job: text }),
      onJob: (text) => Promise.reject(error(String(text))),
      onTrigger: ({ context }) => Promise.reject(error(String(context))),
    });
    const { hear, started, work, interrupt, log } = phoneLine({
      template,
      sessions,
      outcomes,
      clock,
      sent,
    });
    await hear(EVENTS.session_start);
    const answers = await interrupt({ say: undefined, context: WORDS });
    await hear(userSpeak(WORDS));
    const working = told.invoked(() => work(started.at(-1)));
    await clock.advance(10_000);
    await working;
    for (const { level, message, ...fields } of log.lines) told.log[level](message, fields);
    expect(told.text()).toContain('job_failed');
    expect(told.text()).toContain('wording_failed');
    expect(`${told.text()}${JSON.stringify([answers, outcomes.events])}`).not.toMatch(FOREIGN);
  });

  it('when an event is one that nobody knows, or none', async () => {
    const post = webhook({ onUnknownEvent: () => 'Pardon?' });
    const quiet = webhook({});
    for (const type of [WORDS, '+4917639123456', 'Anna']) {
      expect(await post({ type, session: SESSION })).toMatchObject({ statusCode: 200 });
      expect(await quiet({ type, session: SESSION })).toMatchObject({ statusCode: 204 });
    }
    for (const wrong of [
      WORDS,
      { type: 5, session: WORDS },
      { type: 'user_speak', session: { id: WORDS } },
    ]) {
      expect(await post(wrong)).toMatchObject({ statusCode: 400 });
    }
    expect(told.lines().length).toBeGreaterThanOrEqual(9);
    expect(told.text()).not.toMatch(FOREIGN);
  });
});

it('an error says all the same what it is, and where', async () => {
  const template = {
    onUserSpeak: () => (undefined as unknown as string[])[0] as string,
    onDtmfReceived: () => ({ type: 'speak' }) as never,
  };
  const post = webhook(template);
  await post(EVENTS.user_speak);
  await post(EVENTS.dtmf_received);
  const errors = told.lines().filter(({ message }) => message === 'answer_failed');
  expect(errors.map(({ error }) => error)).toMatchObject([
    {
      name: 'TypeError',
      message: 'Cannot read properties of undefined',
      at: expect.arrayContaining([expect.stringContaining('foreign-words.test.ts')]),
    },
    {
      name: 'InvalidAction',
      message: 'speak: text or ssml must be given, and not both; got nothing',
    },
  ]);
});

it('an event that is refused sees no more than the beginning of what is wrong', async () => {
  const { statusCode, body } = await webhook({})({
    type: 'user_speak',
    session: { id: 'x'.repeat(60_000) },
  });
  expect([statusCode, body.length < 400]).toEqual([400, true]);
});

it('2,000 types of 60 KB leave nothing behind', async () => {
  const isNew = createNovelty(100);
  const types = Array.from({ length: 2_000 }, (_, n) => `${n}`.padEnd(60_000, 'x'));
  expect(types.filter(isNew)).toHaveLength(100);
  expect(isNew(types[0] as string)).toBe(false);
  const post = webhook({});
  for (const type of types.slice(0, 300)) await post({ type, session: SESSION });
  expect(
    told.lines().filter(({ message }) => message === 'unknown_event').length,
  ).toBeLessThanOrEqual(100);
  expect(told.text().length).toBeLessThan(300 * 400);
});

describe('the token', () => {
  it.each(['X-API-TOKEN', 'x-api-token', 'X-API-Key', 'x-api-key'])('comes in %s', async (name) => {
    const post = webhook({});
    expect(await post(EVENTS.session_start, { [name]: TOKEN })).toMatchObject({ statusCode: 204 });
    expect(await post(EVENTS.session_start, { [name]: 'wrong' })).toMatchObject({
      statusCode: 401,
    });
  });
});
