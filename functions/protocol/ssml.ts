/** A text as markup; spoken by `speak(ssml\`…\`)`. */
export interface Ssml {
  readonly ssml: string;
}

/**
 * Writes SSML: whatever stands in `${}` is text and escaped, but for SSML written like this.
 * `` speak(ssml`<speak>Hello <emphasis>${name}</emphasis></speak>`) ``
 */
export const ssml = (
  markup: TemplateStringsArray,
  ...values: readonly (string | number | Ssml)[]
): Ssml => ({
  ssml: markup.map((part, index) => part + escaped(values[index] ?? '')).join(''),
});

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const NAMES = new Map(Object.entries(ENTITIES).map(([name, character]) => [character, name]));
/** What XML can't hold, not even escaped. */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escaped(value: string | number | Ssml): string {
  if (typeof value === 'object') return value.ssml;
  return String(value)
    .replace(NO_CHARACTER, '')
    .replace(/[&<>"']/g, (character) => `&${NAMES.get(character)};`);
}

const REFERENCE = /&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos));/;
const REFERENCES = new RegExp(REFERENCE, 'g');

/**
 * What is heard of a text or SSML: no tags, no entities. Empty where neither is given. Takes linear
 * time.
 */
export const wordsOf = ({
  text,
  ssml,
}: {
  text?: string | null | undefined;
  ssml?: string | null | undefined;
}) => (text ?? withoutMarkup(ssml ?? '')).replace(/\s+/g, ' ').trim();

const withoutMarkup = (ssml: string) =>
  plain(ssml)
    .replace(TAG, (tag) => (SEPARATES.test(tag) ? ' ' : ''))
    .replace(REFERENCES, decoded);

/**
 * An attribute may hold a `>`. Of foreign SSML that is broken anything between `<` and `>` is a
 * tag.
 */
const TAG = /<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>|<[^<>]*>/g;
/** The others stand within a word, as in `<emphasis>un</emphasis>likely`. */
const SEPARATES = /^<\/?(?:audio|break|p|s|speak|voice)[\s/>]/;

/**
 * Without comments and instructions, and with CDATA as text. What is never closed goes to the end,
 * so that it is read once.
 */
const plain = (ssml: string) =>
  ssml.replace(ASIDE, (_aside, text?: string) => (text === undefined ? '' : escaped(text)));

const ASIDE = /<!--.*?(?:-->|$)|<\?.*?(?:\?>|$)|<!\[CDATA\[(.*?)(?:\]\]>|$)/gs;

/** Nothing but white space, and what can't be seen either: zero-width spaces, direction marks. */
export const isBlank = (text: string): boolean => !/[^\s\p{Cc}\p{DI}]/u.test(text);

/** Heard by the words in them alone: a break, a clip or a phoneme is heard by itself. */
const CONTAINERS = /^(?:speak|p|s|w|token|voice|lang|prosody|emphasis|say-as|mstts:express-as)$/;

/** What keeps SSML that is well-formed from being heard: it would cut a sentence for nothing. */
export function silenceProblem(ssml: string): string | undefined {
  if (!isBlank(wordsOf({ ssml }))) return undefined;
  const names = [...plain(ssml).matchAll(/<([^\s<>/?!]+)/g)];
  const isHeard = names.some(([, name = '']) => !CONTAINERS.test(name));
  return isHeard ? undefined : 'must hold something to be heard: words, or a <break> or <audio>';
}

/** The character; a reference to none stays as it is. */
function decoded(reference: string, decimal?: string, hexadecimal?: string, name = ''): string {
  const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
  return code <= 0x10ffff
    ? String.fromCodePoint(code)
    : (ENTITIES[name as keyof typeof ENTITIES] ?? reference);
}

/**
 * What keeps a text from being SSML: well-formed XML 1.0 with one root, `<speak>`, and no document
 * type. Names the place and the remedy, and repeats nothing of the text. Takes linear time.
 */
