import { describe, expect, it } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { collectDigits } from '../../functions/kit/digits.ts';
import { hangup } from '../../functions/protocol/builders.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerIsSilent,
  callerPresses,
  callerSays,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import { playCall } from '../support/play-call.ts';

const seen: string[] = [];

/** Asks for something by keys, and says what it was. */
function flow(request: Partial<Parameters<typeof collectDigits>[0]>, language?: string) {
  const pin = collectDigits({ name: 'pin', say: 'Your number, please.', ...request });
  return defineTemplate<{ tries: number }>({
    fallback: 'Sorry?',
    ...(language && { language }),
    digits: [pin],
    history: { turns: 5 },
    onSessionStart: () => ['Welcome.', pin],
    onUserSpeak({ text }, { history }) {
      seen.push(...history.map((said) => said.text));
      if (text === 'Well') return undefined;
      return `You said ${text}. Go on.`;
    },
    onDtmfReceived: ({ digit }) => `Key ${digit}.`,
    onDigits: ({ digits, complete }) =>
      complete ? `It is ${digits}.` : ['I give up. Goodbye.', hangup()],
  });
}

const GREETING = [assistantSays('Welcome.'), assistantSays('Your number, please.')];
const keys = (digits: string) => [...digits].map((digit) => callerPresses(digit));

