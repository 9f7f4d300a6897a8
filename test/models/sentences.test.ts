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
    ['Ask Dr. Meyer, e.g. Tomorrow. Or Mr. Smith.', ['Ask Dr. Meyer, e.g. Tomorrow. ', 'Or Mr. Smith.']],
    ['Am 3. Mai, z. B. Vormittags, Nr. 4. Gut?', ['Am 3. Mai, z. B. Vormittags, Nr. 4. Gut?']],
    ['She said: "Wait." Then left… Really?', ['She said: "Wait." ', 'Then left… ', 'Really?']],
    ['It is approx. ten. Later.', ['It is approx. ten. ', 'Later.']],
    ['- One\n- Two\n\nThree', ['- One\n', '- Two\n\n', 'Three']],
    ['Über uns. Änderung folgt. Öl', ['Über uns. ', 'Änderung folgt. ', 'Öl']],
    ['No end', ['No end']],
    ['', []],
  ])('%j', async (text, sentences) => {
    expect(await split(text)).toEqual(sentences);
    expect(await split(...text)).toEqual(sentences);
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

  it('loses nothing, however the text is cut up', async () => {
    const text = fc.array(fc.constantFrom('One', ' ', '. ', '.', '3', 'Dr', '\n', '!"', ' two', 'Ö', '?? ', '😀'));
    await fc.assert(
      fc.asyncProperty(text, async (texts) => {
        const sentences = await split(...texts);
        expect(sentences.join('')).toBe(texts.join(''));
        expect(sentences).toEqual(await split(texts.join('')));
      }),
    );
  });
});
