import { primaryOf } from '../assistant/language.ts';
import type { Template } from '../assistant/template.ts';
import type { Manner } from '../call/listening.ts';
import type { Reading } from '../call/meaning.ts';
import { type AiFlowEvent, isKnown } from '../protocol/events.ts';

/** Words that only show that somebody listens, by primary language. */
const LISTENS: Readonly<Record<string, readonly string[]>> = {
  en: [
    'mhm',
    'mm',
    'mmhm',
    'mm hm',
    'mm hmm',
    'hm',
    'hmm',
    'uh huh',
    'uhhuh',
    'aha',
    'ah',
    'oh',
    'ok',
    'okay',
    'yes',
    'yeah',
    'yep',
    'right',
    'sure',
    'alright',
    'all right',
    'i see',
    'got it',
    'exactly',
  ],
  de: [
    'mhm',
    'mm',
    'hm',
    'hmm',
    'aha',
    'ah',
    'ach so',
    'achso',
    'oh',
    'ok',
    'okay',
    'ja',
    'jaja',
    'jo',
    'genau',
    'gut',
    'klar',
    'alles klar',
    'richtig',
    'stimmt',
    'verstehe',
    'in ordnung',
  ],
  fr: [
    'mhm',
    'hm',
    'hmm',
    'ah',
    'ok',
    'okay',
    'oui',
    'ouais',
    'voilà',
    'exactement',
    "d'accord",
    'bien',
  ],
  es: [
    'mhm',
    'hm',
    'ajá',
    'ah',
    'ok',
    'sí',
    'si',
    'vale',
    'claro',
    'bien',
    'exacto',
    'ya',
    'entiendo',
  ],
  it: ['mhm', 'hm', 'ah', 'ok', 'okay', 'sì', 'si', 'certo', 'esatto', 'va bene', 'bene', 'capito'],
  nl: ['mhm', 'hm', 'aha', 'oh', 'ok', 'oké', 'okay', 'ja', 'juist', 'precies', 'goed', 'prima'],
};

/** Words of a farewell; those that mean nothing else stand first. */
const LEAVES: Readonly<
  Record<string, readonly [leaves: readonly string[], along: readonly string[]]>
> = {
  en: [
    ['bye', 'goodbye', 'good bye', 'bye bye', 'see you', 'take care', 'so long', 'cheerio'],
    [
      'thanks',
      'thank you',
      'thank you very much',
      'thanks a lot',
      'many thanks',
      'cheers',
      'great',
      'good',
      'that is all',
      "that's all",
      'that was all',
      'you too',
      'have a nice day',
      'then',
      'and',
      'so',
      'well',
      'for now',
      'no',
      'nothing',
      'else',
      'very much',
    ],
  ],
  de: [
    [
      'tschüss',
      'tschüs',
      'tschau',
      'ciao',
      'auf wiederhören',
      'auf wiedersehen',
      'wiederhören',
      'wiedersehen',
      'bis dann',
      'bis bald',
      'servus',
    ],
    [
      'danke',
      'vielen dank',
      'danke schön',
      'dankeschön',
      'besten dank',
      'super',
      'prima',
      'schön',
      'schönen tag',
      'schönen tag noch',
      'einen',
      'ihnen auch',
      'gleichfalls',
      'dann',
      'und',
      'na',
      'also',
      'nein',
      'das war alles',
      'das wars',
      "das war's",
      'erstmal',
    ],
  ],
  fr: [
    ['au revoir', 'salut', 'à bientôt'],
    ['merci', 'merci beaucoup', 'bonne journée', 'et', 'alors', 'non', "c'est tout"],
  ],
  es: [
    ['adiós', 'adios', 'hasta luego', 'chao'],
    ['gracias', 'muchas gracias', 'buen día', 'y', 'pues', 'no', 'nada más'],
  ],
  it: [
    ['arrivederci', 'ciao', 'addio'],
    ['grazie', 'grazie mille', 'buona giornata', 'e', 'allora', 'no'],
  ],
  nl: [
    ['doei', 'dag', 'tot ziens'],
    ['dank je', 'dank u', 'dank u wel', 'bedankt', 'fijne dag', 'en', 'nee', 'dan'],
  ],
};

