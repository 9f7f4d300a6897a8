import { primaryOf } from '../assistant/language.ts';
import { digitWordsOf } from '../protocol/digit-words.ts';

/** How a language builds numbers of its words for 0–9. */
interface Building {
  /** From 10 on, in order; what is missing is put together. */
  readonly teens: string;
  /** From 20 on, by tens. */
  readonly tens: string;
  /** Also within a word, where numbers are written in one. */
  readonly hundred: string;
  readonly thousand: string;
  /** What is written in other ways, or counts besides. */
  readonly more?: Readonly<Record<string, number>>;
  /**
   * A ten with its digit in one word. Without it they are two, with `and` between where there is
   * one.
   */
  readonly glued?: (digit: string, ten: string) => string;
  readonly and?: string;
  /** "A hundred and five". */
  readonly andBelow?: true;
  /** "Quatre-vingt-dix-sept". */
  readonly twenties?: true;
}

const BUILDINGS: Readonly<Record<string, Building>> = {
  en: {
    teens: 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
    tens: 'twenty thirty forty fifty sixty seventy eighty ninety',
    hundred: 'hundred',
    thousand: 'thousand',
    more: { noon: 12, midday: 12 },
    andBelow: true,
  },
  de: {
    teens: 'zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn',
    tens: 'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig',
    hundred: 'hundert',
    thousand: 'tausend',
    more: { dreissig: 30 },
    glued: (digit, ten) => `${digit === 'eins' ? 'ein' : digit}und${ten}`,
  },
  fr: {
    teens: 'dix onze douze treize quatorze quinze seize',
    tens: 'vingt trente quarante cinquante soixante septante huitante nonante',
    hundred: 'cent',
    thousand: 'mille',
    more: { vingts: 20, cents: 100, midi: 12 },
    and: 'et',
    twenties: true,
  },
  es: {
    teens: 'diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve',
    tens: 'veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa',
    hundred: 'ciento',
    thousand: 'mil',
    more: {
      ...Object.fromEntries(
        'veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve'
          .split(' ')
          .map((word, index) => [word, 21 + index]),
      ),
      ...Object.fromEntries(
        'doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos'
          .split(' ')
          .map((word, index) => [word, 200 + 100 * index]),
      ),
      cien: 100,
    },
    and: 'y',
  },
  it: {
    teens:
      'dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove',
    tens: 'venti trenta quaranta cinquanta sessanta settanta ottanta novanta',
    hundred: 'cento',
    thousand: 'mila',
    more: { mille: 1000, mila: 1000 },
    glued: (digit, ten) => `${/^[uo]/.test(digit) ? ten.slice(0, -1) : ten}${digit}`,
  },
  nl: {
    teens: 'tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien',
    tens: 'twintig dertig veertig vijftig zestig zeventig tachtig negentig',
    hundred: 'honderd',
    thousand: 'duizend',
    glued: (digit, ten) => `${digit}en${ten}`,
  },
};

interface Numbers extends Building {
  /** What a word counts; accents are left out. */
  readonly words: ReadonlyMap<string, number>;
}

/** By language; put together when it is first needed. */
const known = new Map<string, Numbers>();

function numbersOf(tag: string): Numbers | undefined {
  const building = BUILDINGS[tag];
  if (!building || known.has(tag)) return known.get(tag);
  known.set(tag, { ...building, words: new Map(wordsOf(tag, building)) });
  return known.get(tag);
}

function wordsOf(tag: string, { teens, tens, hundred, thousand, more = {}, glued }: Building) {
  const digits = [...digitWordsOf(tag)];
  const byTen = tens.split(' ').map((ten, index) => [ten, 20 + 10 * index] as const);
  const both = glued
    ? byTen.flatMap(([ten, tenth]) =>
        digits.map(([word, digit]) => [glued(word, ten), tenth + digit] as const),
      )
    : [];
  return [
    ...digits,
    ...teens.split(' ').map((word, index) => [word, 10 + index] as const),
    ...byTen,
    ...both,
    [hundred, 100] as const,
    [thousand, 1000] as const,
    ...Object.entries(more),
  ].map(([word, value]) => [plain(word), value] as const);
}

/** As it is looked for: "één" and "een", "veintitrés" and "veintitres". */
const plain = (word: string) =>
  word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');

/** Nobody says a number in one word that is longer. */
const MAX_WORD = 40;

function worthOf(word: string, numbers: Numbers): number | undefined {
  if (word.length > MAX_WORD) return undefined;
  return numbers.words.get(word) ?? (numbers.glued ? partsOf(word, numbers) : undefined);
}

/** "Zweihundertfünf", "duemila": before and behind a thousand, or a hundred, there are numbers. */
function partsOf(word: string, numbers: Numbers): number | undefined {
  for (const [part, worth] of [
    [numbers.thousand, 1000],
    [numbers.hundred, 100],
  ] as const) {
    const at = word.indexOf(part);
    if (at < 0) continue;
    const many = at === 0 ? 1 : partOf(word.slice(0, at), numbers);
    const more = word.slice(at + part.length).replace(/^und/, '');
    const rest = more === '' ? 0 : partOf(more, numbers);
    return many && rest !== undefined && rest < worth ? many * worth + rest : undefined;
  }
  return undefined;
}

const partOf = (word: string, numbers: Numbers) => (word === 'ein' ? 1 : worthOf(word, numbers));

