import { expect, it } from 'vitest';
import { isGoodbye } from '../../functions/models/goodbye.ts';

it.each([
  ['Goodbye, and thank you!', true],
  ['Have a nice day.', true],
  ['Auf Wiederhören.', true],
  ['Schönen Tag noch!', true],
  ['Your parcel has left the house.', false],
  ['Have a look at your letter.', false],
  ['Ich lade Sie gern ein.', false],
  ['Es ist ein schöner Tag.', false],
])('%s takes leave: %s', (sentence, leaves) => {
  expect(isGoodbye(sentence)).toBe(leaves);
});
