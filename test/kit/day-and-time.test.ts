import { describe, expect, it } from 'vitest';
import { dayAndTimeIn, numbersIn } from '../../functions/template/index.ts';

/** A Saturday, late in the evening in Berlin. */
const now = Date.parse('2026-11-28T22:30:00Z');
const inLanguage = (language?: string) => (text: string) =>
  dayAndTimeIn(text, { now, timeZone: 'Europe/Berlin', language });
const english = inLanguage();
const german = inLanguage('de-DE');

describe('a day', () => {
  it.each([
    ['Tomorrow, please', '2026-11-29'],
    ['the day after tomorrow', '2026-11-30'],
    ['On Tuesday', '2026-12-01'],
    ['Saturday', '2026-12-05'],
    ['Tuesday, no, Wednesday', '2026-12-02'],
    ['On Wednesday. Oh, rather Tuesday', '2026-12-01'],
    ['Do you have something on December 5th?', '2026-12-05'],
    ['the 5th of December', '2026-12-05'],
    ['the 3rd', '2026-12-03'],
    ['the fifth of December', '2026-12-05'],
    ['December the twenty-first', '2026-12-21'],
    ['January second', '2027-01-02'],
    ['January 2', '2027-01-02'],
    ['2026-12-24', '2026-12-24'],
    ['2027-12-24', '2027-12-24'],
    ['Feb 3rd', '2027-02-03'],
    ['on the 5th of Dec.', '2026-12-05'],
    ['Sept. 5', '2027-09-05'],
    ['December 5th, 2027', '2027-12-05'],
  ])('%j', (text, day) => expect(english(text)).toEqual({ day }));

  it.each([
    ['Morgen', '2026-11-29'],
    ['übermorgen', '2026-11-30'],
    ['Am Dienstag', '2026-12-01'],
    ['dienstags', '2026-12-01'],
    ['am 5. Dezember', '2026-12-05'],
    ['am fünften Dezember', '2026-12-05'],
    ['der einundzwanzigste Dezember', '2026-12-21'],
    ['am 5.12.', '2026-12-05'],
    ['am 3.', '2026-12-03'],
    ['am 1.12.2026', '2026-12-01'],
    ['01.12.27', '2027-12-01'],
    ['am 5. Dezember 2027', '2027-12-05'],
    ['am 5. Dez.', '2026-12-05'],
    ['Sonnabend', '2026-12-05'],
  ])('in German: %j', (text, day) => expect(german(text)).toEqual({ day }));

  it.each(['The second one', 'the first', 'The third, in December'])('is none: %j', (text) =>
    expect(english(text)).toEqual({}),
  );

  it('has a time beside it, in words as well', () => {
    expect(english('On the fifth of December at half past nine')).toEqual({
      day: '2026-12-05',
      time: '09:30',
    });
    expect(german('Am siebten Dezember um zehn')).toEqual({ day: '2026-12-07', time: '10:00' });
  });

  it('of any language, by name', () => {
    expect(inLanguage('fr')('mardi')).toEqual({ day: '2026-12-01' });
    expect(inLanguage('es')('el 5 de diciembre')).toEqual({ day: '2026-12-05' });
  });

  it('begins at midnight where the business is', () => {
    const at = (hour: string) =>
      dayAndTimeIn('today', { now: Date.parse(`2026-11-28T${hour}Z`), timeZone: 'Europe/Berlin' });
    expect(at('22:59')).toEqual({ day: '2026-11-28' });
    expect(at('23:01')).toEqual({ day: '2026-11-29' });
  });
});

describe('a time', () => {
  it.each([
    ['At ten', '10:00'],
    ['at 3', '15:00'],
    ['half past three', '15:30'],
    ['quarter to nine', '08:45'],
    ['nine thirty', '09:30'],
    ['10:30 AM', '10:30'],
    ['12:15 a.m.', '00:15'],
    ['at 8 p.m.', '20:00'],
    ['9 o’clock', '09:00'],
    ['eleven', '11:00'],
    ['ten twenty-five', '10:25'],
    ['nine oh five', '09:05'],
    ['at ten past nine', '09:10'],
    ['at eight in the evening', '20:00'],
    ['at six in the morning', '06:00'],
    ['Good evening, at nine', '09:00'],
    ['at two at night', '02:00'],
    ['at eleven at night', '23:00'],
  ])('%j', (text, time) => expect(english(text)).toEqual({ time }));

  it.each([
    ['um zehn', '10:00'],
    ['um halb vier', '15:30'],
    ['Viertel nach neun', '09:15'],
    ['9 Uhr 30', '09:30'],
    ['um ein Uhr', '13:00'],
    ['14.30 Uhr', '14:30'],
    ['um siebzehn Uhr', '17:00'],
    ['um fünf nach neun', '09:05'],
    ['fünf vor halb zehn', '09:25'],
    ['abends um acht', '20:00'],
    ['am Morgen um sechs', '06:00'],
    ['um zwei Uhr nachts', '02:00'],
    ['nachts um zwölf', '00:00'],
    ['neun Uhr fünf', '09:05'],
    ['9 Uhr, 2 Personen', '09:00'],
    ['um 9 Uhr 2 Personen', '09:00'],
  ])('in German: %j', (text, time) => expect(german(text)).toEqual({ time }));
});

