/** Nobody says at length what means no more than a nod, or a goodbye. */
const MAX_CHARACTERS = 60;
const MAX_WORDS_A_PHRASE = 5;

/**
 * Whether a text consists of these phrases, of at least one of the first, and of nothing else:
 * "Well, thank you, bye." A list has commas between its phrases.
 */
export function isMadeOf(
  text: string,
  needed: readonly string[],
  along: readonly string[] = [],
): boolean {
  if (text.length > MAX_CHARACTERS) return false;
  const [wanted, others] = [needed.map(heardAs), along.map(heardAs)];
  const words = wordsOf(text);
  let isWanted = false;
  for (let at = 0; at < words.length; ) {
    const found = longestAt(words.slice(at, at + MAX_WORDS_A_PHRASE), [...wanted, ...others]);
    if (found === undefined) return false;
    isWanted ||= wanted.some((phrases) => phrases.has(found.join(' ')));
    at += found.length;
  }
  return isWanted;
}

function longestAt(
  words: readonly string[],
  lists: readonly ReadonlySet<string>[],
): readonly string[] | undefined {
  if (words.length === 0) return undefined;
  const phrase = words.join(' ');
  return lists.some((list) => list.has(phrase)) ? words : longestAt(words.slice(0, -1), lists);
}

/**
 * The lists are always the same, and every word of a caller is looked for in hundreds of phrases.
 */
const known = new Map<string, ReadonlySet<string>>();

function heardAs(list: string): ReadonlySet<string> {
  const phrases =
    known.get(list) ?? new Set(list.split(', ').map((phrase) => wordsOf(phrase).join(' ')));
  known.set(list, phrases);
  return phrases;
}

/** As they are heard: without case, signs and hyphens. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*/gu)
    ?.map((word) => word.replace('’', "'")) ?? [];