/** Which words only show that somebody listens, in place of those that are known; what becomes of what they cut. */
export interface Listeners {
  /** By primary language: `{ en: ['mhm', 'ok'] }`. None: such a word is one like any other. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
  /** A sentence that nothing but such a word has cut is said again (default); else the word is an answer. */
  readonly resume?: boolean;
}

const ASKS_AFTER_SECONDS = 8;

/** Of silence, seconds, after which a call flow asks whether somebody is there; `undefined` where it doesn't. */
export const asksAfter = ({ silence }: Pick<Template, 'silence'>): number | undefined =>
  silence && (silence.after_seconds ?? ASKS_AFTER_SECONDS);

/** What a call flow says of an event before it is asked. */
export function readingFor(
  { listeners = {}, language, onUserInputTimeout }: Template,
  event: AiFlowEvent,
): Reading {
  const handlesSilence = onUserInputTimeout !== undefined;
  const isWords = isKnown(event) && (event.type === 'user_speak' || event.type === 'user_barge_in');
  if (!isWords || listeners === false) return { handlesSilence };
  return {
    handlesSilence,
    manner: mannerOf(event.text ?? '', language, listeners),
    resumes: listeners.resume ?? true,
  };
}

/** Nobody listens at length. */
const MAX_CHARACTERS = 60;
const MAX_WORDS_A_PHRASE = 4;

/** What a caller means who says no more than such words; `undefined` for whatever says something. */
export function mannerOf(
  text: string,
  language: string | undefined,
  listeners: Listeners = {},
): Manner | undefined {
  const listens = wordsIn(listeners.words ?? LISTENS, language);
  if (isMadeOf(text, listens)) return 'listens';
  return takesLeave(text, language, listens) || isThanks(text, language, listens)
    ? 'leaves'
    : undefined;
}

/** Whether somebody says nothing but goodbye, however politely: "OK, thanks, bye". English where no language is known. */
export const isFarewell = (text: string, language?: string): boolean =>
  takesLeave(text, language, wordsIn(LISTENS, language));

function takesLeave(
  text: string,
  language: string | undefined,
  listens: readonly string[],
): boolean {
  const [leaves, along] = leavesIn(language);
  const found = phrasesIn(text, [...leaves, ...along, ...listens]);
  return found?.some((phrase) => leaves.includes(phrase)) ?? false;
}

/** Into a goodbye, thanks are no more than that. */
const isThanks = (text: string, language: string | undefined, listens: readonly string[]) =>
  isMadeOf(text, [...leavesIn(language).flat(), ...listens]);

const wordsIn = (
  lists: Readonly<Record<string, readonly string[]>>,
  language: string | undefined,
) => lists[primaryOf(language)] ?? [];

const leavesIn = (language: string | undefined) => LEAVES[primaryOf(language)] ?? [[], []];

const isMadeOf = (text: string, phrases: readonly string[]) =>
  phrasesIn(text, phrases) !== undefined;

/** The phrases of which a text consists, and nothing else; the longest first. */
function phrasesIn(text: string, phrases: readonly string[]): string[] | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const words = wordsOf(text);
  const known = new Set(phrases.map((phrase) => wordsOf(phrase).join(' ')));
  const found: string[] = [];
  for (let at = 0; at < words.length; ) {
    const phrase = longestAt(words, at, known);
    if (!phrase) return undefined;
    found.push(phrase.join(' '));
    at += phrase.length;
  }
  return found.length > 0 ? found : undefined;
}

function longestAt(words: readonly string[], at: number, known: ReadonlySet<string>) {
  for (let length = MAX_WORDS_A_PHRASE; length > 0; length--) {
    const phrase = words.slice(at, at + length);
    if (phrase.length === length && known.has(phrase.join(' '))) return phrase;
  }
  return undefined;
}

/** As they are heard: without case, signs and hyphens. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*/gu)
    ?.map((word) => word.replace('’', "'")) ?? [];
