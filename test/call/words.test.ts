import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restOf } from '../../functions/call/words.ts';

const TEXT = 'Your order has left. Will it come tomorrow? Yes! It will …  we hope.';
/** As if a character took a millisecond. */
const restAt = (text: string, now: number) => restOf(text, now / text.length);

describe('the rest of what is being said', () => {
  it.each([
    [0, TEXT],
    [19, TEXT],
    [21, 'Will it come tomorrow? Yes! It will …  we hope.'],
    [42, 'Will it come tomorrow? Yes! It will …  we hope.'],
    [44, 'Yes! It will …  we hope.'],
    [TEXT.length - 1, 'we hope.'],
    [TEXT.length, undefined],
    [-5, TEXT],
  ])('begins with the sentence at %i', (now, rest) => {
    expect(restAt(TEXT, now)).toBe(rest);
  });

  it.each([
    ['您的包裹已发出。明天中午到达。', 9, '明天中午到达。'],
    ['荷物は発送されました。明日の正午に届きます。', 12, '明日の正午に届きます。'],
    ['आपका पार्सल भेज दिया गया है। वह कल आएगा।', 32, 'वह कल आएगा।'],
    ['هل تريد شيئًا آخر؟ الطرد في الطريق.', 20, 'الطرد في الطريق.'],
  ])('begins with a sentence in any script: %s', (text, now, rest) => {
    expect(restAt(text, now)).toBe(rest);
  });

  it('is the whole of a single sentence, however far it had got', () => {
    expect(restAt('A sentence of 3.5 words, or more', 31)).toBe('A sentence of 3.5 words, or more');
  });

  it('is a suffix that starts at a sentence and contains all that has not been said', () => {
    const word = fc.stringMatching(/^[a-zäß0-9]{1,8}$/);
    const sentence = fc
      .tuple(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('.', '!', '?', '…', '."', '.)'),
      )
      .map(([words, end]) => words.join(' ') + end);
    const space = fc.constantFrom(' ', '  ', '\n');
    const text = fc
      .array(fc.tuple(sentence, space), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.flat().join('').trim());
    fc.assert(
      fc.property(
        text,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (said, share) => {
          const now = share * said.length;
          const rest = restAt(said, now) ?? '';
          const begins = said.length - rest.length;
          expect(said.endsWith(rest)).toBe(true);
          // All that the caller hasn't heard, and no more than the sentence before it.
          expect(begins).toBeLessThanOrEqual(Math.floor(now));
          expect(said.slice(0, begins)).toMatch(/^$|[.!?…]["'”»)]*\s+$/);
          expect(said.slice(begins, Math.floor(now))).not.toMatch(/[.!?…]["'”»)]*\s+\S/);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
