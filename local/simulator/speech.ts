import { CHARACTERS_PER_SECOND } from './behaviour.ts';

/**
 * How long a text (without tags) takes to say, in whole milliseconds. `speed` 2 is twice as fast as
 * life.
 */
export function speechDurationMs(text: string, speed: number): number {
  const syllables = text.match(SYLLABLES)?.length ?? 0;
  const kana = text.match(KANA)?.length ?? 0;
  const letters = text.length - syllables - kana;
  const rate = CHARACTERS_PER_SECOND;
  const seconds = letters / rate.letters + kana / rate.kana + syllables / rate.syllables;
  return Math.round((seconds / speed) * 1000);
}

const SYLLABLES = /[\p{Script=Han}\p{Script=Hangul}]/gu;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/**
 * What was heard of `text` when playback stopped after `share` (0–1) of it: the words that were
 * spoken to their end.
 */
export function heardPrefix(text: string, share: number): string {
  const spoken = Math.floor(text.length * Math.min(1, share));
  if (spoken >= text.length) return text;
  const whole = text.slice(0, spoken);
  if (!/\S/.test(text.charAt(spoken))) return whole.trimEnd();
  const before = whole.replace(/\S+$/, '');
  if (!UNSPACED.test(whole.slice(before.length))) return before.trimEnd();
  return text.slice(0, WORDS.segment(text).containing(spoken)?.index).trimEnd();
}

/**
 * How many characters of `text` have been said when the word is over in which the first `at` end.
 */
export function wordEnd(text: string, at: number): number {
  const end = at + text.slice(at).search(/\s|$/);
  const begin = text.slice(0, at).search(/\S*$/);
  if (!UNSPACED.test(text.slice(begin, end))) return end;
  const { index, segment } = WORDS.segment(text).containing(Math.max(0, at - 1)) as Word;
  return index + segment.length;
}

type Word = Intl.SegmentData;

/** Scripts that put no spaces between words. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;
const WORDS = new Intl.Segmenter(undefined, { granularity: 'word' });
