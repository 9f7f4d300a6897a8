/** How a language says numbers. They are texts here, so that no digit gets lost. */
export interface Numbers {
  /** BCP 47, as `Intl` takes it. */
  readonly locale: string;
  /** `1234` or `-7`, by itself. */
  cardinal(whole: string): string;
  /** The same where it counts something whose word is given: "ein Kilo", "eine Minute". */
  counting(whole: string, what: string): string;
  /** Between a number and its decimals. */
  readonly point: string;
  /** Between thousands; the other one is the decimal mark. */
  readonly group: '.' | ',';
  /** By what a price is given in: one, many, and the same of its hundredth part. */
  readonly currencies: Readonly<Record<string, readonly [string, string, string, string]>>;
  /** Between euros and cents. */
  readonly and: string;
  /** What a number may be followed by, and what that is called: `Mio.`. */
  readonly scales: Readonly<Record<string, string>>;
  /** Units that `Intl` doesn't know. */
  readonly units: Readonly<Record<string, readonly [one: string, many: string]>>;
  /** Of a telephone number, and of what is added. */
  readonly plus: string;
}

/**
 * A pattern, and what is said in its place. Patterns are tried in order; words hold no digit that a
 * later one could take.
 */
export type Rule = readonly [pattern: RegExp, say: (...groups: (string | undefined)[]) => string];

/** As it is written: grouped or not, with a sign, with decimals. */
export const NUMBER = String.raw`(?<![\d.,])[-−]?\d{1,15}(?:[.,'’\u00a0\u202f]\d{1,15}){0,8}`;

