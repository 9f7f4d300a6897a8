import { hash as hashOf } from 'node:crypto';
import { wordsOf } from '../protocol/ssml.ts';

/**
 * A fingerprint that recognises words without keeping them, whatever their spacing and punctuation;
 * `undefined` where there are none. A text of signs alone is recognised by its signs.
 */
export function printOf(written: Parameters<typeof wordsOf>[0]): string | undefined {
  const words = wordsOf(written);
  const bare =
    words
      .normalize('NFKC')
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, '')
      .toLowerCase() || words;
  return bare ? hash(bare, 8) : undefined;
}

/** The short form in which a call keeps an id: 36 bits, because each byte counts in every write. */
export const keyOf = (id: string) => hash(id, 6);

const hash = (text: string, length: number) => hashOf('sha256', text, 'base64url').slice(0, length);

/** The end of a sentence, in any script. */
const BOUNDARY = /[.!?…]["'”»)\]]*\s+|[。！？।؟۔]["'”»）」』]*\s*/gu;

/** The text from the beginning of the sentence that is being said after a `share` (0–1) of it. */
export function restOf(text: string, share: number): string | undefined {
  if (share >= 1) return undefined;
  const said = text.length * share;
  const begins = [...text.matchAll(BOUNDARY)].map(({ index, 0: end }) => index + end.length);
  return text.slice(begins.findLast((begin) => begin <= said) ?? 0).trim() || undefined;
}
