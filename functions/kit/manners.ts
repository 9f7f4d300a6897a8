import { primaryOf } from '../assistant/language.ts';
import { SILENCE, type Template } from '../assistant/template.ts';
import type { Manner } from '../call/listening.ts';
import type { Reading } from '../call/meaning.ts';
import { type AiFlowEvent, isKnown } from '../protocol/events.ts';
import { isMadeOf } from './phrases.ts';

/** Words that only show that somebody listens, by primary language. */
const LISTENS: Readonly<Record<string, string>> = {
  en: 'mhm, mm, mmhm, mm hm, mm hmm, hm, hmm, uh huh, uhhuh, aha, ah, oh, ok, okay, yes, yeah, yep, right, sure, alright, all right, i see, got it, exactly',
  de: 'mhm, mm, hm, hmm, aha, ah, ach so, achso, oh, ok, okay, ja, jaja, jo, genau, gut, klar, alles klar, richtig, stimmt, verstehe, in ordnung',
  fr: "mhm, hm, hmm, ah, ok, okay, oui, ouais, voilà, exactement, d'accord, bien",
  es: 'mhm, hm, ajá, ah, ok, sí, si, vale, claro, bien, exacto, ya, entiendo',
  it: 'mhm, hm, ah, ok, okay, sì, si, certo, esatto, va bene, bene, capito',
  nl: 'mhm, hm, aha, oh, ok, oké, okay, ja, juist, precies, goed, prima',
};

/**
 * Of a language, those of a farewell, those that only end a conversation where nothing was asked,
 * and what goes with both.
 */
interface Leaves {
  readonly bye: string;
  readonly done: string;
  readonly along: string;
}

const LEAVES: Readonly<Record<string, Leaves>> = {
  en: {
    bye: 'bye, goodbye, good bye, bye bye, see you, see you later, see you soon, talk to you later, talk soon, take care, so long, cheerio, ciao, good night, have a nice day, have a good day, have a great day, have a good one, have a nice evening, have a good evening, have a nice weekend',
    done: "thanks, thank you, thank you very much, thanks a lot, many thanks, cheers, that is all, that's all, that was all, nothing else",
    along:
      'great, good, perfect, you too, for your help, for now, then, and, so, well, no, nothing, else, very much',
  },
  de: {
    bye: "tschüss, tschüs, tschüß, tschö, tschau, ciao, auf wiederhören, auf wiedersehen, auf wiederschauen, wiederhören, wiedersehen, bis dann, bis bald, bis später, servus, ade, mach's gut, machen sie's gut, gute nacht, schönen tag, schönen tag noch, schönen abend, schönen abend noch, schönes wochenende, schönen feierabend",
    done: "danke, vielen dank, danke schön, dankeschön, besten dank, das ist alles, das war alles, das wars, das war's, sonst nichts",
    along:
      'super, prima, schön, perfekt, ein, einen, ihnen, ihnen auch, gleichfalls, für ihre hilfe, dann, und, na, also, nein, nee, erstmal',
  },
  fr: {
    bye: 'au revoir, salut, adieu, ciao, à bientôt, à plus, à plus tard, à demain, bonne journée, bonne fin de journée, bonne soirée, bonne nuit, bon week end, bon weekend',
    done: "merci, merci beaucoup, c'est tout, ce sera tout",
    along: 'et, alors, non',
  },
  es: {
    bye: 'adiós, adios, hasta luego, hasta pronto, hasta mañana, hasta la próxima, chao, chau, nos vemos, que tenga buen día, que tenga un buen día, que tengas un buen día, buenas noches',
    done: 'gracias, muchas gracias, nada más, eso es todo',
    along: 'buen día, y, pues, no',
  },
  it: {
    bye: 'arrivederci, arrivederla, ciao, addio, a presto, a domani, alla prossima, ci sentiamo, buona giornata, buona serata, buonanotte, buona notte',
    done: "grazie, grazie mille, è tutto, nient'altro",
    along: 'e, allora, no',
  },
  nl: {
    bye: 'doei, doeg, dag, dag hoor, tot ziens, tot horens, tot later, tot snel, fijne dag, fijne dag nog, fijne avond, fijne avond nog, prettige dag, prettig weekend, fijn weekend',
    done: 'dank je, dank je wel, dank u, dank u wel, bedankt, dat was alles, dat is alles',
    along: 'een, en, nee, dan',
  },
};

