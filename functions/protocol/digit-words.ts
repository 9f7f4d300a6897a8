/** From 0, as callers say them: not every recogniser writes digits. */
const WORDS: Readonly<Record<string, string>> = {
  en: 'zero one two three four five six seven eight nine',
  de: 'null eins zwei drei vier fünf sechs sieben acht neun',
  fr: 'zéro un deux trois quatre cinq six sept huit neuf',
  es: 'cero uno dos tres cuatro cinco seis siete ocho nueve',
  it: 'zero uno due tre quattro cinque sei sette otto nove',
  nl: 'nul een twee drie vier vijf zes zeven acht negen',
};
const SAID_OTHERWISE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  en: { oh: 0 },
  de: { zwo: 2 },
};

/** Replaces whole words, in any case, by numbers; of several that fit the longest. */
function numbering(numbers: ReadonlyMap<string, number>): (text: string) => string {
  const words = [...numbers.keys()].toSorted((a, b) => b.length - a.length);
  const pattern = wordPattern(words);
  return (text) => text.replace(pattern, (word) => `${numbers.get(word.toLowerCase())}`);
}

const wordPattern = (words: readonly string[]) =>
  new RegExp(`(?<![\\p{L}\\d])(?:${words.join('|')})(?!\\p{L})`, 'giu');

const DIGITS = new Map(
  Object.entries(WORDS).map(([tag, words]) => {
    const digits = words.split(' ').map((word, digit) => [word, digit] as const);
    return [tag, new Map([...digits, ...Object.entries(SAID_OTHERWISE[tag] ?? {})])] as const;
  }),
);
const READERS = new Map([...DIGITS].map(([tag, digits]) => [tag, numbering(digits)]));
const ANY = wordPattern([...new Set([...DIGITS.values()].flatMap((digits) => [...digits.keys()]))]);

/** The words of a language for 0–9, lower-case; none where it isn't known. */
export const digitWordsOf = (tag: string): ReadonlyMap<string, number> =>
  DIGITS.get(tag) ?? new Map();

/**
 * A text with digits where it has words for them, in the language of a primary subtag such as `de`.
 */
export const withDigitWords = (text: string, tag: string): string =>
  READERS.get(tag)?.(text) ?? text;

/** A text with `sign` for each digit in it, and for each word that is one in any language. */
export const maskDigits = (text: string, sign: string): string =>
  text
    .normalize('NFC')
    .replace(/\p{Nd}/gu, sign)
    .replace(ANY, sign);
