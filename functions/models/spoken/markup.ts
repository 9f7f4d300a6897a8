/** A line that only draws: a fence of code, a rule, the line below the head of a table. */
const DRAWN = /^\s*(?:(?:`{3,}|~{3,}).*|(?:[-*_=]\s*){3,}|\|?\s*:?-{2,}[-\s:|]*)$/;
/**
 * What a line begins with: quotations, headings, bullets, boxes to tick. A number stays, it counts.
 */
const LEAD = /^\s*(?:(?:>|#{1,6}(?=\s)|[-*+•‣◦▪–](?=\s)|\[[ xX]\](?=\s))\s*)+/;
const ROW = /^\s*\|(.*)\|\s*$/;

/** Pictures, with all that colours and joins them; smileys made of marks. */
const EMOJI =
  /(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier})(?:[\u200d\ufe0e\ufe0f\u20e3\u{e0020}-\u{e007f}]|\p{Extended_Pictographic}|\p{Emoji_Modifier})*|[\ufe0e\ufe0f\u20e3]|(?<=^|\s)[:;]-?[)(DP](?=\s|$)/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  nbsp: ' ',
  lt: '<',
  gt: '>',
  quot: '"',
  euro: '€',
};

/**
 * A line of Markdown, or of HTML, as its words alone. A link is its text, and marks that lack their
 * other half go too.
 */
export function unmarked(line: string): string {
  if (DRAWN.test(line)) return '';
  const row = ROW.exec(line)?.[1];
  const text = row === undefined ? line.replace(LEAD, '') : row.split('|').map(trimmed).join(', ');
  return (
    text
      .replace(/<!--.{0,500}?-->|<\/?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,500})?\/?>/gi, ' ')
      .replace(/&(amp|nbsp|lt|gt|quot|euro);/g, (_, name) => ENTITIES[name] ?? ' ')
      .replace(/\[\^[^\]]{1,20}\]/g, '')
      // Of a link its address: the text stays.
      .replace(/\](?:\([^()\s]{0,2000}(?:\s"[^"]{0,200}")?\)|\[[^\][]{0,200}\])/g, ']')
      .replace(/!?\[|\]/g, '')
      .replace(/\\(?=[\p{P}\p{S}])/gu, '')
      .replace(EMOJI, ' ')
      .replace(/`+|~~+|\*\*+|(?<![\d\s])\*|\*(?![\d\s])|(?<!\w)_+|_+(?!\w)/g, '')
      .replace(/(?<=\p{L})_(?=\p{L})/gu, ' ')
  );
}

const trimmed = (text: string) => text.trim();