/** What somebody says who hasn't understood, and what goes with it. */
const PARDON: Readonly<Record<string, readonly [asks: string, along: string]>> = {
  en: [
    "what, pardon, pardon me, i beg your pardon, excuse me, sorry, come again, once more, again, repeat that, repeat it, say that again, what was that, what did you say, i didn't get that, i don't understand, i didn't understand",
    'please, can you, could you, huh, oh, i am, i’m, hello, that',
  ],
  de: [
    'was, wie, bitte, wie bitte, noch einmal, noch mal, nochmal, wiederholen, was haben sie gesagt, ich verstehe nicht, nicht verstanden, entschuldigung',
    'können sie, könnten sie, das, ich habe, habe ich, sie, hä, hallo',
  ],
  fr: [
    "pardon, comment, quoi, répétez, répéter, je n'ai pas compris",
    "s'il vous plaît, vous pouvez, pouvez vous",
  ],
  es: ['cómo, qué, perdón, perdone, repita, repetir, no he entendido', 'por favor, puede'],
  it: ['come, cosa, scusi, prego, ripeta, ripetere, non ho capito', 'per favore, può'],
  nl: [
    'wat, pardon, sorry, wat zegt u, nog een keer, herhalen, ik begrijp het niet',
    'kunt u, alstublieft',
  ],
};

/**
 * Which words only show that somebody listens, in place of those that are known; what becomes of
 * what they cut.
 */
export interface Listeners {
  /** By primary language: `{ en: ['mhm', 'ok'] }`. None: such a word is one like any other. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
  /**
   * A sentence that nothing but such a word has cut is said again (default); else the word is an
   * answer.
   */
  readonly resume?: boolean;
}

/**
 * Of silence, seconds, after which a call flow asks whether somebody is there; `undefined` where it
 * doesn't.
 */
export const asksAfter = ({ silence }: Pick<Template, 'silence'>): number | undefined =>
  silence && (silence.after_seconds ?? SILENCE.after_seconds);

/** What a call flow says of an event before it is asked. */
export function readingFor(
  { listeners = {}, language, onUserInputTimeout }: Template,
  event: AiFlowEvent,
): Reading {
  const handlesSilence = onUserInputTimeout !== undefined;
  if (!isKnown(event) || event.type !== 'user_speak' || listeners === false)
    return { handlesSilence };
  return {
    handlesSilence,
    manner: mannerOf(event.text, language, listeners),
    resumes: listeners.resume ?? true,
  };
}

/**
 * What a caller means who says no more than such words; `undefined` for whatever says something.
 */
export function mannerOf(
  text: string,
  language: string | undefined,
  { words }: Listeners = {},
): Manner | undefined {
  const listens = words?.[primaryOf(language)]?.join(', ') ?? (words ? '' : of(LISTENS, language));
  if (isMadeOf(text, [listens])) return 'listens';
  const { bye, done, along } = leavesIn(language);
  // Into a goodbye, thanks are no more than that.
  return isMadeOf(text, [bye, done, along, listens]) ? 'leaves' : undefined;
}

/**
 * Whether somebody says nothing but goodbye, however politely: "OK, thanks, bye". English where no
 * language is known.
 */
export function isFarewell(text: string, language?: string): boolean {
  const { bye, done, along } = leavesIn(language);
  return isMadeOf(text, [bye], [done, along, of(LISTENS, language)]);
}

/**
 * Whether somebody wants nothing more: "No, thank you", "That's all", or a farewell. To a question
 * it may be an answer, so ask {@link yesOrNo} first. English where no language is known.
 */
export function isDone(text: string, language?: string): boolean {
  const { bye, done, along } = leavesIn(language);
  return isMadeOf(text, [bye, done], [along, of(LISTENS, language)]);
}

/**
 * Whether somebody hasn't understood, and says no more than that: "What?", "Could you say that
 * again, please?"
 */
export function isPardon(text: string, language?: string): boolean {
  const [asks = '', along = ''] = PARDON[primaryOf(language)] ?? [];
  return isMadeOf(text, [asks], [along]);
}

const of = (lists: Readonly<Record<string, string>>, language: string | undefined) =>
  lists[primaryOf(language)] ?? '';

const NOTHING: Leaves = { bye: '', done: '', along: '' };
const leavesIn = (language: string | undefined) => LEAVES[primaryOf(language)] ?? NOTHING;
