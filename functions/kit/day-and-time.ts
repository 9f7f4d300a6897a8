import { primaryOf } from '../assistant/language.ts';
import { AROUND_HOUR, HALVES, ordinalsIn, RELATIVE } from './day-words.ts';
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

/**
 * The day and the time in what somebody says: "Tuesday at half past three", "am 5. Dezember um 9
 * Uhr", "10:30". Days and months are known in every language, the rest in English, German, French,
 * Spanish, Italian and Dutch. What was said may be meant otherwise ("next Tuesday"), so ask before
 * you rely on it. A day is never in the past; whether anybody works then isn't known here.
 */
export function dayAndTimeIn(text: string, { now, timeZone, language = 'en' }: Now): DayAndTime {
  const said = withDigits(withDates(text.slice(0, MAX_CHARACTERS), language), language);
  const today = dateIn(now, timeZone);
  const found = dayIn(said, today, language);
  // What was a date is no time.
  const time = timeIn(
    found ? said.replace(found.words, ' ') : said,
    halfIn(said, language),
    language,
  );
  return { ...(found && { day: found.day }), ...(time && { time }) };
}

const MAX_CHARACTERS = 300;

/** "The fifth of December" with a figure; "the fifth" alone is a place in a list as well. */
function withDates(text: string, language: string): string {
  const ordinals = ordinalsIn(primaryOf(language));
  if (ordinals.length === 0) return text;
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

/**
 * The next of its name, from tomorrow on; of several the last that is said: "Tuesday, no,
 * Wednesday".
 */
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
      `(\\d{1,2})(?:st|nd|rd|th|er|\\.)?\\s(?:of\\s|de\\s)?${name}(?!\\p{L})|(?<!\\p{L})${name}\\s(?:the\\s)?(\\d{1,2})(?:st|nd|rd|th)?\\b(?!:)`,
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

type Half = 'a' | 'p' | '';

function halfIn(said: string, language: string): Half {
  const { a, p } = HALVES[primaryOf(language)] ?? {};
  if (p?.test(said)) return 'p';
  return a?.test(said) ? 'a' : '';
}

function timeIn(said: string, half: Half, language: string): string | undefined {
  for (const [pattern, minutes, sign = 1] of AROUND_HOUR[primaryOf(language)] ?? []) {
    const { hour, said: more = 0 } = pattern.exec(said)?.groups ?? {};
    if (hour) return clockTime(Number(hour), minutes + sign * Number(more), half);
  }
  const exact = EXACT.map((pattern) => pattern.exec(said)).find(Boolean);
  if (!exact) return undefined;
  const [, hour = '', minutes = '', own = half] = exact;
  return clockTime(Number(hour), Number(minutes.replace(' ', '')), own.toLowerCase());
}

/** Hour, minutes, and half of the day; the first that fits. */
const EXACT: readonly RegExp[] = [
  /\b(\d{1,2})(?:[:.\s](?:uhr\s)?(0\s\d|\d{2}))(?!\d)(?:\s?([ap])\.?\s?m\b)?/iu,
  /\b(\d{1,2})\s?(?:(?:uhr|uur|heures?|horas?|h)(?!\p{L})|o['’]clock|(?=[ap]\.?m\b))(?:\s?(\d{2})(?!\d))?\s?(?:([ap])\.?\s?m\b)?/iu,
  /(?<!\p{L})(?:at|around|about|um|gegen|ab|à|las|alle|ore|om) (\d{1,2})(?![\d.:])()\s?(?:([ap])\.?\s?m\b)?/iu,
  // Nothing else is said, but perhaps when it is.
  /^[^\p{L}\d]*(\d{1,2})[^\p{L}\d]*(?:in the (?:morning|afternoon|evening))?[^\p{L}\d]*$/iu,
];

function clockTime(hour: number, minutes: number, half: string): string | undefined {
  const isLater = half === 'p' ? hour < 12 : half === '' && hour > 0 && hour < FIRST_HOUR;
  const hours = half === 'a' ? hour % 12 : hour + (isLater ? 12 : 0);
  const all = hours * 60 + minutes;
  if (hours > 23 || Math.abs(minutes) > 59 || all < 0) return undefined;
  return `${two(Math.floor(all / 60))}:${two(all % 60)}`;
}

const wordIn = (said: string, word: string) =>
  new RegExp(`(?<!\\p{L})${word}(?:s|en)?(?!\\p{L})`, 'iu').exec(said)?.[0];

/**
 * Each takes longer to make than all that is done with it, and a sentence is looked at for 19
 * names.
 */
const formats = new Map<string, Intl.DateTimeFormat>();

function named(day: string, language: string, how: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([language, how]);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(language, { ...how, timeZone: 'UTC' });
  formats.set(key, format);
  return format.format(Date.parse(day));
}

const daysAfter = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

const isDay = (day: string) =>
  !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day);

const two = (number: number) => String(number).padStart(2, '0');
