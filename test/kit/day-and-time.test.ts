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
  ])('%j', (text, time) => expect(english(text)).toEqual({ time }));

  it.each([
    ['um zehn', '10:00'],
    ['um halb vier', '15:30'],
    ['Viertel nach neun', '09:15'],
    ['9 Uhr 30', '09:30'],
    ['um ein Uhr', '13:00'],
    ['14.30 Uhr', '14:30'],
    ['um siebzehn Uhr', '17:00'],
  ])('in German: %j', (text, time) => expect(german(text)).toEqual({ time }));
});

describe('both', () => {
  it.each([
    ['On Tuesday at half past nine, please', '2026-12-01', '09:30'],
    ['December 5th at 4', '2026-12-05', '16:00'],
    ['Tomorrow, 10:30', '2026-11-29', '10:30'],
  ])('%j', (text, day, time) => expect(english(text)).toEqual({ day, time }));

  it.each([
    ['Am 1.12. um 9.30 Uhr', '2026-12-01', '09:30'],
    ['Dienstag, den 1. Dezember um 10', '2026-12-01', '10:00'],
  ])('in German: %j', (text, day, time) => expect(german(text)).toEqual({ day, time }));
});

it.each([
  '',
  'Yes, please',
  'I need an appointment',
  'February 31st',
  'one or two things',
  'x'.repeat(100_000),
])('%.30j names neither', (text) => expect(english(text)).toEqual({}));

it.each(['Guten Morgen, ich hätte gern einen Termin', 'Am Montagabend vielleicht nicht'])(
  'in German, %j names none',
  (text) => expect(german(text)).toEqual({}),
);

describe('numbers', () => {
  it.each([
    ['A four, I think', 'en', [4]],
    ['four out of five', 'en', [4, 5]],
    ['10', undefined, [10]],
    ['Eine glatte Eins', 'de', [1]],
    ['Fünf!', 'de', [5]],
    ['someone', 'en', []],
    ['quatre', 'fr', [4]],
  ])('%j in %s', (text, language, numbers) => expect(numbersIn(text, language)).toEqual(numbers));
});
