import type { ActionDraft } from '../protocol/actions.ts';
import { wavDurationMs } from '../protocol/wav.ts';
import type { Length } from './document.ts';

/**
 * Characters a second: as slow, as usual and as fast as anybody speaks a script. A telephone voice
 * is no auctioneer.
 */
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

/** SSML elements that make a length unpredictable. */
const TIMED = /<(?:break|audio|prosody)\b/;

/** How long a sentence or a clip takes. `words` is what is heard of it. */
export function lengthOf(
  said: Extract<ActionDraft, { type: 'speak' | 'audio' }>,
  words: string,
): Length {
  if (said.type === 'audio') return { ms: Math.round(wavDurationMs(said.audio)) };
  const ms = Math.round(spokenMs(words).usual);
  return TIMED.test(said.ssml ?? '') ? { ms, unknown: true } : { ms };
}

/**
 * How long it takes, ms, as far as is known. The voice's announcement is believed if somebody could
 * speak so fast or slow. Otherwise the slower estimate counts, so that nobody is hung up on because
 * of a wrong number.
 */
export function expectedMs(length: Length): number {
  const { ms, announced = 0 } = length;
  return isBelieved(length) ? announced : Math.max(ms, announced);
}

/** Whether the announced length is one that somebody could speak. */
export function isBelieved({ ms, announced = 0, unknown }: Length): boolean {
  const { usual, fastest, slowest } = ALPHABET;
  return !unknown && announced >= ms * (usual / fastest) && announced <= ms * (usual / slowest);
}

/**
 * A voice without a believable announcement is hardly slower than this, relative to the estimate.
 */
const SLOWEST = 1.5;

/**
 * When it has been said at the latest, ms after its beginning: as announced, or in doubt at the
 * rate of a slow voice.
 */
export function latestMs(length: Length, isInDoubt: boolean): number {
  const { ms, announced = 0 } = length;
  return Math.max(announced, isInDoubt || !isBelieved(length) ? ms * SLOWEST : ms);
}

/**
 * If more than this share and this many ms are missing, somebody has cut the sentence; of a short
 * one, if more than a third is.
 */
const MISSING = { share: 0.2, ms: 500, ofShort: 1 / 3 };

const missing = (ms: number) =>
  Math.max(ms * MISSING.share, Math.min(MISSING.ms, ms * MISSING.ofShort));

/** An end this close to the announced one proves that the announcement was right. */
const CONFIRMED = { share: 0.05, ms: 60 };

/** For a sentence whose beginning wasn't reported, and which began some time after it was sent. */
const MISSING_UNTOLD = 0.1;

/** Whether an end after `played` ms is the whole sentence's. `told`: its beginning was reported. */
export function isWhole(length: Length, played: number, told: boolean): boolean {
  if (length.unknown || isAnnounced(length, played)) return true;
  const ms = expectedMs(length);
  return ms - played <= (told ? missing(ms) : ms * MISSING_UNTOLD);
}

/** Whether an end after `played` ms comes just as announced. */
export const isAnnounced = ({ announced = 0 }: Length, played: number) =>
  announced > 0 &&
  Math.abs(played - announced) <= Math.max(CONFIRMED.ms, announced * CONFIRMED.share);

/** The earliest moment at which it can have been said, ms after its beginning. */
export function shortest(length: Length): number {
  const ms = expectedMs(length);
  return length.unknown ? 0 : ms - missing(ms);
}

/** The same for a voice that reports nothing: it may be as fast as anybody speaks. */
export const fastest = (length: Length): number =>
  Math.min(shortest(length), (length.ms * ALPHABET.usual) / ALPHABET.fastest);
