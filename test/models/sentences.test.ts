import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentencesOf } from '../../functions/models/sentences.ts';
import { collected } from '../support/collected.ts';

async function* pieces(...texts: readonly string[]) {
  yield* texts;
}

const split = (...texts: readonly string[]) => collected(sentencesOf(pieces(...texts)));

describe('sentencesOf', () => {
  it.each([
    ['Hello. How are you? Fine!', ['Hello. ', 'How are you? ', 'Fine!']],
    ['It weighs 3.5 kg. Come at 10.30!', ['It weighs 3.5 kg. ', 'Come at 10.30!']],
    [
      'Ask Dr. Meyer, e.g. Tomorrow. Or Mr. Smith.',
      ['Ask Dr. Meyer, e.g. Tomorrow. ', 'Or Mr. Smith.'],
    ],
    ['Am 3. Mai, z. B. Vormittags, Nr. 4. Gut?', ['Am 3. Mai, z. B. Vormittags, Nr. 4. Gut?']],
    ['She said: "Wait." Then left… Really?', ['She said: "Wait." ', 'Then left… ', 'Really?']],
    ['It is approx. ten. Later.', ['It is approx. ten. ', 'Later.']],
    ['- One\n- Two\n\nThree', ['- One\n', '- Two\n\n', 'Three']],
    ['Über uns. Änderung folgt. Öl', ['Über uns. ', 'Änderung folgt. ', 'Öl']],
    [
      '您的包裹已经发出。明天3点到达！需要签收？！好。',
      ['您的包裹已经发出。', '明天3点到达！', '需要签收？！', '好。'],
    ],
    ['「待って。」と言った。 はい｡了解', ['「待って。」', 'と言った。 ', 'はい｡', '了解']],
    ['你好!!再见? 好的', ['你好!!', '再见? ', '好的']],
    ['Θέλετε κάτι; Έχει σταλεί; ναι.', ['Θέλετε κάτι; ', 'Έχει σταλεί; ', 'ναι.']],
    ['One; two; Three.', ['One; two; Three.']],
    ['पार्सल भेज दिया गया। वह कल आएगा॥ ठीक', ['पार्सल भेज दिया गया। ', 'वह कल आएगा॥ ', 'ठीक']],
    ['هل تريد شيئًا؟ نعم. شكرا', ['هل تريد شيئًا؟ ', 'نعم. ', 'شكرا']],
    ['آپ کا پارسل آ گیا۔ شکریہ', ['آپ کا پارسل آ گیا۔ ', 'شکریہ']],
    ['አንድ። ሁለት። ሦስት፧አራት', ['አንድ። ', 'ሁለት። ', 'ሦስት፧', 'አራት']],
    ['Das sind 3．5 kg、oder？Ja', ['Das sind 3．5 kg、oder？', 'Ja']],
    ['Ask for no.\nOr for Dr.\n\nBoth', ['Ask for no.\n', 'Or for Dr.\n\n', 'Both']],
    ['No end', ['No end']],
    ['', []],
  ])('%j', async (text, sentences) => {
    expect(await split(text)).toEqual(sentences);
    expect(await split(...text)).toEqual(sentences);
  });

  it.each([
    ['at its last pause', `${'word '.repeat(60)}, then; `, 'next '.repeat(30)],
    ['between two words', 'word '.repeat(80), 'word '.repeat(9)],
    ['anywhere, where there are no words', 'x'.repeat(400), 'x'.repeat(99)],
    ['at no half of a character', 'x'.repeat(399), '😀x'],
  ])('parts what doesn’t end %s', async (_where, first, rest) => {
    expect(await split(first + rest)).toEqual([first, rest]);
  });

  it('gives each sentence as soon as the next one has begun', async () => {
    const came: string[] = [];
    const stream = async function* () {
      for (const piece of ['One', '. ', 'Tw', 'o. Three']) {
        came.push(piece);
        yield piece;
      }
    };
    const first = await sentencesOf(stream())[Symbol.asyncIterator]().next();
    expect([first.value, came]).toEqual(['One. ', ['One', '. ', 'Tw']]);
  });

  it('waits for no space where none is written', async () => {
    const stream = async function* () {
      yield '一。二';
      throw new Error('asked for more');
    };
    const first = await sentencesOf(stream())[Symbol.asyncIterator]().next();
    expect(first.value).toBe('一。');
  });

  it('loses nothing, however the text is cut up', async () => {
    const text = fc.array(
      fc.constantFrom(
        'One',
        ' ',
        '. ',
        '.',
        '3',
        'Dr',
        '\n',
        '!"',
        ' two',
        'Ö',
        '?? ',
        '😀',
        '一',
        '。',
        '」',
        '! ',
        '।',
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, async (texts) => {
        const sentences = await split(...texts);
        expect(sentences.join('')).toBe(texts.join(''));
        expect(sentences).toEqual(await split(texts.join('')));
      }),
    );
  });

  it.each([
    ['word '.repeat(10_000), 400],
    ['字'.repeat(3_000), 400],
    ['😀'.repeat(1_001), 400],
    [`${'a'.repeat(150)}, ${'b'.repeat(3_000)}`, 400],
  ])('parts what doesn’t end, and loses nothing of it', async (text, most) => {
    const whole = await split(text);
    expect(whole.join('')).toBe(text);
    expect(Math.max(...whole.map(({ length }) => length))).toBeLessThanOrEqual(most);
    expect(whole.every((part) => part.isWellFormed())).toBe(true);
    const cut = text.match(/[\s\S]{1,7}/g) ?? [];
    expect(await split(...cut)).toEqual(whole);
  });
});