/** `1,234.50` or `1.234,50` as `1234.50`. */
export function plain(written: string, group: Numbers['group']): string {
  const text = written.replace(/['’\u00a0\u202f]/g, '').replace('−', '-');
  // Groups of millions are none but groups.
  if (/^-?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+$/.test(text)) return text.replace(/[.,]/g, '');
  const decimal = group === ',' ? '.' : ',';
  const isGrouped = new RegExp(`^-?\\d{1,3}(?:\\${group}\\d{3})+(?:\\${decimal}\\d+)?$`).test(text);
  // Nobody writes a group of one digit: "3,5" has decimals in every language.
  return isGrouped
    ? text.replaceAll(group, '').replace(decimal, '.')
    : text.replace(',', '.').replace(/\.(?=.*\.)/g, '');
}

/** `0170` as "zero one seven zero". */
export const digits = (text: string, { cardinal }: Pick<Numbers, 'cardinal'>): string =>
  [...text.replace(/\D/g, '')].map((digit) => cardinal(digit)).join(' ');

/** A number as words, decimals digit by digit; `what` it counts, if anything. */
export function words(written: string, language: Numbers, what?: string): string {
  const [whole = '0', decimals] = plain(written, language.group).split('.');
  if (decimals) {
    const sign = whole === '-0' ? '-' : '';
    const said = language.cardinal(whole || '0');
    return `${sign && language.cardinal('-1').split(' ')[0]}${sign && ' '}${said} ${language.point} ${digits(decimals, language)}`;
  }
  return what ? language.counting(whole, what) : language.cardinal(whole);
}

const isOne = (written: string, { group }: Numbers) => /^-?1$/.test(plain(written, group));

/** `3,50` and `€`. A price without cents, or with odd ones, has none. */
export function price(
  written: string,
  currency: string,
  language: Numbers,
  scale?: string,
): string {
  const [one, many, cent, cents] = language.currencies[currency] ?? [currency, currency, '', ''];
  if (scale) return `${words(written, language)} ${language.scales[scale] ?? scale} ${many}`;
  const [whole = '0', decimals = ''] = plain(written, language.group).split('.');
  if (decimals.length > 2) return `${words(written, language)} ${many}`;
  const count = Number(decimals.padEnd(2, '0'));
  const main = `${language.counting(whole, one)} ${whole === '1' ? one : many}`;
  if (count === 0) return main;
  const small = `${language.counting(String(count), cent)} ${count === 1 ? cent : cents}`;
  return /^-?0?$/.test(whole) ? small : `${main}${language.and}${small}`;
}

/** By their symbols: what `Intl` knows. */
const UNITS: Readonly<Record<string, string>> = {
  kg: 'kilogram',
  g: 'gram',
  km: 'kilometer',
  m: 'meter',
  cm: 'centimeter',
  mm: 'millimeter',
  l: 'liter',
  L: 'liter',
  ml: 'milliliter',
  h: 'hour',
  min: 'minute',
  s: 'second',
  sec: 'second',
  ms: 'millisecond',
  'km/h': 'kilometer-per-hour',
  mph: 'mile-per-hour',
  '°C': 'celsius',
  '°F': 'fahrenheit',
  '°': 'degree',
  '%': 'percent',
  kB: 'kilobyte',
  KB: 'kilobyte',
  MB: 'megabyte',
  GB: 'gigabyte',
  TB: 'terabyte',
  'Mbit/s': 'megabit-per-second',
  'Gbit/s': 'gigabit-per-second',
  ha: 'hectare',
  ft: 'foot',
  lb: 'pound',
  lbs: 'pound',
  oz: 'ounce',
};

/** `3.5` and `kg`. */
export function measure(written: string, symbol: string, language: Numbers): string {
  const own = language.units[symbol];
  const word = own ? own[isOne(written, language) ? 0 : 1] : unitWord(written, symbol, language);
  return `${words(written, language, word)} ${word}`;
}

function unitWord(written: string, symbol: string, { locale, group }: Numbers): string {
  const unit = UNITS[symbol] as string;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' })
    .formatToParts(Number(plain(written, group)))
    .filter(({ type }) => type === 'unit')
    .map(({ value }) => value.trim())
    .join(' ');
}

const anyOf = (texts: readonly string[]) =>
  texts
    .toSorted((a, b) => b.length - a.length)
    .map((text) => text.replace(/[$.*/+?|()[\]{}\\^]/g, '\\$&'))
    .join('|');

/** The rules that languages share: prices, units, telephone numbers, decimals. */
export function numberRules(language: Numbers): Rule[] {
  const currency = `(${anyOf(Object.keys(language.currencies))})`;
  const scale = `(?:\\s?(${anyOf(Object.keys(language.scales))})(?![\\p{L}\\d]))?`;
  const units = anyOf([...Object.keys(UNITS), ...Object.keys(language.units)]);
  const end = '(?![\\p{L}\\p{N}])';
  return [
    [
      new RegExp(`(?<!\\p{L})${currency}\\s?(${NUMBER})${scale}`, 'gu'),
      (name = '', number = '', scale) => price(number, name, language, scale),
    ],
    [
      new RegExp(`(${NUMBER})${scale}\\s?${currency}${end}`, 'gu'),
      (number = '', scale, name = '') => price(number, name, language, scale),
    ],
    [
      new RegExp(`(${NUMBER})\\s?(${units})${end}`, 'gu'),
      (number = '', unit = '') => measure(number, unit, language),
    ],
    [
      new RegExp(`(${NUMBER})\\s?(${anyOf(Object.keys(language.scales))})${end}`, 'gu'),
      (number = '', scale = '') => `${words(number, language)} ${language.scales[scale] ?? scale}`,
    ],
    [PHONE, (number = '') => phone(number, language)],
    // Whole numbers stay as they are: the voice reads them, and they may be names of something.
    [
      new RegExp(`(${NUMBER})(?![\\d%])`, 'gu'),
      (number = '') => (isNumeral(number) ? words(number, language) : number),
    ],
  ];
}

/** With decimals, or groups of thousands; not a date, a version or an address on the Internet. */
const isNumeral = (written: string) =>
  /^[-−]?(?:\d{1,3}(?:([.,'’\u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?|\d+[.,]\d+)$/.test(
    written,
  );

/** International, or with a leading zero, or as Americans group it. */
const PHONE =
  /(?<![\p{L}\p{N}]|\d[\s-])((?:\+\s?|\(?0)\d(?:[\s()/.-]{0,3}\d){5,17}|\(\d{3}\)\s?\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?![\p{L}\p{N}])/gu;

/** Digit by digit, with a pause where it was written with one. */
function phone(number: string, language: Numbers): string {
  const plus = number.startsWith('+') ? `${language.plus} ` : '';
  const groups = number.replace('(0)', ' ').split(/\D+/).filter(Boolean);
  return plus + groups.map((group) => digits(group, language)).join(', ');
}