describe('both', () => {
  it.each([
    ['December twenty-fourth at ten', '2026-12-24', '10:00'],
    ['Tonight at eight', '2026-11-28', '20:00'],
    ['On Tuesday at half past nine, please', '2026-12-01', '09:30'],
    ['December 5th at 4', '2026-12-05', '16:00'],
    ['Tomorrow, 10:30', '2026-11-29', '10:30'],
  ])('%j', (text, day, time) => expect(english(text)).toEqual({ day, time }));

  it.each([
    ['Am 1.12. um 9.30 Uhr', '2026-12-01', '09:30'],
    ['Dienstag, den 1. Dezember um 10', '2026-12-01', '10:00'],
    ['Dienstag Morgen um sechs', '2026-12-01', '06:00'],
    ['Heute Morgen um neun', '2026-11-28', '09:00'],
    ['am 1.12.2026 um 14:15', '2026-12-01', '14:15'],
    ['Sonnabend um zehn', '2026-12-05', '10:00'],
  ])('in German: %j', (text, day, time) => expect(german(text)).toEqual({ day, time }));
});

it.each([
  ['fr', 'demain à dix heures et demie', '2026-11-29', '10:30'],
  ['fr', 'mardi à 14h30', '2026-12-01', '14:30'],
  ['es', 'mañana a las ocho de la mañana', '2026-11-29', '08:00'],
  ['es', 'pasado mañana a las nueve menos cuarto', '2026-11-30', '08:45'],
  ['it', 'domani alle otto di sera', '2026-11-29', '20:00'],
  ['it', 'martedì alle dieci e mezza', '2026-12-01', '10:30'],
  ['nl', 'morgen om tien uur', '2026-11-29', '10:00'],
  ['nl', 'dinsdag om half tien', '2026-12-01', '09:30'],
])('in %s: %j', (language, text, day, time) =>
  expect(inLanguage(language)(text)).toEqual({ day, time }),
);

it.each([
  '',
  'from ten to twelve',
  'in 12 hours',
  'Yes, please',
  'I need an appointment',
  'February 31st',
  'one or two things',
  'a week from today',
  'Monday in a week',
  'I was born on the 12th of May 1980',
  'x'.repeat(100_000),
])('%.30j names neither', (text) => expect(english(text)).toEqual({}));

it.each([
  'Guten Morgen, ich hätte gern einen Termin',
  'Am Montagabend vielleicht nicht',
  'Heute in acht Tagen',
  'Montag in einer Woche',
  'Ich bin am 01.12.1980 geboren',
])('in German, %j names none', (text) => expect(german(text)).toEqual({}));

describe('numbers', () => {
  it.each([
    ['A four, I think', 'en', [4]],
    ['four out of five', 'en', [4, 5]],
    ['10', undefined, [10]],
    ['Eine glatte Eins', 'de', [1]],
    ['Fünf!', 'de', [5]],
    ['someone', 'en', []],
    ['quatre', 'fr', [4]],
    ['Oh, a four', 'en', [4]],
    ['twenty-three', 'en', [23]],
    ['twenty, three', 'en', [20, 3]],
    ['one hundred and five', 'en', [105]],
    ['two thousand twenty six', 'en', [2026]],
    ['1,250', 'en', [1250]],
    ['1.250', 'de', [1250]],
    ['dreiundzwanzig', 'de', [23]],
    ['zweitausendfünfhunderteins', 'de', [2501]],
    ['quatre-vingt-dix-sept', 'fr', [97]],
    ['vingt et un', 'fr', [21]],
    ['treinta y uno', 'es', [31]],
    ['dos y tres', 'es', [2, 3]],
    ['veintitres', 'es', [23]],
    ['ventotto', 'it', [28]],
    ['duecentocinque', 'it', [205]],
    ['drieëntwintig', 'nl', [23]],
    ['één', 'nl', [1]],
    ['12345678901234567890', 'en', []],
    ['One moment, please', 'en', []],
    ['Un momento', 'it', []],
    ['one minute', 'en', [1]],
  ])('%j in %s', (text, language, numbers) => expect(numbersIn(text, language)).toEqual(numbers));
});
