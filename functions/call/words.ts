import { createHash } from 'node:crypto';

interface Written {
  readonly text?: string | null | undefined;
  readonly ssml?: string | null | undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What is heard of a text or SSML: no tags, no entities. Empty where neither is given. Linear in their length. */
export const wordsOf = ({ text, ssml }: Written): string =>
  (
    text ??
    (ssml ? untagged(ssml).replace(/&(amp|lt|gt|quot|apos);/g, (_all, name: string) => ENTITIES[name] ?? '') : '')
  )
    .replace(/\s+/g, ' ')
    .trim();

function untagged(ssml: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < ssml.length) {
    const opens = ssml.indexOf('<', at);
    const closes = opens < 0 ? -1 : ssml.indexOf('>', opens);
    if (closes < 0) break;
    parts.push(ssml.slice(at, opens));
    at = closes + 1;
  }
  return [...parts, ssml.slice(at)].join(' ');
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

const hash = (text: string, length: number) => createHash('sha256').update(text).digest('base64url').slice(0, length);

/** What a sentence ends with, in any script. */
const BOUNDARY = /[.!?…]["'”»)\]]*\s+|[。！？।؟۔]["'”»）」』]*\s*/gu;

/** The sentence of a text that is being said after `share` (0–1) of it, and what follows it. */
export function restOf(text: string, share: number): string | undefined {
  if (share >= 1) return undefined;
  const said = Math.floor(text.length * Math.max(0, share));
  const begins = [...text.matchAll(BOUNDARY)].map(({ index, 0: end }) => index + end.length);
  return text.slice(begins.findLast((begin) => begin <= said) ?? 0).trim() || undefined;
}
