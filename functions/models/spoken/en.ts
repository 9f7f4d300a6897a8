import { toCardinal, toOrdinal } from 'n2words/en-US';
import { type Numbers, numberRules, type Rule } from './numbers.ts';

const cardinal = (whole: string) => toCardinal(whole);

const NUMBERS: Numbers = {
  locale: 'en',
  cardinal,
  counting: cardinal,
  point: 'point',
  group: ',',
  currencies: {
    '€': ['euro', 'euros', 'cent', 'cents'],
    EUR: ['euro', 'euros', 'cent', 'cents'],
    $: ['dollar', 'dollars', 'cent', 'cents'],
    USD: ['dollar', 'dollars', 'cent', 'cents'],
    '£': ['pound', 'pounds', 'penny', 'pence'],
    GBP: ['pound', 'pounds', 'penny', 'pence'],
    CHF: ['Swiss franc', 'Swiss francs', 'centime', 'centimes'],
  },
  and: ' and ',
  scales: { million: 'million', billion: 'billion', m: 'million', bn: 'billion' },
  units: {
    'm²': ['square meter', 'square meters'],
    'm³': ['cubic meter', 'cubic meters'],
    'km²': ['square kilometer', 'square kilometers'],
    kWh: ['kilowatt hour', 'kilowatt hours'],
    kW: ['kilowatt', 'kilowatts'],
    W: ['watt', 'watts'],
    V: ['volt', 'volts'],
  },
  plus: 'plus',
};

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const MONTH =
  '(Jan(?:uary|\\.)?|Feb(?:ruary|\\.)?|Mar(?:ch|\\.)?|Apr(?:il|\\.)?|May|June?|July?|Aug(?:ust|\\.)?|Sept?(?:ember|\\.)?|Oct(?:ober|\\.)?|Nov(?:ember|\\.)?|Dec(?:ember|\\.)?)';
const monthNamed = (name: string) =>
  MONTHS.find((month) => month.startsWith(name.slice(0, 3))) ?? name;
const END = '(?![\\p{L}\\p{N}])';

/** 2026 is twenty twenty-six. */
function year(text: string): string {
  const [century, rest] = [Number(text) / 100, Number(text) % 100];
  if (text.length !== 4 || (century >= 20 && century < 20.1)) return cardinal(text);
  const ending =
    rest === 0 ? 'hundred' : rest < 10 ? `oh ${cardinal(String(rest))}` : cardinal(String(rest));
  return `${cardinal(String(Math.floor(century)))} ${ending}`;
}

function date(day: string | undefined, month: string, of?: string): string {
  const named = /\d/.test(month) ? (MONTHS[Number(month) - 1] ?? month) : monthNamed(month);
  return `${named} ${toOrdinal(Number(day))}${of ? `, ${year(of)}` : ''}`;
}

const isDay = (day = '', month = '1') =>
  Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12;

function numericDate(all: string, first = '', second = '', of?: string): string {
  if (isDay(second, first)) return date(second, first, of);
  return isDay(first, second) ? date(first, second, of) : all;
}

function time(hours: string, minutes: string | undefined, half?: string): string {
  const hour = Number(hours);
  if (hour > 24 || Number(minutes) > 59) return `${hours}${minutes ? `:${minutes}` : ''}`;
  const said = [cardinal(String(hour % 12 || 12)), ...minutesOf(minutes)];
  if (half) return [...said, /p/i.test(half) ? 'p.m.' : 'a.m.'].join(' ');
  if (hour > 12 || hour === 0) return [...said, hour > 12 && hour < 24 ? 'p.m.' : 'a.m.'].join(' ');
  return said.length === 1 ? `${said[0]} o'clock` : said.join(' ');
}

function minutesOf(minutes: string | undefined): string[] {
  if (!minutes || minutes === '00') return [];
  return [minutes.startsWith('0') ? `oh ${cardinal(minutes.slice(1))}` : cardinal(minutes)];
}

