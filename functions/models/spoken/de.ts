import { toCardinal, toOrdinal } from 'n2words/de-DE';
import { type Numbers, numberRules, type Rule } from './numbers.ts';

const cardinal = (whole: string) => toCardinal(whole);
/** Eine Minute, ein Kilogramm: "eins" is said of nothing but the number itself. */
const counting = (whole: string, what: string) =>
  toCardinal(whole).replace(/eins$/, FEMININE.test(what) ? 'eine' : 'ein');
const FEMININE = /^(?:Minute|Stunde|Sekunde|Millisekunde|Unze|Meile|Kilowattstunde)/;

const NUMBERS: Numbers = {
  locale: 'de',
  cardinal,
  counting,
  point: 'Komma',
  group: '.',
  currencies: {
    '€': ['Euro', 'Euro', 'Cent', 'Cent'],
    EUR: ['Euro', 'Euro', 'Cent', 'Cent'],
    Euro: ['Euro', 'Euro', 'Cent', 'Cent'],
    $: ['Dollar', 'Dollar', 'Cent', 'Cent'],
    USD: ['Dollar', 'Dollar', 'Cent', 'Cent'],
    '£': ['Pfund', 'Pfund', 'Penny', 'Pence'],
    CHF: ['Franken', 'Franken', 'Rappen', 'Rappen'],
  },
  and: ' und ',
  scales: {
    'Mio.': 'Millionen',
    Millionen: 'Millionen',
    'Mrd.': 'Milliarden',
    Milliarden: 'Milliarden',
  },
  units: {
    'm²': ['Quadratmeter', 'Quadratmeter'],
    'm³': ['Kubikmeter', 'Kubikmeter'],
    'km²': ['Quadratkilometer', 'Quadratkilometer'],
    kWh: ['Kilowattstunde', 'Kilowattstunden'],
    kW: ['Kilowatt', 'Kilowatt'],
    W: ['Watt', 'Watt'],
    V: ['Volt', 'Volt'],
    'Std.': ['Stunde', 'Stunden'],
    'Min.': ['Minute', 'Minuten'],
  },
  plus: 'plus',
};

const MONTHS =
  'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ');
const MONTH = `(${MONTHS.join('|')})`;

/** Am dritten, der dritte, dritter: as what stands before it wants. */
function ordinal(day: string, before = ''): string {
  const said = toOrdinal(Number(day));
  if (/^(?:am|vom|zum|dem|den|ab|bis|seit|im|beim|nach|vor)$/i.test(before)) return `${said}n`;
  return /^(?:der|die|das)$/i.test(before) ? said : `${said}r`;
}

function date(before: string | undefined, day: string, month: string, year?: string): string {
  const lead = before ? `${before} ` : '';
  const named = /\d/.test(month) ? (MONTHS[Number(month) - 1] ?? '') : month;
  return `${lead}${ordinal(day, before)} ${named}${year ? ` ${yearOf(year)}` : ''}`;
}

/** Until 1999 years are counted in hundreds. */
function yearOf(text: string): string {
  const year = Number(text);
  if (year < 1100 || year > 1999) return cardinal(text);
  const rest = year % 100;
  return `${cardinal(String(Math.floor(year / 100)))}hundert${rest ? cardinal(String(rest)) : ''}`;
}

const isDay = (day = '', month = '1') =>
  Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12;

function time(hours = '', minutes?: string): string {
  const hour = counting(String(Number(hours)), 'Uhr');
  return minutes && Number(minutes) > 0
    ? `${hour} Uhr ${cardinal(String(Number(minutes)))}`
    : `${hour} Uhr`;
}
const isTime = (hours = '', minutes = '0') => Number(hours) <= 24 && Number(minutes) <= 59;

const BEFORE = '(?:\\b(am|vom|zum|dem|den|ab|bis|seit|im|beim|nach|vor|der|die|das)\\s)?';

