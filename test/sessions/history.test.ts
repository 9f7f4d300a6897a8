import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  heardOf,
  heardPart,
  type Noted,
  type TranscriptEntry,
} from '../../functions/sessions/history.ts';

const caller = (
  at: number,
  text: string,
  over: { turn?: number; barged_in?: true } = {},
): Noted => ({
  kind: 'caller',
  turn: 1,
  at,
  text,
  ...over,
});
const sentence = (at: number, text: string, ms = text.length * 100, turn = 1): Noted => ({
  kind: 'sentence',
  turn,
  at,
  ends_at: at + ms,
  text,
});
const end = (at: number, turn = 1): Noted => ({ kind: 'end', turn, at });
const answer = (at: number, text: string, turn = 1): Noted => ({ kind: 'answer', turn, at, text });

const lines = (notes: readonly Noted[]) => heardOf(notes).map(line);
const line = ({ turn, role, text, cut }: TranscriptEntry) =>
  `${turn} ${role}: ${text}${cut ? ' …' : ''}`;

// 40 characters, so 4 s.
const SHIPPED = 'Your parcel will be with you on Tuesday.';

describe('what was heard of a text', () => {
  const text = fc
    .array(
      fc.tuple(fc.stringMatching(/^[a-zäß0-9.,!?]{1,9}$/), fc.constantFrom(' ', '  ', '\n', ' – ')),
      {
        minLength: 1,
        maxLength: 20,
      },
    )
    .map((parts) => parts.flat().join('').trim());
  const share = fc.double({ min: 0, max: 1.2, noNaN: true });

  it('is a prefix of whole words, and no more than the time allowed', () => {
    fc.assert(
      fc.property(text, share, (whole, spoken) => {
        const heard = heardPart(whole, spoken);
        expect(whole.startsWith(heard)).toBe(true);
        expect(heard.length).toBeLessThanOrEqual(Math.max(0, whole.length * spoken));
        const words = whole.split(/\s+/);
        const heardWords = heard.split(/\s+/).filter(Boolean);
        expect(heardWords).toEqual(words.slice(0, heardWords.length));
        // Nor less: another word wouldn't have fitted.
        const next = whole.slice(heard.length).match(/^\s*\S+/)?.[0] ?? '';
        if (heard !== whole)
          expect(heard.length + next.length).toBeGreaterThan(Math.floor(whole.length * spoken));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['您的包裹已经发出，明天中午到达', 0.5, '您的包裹已经'],
    ['荷物は発送されました、明日届きます', 0.62, '荷物は発送されました'],
    ['พัสดุของคุณถูกส่งออกแล้ว', 0.5, 'พัสดุของคุณ'],
    ['Bestellung 您的包裹已经 ist da', 0.64, 'Bestellung 您的包裹'],
    ['नमस्ते आपका पार्सल', 0.6, 'नमस्ते'],
    ['Rindfleischetikettierung', 0.9, ''],
    ['您', 0.9, ''],
  ])('of %j, %f of which was said: %j', (whole, share, heard) => {
    expect(heardPart(whole, share)).toBe(heard);
  });

  it('cuts a long text without spaces, too', () => {
    const whole = '您的包裹已经发出'.repeat(2_000);
    expect(heardPart(whole, 0.5)).toBe(whole.slice(0, 8_000));
  });

  it('never shrinks with time', () => {
    fc.assert(
      fc.property(text, share, share, (whole, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(heardPart(whole, more).startsWith(heardPart(whole, less))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a conversation as it was heard', () => {
  it('is in order of time, in whatever order its notes come', () => {
    const notes = [
      sentence(0, 'Hello!', 600, 0),
      end(600, 0),
      caller(2_000, 'Where is it?'),
      sentence(2_500, SHIPPED),
      end(6_500),
      caller(8_000, 'Thanks.', { turn: 2 }),
    ];
    const story = [
      '0 assistant: Hello!',
      '1 caller: Where is it?',
      `1 assistant: ${SHIPPED}`,
      '2 caller: Thanks.',
    ];
    expect(lines(notes)).toEqual(story);
    fc.assert(
      fc.property(fc.shuffledSubarray(notes, { minLength: notes.length }), (shuffled) => {
        expect(lines(shuffled)).toEqual(story);
      }),
    );
  });

  it('puts what came in one millisecond in the order in which it happens', () => {
    const atOnce = [sentence(5, 'Sure.'), caller(5, 'Please'), caller(5, 'Now', { turn: 2 })];
    const story = ['1 caller: Please', '1 assistant: Sure.', '2 caller: Now'];
    expect(lines(atOnce)).toEqual(story);
    expect(lines(atOnce.toReversed())).toEqual(story);
  });

  it('ends a sentence where an end came too early for it', () => {
    expect(lines([sentence(0, SHIPPED), end(2_000)])).toEqual([
      '1 assistant: Your parcel will be …',
    ]);
    expect(heardOf([sentence(0, SHIPPED), end(2_000)])).toEqual([
      { turn: 1, role: 'assistant', text: 'Your parcel will be', cut: true },
    ]);
  });

  it('holds an end that is a little early for none', () => {
    expect(lines([sentence(0, SHIPPED), end(3_800)])).toEqual([`1 assistant: ${SHIPPED}`]);
  });

  it('leaves out what was cut before a word of it was heard', () => {
    expect(lines([sentence(0, SHIPPED), end(100), sentence(110, 'Hold on.')])).toEqual([
      '1 assistant: Hold on.',
    ]);
    expect(lines([sentence(0, SHIPPED), end(0)])).toEqual([]);
  });

  it('has the interruption behind what it cut', () => {
    const notes = [
      sentence(0, SHIPPED),
      end(2_000),
      sentence(2_010, 'It has just been shipped.'),
      end(4_510),
    ];
    expect(lines(notes)).toEqual([
      '1 assistant: Your parcel will be …',
      '1 assistant: It has just been shipped.',
    ]);
  });

  it('ends a sentence at the next one, when its end got lost', () => {
    const notes = [sentence(0, SHIPPED), sentence(2_000, 'It has just been shipped.')];
    expect(lines(notes)).toEqual([
      '1 assistant: Your parcel will be …',
      '1 assistant: It has just been shipped.',
    ]);
  });

  it('ends a sentence at a clip, of which there are no words', () => {
    expect(lines([sentence(0, SHIPPED), sentence(2_000, '', 5_000)])).toEqual([
      '1 assistant: Your parcel will be …',
    ]);
  });

  it("ends a sentence at a caller's barge-in, and not at what is said beside it", () => {
    const barging = caller(2_000, 'Stop!', { turn: 2, barged_in: true });
    expect(lines([sentence(0, SHIPPED), barging])).toEqual([
      '1 assistant: Your parcel will be …',
      '2 caller: Stop!',
    ]);
    expect(lines([sentence(0, SHIPPED), caller(2_000, 'Aha.', { turn: 2 })])).toEqual([
      `1 assistant: ${SHIPPED}`,
      '2 caller: Aha.',
    ]);
    const before = caller(2_000, 'Stop!', { turn: 1, barged_in: true });
    expect(lines([before, sentence(2_500, SHIPPED)])).toEqual([
      '1 caller: Stop!',
      `1 assistant: ${SHIPPED}`,
    ]);
  });

  it('does not cut the interruption that came between the cut and the words of the caller', () => {
    const notes = [
      sentence(0, SHIPPED),
      end(2_000),
      sentence(2_500, 'It has just been shipped.'),
      caller(3_000, 'Stop!', { turn: 2, barged_in: true }),
      end(5_000),
    ];
    expect(lines(notes)).toEqual([
      '1 assistant: Your parcel will be …',
      '1 assistant: It has just been shipped.',
      '2 caller: Stop!',
    ]);
  });

  it('does not take an end that the next sentence overtook for the end of that one', () => {
    const next = 'You will get a message before noon.';
    for (const overtaken of [4_030, 4_020]) {
      const notes = [sentence(0, SHIPPED), sentence(4_020, next), end(overtaken), end(7_520)];
      expect(lines(notes)).toEqual([`1 assistant: ${SHIPPED}`, `1 assistant: ${next}`]);
    }
    const inTheMiddleOfAWord = [
      sentence(0, SHIPPED),
      sentence(2_300, next),
      end(2_410),
      end(5_800),
    ];
    expect(lines(inTheMiddleOfAWord)).toEqual([
      '1 assistant: Your parcel will be …',
      `1 assistant: ${next}`,
    ]);
    const cutBoth = [sentence(0, SHIPPED), sentence(2_000, next), end(2_030), end(3_000)];
    expect(lines(cutBoth)).toEqual([
      '1 assistant: Your parcel will be …',
      '1 assistant: You will …',
    ]);
  });

  it('takes an end for its own where nothing else could have ended', () => {
    const longAgo = [sentence(0, 'Hello!', 600), sentence(9_000, SHIPPED), end(9_200)];
    expect(lines(longAgo)).toEqual(['1 assistant: Hello!']);
    const lost = [sentence(0, SHIPPED), sentence(2_000, SHIPPED), end(4_000)];
    expect(lines(lost)).toEqual([
      '1 assistant: Your parcel will be …',
      '1 assistant: Your parcel will be …',
    ]);
    const ended = [sentence(0, 'Hello!', 600), end(600), sentence(610, SHIPPED), end(800)];
    expect(lines(ended)).toEqual(['1 assistant: Hello!']);
  });

  it('counts a sentence that is still being said, or whose length nobody knows, in full', () => {
    expect(lines([sentence(0, SHIPPED)])).toEqual([`1 assistant: ${SHIPPED}`]);
    expect(lines([sentence(0, SHIPPED, 0), end(10)])).toEqual([`1 assistant: ${SHIPPED}`]);
  });

  it('has no entry for a barge-in without words', () => {
    expect(lines([caller(0, '', { barged_in: true })])).toEqual([]);
  });

  it('takes answers for heard only where the voice tells no words at all', () => {
    const said = [answer(0, 'Hello!', 0), caller(2_000, 'Hi.'), answer(2_100, SHIPPED)];
    const all = ['0 assistant: Hello!', '1 caller: Hi.', `1 assistant: ${SHIPPED}`];
    expect(lines(said)).toEqual(all);
    expect(lines([...said, end(700, 0), sentence(100, '', 600, 0)])).toEqual(all);
    expect(lines([...said, sentence(100, 'Hello!', 600, 0)])).toEqual([
      '0 assistant: Hello!',
      '1 caller: Hi.',
    ]);
  });

  it('never says more than was said, and marks what it shortened, whatever the notes', () => {
    const time = fc.integer({ min: 0, max: 20_000 });
    const note = fc.oneof(
      fc
        .record({ at: time, ms: fc.integer({ min: 0, max: 6_000 }) })
        .map(({ at, ms }) => sentence(at, SHIPPED, ms)),
      time.map((at) => end(at)),
      fc
        .record({ at: time, barge: fc.boolean() })
        .map(({ at, barge }) => caller(at, 'Yes', barge ? { barged_in: true } : {})),
    );
    fc.assert(
      fc.property(fc.array(note, { maxLength: 15 }), (notes) => {
        const heard = heardOf(notes);
        expect(heard.length).toBeLessThanOrEqual(notes.length);
        for (const { role, text, cut } of heard.filter(({ role }) => role === 'assistant')) {
          expect(role).toBe('assistant');
          expect(SHIPPED.startsWith(text)).toBe(true);
          expect(text !== SHIPPED).toBe(cut === true);
          expect(text).not.toBe('');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

it('counts a sentence whole that ends as its voice announced, however quickly that is', () => {
  const said = {
    turn: 0,
    kind: 'sentence',
    at: 0,
    ends_at: 2_000,
    told_ends_at: 100,
    text: 'What can I do for you?',
  } as const;
  const heard = (at: number) => heardOf([said, { turn: 0, kind: 'end', at }]);
  expect(heard(110)).toEqual([{ turn: 0, role: 'assistant', text: 'What can I do for you?' }]);
  expect(heard(1_000)).toMatchObject([{ cut: true }]);
});

it('places a cut by the announcement of a voice that was right before', () => {
  const first = {
    turn: 0,
    kind: 'sentence',
    at: 0,
    ends_at: 4_000,
    told_ends_at: 2_000,
    text: 'Hello.',
  } as const;
  const cut = {
    turn: 1,
    kind: 'sentence',
    at: 5_000,
    ends_at: 9_000,
    told_ends_at: 7_000,
    text: 'one two',
  } as const;
  const ends = [2_000, 6_000].map((at, turn) => ({ turn, kind: 'end', at }) as const);
  expect(heardOf([first, cut, ...ends])[1]).toMatchObject({ text: 'one', cut: true });
});
