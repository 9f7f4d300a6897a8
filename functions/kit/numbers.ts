import { primaryOf } from '../assistant/language.ts';
import { numbering, withDigitWords } from '../protocol/digit-words.ts';

/** From 10, as they are said; what isn't told apart by a space in a text is none. */
const WORDS: Readonly<Record<string, string>> = {
  en: 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty',
  de: 'zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig',
  fr: 'dix onze douze treize quatorze quinze seize',
  es: 'diez once doce trece catorce quince',
  it: 'dieci undici dodici tredici quattordici quindici sedici',
  nl: 'tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig',
};

/** What is said otherwise, too. */
const MORE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  en: { noon: 12, midday: 12, thirty: 30, 'forty-five': 45, 'forty five': 45 },
  de: { 'ein uhr': 1, dreißig: 30, fünfundvierzig: 45 },
};

const READERS = new Map(
  Object.entries(WORDS).map(([tag, words]) => {
    const numbers = words.split(' ').map((word, index) => [word, 10 + index] as const);
    return [tag, numbering(new Map([...numbers, ...Object.entries(MORE[tag] ?? {})]))] as const;
  }),
);

/** A text with digits where it has words for numbers up to about 20. English where no language is known. */
export function withDigits(text: string, language?: string): string {
  const tag = primaryOf(language);
  const said = text.normalize('NFKC');
  return withDigitWords(READERS.get(tag)?.(said) ?? said, tag);
}

/** The whole numbers in what somebody says, by words or digits: "a four out of five" is `[4, 5]`. */
export const numbersIn = (text: string, language?: string): number[] =>
  (withDigits(text, language).match(/\d{1,9}/g) ?? []).map(Number);
