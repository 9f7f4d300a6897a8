import { primaryOf } from '../assistant/language.ts';
import { withDigits } from './numbers.ts';

/** What somebody has said of when; each missing if they haven't. */
export interface DayAndTime {
  /** `2026-12-01`. */
  readonly day?: string;
  /** `09:30`. */
  readonly time?: string;
}

interface Now {
  /** ms since 1970. */
  readonly now: number;
  /** IANA: `Europe/Berlin`. */
  readonly timeZone: string;
  /** BCP-47; English where there is none. */
  readonly language?: string | undefined;
}

const DAY_MS = 24 * 3600_000;
/** Earlier hours are meant in the afternoon, where nobody says which: "at three". */
const FIRST_HOUR = 7;

/** Days from today, by what they are called. */
const RELATIVE: Readonly<Record<string, readonly (readonly [RegExp, number])[]>> = {
  en: [
    [/\bday after tomorrow\b/iu, 2],
    [/\btomorrow\b/iu, 1],
    [/\btoday\b/iu, 0],
  ],
  de: [
    [/(?<!\p{L})übermorgen\b/iu, 2],
    // Whoever says good morning names no day.
    [/(?<!guten )\bmorgen\b/iu, 1],
    [/\bheute\b/iu, 0],
  ],
};

const ORDINALS: Readonly<Record<string, readonly string[]>> = {
  en: [
    ...'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth'.split(
      ' ',
    ),
    ...'sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth'.split(
      ' ',
    ),
    ...'twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first'.split(
      ' ',
    ),
  ],
  de: [
    ...'erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte dreizehnte vierzehnte'.split(
      ' ',
    ),
    ...'fünfzehnte sechzehnte siebzehnte achtzehnte neunzehnte zwanzigste einundzwanzigste zweiundzwanzigste'.split(
      ' ',
    ),
    ...'dreiundzwanzigste vierundzwanzigste fünfundzwanzigste sechsundzwanzigste siebenundzwanzigste'.split(
      ' ',
    ),
    ...'achtundzwanzigste neunundzwanzigste dreißigste einunddreißigste'.split(' '),
  ],
};

/** Minutes from the hour, by what stands before it. */
const BEFORE_HOUR: Readonly<Record<string, readonly (readonly [RegExp, number])[]>> = {
  en: [
    [/\bhalf past (\d{1,2})\b/iu, 30],
    [/\bquarter past (\d{1,2})\b/iu, 15],
    [/\bquarter to (\d{1,2})\b/iu, -15],
  ],
  de: [
    [/\bhalb (\d{1,2})\b/iu, -30],
    [/\bviertel nach (\d{1,2})\b/iu, 15],
    [/\b(?:viertel vor|dreiviertel) (\d{1,2})\b/iu, -15],
  ],
};

/**
 * The day and the time in what somebody says: "Tuesday at half past three", "am 5. Dezember um 9 Uhr", "10:30". Days and
 * months are known in every language, the rest in English and German. What was said may be meant otherwise ("next
 * Tuesday"), so ask before you rely on it. A day is never in the past; whether anybody works then isn't known here.
 */
export function dayAndTimeIn(text: string, { now, timeZone, language = 'en' }: Now): DayAndTime {
  const said = withDigits(withDates(text.slice(0, MAX_CHARACTERS), language), language);
  const today = dateIn(now, timeZone);
  const found = dayIn(said, today, language);
  // What was a date is no time.
  const time = timeIn(found ? said.replace(found.words, ' ') : said, language);
  return { ...(found && { day: found.day }), ...(time && { time }) };
}

const MAX_CHARACTERS = 300;

/** "The fifth of December" with a figure; "the fifth" alone is a place in a list as well. */
function withDates(text: string, language: string): string {
  const ordinals = ORDINALS[primaryOf(language)];
  if (!ordinals) return text;
  const months = Array.from({ length: 12 }, (_, month) =>
    named(`2026-${two(month + 1)}-01`, language, { month: 'long' }),
  ).join('|');
  // The longest of those that begin alike.
  const any = ordinals
    .toSorted((a, b) => b.length - a.length)
    .join('|')
    .replaceAll('-', '[- ]');
  const dates = new RegExp(
    `(?<!\\p{L})(${any})n?(?=\\s(?:of\\s)?(?:${months})(?!\\p{L}))|(?<=(?<!\\p{L})(?:${months})\\s(?:the\\s)?)(${any})(?!\\p{L})`,
    'giu',
  );
  return text.replace(dates, (_words, before?: string, after?: string) => {
    const ordinal = (before ?? after ?? '').toLowerCase().replace(' ', '-');
    return String(ordinals.indexOf(ordinal) + 1);
  });
}

/** As Swedes write it, a date is in ISO 8601. */
const dateIn = (now: number, timeZone: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now);

function dayIn(said: string, today: string, language: string) {
  return (
    dateNamed(said, today, language) ??
    weekdayIn(said, today, language) ??
    nearDay(said, today, language)
  );
}

