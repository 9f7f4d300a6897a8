import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { hangup, transfer } from '../../functions/protocol/builders.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

const PERSON = {
  target_phone_number: '493023125001',
  caller_id_name: 'Us',
  caller_id_number: '493023125000',
};

/**
 * What becomes of the next write of the call: whether it is written, and whether anybody learns of
 * it.
 */
type Fate =
  | 'fails'
  | 'hangs'
  | 'is written, and its answer lost'
  | 'is written, and its answer never comes';
const FATES: Fate[] = [
  'fails',
  'hangs',
  'is written, and its answer lost',
  'is written, and its answer never comes',
];

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const shown = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : (action as { type: string }).type));
const words = () => outcomes.events.map(({ outcome, reason }) => reason ?? outcome);

/** A call that has begun; `hear` answers within its 800 ms, also where a write meets its `fate`. */
async function call(template: Template, { push = false } = {}) {
  let fate: Fate | undefined;
  const store: CallStore = {
    ...sessions,
    async save(...written) {
      const own = fate;
      fate = undefined;
      const saved = !own?.startsWith('is written') && own ? false : await sessions.save(...written);
      if (own === 'hangs' || own?.endsWith('never comes')) return new Promise<never>(() => {});
      if (own) throw new Error('DynamoDB is away');
      return saved;
    },
  };
  const line = phoneLine({ template, push, store, sessions, outcomes, clock, sent });
  const hear = async (event: object, next?: Fate) => {
    fate = next;
    const answer = line.hear(event);
    await clock.advance(800);
    fate = undefined;
    return shown(await answer);
  };
  await hear(EVENTS.session_start);
  const begins = (text: string) => hear({ ...EVENTS.assistant_speak, text, duration_ms: 1_500 });
  const ends = async (next?: Fate) => {
    await clock.advance(700);
    return hear(EVENTS.assistant_speech_ended, next);
  };
  return { ...line, hear, begins, ends };
}

const polite = (end: object) =>
  defineTemplate({
    fallback: 'Sorry?',
    onUserSpeak: () => ['Goodbye to you.', end as ReturnType<typeof hangup>],
  });

describe.each(FATES)('a write that %s', (fate) => {
  it('keeps nobody from hearing what the template has just said, once', async () => {
    const template = defineTemplate({
      fallback: 'Sorry?',
      onUserSpeak: ({ text }) => `You said ${text}.`,
    });
    const { hear, begins, ends } = await call(template);
    expect(await hear(userSpeak('one'), fate)).toEqual(['You said one.']);
    await begins('You said one.');
    expect(await ends()).toEqual([]);
    expect(await hear(userSpeak('two'))).toEqual(['You said two.']);
  });

  it('lets a goodbye go out without the hangup that stands behind it', async () => {
    const { hear } = await call(polite(hangup()));
    expect(await hear(userSpeak('Bye'), fate)).toEqual(['Goodbye to you.']);
  });

  it('starts no job, and holds nobody', async () => {
    const template = defineTemplate({
      fallback: 'Sorry?',
      progress: 'Still looking.',
      onUserSpeak: () => later({ hold: 'One moment.', job: 1 }),
      onJob: () => 'Found.',
    });
    const { hear, ends, started } = await call(template);
    expect(await hear(userSpeak('one'), fate)).toEqual(['Sorry?']);
    expect(started).toEqual([]);
    await ends();
    await clock.advance(5_000);
    expect(await hear(EVENTS.user_input_timeout)).toEqual([]);
  });

  it.each([
    ['hangup', hangup()],
    ['transfer', transfer(PERSON)],
  ])(
    'puts off the %s behind a sentence, once that has been heard, until the next event',
    async (type, end) => {
      const { hear, begins, ends } = await call(polite(end));
      expect(await hear(userSpeak('Bye'))).toEqual(['Goodbye to you.']);
      await begins('Goodbye to you.');
      expect(await ends(fate)).toEqual([]);
      await clock.advance(3_000);
      expect(await hear(EVENTS.user_input_timeout)).toEqual([type]);
      expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    },
  );

  it('puts off an interruption that waited until the next event, and says so', async () => {
    const { hear, interrupt } = await call({});
    await interrupt({ say: 'We close soon.' });
    expect(await hear(EVENTS.assistant_speech_ended, fate)).toEqual([]);
    expect(words()).toEqual(['deferred']);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual(['barge_in', 'We close soon.']);
    expect(words()).toEqual(['deferred', 'delivered']);
  });

  it('lets the answer go out alone where an interruption was to lead it', async () => {
    const { hear, begins, ends, interrupt } = await call({ onUserSpeak: () => 'Yes?' });
    await interrupt({ say: 'We close soon.' });
    expect(await hear(userSpeak('Hello'), fate)).toEqual(['Yes?']);
    expect([await begins('Yes?'), await ends()].flat()).toEqual(['barge_in', 'We close soon.']);
    expect([await begins('We close soon.'), await ends()].flat()).toEqual([]);
  });
});

it('what could not be handed over is not handed over', async () => {
  const { hear, begins, ends, interrupt } = await call(polite(transfer(PERSON)));
  await hear(userSpeak('Bye'));
  await begins('Goodbye to you.');
  await ends('is written, and its answer lost');
  expect(await callIn(sessions)).not.toHaveProperty('transferred');
  expect(await interrupt({ say: 'Wait!' })).toMatchObject([{ outcome: 'deferred' }]);
});
