/** Ends with a dot that ends no sentence; digits, too: "on the 3. of May". */
const ABBREVIATED =
  /(?:\d|\b(?:\p{L}|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|approx|ca|vs|etc|bzw|usw|inkl|evtl))\.$/iu;
/** Closes what a mark ends: "Wait." or 「待って。」 */
const CLOSERS = '"\'”’»)\\]）】〉》」』';
/** Marks that a space follows, and no lower case. */
const SPACED = `(?<![.!?…．])[.!?…．]+[${CLOSERS}]*\\s+(?=[^\\s\\p{Ll}])`;
/** Those of other scripts end a sentence by themselves: 。！？ । ؟ ። … */
const MARK = '(?<!\\p{Sentence_Terminal})(?![.!?．])\\p{Sentence_Terminal}';
const UNSPACED = `(?:${MARK}|(?<=\\p{Lo})[!?]+(?=\\p{Lo}))(?:\\p{Sentence_Terminal}|[${CLOSERS}])*`;
/** The longest abbreviation, with what stands before it. */
const BEFORE_END = 12;
/**
 * What follows must have come before an end is known. Nothing but the first of many dots, or of much white space, may
 * begin an end: each other one would be looked at again from every place before it.
 */
const END = new RegExp(
  `${SPACED}|${UNSPACED}(?:\\s+(?=\\S)|(?=[^\\s\\p{Sentence_Terminal}${CLOSERS}]))|(?<!\\s)[^\\S\\n]*\\n\\s*(?=\\S)`,
  'gu',
);

/**
 * A text that comes in pieces, as sentences, each as soon as it is whole. Nothing is lost: in a row they are the text
 * again, with its white space.
 */
export async function* sentencesOf(pieces: AsyncIterable<string>): AsyncIterable<string> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    for (let end = endIn(text); end > 0; end = endIn(text)) {
      yield text.slice(0, end);
      text = text.slice(end);
    }
  }
  if (text) yield text;
}

/** Where the first sentence ends, white space included; 0 while it may go on. */
function endIn(text: string): number {
  for (const { 0: end, index } of text.matchAll(END)) {
    const abbreviated =
      end.startsWith('.') &&
      !/\n/.test(end) &&
      ABBREVIATED.test(text.slice(Math.max(0, index - BEFORE_END), index + 1));
    if (!abbreviated) return index + end.length;
  }
  return 0;
}
