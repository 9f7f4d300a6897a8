import { primaryOf } from './language.ts';

/** From 0, as they are said; what isn't told apart by a space in a text is none. */
const WORDS: Readonly<Record<string, string>> = {
  en: 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty',
  de: 'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig',
  fr: 'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize',
  es: 'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince',
  it: 'zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici',
  nl: 'nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig',
};

/** What is said otherwise, too. */
const MORE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  en: { noon: 12, midday: 12, thirty: 30, 'forty-five': 45, 'forty five': 45 },
  de: { zwo: 2, 'ein uhr': 1, dreißig: 30, fünfundvierzig: 45 },
};

/** A text with digits where it has words for numbers up to about 20. English where no language is known. */
export function withDigits(text: string, language?: string): string {
  const tag = primaryOf(language);
  const words = (WORDS[tag] ?? '').split(' ').map((word, number) => [word, number] as const);
  return [...Object.entries(MORE[tag] ?? {}), ...words].reduce(
    (said, [word, number]) =>
      word
        ? said.replace(new RegExp(`(?<![\\p{L}\\d])${word}(?!\\p{L})`, 'giu'), `${number}`)
        : said,
    text.normalize('NFKC'),
  );
}

/** The whole numbers in what somebody says, by words or digits: "a four out of five" is `[4, 5]`. */
export const numbersIn = (text: string, language?: string): number[] =>
  (withDigits(text, language).match(/\d{1,9}/g) ?? []).map(Number);