/**
 * What two numbers are in a row, if they are one: 20 and 3, 2 and 100. `and`: what stands between
 * them.
 */
function joined(before: number, next: number, and: string, numbers: Numbers): number | undefined {
  const low = before % 100;
  if (and === '' && next === 1000 && before < 1000) return before * 1000;
  if (and === '' && next === 100 && low < 20) return before + low * 99 + (low === 0 ? 100 : 0);
  if (low === 0 && before >= 100 && next < 100)
    return and === '' || numbers.andBelow ? before + next : undefined;
  if (numbers.twenties && and === '' && next === 20 && low === 4) return before + 76;
  return isTenAndMore(low, next, and, numbers) ? before + next : undefined;
}

function isTenAndMore(low: number, next: number, and: string, { twenties, ...numbers }: Numbers) {
  if (twenties && (low === 60 || low === 80) && next >= 10 && next < 20) return true;
  if (twenties && low === 10) return and === '' && next >= 7 && next <= 9;
  if (low < 20 || low % 10 !== 0 || next < 1 || next > 9 || numbers.glued) return false;
  // "Vingt et un", "vingt-deux"; "treinta y dos".
  if (twenties) return and === '' || next === 1;
  return numbers.and === undefined ? and === '' : and !== '';
}

/** "Twenty-fourth". */
const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth'.split(' ');

/** A text with digits where it has words for numbers. English where no language is known. */
export function withDigits(text: string, language?: string): string {
  const said = text.normalize('NFKC').replace(/(?<!\p{L})ein(?= uhr(?!\p{L}))/giu, '1');
  const numbers = numbersOf(primaryOf(language));
  if (!numbers) return said;
  // Words, and what stands between them.
  const tokens = said.match(/[\p{L}\p{M}]+|[^\p{L}\p{M}]+/gu) ?? [];
  const written: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const number = numberAt(tokens, at, numbers);
    written.push(number?.digits ?? (tokens[at] as string));
    at = number?.end ?? at + 1;
  }
  return written.join('');
}

/** The number that begins with a token, and the token behind it. */
function numberAt(tokens: readonly string[], at: number, numbers: Numbers) {
  const first = wordAt(tokens, at, numbers);
  if (first === undefined || isSigh(tokens, at)) return undefined;
  let value = first;
  let end = at + 1;
  for (let next = followerOf(tokens, end, numbers); next; next = followerOf(tokens, end, numbers)) {
    const both = joined(value, next.value, next.and, numbers);
    if (both === undefined) break;
    value = both;
    end = next.end;
  }
  const ordinal = isNear(tokens[end]) ? ORDINALS.indexOf(plain(tokens[end + 1] ?? '')) + 1 : 0;
  return ordinal > 0 && joined(value, ordinal, '', numbers) !== undefined
    ? { digits: `${value + ordinal}th`, end: end + 2 }
    : { digits: `${value}`, end };
}

function followerOf(tokens: readonly string[], end: number, numbers: Numbers) {
  if (!isNear(tokens[end])) return undefined;
  const word = plain(tokens[end + 1] ?? '');
  const isAnd = word === numbers.and || word === 'and';
  const at = isAnd && isNear(tokens[end + 2]) ? end + 3 : end + 1;
  const value = wordAt(tokens, at, numbers);
  return value === undefined ? undefined : { value, and: at > end + 1 ? word : '', end: at + 1 };
}

const wordAt = (tokens: readonly string[], at: number, numbers: Numbers) =>
  worthOf(plain(tokens[at] ?? ''), numbers);

const isNear = (between: string | undefined) => between !== undefined && /^[\s-]$/u.test(between);

/** "Oh" is a zero only next to another digit. */
const isSigh = (tokens: readonly string[], at: number) =>
  plain(tokens[at] ?? '') === 'oh' && !isNear(tokens[at - 1]);

const MOMENTS = 'moment(?:o|ito|je)?|instant[es]?|istante|augenblick|ogenblik(?:je)?';
const MINUTES =
  'sec(?:ond[eoi]?s?)?|seconden|segundos?|sekunden?|minut[aeio]s?|minuten|minuti|minuut|minutos?';

const waiting = (words: string) =>
  new RegExp(`(?<![\\p{L}\\d])[\\p{L}\\d]+\\s(?:${words})(?!\\p{L})`, 'giu');
const WAITING = { moments: waiting(MOMENTS), minutes: waiting(`${MOMENTS}|${MINUTES}`) };

/** Without what asks to wait: "One moment, please". Of minutes there may be a number. */
export const withoutWaiting = (text: string, counted: keyof typeof WAITING): string =>
  text.replace(WAITING[counted], ' ');

/** Whole thousands with a mark between, "1,250", as a language writes them. */
const GROUPED_BY_COMMA = /(?<![\d.,])\d{1,3}(?:,\d{3})+(?![.,]?\d)/g;
const GROUPED_BY_POINT = /(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![.,]?\d)/g;

/**
 * The whole numbers in what somebody says, by words or digits: "a four out of five" is `[4, 5]`.
 */
export function numbersIn(text: string, language?: string): number[] {
  const grouped = primaryOf(language) === 'en' ? GROUPED_BY_COMMA : GROUPED_BY_POINT;
  const said = withDigits(withoutWaiting(text, 'moments'), language).replace(grouped, (digits) =>
    digits.replace(/\D/g, ''),
  );
  return (said.match(/\d+/g) ?? []).map(Number).filter(Number.isSafeInteger);
}
