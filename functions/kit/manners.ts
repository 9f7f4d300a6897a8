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

/** Of a language, those of a farewell, those that only end a conversation where nothing was asked, and what goes with both. */
interface Leaves {
  readonly bye: readonly string[];
  readonly done: readonly string[];
  readonly along: readonly string[];
}

const list = (phrases: string): readonly string[] => phrases.split(', ');

const LEAVES: Readonly<Record<string, Leaves>> = {
  en: {
    bye: list('bye, goodbye, good bye, bye bye, see you, take care, so long, cheerio'),
    done: list(
      "thanks, thank you, thank you very much, thanks a lot, many thanks, cheers, that is all, that's all, that was all, nothing else",
    ),
    along: list(
      'great, good, perfect, you too, have a nice day, for your help, for now, then, and, so, well, no, nothing, else, very much',
    ),
  },
  de: {
    bye: list(
      'tschüss, tschüs, tschau, ciao, auf wiederhören, auf wiedersehen, wiederhören, wiedersehen, bis dann, bis bald, servus',
    ),
    done: list(
      "danke, vielen dank, danke schön, dankeschön, besten dank, das ist alles, das war alles, das wars, das war's, sonst nichts",
    ),
    along: list(
      'super, prima, schön, perfekt, schönen tag, schönen tag noch, einen, ihnen auch, gleichfalls, für ihre hilfe, dann, und, na, also, nein, nee, erstmal',
    ),
  },
  fr: {
    bye: list('au revoir, salut, à bientôt'),
    done: list("merci, merci beaucoup, c'est tout, ce sera tout"),
    along: list('bonne journée, et, alors, non'),
  },
  es: {
    bye: list('adiós, adios, hasta luego, chao'),
    done: list('gracias, muchas gracias, nada más, eso es todo'),
    along: list('buen día, y, pues, no'),
  },
  it: {
    bye: list('arrivederci, ciao, addio'),
    done: list("grazie, grazie mille, è tutto, nient'altro"),
    along: list('buona giornata, e, allora, no'),
  },
  nl: {
    bye: list('doei, dag, tot ziens'),
    done: list('dank je, dank u, dank u wel, bedankt, dat was alles, dat is alles'),
    along: list('fijne dag, en, nee, dan'),
  },
};

/** What somebody says who hasn't understood, and what goes with it. */
const PARDON: Readonly<
  Record<string, { readonly asks: readonly string[]; readonly along: readonly string[] }>
> = {
  en: {
    asks: list(
      "what, pardon, pardon me, i beg your pardon, excuse me, sorry, come again, once more, again, repeat that, repeat it, say that again, what was that, what did you say, i didn't get that, i don't understand, i didn't understand",
    ),
    along: list("please, can you, could you, huh, oh, i am, i'm, hello, that"),
  },
  de: {
    asks: list(
      'was, wie, bitte, wie bitte, noch einmal, noch mal, nochmal, wiederholen, was haben sie gesagt, nicht verstanden, ich verstehe nicht, entschuldigung',
    ),
    along: list('können sie, könnten sie, das, ich habe, habe ich, sie, hä, hallo'),
  },
  fr: {
    asks: list("pardon, comment, quoi, répétez, répéter, je n'ai pas compris"),
    along: list("s'il vous plaît, vous pouvez, pouvez vous"),
  },
  es: {
    asks: list('cómo, qué, perdón, perdone, repita, repetir, no he entendido'),
    along: list('por favor, puede'),
  },
  it: {
    asks: list('come, cosa, scusi, prego, ripeta, ripetere, non ho capito'),
    along: list('per favore, può'),
  },
  nl: {
    asks: list('wat, pardon, sorry, wat zegt u, nog een keer, herhalen, ik begrijp het niet'),
    along: list('kunt u, alstublieft, dat'),
  },
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

/**
 * Whether somebody wants nothing more: "No, thank you", "That's all", or a farewell. To a question it may be an answer, so
 * ask {@link yesOrNo} first. English where no language is known.
 */
export function isDone(text: string, language?: string): boolean {
  const { bye, done, along } = leavesIn(language);
  return isMadeWith([bye, done], text, along, wordsIn(LISTENS, language));
}

/** Whether somebody hasn't understood, and says no more than that: "What?", "Could you say that again, please?" */
export function isPardon(text: string, language?: string): boolean {
  const { asks, along } = PARDON[primaryOf(language)] ?? { asks: [], along: [] };
  return isMadeWith([asks], text, along);
}

function takesLeave(
  text: string,
  language: string | undefined,
  listens: readonly string[],
): boolean {
  const { bye, done, along } = leavesIn(language);
  return isMadeWith([bye], text, done, along, listens);
}

/** Into a goodbye, thanks are no more than that. */
const isThanks = (text: string, language: string | undefined, listens: readonly string[]) =>
  isMadeOf(text, ...Object.values(leavesIn(language)), listens);

const wordsIn = (
  lists: Readonly<Record<string, readonly string[]>>,
  language: string | undefined,
) => lists[primaryOf(language)] ?? [];

const leavesIn = (language: string | undefined): Leaves =>
  LEAVES[primaryOf(language)] ?? { bye: [], done: [], along: [] };

type Phrases = readonly string[];

const isMadeOf = (text: string, ...lists: readonly Phrases[]) =>
  phrasesIn(text, ...lists) !== undefined;

/** Of phrases of all lists, and at least one of those that are needed. */
function isMadeWith(needed: readonly Phrases[], text: string, ...along: readonly Phrases[]) {
  const found = phrasesIn(text, ...needed, ...along);
  return found?.some((phrase) => needed.some((list) => asHeard(list).has(phrase))) ?? false;
}

/** The phrases of which a text consists, and nothing else; the longest first. */
function phrasesIn(text: string, ...lists: readonly (readonly string[])[]): string[] | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const words = wordsOf(text);
  const known = lists.map(asHeard);
  const found: string[] = [];
  for (let at = 0; at < words.length; ) {
    const phrase = longestAt(words, at, known);
    if (!phrase) return undefined;
    found.push(phrase.join(' '));
    at += phrase.length;
  }
  return found.length > 0 ? found : undefined;
}

function longestAt(words: readonly string[], at: number, known: readonly ReadonlySet<string>[]) {
  for (let length = MAX_WORDS_A_PHRASE; length > 0; length--) {
    const phrase = words.slice(at, at + length);
    if (phrase.length < length) continue;
    const text = phrase.join(' ');
    if (known.some((phrases) => phrases.has(text))) return phrase;
  }
  return undefined;
}

/** Every word of a caller is compared with a hundred phrases, and these are always the same. */
const heardAs = new WeakMap<readonly string[], ReadonlySet<string>>();

function asHeard(phrases: readonly string[]): ReadonlySet<string> {
  const known = heardAs.get(phrases) ?? new Set(phrases.map((one) => wordsOf(one).join(' ')));
  heardAs.set(phrases, known);
  return known;
}

/** As they are heard: without case, signs and hyphens. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*/gu)
    ?.map((word) => word.replace('’', "'")) ?? [];
