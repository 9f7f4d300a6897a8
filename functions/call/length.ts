import type { ActionDraft } from '../protocol/actions.ts';
import { wavDurationMs } from '../protocol/wav.ts';
import type { Length } from './document.ts';

/** Characters a second: as slow, as usual and as fast as anybody speaks a script. A telephone voice is no auctioneer. */
interface Rate {
  readonly slowest: number;
  readonly usual: number;
  readonly fastest: number;
}

const ALPHABET: Rate = { slowest: 7, usual: 15, fastest: 25 };
const SYLLABLES: Rate = { slowest: 2.5, usual: 5, fastest: 9 };
const KANA: Rate = { slowest: 3.5, usual: 7.5, fastest: 13 };

/** The first that fits a character counts. */
const SCRIPTS: readonly (readonly [RegExp, Rate])[] = [
  [/[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\s\d]/u, ALPHABET],
  [/[\p{Script=Han}\p{Script=Hangul}]/u, SYLLABLES],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, KANA],
];

/** What most texts are made of. */
const LETTERS = /^[\x20-\x7e\xa0-\u024f]*$/;

const rateOf = (character: string) =>
  SCRIPTS.find(([script]) => script.test(character))?.[1] ?? ALPHABET;

/** How long a text takes to say, ms, at each of the three rates. */
export function spokenMs(text: string): Record<keyof Rate, number> {
  const ms = { slowest: 0, usual: 0, fastest: 0 };
  const parts = LETTERS.test(text) ? [[ALPHABET, text] as const] : Map.groupBy(text, rateOf);
  for (const [rate, { length }] of parts)
    for (const pace of ['slowest', 'usual', 'fastest'] as const)
      ms[pace] += (length * 1000) / rate[pace];
  return ms;
}

/** What makes the length of SSML anybody's guess. */
const TIMED = /<(?:break|audio|prosody)\b/;

/** How long a sentence or a clip takes; `words` are those that are heard of it. */
export function lengthOf(
  said: Extract<ActionDraft, { type: 'speak' | 'audio' }>,
  words: string,
): Length {
  if (said.type === 'audio') return { ms: Math.round(wavDurationMs(said.audio)) };
  const ms = Math.round(spokenMs(words).usual);
  return TIMED.test(said.ssml ?? '') ? { ms, unknown: true } : { ms };
}

/**
 * How long it takes, ms, as far as is known. What the voice has announced is believed where somebody could speak so; else
 * the slower estimate counts, because nobody is hung up on for a number.
 */
export function expectedMs(length: Length): number {
  const { ms, announced = 0 } = length;
  return isBelieved(length) ? announced : Math.max(ms, announced);
}

/** Whether somebody could speak as the voice has announced. */
export function isBelieved({ ms, announced = 0, unknown }: Length): boolean {
  const { usual, fastest, slowest } = ALPHABET;
  return !unknown && announced >= ms * (usual / fastest) && announced <= ms * (usual / slowest);
}

/** A voice that announces nothing, or what nobody could keep, is hardly slower than this. */
const SLOWEST = 1.5;

/** By then it has been said, ms after its beginning: as announced, or in doubt by a slow voice. */
export function latestMs(length: Length, isInDoubt: boolean): number {
  const { ms, announced = 0 } = length;
  return Math.max(announced, isInDoubt || !isBelieved(length) ? ms * SLOWEST : ms);
}

/** More than this share of a sentence, and so many ms of it, are missing when somebody has cut it; of a short one a third. */
const MISSING = { share: 0.2, ms: 500, ofShort: 1 / 3 };

const missing = (ms: number) =>
  Math.max(ms * MISSING.share, Math.min(MISSING.ms, ms * MISSING.ofShort));

/** An end that comes as announced proves that the announcement was right. */
const CONFIRMED = { share: 0.05, ms: 60 };

/** Of a sentence that hasn't told when it began, which it did later than it was sent. */
const MISSING_UNTOLD = 0.1;

/** Whether an end after `played` ms is that of the whole sentence; `told`: its beginning is known. */
export function isWhole(length: Length, played: number, told: boolean): boolean {
  if (length.unknown || (told && isAnnounced(length, played))) return true;
  const ms = expectedMs(length);
  return ms - played <= (told ? missing(ms) : ms * MISSING_UNTOLD);
}

/** Whether an end after `played` ms comes just as the voice has announced it. */
export const isAnnounced = ({ announced = 0 }: Length, played: number) =>
  announced > 0 &&
  Math.abs(played - announced) <= Math.max(CONFIRMED.ms, announced * CONFIRMED.share);

/** The earliest moment after its beginning, ms, at which it may have been said. */
export function shortest(length: Length): number {
  const ms = expectedMs(length);
  return length.unknown ? 0 : ms - missing(ms);
}

/** The same of a voice that tells nothing of itself: it may be as fast as anybody speaks. */
export const fastest = (length: Length): number =>
  Math.min(shortest(length), (length.ms * ALPHABET.usual) / ALPHABET.fastest);
