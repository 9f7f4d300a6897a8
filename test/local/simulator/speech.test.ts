import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heardPrefix, speechDurationMs, wordEnd } from '../../../local/simulator/speech.ts';

test('15 letters a second, 5 syllables', () => {
  expect(speechDurationMs('It ships today.', 1)).toBe(1000);
  expect(speechDurationMs('您好您好您', 1)).toBe(1000);
  expect(speechDurationMs('안녕안녕안 It ships today', 1)).toBe(2000);
  expect(speechDurationMs('さようならさようならさようなら', 1)).toBe(2000);
  expect(speechDurationMs('It ships today.', 1000)).toBe(1);
  expect(speechDurationMs('', 1)).toBe(0);
});

test.each([
  [0, ''],
  [0.5, ''],
  [0.6, 'Hello,'],
  [0.99, 'Hello,'],
  [1, 'Hello, sir'],
])('of "Hello, sir", %f is heard as "%s"', (share, heard) => {
  expect(heardPrefix('Hello, sir', share)).toBe(heard);
});

test.each([
  [0.5, '您的包裹已经'],
  [0.7, '您的包裹已经发出'],
  [0.05, ''],
])('of a text without spaces, %f is heard as "%s"', (share, heard) => {
  expect(heardPrefix('您的包裹已经发出，明天到', share)).toBe(heard);
});

test.each([
  ['Hello, sir', 'Hel', 'Hello,'],
  ['Hello, sir', 'Hello, sir', 'Hello, sir'],
  ['您的包裹已经发出，明天到', '您的包裹', '您的包裹'],
  ['您的包裹已经发出，明天到', '您的包', '您的包裹'],
  ['พัสดุของคุณถูกส่งออกแล้ว', 'พัสดุ', 'พัสดุ'],
  ['Paket 您的包裹 now', '您的', '您的'],
])('of "%s", "%s" has been heard with "%s"', (text, part, heard) => {
  const end = wordEnd(text, text.indexOf(part) + part.length);
  expect(text.slice(0, end).endsWith(heard)).toBe(true);
  expect(heardPrefix(text, end / text.length)).toBe(text.slice(0, end));
});

test('what was heard is a prefix, ends at a word boundary, and is no longer than what was played', () => {
  const words = fc.array(fc.stringMatching(/^\S{1,8}\s{0,2}$/u)).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(
      fc.oneof(words, fc.string()),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (text, share) => {
        const heard = heardPrefix(text, share);
        expect(text.startsWith(heard)).toBe(true);
        expect(heard.length).toBeLessThanOrEqual(text.length * share);
        if (heard !== '' && heard !== text) expect(text.slice(heard.length - 1)).toMatch(/^\S\s/);
        const nextWord = /^\s*\S+/.exec(text.slice(heard.length))?.[0] ?? '';
        expect(heard.length + nextWord.length + 1).toBeGreaterThanOrEqual(
          Math.floor(text.trimEnd().length * Math.min(1, share)),
        );
      },
    ),
  );
});