export function ssmlProblem(text: string): string | undefined {
  try {
    readDocument(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return `must be well-formed SSML: ${error.message}, at character ${error.at + 1}`;
  }
}

class Malformed extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Where a document is read, and what is open there. */
interface Place {
  readonly text: string;
  at: number;
  readonly open: string[];
  hasRoot: boolean;
}

function readDocument(text: string): void {
  const character = text.search(NO_CHARACTER);
  if (character >= 0) throw new Malformed('XML has no such character', character);
  const place: Place = {
    text,
    at: /^\uFEFF?(?:<\?xml\s[^?<>]*\?>)?/.exec(text)?.[0].length ?? 0,
    open: [],
    hasRoot: false,
  };
  while (place.at < text.length) {
    readText(place);
    if (place.at < text.length) readMarkup(place);
  }
  if (place.open.length > 0) throw new Malformed('a tag is never closed', text.length);
  if (!place.hasRoot) throw new Malformed('put it into <speak>…</speak>', 0);
}

/** Up to the next markup. */
function readText(place: Place): void {
  const next = place.text.indexOf('<', place.at);
  const end = next < 0 ? place.text.length : next;
  const content = place.text.slice(place.at, end);
  if (place.open.length === 0 && /[^ \t\r\n]/.test(content)) {
    throw new Malformed('put it into <speak>…</speak>, all of it', place.at);
  }
  const bracket = content.indexOf(']]>');
  if (bracket >= 0) throw new Malformed('write ]]&gt; for ]]>', place.at + bracket);
  checkReferences(content, place.at);
  place.at = end;
}

function readMarkup(place: Place): void {
  const { text, at } = place;
  if (text.startsWith('<!--', at)) readComment(place);
  else if (text.startsWith('<![CDATA[', at)) readCharacterData(place);
  else if (text.startsWith('<!', at)) throw new Malformed('a document type is not allowed', at);
  else if (text.startsWith('<?', at)) readInstruction(place);
  else if (text.startsWith('</', at)) readEndTag(place);
  else readStartTag(place);
}

function readComment(place: Place): void {
  const end = place.text.indexOf('--', place.at + 4);
  if (end < 0) throw new Malformed('a comment is never closed', place.at);
  if (place.text[end + 2] !== '>') throw new Malformed('a comment must not contain --', end);
  place.at = end + 3;
}

function readCharacterData(place: Place): void {
  if (place.open.length === 0)
    throw new Malformed('put it into <speak>…</speak>, all of it', place.at);
  place.at = after(']]>', place, 'a CDATA section is never closed');
}

function readInstruction(place: Place): void {
  const target = matchAt(NAME, place.text, place.at + 2);
  if (!target) throw new Malformed('a processing instruction has no name', place.at);
  if (target.toLowerCase() === 'xml')
    throw new Malformed('an XML declaration must come first', place.at);
  place.at = after('?>', place, 'a processing instruction is never closed');
}

function after(end: string, { text, at }: Place, problem: string): number {
  const found = text.indexOf(end, at);
  if (found < 0) throw new Malformed(problem, at);
  return found + end.length;
}

function readEndTag(place: Place): void {
  const tag = matchAt(END_TAG, place.text, place.at);
  if (tag === undefined) throw new Malformed('a closing tag is broken', place.at);
  if (tag.slice(2, -1).trim() !== place.open.pop()) {
    throw new Malformed('a closing tag is not that of the last one open', place.at);
  }
  place.at += tag.length;
}

function readStartTag(place: Place): void {
  const { text, at, open } = place;
  const name = matchAt(NAME, text, at + 1);
  if (name === undefined) throw new Malformed('write &lt; for a < that begins no tag', at);
  if (open.length === 0 && (place.hasRoot || name !== 'speak')) {
    throw new Malformed('the root must be <speak>, and there must be one', at);
  }
  place.at = at + 1 + name.length;
  readAttributes(place);
  const end = matchAt(TAG_END, text, place.at);
  if (end === undefined) throw new Malformed('a tag is broken', place.at);
  place.at += end.length;
  place.hasRoot = true;
  if (!end.includes('/')) open.push(name);
}

function readAttributes(place: Place): void {
  const names = new Set<string>();
  for (;;) {
    const beginning = matchAt(ATTRIBUTE, place.text, place.at);
    if (beginning === undefined) return;
    const name = beginning.slice(0, beginning.indexOf('=')).trim();
    if (names.has(name)) throw new Malformed('an attribute is given twice', place.at);
    names.add(name);
    const from = place.at + beginning.length;
    const to = place.text.indexOf(beginning.at(-1) as string, from);
    if (to < 0) throw new Malformed('an attribute is never closed', place.at);
    const value = place.text.slice(from, to);
    if (value.includes('<'))
      throw new Malformed('write &lt; for < in an attribute', from + value.indexOf('<'));
    checkReferences(value, from);
    place.at = to + 1;
  }
}

function checkReferences(content: string, from: number): void {
  for (let at = content.indexOf('&'); at >= 0; at = content.indexOf('&', at + 1)) {
    const reference = matchAt(REFERENCE_HERE, content, at);
    const character = reference?.replace(REFERENCE, decoded);
    if (character === undefined || character === reference || character.search(NO_CHARACTER) >= 0) {
      throw new Malformed('write &amp; for a & that begins no character reference', from + at);
    }
  }
}

// Sticky: each begins where the last one ended, so that nothing is read twice.
const NAME = /[A-Z_a-z\u00C0-\u{EFFFF}][\w.:\-\u00B7\u00C0-\u{EFFFF}]*/uy;
// As XML has it: `\s` is more, and some of that may stand in a name.
const SPACE = '[ \\t\\r\\n]';
const ATTRIBUTE = new RegExp(`${SPACE}+${NAME.source}${SPACE}*=${SPACE}*["']`, 'uy');
const TAG_END = new RegExp(`${SPACE}*/?>`, 'y');
const END_TAG = new RegExp(`</${NAME.source}${SPACE}*>`, 'uy');
const REFERENCE_HERE = new RegExp(REFERENCE, 'y');

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