/** German, in the order in which the rules must be tried. */
export const german: readonly Rule[] = [
  [/(?<=\d|Uhr)\s?[–—]\s?(?=[$€£]?\d)/gu, () => ' bis '],
  // What is counted, and no order 5-7.
  [
    /(?<![\d-])(\d{1,3})-(?=\d{1,3}\s?(?:%|(?:Minuten|Stunden|(?:Werkt|Arbeitst|T)agen?|Wochen|Monaten?|Jahren?|Uhr|Personen|Stück|Mal)\b))/g,
    (from) => `${from} bis `,
  ],
  [
    new RegExp(`${BEFORE}(?<![\\d.])(\\d{4})-(\\d{2})-(\\d{2})(?:T|\\b)`, 'giu'),
    (before, year = '', month = '', day = '') =>
      isDay(day, month)
        ? `${date(before, day, month, year)} `
        : `${before ? `${before} ` : ''}${year}-${month}-${day}`,
  ],
  [
    new RegExp(
      `${BEFORE}(?<![\\d.,])(\\d{1,2})\\.\\s?(\\d{1,2})\\.(?:\\s?(\\d{4}))?(?![\\d])`,
      'giu',
    ),
    (before, day = '', month = '', year) =>
      isDay(day, month)
        ? date(before, day, month, year)
        : `${before ? `${before} ` : ''}${day}.${month}.${year ?? ''}`,
  ],
  [
    new RegExp(
      `${BEFORE}(?<![\\d.,])(\\d{1,2})\\.\\s${MONTH}(?:\\s(\\d{4}))?(?![\\p{L}\\d])`,
      'giu',
    ),
    (before, day = '', month = '', year) =>
      isDay(day) ? date(before, day, month, year) : `${before ? `${before} ` : ''}${day}. ${month}`,
  ],
  [
    new RegExp(`\\b${MONTH}\\s(\\d{4})(?!\\d)`, 'gu'),
    (month, year = '') => `${month} ${yearOf(year)}`,
  ],
  [
    /(?<![\d:.,])(\d{1,2})(?:[:.](\d{2}))?\s?Uhr(?:\s(\d{1,2})(?![\d:.,]))?/g,
    (hours, minutes, after) =>
      isTime(hours, minutes ?? after)
        ? time(hours, minutes ?? after)
        : `${hours}${minutes ? `:${minutes}` : ''} Uhr ${after ?? ''}`,
  ],
  [
    /(?<![\d:.,])(\d{1,2}):(\d{2})(?::\d{2})?(?![\d:])(?:Z\b)?/g,
    (hours, minutes) => (isTime(hours, minutes) ? time(hours, minutes) : `${hours}:${minutes}`),
  ],
  ...numberRules(NUMBERS),
  [/(?<=[\d\p{L}])\s?[–—]\s?(?=[\d\p{L}])/gu, () => ', '],
  [/\bz\.\s?B\./g, () => 'zum Beispiel'],
  [/\bd\.\s?h\./g, () => 'das heißt'],
  [/\bbzw\./g, () => 'beziehungsweise'],
  [/\busw\./g, () => 'und so weiter'],
  [/\bca\./g, () => 'circa'],
  [/\binkl\./g, () => 'inklusive'],
  [/(?:\bNr\.|#)\s?(?=\d)/g, () => 'Nummer '],
  [/~\s?(?=\d|\p{L})|≈\s?/gu, () => 'etwa '],
  [/\s?&\s?/g, () => ' und '],
  [/\s=\s/g, () => ' gleich '],
  [/\s\+\s/g, () => ' plus '],
  [/\s?[×*]\s?(?=\d|\p{L})/gu, () => ' mal '],
  [/%/g, () => ' Prozent'],
  [/§\s?/g, () => 'Paragraf '],
  [/\s?(?:->|=>|[→⇒➔])\s?/g, () => ', '],
  [/(?<=\w)@(?=\w)/g, () => ' at '],
];
