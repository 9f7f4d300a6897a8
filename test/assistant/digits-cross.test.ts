import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, type Template } from '../../functions/assistant/template.ts';
import { collectDigits } from '../../functions/kit/digits.ts';
import { hangup, speak } from '../../functions/protocol/builders.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

/* What else happens at the moment of the last key: each is an invocation of its own, and has read the call before. */

let world = aWorld();
beforeEach(() => {
  world = aWorld();
});

const pin = collectDigits({ name: 'pin', say: 'Your PIN, please.', length: 4 });
const year = collectDigits({ name: 'year', say: 'Your year of birth, please.', length: 4 });
const template = defineTemplate({
  fallback: 'Sorry?',
  digits: [pin, year],
  onSessionStart: () => pin,
  onUserSpeak: ({ text }) => `You said ${text}`,
  onDigits: ({ name, digits }) => (name === 'pin' ? [`It is ${digits}.`, year] : 'Thank you.'),
});

const key = (digit: string) => ({ ...EVENTS.dtmf_received, digit });
const said = (answers: readonly (readonly object[])[]) =>
  answers.flat().flatMap((action) => ('text' in action ? [action.text] : []));

/** Three keys, and then as long a silence as nobody makes between two. */
async function almostEntered(flow: Template = template) {
  const { hear } = phoneLine({ ...world, template: flow });
  await hear(EVENTS.session_start);
  for (const digit of '471') await hear(key(digit));
  await world.clock.advance(5_000);
  return hear;
}

const NEXT = 'Your year of birth, please.';
const guarded = speak('This call is recorded for training.', { barge_in: { strategy: 'none' } });

describe('the last key', () => {
  const HANDED_OVER = ['It is 4711.', NEXT];

  it('counts though a silence was told of just before: nobody is asked again', async () => {
    const hear = await almostEntered();
    const answers = await Promise.all([hear(EVENTS.user_input_timeout), hear(key('1'))]);
    expect(said(answers)).toEqual(HANDED_OVER);
  });

  it('is followed by what the call flow asks for next, once, though a silence crosses it', async () => {
    const hear = await almostEntered();
    const answers = await Promise.all([hear(key('1')), hear(EVENTS.user_input_timeout)]);
    expect(said(answers)).toEqual(HANDED_OVER);
  });

  it('is overtaken by words that cross it: those are answered, and what is next is asked later', async () => {
    const hear = await almostEntered();
    const answers = await Promise.all([hear(key('1')), hear(userSpeak('Hello?'))]);
    expect(said(answers)).toEqual(['You said Hello?']);
    await world.clock.advance(9_000);
    expect(said([await hear(EVENTS.user_input_timeout)])).toEqual(['Your year of birth, please.']);
  });

  it.each<[string, number, Partial<Template>, string[]]>([
    ['the question that it answers', 100, {}, ['barge_in', 'It is 4711.', NEXT]],
    ['nothing once that was said', 9_000, {}, ['It is 4711.', NEXT]],
    ['nothing by what is no sentence', 100, { onDigits: () => hangup() }, ['hangup']],
    [
      'no question that is protected',
      100,
      { onSessionStart: () => [guarded, pin] },
      ['It is 4711.', NEXT],
    ],
  ])('cuts %s', async (_, ms, over, expected) => {
    const { hear } = phoneLine({ ...world, template: { ...template, ...over } });
    await hear(EVENTS.session_start);
    await world.clock.advance(ms);
    for (const digit of '471') await hear(key(digit));
    const answer = await hear(key('1'));
    expect(answer.map((one) => ('text' in one ? one.text : one.type))).toEqual(expected);
  });

  it('has no say in what is answered to words that it overtakes while they are being answered', async () => {
    const gate = Promise.withResolvers<void>();
    const hear = await almostEntered({
      ...template,
      async onUserSpeak({ text }) {
        await gate.promise;
        return `You said ${text}`;
      },
    });
    const words = hear(userSpeak('Hello?'));
    await world.clock.advance(1);
    expect(said([await hear(key('1'))])).toEqual(HANDED_OVER);
    gate.resolve();
    expect(said([await words])).toEqual(['You said Hello?']);
  });
});

describe('nobody stays on a silent line', () => {
  const silence = { ask: 'Are you there?', goodbye: 'Goodbye.' };
  const ASK = 'For your own safety we need the number that we have sent to you by mail last week.';
  const number = collectDigits({ name: 'number', say: ASK, length: 2 });
  const flow = defineTemplate({
    fallback: 'Sorry?',
    silence,
    digits: [number],
    onSessionStart: () => number,
    onDigits: () => undefined,
  });

  it('whose digits have been taken without a word; they aren’t asked for again', async () => {
    const { hear } = phoneLine({ ...world, template: flow });
    await hear(EVENTS.session_start);
    await world.clock.advance(6_000);
    await hear(EVENTS.assistant_speech_ended);
    await world.clock.advance(3_000);
    expect(said([await hear(userSpeak('one two'))])).toEqual([silence.ask]);
  });
});