/** English, in the order in which the rules must be tried. */
export const english: readonly Rule[] = [
  [/(?<=\d|[ap]\.?m\.?)\s?[–—]\s?(?=[$€£]?\d)/gu, () => ' to '],
  // What is counted, and no order 5-7.
  [
    /(?<![\d-])(\d{1,3})-(?=\d{1,3}\s?(?:%|(?:business|working)\b|(?:minute|hour|day|week|month|year|time)s\b|people\b|p\.?m\b|a\.?m\b))/gi,
    (from) => `${from} to `,
  ],
  [
    /\b(\d{4})-(\d{2})-(\d{2})(?:T|\b)/g,
    (of, month = '', day) =>
      isDay(day, month) ? `${date(day, month, of)} ` : `${of}-${month}-${day}`,
  ],
  [
    /(?<![\d/.])(\d{1,2})\/(\d{1,2})\/(\d{4})(?![\d/])/g,
    (first, second, of) => numericDate(`${first}/${second}/${of}`, first, second, of),
  ],
  [
    /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/g,
    (day = '', month = '', of) =>
      isDay(day, month) ? date(day, month, of) : `${day}.${month}.${of}`,
  ],
  [
    new RegExp(`\\b${MONTH}\\s(\\d{1,2})(?:st|nd|rd|th)?(?:,?\\s(\\d{4}))?${END}(?![:])`, 'gu'),
    (month = '', day = '', of) =>
      isDay(day) ? date(day, month, of) : `${monthNamed(month)} ${day}`,
  ],
  [
    new RegExp(
      `(?:\\bthe\\s)?\\b(\\d{1,2})(?:st|nd|rd|th)?\\s(?:of\\s)?${MONTH}(?:,?\\s(\\d{4}))?${END}`,
      'giu',
    ),
    (day = '', month = '', of) =>
      isDay(day)
        ? `the ${toOrdinal(Number(day))} of ${monthNamed(month)}${of ? `, ${year(of)}` : ''}`
        : `${day} ${monthNamed(month)}`,
  ],
  [
    new RegExp(`\\b${MONTH}\\s(\\d{4})${END}`, 'gu'),
    (month = '', of = '') => `${monthNamed(month)} ${year(of)}`,
  ],
  [
    /\b(\d{1,4})(?:st|nd|rd|th)\b/g,
    (number = '') => (Number(number) > 0 ? toOrdinal(Number(number)) : number),
  ],
  [
    /(?<![\d:.])(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?/gi,
    (hours = '', minutes, half) => time(hours, minutes, half),
  ],
  [
    /(?<![\d:.])(\d{1,2}):(\d{2})(?::\d{2})?(?![\d:])(?:Z\b|\s?o['’]clock)?/g,
    (hours = '', minutes) => time(hours, minutes),
  ],
  ...numberRules(NUMBERS),
  [/(?<=[\d\p{L}])\s?[–—]\s?(?=[\d\p{L}])/gu, () => ', '],
  [/(?<=[ap]\.m\.)\.(?!\.)/g, () => ''],
  [/\be\.g\./g, () => 'for example'],
  [/\bi\.e\./g, () => 'that is'],
  [/\bapprox\./g, () => 'approximately'],
  [/\betc\./g, () => 'and so on'],
  [/\bvs\./g, () => 'versus'],
  [/(?:\bNo\.|#)\s?(?=\d)/g, () => 'number '],
  [/~\s?(?=\d|\p{L})|≈\s?/gu, () => 'about '],
  [/\s?&\s?/g, () => ' and '],
  [/\s[=]\s/g, () => ' equals '],
  [/\s\+\s/g, () => ' plus '],
  [/\s?[×*]\s?(?=\d|\p{L})/gu, () => ' times '],
  [/%/g, () => ' percent'],
  [/\s?(?:->|=>|[→⇒➔])\s?/g, () => ', '],
  [/(?<=\w)@(?=\w)/g, () => ' at '],
];
