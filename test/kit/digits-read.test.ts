import { describe, expect, it } from 'vitest';
import {
  collectDigits,
  isSecret,
  readKeys,
  spokenDigits,
  wordsOf,
} from '../../functions/kit/digits.ts';

it.each<[object, string, string, boolean]>([
  [{ length: 4 }, '471', '471', false],
  [{ length: 4 }, '4711', '4711', true],
  [{ length: 4 }, '47119', '4711', true],
  [{ length: 4 }, '4#7*', '47', false],
  [{ terminator: '#' }, '4711', '4711', false],
  [{ terminator: '#' }, '47#', '47', true],
  [{ terminator: '#' }, '47#11', '47', true],
  [{ terminator: '#' }, '##', '', false],
  [{ terminator: '#' }, '##4*7#', '47', true],
  [{ terminator: '0' }, '470', '47', true],
  [{ length: 4, terminator: '#' }, '47#', '47', true],
  [{ length: 4, terminator: '#' }, '4711', '4711', true],
])('of %j, "%s" are "%s", complete: %s', (request, pressed, digits, complete) => {
  expect(readKeys({ name: 'pin', say: 'Now.', ...request }, pressed)).toEqual({ digits, complete });
});

it.each<[string, string | undefined]>([
  ['4 7 1 1, please', '4711'],
  ['４７１１', '4711'],
  ['Double four seven one', '4471'],
  ['triple four', '444'],
  ['Oh, four seven', '47'],
  ['four oh seven', '407'],
  [`${'4 '.repeat(32)}`, '4'.repeat(32)],
  [`${'4 '.repeat(33)}`, undefined],
  ['I have got 4 of them here', undefined],
])('in "%s" the digits are %s', (text, digits) => {
  expect(spokenDigits(text, 'en-US')).toBe(digits);
});

describe('what asks for digits', () => {
  const session = {} as Parameters<typeof wordsOf>[2];
  const say = {
    ask: ['Your PIN.', 'You find it in your letter.'],
    more: { type: 'speak' as const, text: 'Go on.', user_input_timeout_seconds: 9 },
  };

  it('has a timer on its last sentence, unless it has one', () => {
    const pin = collectDigits({ name: 'pin', length: 4, say, first_after_seconds: 6 });
    const asked = [
      { type: 'speak', text: 'Your PIN.' },
      { type: 'speak', text: 'You find it in your letter.', user_input_timeout_seconds: 6 },
    ];
    expect(wordsOf(pin, 'ask', session)).toEqual(asked);
    expect(wordsOf(pin, 'again', session)).toEqual(asked);
    expect(wordsOf(pin, 'more', session)).toEqual([say.more]);
  });

  it('waits for the next key as long as it takes to press one', () => {
    const pin = collectDigits({ name: 'pin', length: 4, say: { ask: 'PIN?', more: 'Go on.' } });
    expect(wordsOf(pin, 'more', session)).toMatchObject([{ user_input_timeout_seconds: 4 }]);
  });

  it('may be a clip behind the words that its timer is on', () => {
    const clip = { type: 'audio' as const, audio: { asset: 'beep' } };
    const pin = collectDigits({ name: 'pin', length: 4, say: ['PIN?', clip] });
    expect(wordsOf(pin, 'ask', session)).toEqual([
      { type: 'speak', text: 'PIN?', user_input_timeout_seconds: 8 },
      clip,
    ]);
  });
});

it('digits are secret by their own name, whatever else the call flow asks for', () => {
  const digits = [
    collectDigits({ name: 'pin', say: 'PIN?', length: 4, secret: true }),
    collectDigits({ name: 'order', say: 'Order?', length: 4 }),
  ];
  const entered = (name: string) => isSecret({ digits }, { name, by: '', tries: 1, keys: [] });
  expect([entered('pin'), entered('order'), isSecret({ digits }, undefined)]).toEqual([
    true,
    false,
    false,
  ]);
});
