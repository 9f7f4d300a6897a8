import { hash as hashOf } from 'node:crypto';
import { wordsOf } from '../protocol/ssml.ts';

interface Written {
  readonly text?: string | null | undefined;
  readonly ssml?: string | null | undefined;
}

/**
 * Recognises words without keeping them, however they are spaced and punctuated; nothing where there are none. A text
 * of nothing but signs is recognised by its signs.
 */
export function printOf(written: Written): string | undefined {
  const words = wordsOf(written);
  const bare =
    words
      .normalize('NFKC')
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, '')
      .toLowerCase() || words;
  return bare ? hash(bare, 8) : undefined;
}

/** An id as a call keeps it: 36 bits, because it counts in every write. */
export const keyOf = (id: string) => hash(id, 6);

const hash = (text: string, length: number) => hashOf('sha256', text, 'base64url').slice(0, length);

/** What a sentence ends with, in any script. */
const BOUNDARY = /[.!?…]["'”»)\]]*\s+|[。！？।؟۔]["'”»）」』]*\s*/gu;

/** The sentence of a text that is being said after `share` (0–1) of it, and what follows it. */
export function restOf(text: string, share: number): string | undefined {
  if (share >= 1) return undefined;
  const said = Math.floor(text.length * Math.max(0, share));
  const begins = [...text.matchAll(BOUNDARY)].map(({ index, 0: end }) => index + end.length);
  return text.slice(begins.findLast((begin) => begin <= said) ?? 0).trim() || undefined;
}