describe('digits', () => {
  it('are complete with the last of so many keys; the next key is one like any other', () =>
    playCall(flow({ length: 4 }), [
      ...GREETING,
      ...keys('4711'),
      assistantSays('It is 4711.'),
      callerPresses('5'),
      assistantSays('Key 5.'),
      callerHangsUp(),
    ]));

  it('are complete with the terminator, and a terminator alone completes nothing', () =>
    playCall(flow({ terminator: '#' }), [
      ...GREETING,
      ...keys('#12345#'),
      assistantSays('It is 12345.'),
      callerHangsUp(),
    ]));

  it('are digits: of other keys only the terminator means something', async () => {
    const play = [...GREETING, ...keys('*4#7*1A1'), assistantSays('It is 4711.'), callerHangsUp()];
    await playCall(flow({ length: 4 }), play);
    const ended = [...GREETING, ...keys('#4#7*'), assistantSays('It is 47.'), callerHangsUp()];
    await playCall(flow({ terminator: '*' }), ended);
  });

  it('that are said are as many as are asked for, or asked for again', () =>
    playCall(flow({ length: 4, tries: 2, say: { ask: 'Your number, please.', again: 'Again.' } }), [
      ...GREETING,
      callerSays('4 7 1 1 2'),
      assistantSays('Again.'),
      ...keys('99'),
      callerSays('4711'),
      assistantSays('It is 4711.'),
      callerHangsUp(),
    ]));

  it('that are too many each time are handed over as they are', () =>
    playCall(flow({ length: 4, tries: 2 }), [
      ...GREETING,
      callerSays('4 7 1 1 2'),
      assistantSays('Your number, please.'),
      ...keys('47'),
      callerSays('4 7 1'),
      assistantSays('I give up.'),
      assistantHangsUp(),
    ]));

  it('cut the question with the last of them', () =>
    playCall(flow({ length: 2 }), [
      assistantSays('Welcome.'),
      assistantSays('Your number, please.'),
      callerPresses('1', { after: 'Your' }),
      callerPresses('2', { after: 'Your number,' }),
      assistantIsCut({ by: 'app', heard: 'Your number,' }),
      assistantSays('It is 12.'),
      callerHangsUp(),
    ]));

  it('mix with words: digits that are said count, other words are the template’s', () =>
    playCall(flow({ length: 4 }), [
      ...GREETING,
      ...keys('47'),
      callerSays('Just a moment, I have to look for it somewhere'),
      assistantSays('You said Just'),
      callerSays('1 1'),
      assistantSays('It is 4711.'),
      callerHangsUp(),
    ]));

  it.each([
    ['en-US', 'four, seven, one one', 'It is 4711.'],
    ['de-DE', 'Vier sieben eins zwo, bitte', 'It is 4712.'],
    ['en-US', 'seven, I mean 4 7 1 1', 'It is 4711.'],
    ['en-US', 'forty-seven eleven', 'You said forty-seven'],
    ['en-US', 'twelve three four', 'You said twelve'],
    [undefined, 'oh eight one five', 'It is 0815.'],
    ['en-GB', 'double four seven oh', 'It is 4470.'],
    ['en-GB', 'Triple one, two', 'It is 1112.'],
    ['en-US', 'seventy-two eleven', 'You said seventy-two'],
    ['en-US', 'Oh, four oh one one', 'It is 4011.'],
    ['en-US', 'oh four oh one', 'It is 0401.'],
    ['en-US', 'One moment. Four seven one one', 'It is 4711.'],
    ['en-US', 'One moment, please', 'You said One moment, please'],
    ['en-US', 'Oh no', 'You said Oh no'],
    ['de-DE', '5 Minuten bitte', 'You said 5 Minuten bitte'],
    ['fr-FR', 'Un instant', 'You said Un instant'],
    ['nl-NL', 'Een ogenblik alstublieft', 'You said Een ogenblik'],
  ])('%s are said in words: %s', async (language, text, answer) => {
    await playCall(flow({ length: 4 }, language), [
      ...GREETING,
      callerSays(text),
      assistantSays(answer),
      callerHangsUp(),
    ]);
  });

  it('are asked for again, and handed over as they are when the tries are over', () =>
    playCall(flow({ length: 4, tries: 2, first_after_seconds: 6 }), [
      ...GREETING,
      ...keys('47'),
      callerIsSilent(6),
      assistantSays('Your number, please.'),
      callerIsSilent(6),
      assistantSays('I give up.'),
      assistantHangsUp(),
    ]));

  it.each([0, 1])('show that somebody is there, of whom it is asked %i times', async (times) => {
    const template = {
      ...flow({ length: 4, tries: 9, first_after_seconds: 6 }),
      silence: { ask: 'Are you there?', goodbye: 'Goodbye.', times },
    };
    const asked = [callerIsSilent(6), assistantSays('Your number, please.')];
    await playCall(template, [
      ...GREETING,
      ...keys('47'),
      ...asked,
      ...Array.from({ length: times }, () => asked).flat(),
      callerIsSilent(6),
      assistantSays('Goodbye.'),
      assistantHangsUp(),
    ]);
  });

  it('of no certain number are complete when nobody goes on', () =>
    playCall(flow({ terminator: '#', first_after_seconds: 6 }), [
      ...GREETING,
      ...keys('47'),
      callerIsSilent(6),
      assistantSays('It is 47.'),
      callerHangsUp(),
    ]));

  it('of no certain number are asked for again where nobody begins, and given up', () =>
    playCall(flow({ terminator: '#', first_after_seconds: 6, tries: 2 }), [
      ...GREETING,
      callerIsSilent(6),
      assistantSays('Your number, please.'),
      callerIsSilent(6),
      assistantSays('I give up.'),
      assistantHangsUp(),
    ]));

  it('are asked for as often as it is asked whether somebody is there', () => {
    const template = {
      ...flow({ length: 4, tries: 9, first_after_seconds: 6 }),
      silence: { ask: 'Are you there?', goodbye: 'Goodbye.', times: 2 },
    };
    const asked = [callerIsSilent(6), assistantSays('Your number, please.')];
    return playCall(template, [
      ...GREETING,
      ...asked,
      ...asked,
      callerIsSilent(6),
      assistantSays('Goodbye.'),
      assistantHangsUp(),
    ]);
  });

  it('wait for somebody who is still pressing when the time is over', () =>
    playCall(flow({ length: 4, say: { ask: 'Your number, please.', more: 'Go on.' } }), [
      ...GREETING,
      silenceFor(6),
      ...keys('47'),
      assistantSays('Go on.'),
      ...keys('11'),
      assistantSays('It is 4711.'),
      callerHangsUp(),
    ]));

  it.each([
    [
      'an interruption',
      [triggered({ after: 'Your', when: 'after_current', say: 'News.' })],
      'News.',
    ],
    ['an answer', [callerSays('Which number?')], 'You said'],
  ])(
    'are asked for again behind %s, whatever else the flow says of silence',
    async (_what, acts, said) => {
      for (const push of [true, false])
        await playCall(
          flow({ length: 4, tries: 2 }),
          [
            ...GREETING,
            ...acts,
            assistantSays(said),
            callerIsSilent(8),
            assistantSays('Your number, please.'),
            callerIsSilent(8),
            assistantSays('I give up.'),
            assistantHangsUp(),
          ],
          { push },
        );
    },
  );

  it('are asked for again, without counting, where words have been answered with nothing', () =>
    playCall(flow({ length: 4, tries: 2, say: { ask: 'Your number, please.', more: 'Go on.' } }), [
      ...GREETING,
      callerSays('Well'),
      assistantSays('Your number, please.'),
      ...keys('47'),
      callerSays('Well'),
      assistantSays('Go on.'),
      ...keys('11'),
      assistantSays('It is 4711.'),
      callerHangsUp(),
    ]));

  it.each(['push', 'no push'])(
    'that are secret are in no history, and sealed in the row (%s)',
    async (way) => {
      seen.length = 0;
      const { sessions, session_id, log } = await playCall(
        flow({ length: 6, secret: true }),
        [
          ...GREETING,
          ...keys('47'),
          callerSays('11 please'),
          assistantSays('Your number'),
          callerSays('I told you that it is 4711 all the time now'),
          assistantSays('You said'),
          callerHangsUp(),
        ],
        { push: way === 'push' },
      );
      expect(seen.join()).not.toMatch(/\d/);
      expect(JSON.stringify(log.lines)).not.toContain('4711');
      const stored = await sessions.read(session_id);
      expect(stored?.call.entry).toBeUndefined();
      const notes = await sessions.history(session_id, 50);
      expect(JSON.stringify(notes.filter(({ kind }) => kind === 'caller'))).toContain('•• please');
      expect(JSON.stringify(notes.filter(({ kind }) => kind === 'caller'))).not.toContain('47');
    },
  );

  it('must be declared, and last', async () => {
    const pin = collectDigits({ name: 'pin', say: 'Now.', length: 1 });
    const wrong = defineTemplate({ fallback: 'Sorry?', onSessionStart: () => [pin, 'And then?'] });
    await playCall(wrong, [assistantSays('Sorry?'), callerHangsUp()]);
    const undeclared = defineTemplate({ fallback: 'Sorry?', onSessionStart: () => pin });
    await playCall(undeclared, [assistantSays('Sorry?'), callerHangsUp()]);
  });

  it.each([
    [{ name: 'a pin' }, 'name'],
    [{}, 'length'],
    [{ length: 0 }, 'length'],
    [{ terminator: '##' }, 'terminator'],
    [{ length: 4, tries: 0 }, 'tries'],
    [{ length: 4, name: undefined }, 'name'],
    [{ length: 4, say: undefined }, 'say'],
    [{ length: 4, say: [] }, 'say'],
    [{ length: 4, say: '' }, 'text'],
    [{ length: 4, say: { ask: 'Now.', again: '' } }, 'text'],
    [{ length: 4, first_after_seconds: -1 }, 'first_after_seconds'],
    [{ length: 4, between_seconds: '4' }, 'between_seconds'],
    [{ length: 4, timeout: 3 }, 'timeout'],
  ])('%j is refused', (request, field) => {
    const asked = { name: 'pin', say: 'Now.', ...request };
    expect(() => collectDigits(asked as never)).toThrow(expect.objectContaining({ field }));
  });
});
