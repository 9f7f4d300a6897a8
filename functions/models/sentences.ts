/** Ends with a dot that ends no sentence; digits, too: "on the 3. of May". */
const ABBREVIATED =
  /(?:\d|\b(?:\p{L}|Mr|Mrs|Ms|Mx|Dr|Prof|Sr|Jr|St|Str|Tel|No|Nr|Art|Abs|approx|ca|vs|etc|bzw|usw|inkl|exkl|zzgl|evtl|ggf|vgl|min|max|Std|Mio|Mrd|Hr|Fr|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Okt|Nov|Dec|Dez|Mme|Mlle|Sra|Dra|Av|Ave|Blvd|Inc|Ltd|Dept))\.$/iu;
/** Closes what a mark ends: "Wait.", **Wait.** or 「待って。」 */
const CLOSERS = '*_~`"\'”’»)\\]）】〉》」』';
/** Marks that a space follows, and no lower case. */
const SPACED = `(?<![.!?…．])[.!?…．]+[${CLOSERS}]*\\s+(?=[^\\s\\p{Ll}])`;
/** Those of other scripts end a sentence by themselves: 。！？ । ؟ ። … */
const MARK = '(?<!\\p{Sentence_Terminal})(?![.!?．])\\p{Sentence_Terminal}';
const UNSPACED = `(?:${MARK}|(?<=\\p{Lo})[!?]+(?=\\p{Lo}))(?:\\p{Sentence_Terminal}|[${CLOSERS}])*`;
/** In Greek a semicolon asks. */
const GREEK = `(?<=\\p{scx=Greek})[;\u037e][${CLOSERS}]*\\s+(?=\\S)`;
/** The longest abbreviation, with what stands before it. */
const BEFORE_END = 12;
/**
 * What follows must have come before an end is known. Nothing but the first of many dots, or of
 * much white space, may begin an end: each other one would be looked at again from every place
 * before it.
 */
const END = new RegExp(
  `${SPACED}|${GREEK}|${UNSPACED}(?:\\s+(?=\\S)|(?=[^\\s\\p{Sentence_Terminal}${CLOSERS}]))|(?<!\\s)[^\\S\\n]*\\n\\s*(?=\\S)`,
  'gu',
);

/** Longer ones are said in parts: that is half a minute. */
const MAX_CHARACTERS = 400;
/** Where a sentence that doesn't end is parted, if possible. */
const PAUSE = /^.*(?:[,;:—–]\s|[、，；：،])\s*/su;
const GAP = /^.*\s/su;

/**
 * A text that comes in pieces, as sentences, each as soon as it is whole, and parts of those that
 * don't end. Nothing is lost: in a row they are the text again, with its white space.
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
  const beginning = text.slice(0, MAX_CHARACTERS);
  for (const { 0: end, index } of beginning.matchAll(END)) {
    const abbreviated =
      end.startsWith('.') &&
      !/\n/.test(end) &&
      ABBREVIATED.test(text.slice(Math.max(0, index - BEFORE_END), index + 1));
    if (!abbreviated) return index + end.length;
  }
  return text.length < MAX_CHARACTERS ? 0 : partOf(beginning).length;
}

/** Up to the last pause, or else a gap between words, or else at no half of a character. */
const partOf = (text: string): string =>
  PAUSE.exec(text)?.[0] ?? GAP.exec(text)?.[0] ?? text.replace(/[\ud800-\udbff]$/, '');