function nearDay(said: string, today: string, language: string) {
  for (const [pattern, days] of RELATIVE[primaryOf(language)] ?? []) {
    const words = pattern.exec(said)?.[0];
    if (words) return { words, day: daysAfter(today, days) };
  }
  return undefined;
}

/** The next of its name, from tomorrow on; of several the last that is said: "Tuesday, no, Wednesday". */
function weekdayIn(said: string, today: string, language: string) {
  const found = Array.from({ length: 7 }, (_, days) => daysAfter(today, days + 1)).flatMap(
    (day) => {
      const words = wordIn(said, named(day, language, { weekday: 'long' }));
      return words ? [{ words, day, at: said.lastIndexOf(words) }] : [];
    },
  );
  return found.toSorted((one, other) => other.at - one.at)[0];
}

/** "December 5th", "5. Dezember", "5.12.", "2026-12-05", "the 5th". */
function dateNamed(said: string, today: string, language: string) {
  const iso = /\b\d{4}-(\d{2})-(\d{2})\b/.exec(said);
  if (iso) return dated(iso[0], Number(iso[1]), Number(iso[2]), today);
  for (let month = 1; month <= 12; month++) {
    const name = named(`2026-${two(month)}-01`, language, { month: 'long' });
    const written = new RegExp(
      `(\\d{1,2})(?:st|nd|rd|th|\\.)?\\s(?:of\\s|de\\s)?${name}(?!\\p{L})|(?<!\\p{L})${name}\\s(?:the\\s)?(\\d{1,2})(?:st|nd|rd|th)?\\b(?!:)`,
      'iu',
    ).exec(said);
    if (written) return dated(written[0], month, Number(written[1] ?? written[2]), today);
  }
  const short = /\b(\d{1,2})\.\s?(\d{1,2})\.(?!\d)/.exec(said);
  if (short) return dated(short[0], Number(short[2]), Number(short[1]), today);
  const alone = /\b(\d{1,2})(?:st|nd|rd|th)\b|\b(?:am|den|zum) (\d{1,2})\.(?!\d)/iu.exec(said);
  return alone ? dayOfMonth(alone[0], Number(alone[1] ?? alone[2]), today) : undefined;
}

/** The next that is called so; nothing where there is none, as on the 31st of June. */
function dated(words: string, month: number, of: number, today: string) {
  const year = Number(today.slice(0, 4));
  const days = [year, year + 1].map((one) => `${one}-${two(month)}-${two(of)}`);
  const day = days.find((one) => one >= today && isDay(one));
  return day === undefined ? undefined : { words, day };
}

function dayOfMonth(words: string, of: number, today: string) {
  for (let days = 0; days <= 62; days++) {
    const day = daysAfter(today, days);
    if (Number(day.slice(8)) === of) return { words, day };
  }
  return undefined;
}

function timeIn(said: string, language: string): string | undefined {
  for (const [pattern, minutes] of BEFORE_HOUR[primaryOf(language)] ?? []) {
    const hour = pattern.exec(said)?.[1];
    if (hour) return clockTime(Number(hour), minutes);
  }
  const exact =
    /\b(\d{1,2})(?:[:.\s](?:uhr\s)?(\d{2}))(?!\d)(?:\s?([ap])\.?\s?m\b)?/iu.exec(said) ??
    /\b(\d{1,2})\s?(?:uhr|h|o['’]clock|(?=[ap]\.?m\b))(?:\s(\d{2})(?!\d))?\s?(?:([ap])\.?\s?m\b)?/iu.exec(
      said,
    ) ??
    /\b(?:at|around|about|um|gegen|ab|à|a las|alle|om) (\d{1,2})(?![\d.:])()\s?(?:([ap])\.?\s?m\b)?/iu.exec(
      said,
    ) ??
    // Nothing else is said.
    /^[^\p{L}\d]*(\d{1,2})[^\p{L}\d]*$/u.exec(said);
  if (!exact) return undefined;
  const [, hour = '', minutes = '', half = ''] = exact;
  return clockTime(Number(hour), Number(minutes), half.toLowerCase());
}

function clockTime(hour: number, minutes: number, half = ''): string | undefined {
  const isLater = half === 'p' ? hour < 12 : half === '' && hour > 0 && hour < FIRST_HOUR;
  const hours = half === 'a' ? hour % 12 : hour + (isLater ? 12 : 0);
  const all = hours * 60 + minutes;
  if (hours > 23 || Math.abs(minutes) > 59 || all < 0) return undefined;
  return `${two(Math.floor(all / 60))}:${two(all % 60)}`;
}

const wordIn = (said: string, word: string) =>
  new RegExp(`(?<!\\p{L})${word}(?:s|en)?(?!\\p{L})`, 'iu').exec(said)?.[0];

const named = (day: string, language: string, how: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(language, { ...how, timeZone: 'UTC' }).format(Date.parse(day));

const daysAfter = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

const isDay = (day: string) =>
  !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day);

const two = (number: number) => String(number).padStart(2, '0');
