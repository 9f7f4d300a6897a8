import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spokenIn } from '../../functions/models/spoken/spoken.ts';
import { cpuTime } from '../support/cpu-time.ts';

const english = spokenIn('en-US');
const german = spokenIn('de-DE');

describe('markup is not read out', () => {
  it.each([
    ['**Hello.** *How* are __you__?', 'Hello. How are you?'],
    ['# Your order', 'Your order'],
    ['- One thing', 'One thing'],
    ['• [x] Done', 'Done'],
    ['1. First do `this`', '1. First do this'],
    ['> She said so', 'She said so'],
    ['See [our page](https://www.example.com/a?b=1 "Page") now!', 'See our page now!'],
    ['![A parcel](https://example.com/a.png)', 'A parcel'],
    ['Then that](https://example.com/a) is why', 'Then that is why'],
    ['Go to https://www.example.com/path?x=1.', 'Go to example dot com.'],
    ['<b>Bold</b><br> &amp; \\*plain\\*', 'Bold and plain'],
    ['| Order | Weight |', 'Order, Weight'],
    ['|---|:--:|', ''],
    ['```json', ''],
    ['---', ''],
    ['✅ Done! 👍🏽 🇩🇪 👩‍👩‍👧 :-)', 'Done!'],
    ['Mail me at jo.doe@example.com', 'Mail me at jo dot doe at example dot com'],
    ['It is snake_case and ~~old~~', 'It is snake case and old'],
    ['🎉', ''],
  ])('%j', (written, spoken) => expect(english(written)).toBe(spoken));
});

describe('English', () => {
  it.each([
    ['It weighs 3.5 kg.', 'It weighs three point five kilograms.'],
    ['1 kg at -4 °C', 'one kilogram at minus four degrees Celsius'],
    [
      '100 km/h, 5 m², 19%',
      'one hundred kilometers per hour, five square meters, nineteen percent',
    ],
    ['at 14:30, 9:05, 9:00', "at two thirty p.m., nine oh five, nine o'clock"],
    ['at 2 pm or 10:30 a.m.', 'at two p.m. or ten thirty a.m.'],
    ['9:00–17:00', "nine o'clock to five p.m."],
    ['It comes at 14:30. Or at 2 p.m...', 'It comes at two thirty p.m. Or at two p.m...'],
    ['in 3-5 business days, 10-20%', 'in 3 to 5 business days, 10 to twenty percent'],
    ['Order 5-7 at 555-1234, 2-3-4 days', 'Order 5-7 at 555-1234, 2-3-4 days'],
    ['on May 3, 2026', 'on May third, twenty twenty-six'],
    ['the 3rd of May, 4 May 2026', 'the third of May, the fourth of May, twenty twenty-six'],
    ['2026-11-28', 'November twenty-eighth, twenty twenty-six'],
    ['12/24/2026', 'December twenty-fourth, twenty twenty-six'],
    [
      'It costs €3.50 or $1,234.',
      'It costs three euros and fifty cents or one thousand two hundred thirty-four dollars.',
    ],
    ['£0.05, €3.5 million', 'five pence, three point five million euros'],
    ['Call +49 30 231251', 'Call plus four nine, three zero, two three one two five one'],
    ['(555) 123-4567', 'five five five, one two three, four five six seven'],
    ['e.g. A & B', 'for example A and B'],
    // What may be a name of something stays as it is: the voice reads it.
    ['Order 4711 has left.', 'Order 4711 has left.'],
    ['Version 1.2.3 at 192.168.0.1', 'Version 1.2.3 at 192.168.0.1'],
  ])('%j', (written, spoken) => expect(english(written)).toBe(spoken));
});

describe('German', () => {
  it.each([
    ['Es wiegt 3,5 kg.', 'Es wiegt drei Komma fünf Kilogramm.'],
    ['1 kg, 1 min, 21,5 °C', 'ein Kilogramm, eine Minute, einundzwanzig Komma fünf Grad Celsius'],
    ['um 14:30 Uhr, 9 Uhr, 1 Uhr', 'um vierzehn Uhr dreißig, neun Uhr, ein Uhr'],
    ['in 3-5 Werktagen, 9-17 Uhr', 'in 3 bis 5 Werktagen, 9 bis siebzehn Uhr'],
    ['Bestellung 5-7', 'Bestellung 5-7'],
    ['am 3. Mai 2026, der 3. Mai', 'am dritten Mai zweitausendsechsundzwanzig, der dritte Mai'],
    ['vom 28.11.2026', 'vom achtundzwanzigsten November zweitausendsechsundzwanzig'],
    [
      '12,99 €, 1.234 EUR, 1 €',
      'zwölf Euro und neunundneunzig Cent, eintausendzweihundertvierunddreißig Euro, ein Euro',
    ],
    ['1,5 Mio. €', 'eins Komma fünf Millionen Euro'],
    ['030 231251', 'null drei null, zwei drei eins zwei fünf eins'],
    ['+49 (0)30 23', 'plus vier neun, drei null, zwei drei'],
    ['z. B. Nr. 4711', 'zum Beispiel Nummer 4711'],
    ['www.sipgate.de/login', 'sipgate Punkt de'],
    ['50 Mbit/s für 19 %', 'fünfzig Megabit pro Sekunde für neunzehn Prozent'],
  ])('%j', (written, spoken) => expect(german(written)).toBe(spoken));
});

it('another language keeps its numbers, and loses its markup', () => {
  expect(spokenIn('fr')('**3,5 kg** à 14:30 😀')).toBe('3,5 kg à 14:30');
  expect(spokenIn('zh')('- 您的包裹**已经**发出。')).toBe('您的包裹已经发出。');
});

it('whatever a model writes is said in time, and without marks', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        '**',
        '_',
        '`',
        '#',
        '[',
        '](',
        ')',
        '1.',
        '3,5',
        '€',
        ' ',
        '\n',
        '-',
        '|',
        '14:',
        '+49',
        '%',
        '👍',
      ),
      fc.string({ maxLength: 5 }),
      fc.nat().map(String),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(pieces, (texts) => {
      for (const spoken of [english, german])
        expect(spoken(texts.join(''))).not.toMatch(/\*\*|`|👍/u);
    }),
  );
});

it.each(['*', '_ ', '[', '](', '1.', '1,', '0 ', '- ', '<a ', '|', 'a.b@', '+4 '])(
  'takes no longer for much of %j',
  (mark) => {
    const began = cpuTime();
    english(mark.repeat(2_000));
    german(mark.repeat(2_000));
    expect(cpuTime() - began).toBeLessThan(250);
  },
);
