import { primaryOf } from '../assistant/language.ts';
import { wordsOf } from './phrases.ts';

/** How one language agrees and refuses: phrases with commas between, as they begin an answer. */
interface Words {
  readonly yes: string;
  /** The same, unless there is a `not` in it: "That suits me". */
  readonly agrees: string;
  readonly no: string;
  /** Anywhere in an answer. */
  readonly not: string;
  /** Neither, or a yes, though a `not` is in it. */
  readonly unsure: string;
  readonly fine: string;
}

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    yes: 'yes, yeah, yep, yup',
    agrees:
      "sure, of course, certainly, absolutely, definitely, right, correct, exactly, true, fine, perfect, great, good, sounds good, ok, okay, alright, all right, mhm, mm, mm hm, uh huh, please, please do, go ahead, do it, book it, gladly, i do, i can, i will, i am, i'd love to, that's right, that's fine, that's good, that's correct, that is right, that is fine, that works, that suits me, it is, it does, that would be great, that'd be great, i think so, i guess so, you bet, by all means",
    no: 'no, nope, nah, never, not, none, wrong, incorrect, rather not, negative',
    not: "not, don't, can't, cannot, won't, isn't, doesn't, couldn't, wouldn't, shouldn't, never, no, wrong",
    unsure:
      "i don't know, don't know, not sure, i'm not sure, i am not sure, don't understand, didn't understand",
    fine: "no problem, why not, not at all, not bad, not a problem, no worries, no doubt, don't mind, no objection, no objections",
  },
  de: {
    yes: 'ja, jaja, jawohl, jo, jep, jup',
    agrees:
      'genau, gerne, gern, sehr gerne, klar, na klar, natürlich, sicher, selbstverständlich, stimmt, das stimmt, richtig, korrekt, ok, okay, gut, sehr gut, super, prima, perfekt, passt, das passt, das geht, geht, einverstanden, in ordnung, alles klar, mhm, hm, bitte, machen sie das, mach das, tun sie das, auf jeden fall, doch, doch doch, meinetwegen, wunderbar',
    no: 'nein, nee, nö, ne, niemals, nie, nicht, kein, keine, keinen, falsch, stimmt nicht, lieber nicht, auf keinen fall, doch nicht',
    not: 'nicht, kein, keine, keinen, keiner, nie, niemals, nein, nee, falsch',
    unsure:
      'weiß nicht, weiß ich nicht, ich weiß nicht, weiß es nicht, nicht sicher, nicht verstanden, verstehe nicht, verstehe ich nicht',
    fine: 'kein problem, warum nicht, nicht schlecht, keine ursache, keine sorge, nichts dagegen',
  },
  fr: {
    yes: 'oui, ouais, si',
    agrees:
      "bien sûr, d'accord, exactement, voilà, parfait, ok, okay, volontiers, certainement, c'est ça, c'est bon, ça me va, mhm, tout à fait, absolument, avec plaisir, entendu",
    no: 'non, pas, jamais, surtout pas, faux',
    not: 'pas, jamais, non, faux',
    unsure: 'sais pas, pas sûr, pas sûre, pas compris',
    fine: 'pas de problème, pourquoi pas, pas mal, pas de souci, aucun problème, aucun souci',
  },
  es: {
    yes: 'sí, si',
    agrees:
      'claro, claro que sí, por supuesto, vale, de acuerdo, exacto, correcto, perfecto, bien, está bien, ok, okay, bueno, mhm, desde luego, creo que sí, genial, con gusto',
    no: 'no, nunca, jamás, tampoco, incorrecto, para nada, de ninguna manera, en absoluto',
    not: 'no, nunca, jamás, incorrecto',
    unsure: 'no sé, no lo sé, no estoy seguro, no estoy segura, no entiendo, no he entendido',
    fine: 'no hay problema, por qué no, no está mal, ningún problema',
  },
  it: {
    yes: 'sì, si',
    agrees:
      'certo, certamente, esatto, va bene, volentieri, giusto, perfetto, bene, ok, okay, d’accordo, mhm, assolutamente, assolutamente sì, credo di sì',
    no: 'no, mai, non, sbagliato',
    not: 'non, no, mai, sbagliato',
    unsure: 'non so, non lo so, non sono sicuro, non sono sicura, non ho capito',
    fine: "nessun problema, perché no, non male, non c'è problema",
  },
  nl: {
    yes: 'ja, jawel, jazeker, jaja',
    agrees:
      'zeker, natuurlijk, graag, klopt, dat klopt, precies, juist, prima, goed, oké, ok, okay, akkoord, in orde, mhm, dat is goed, is goed, dat is prima, absoluut, uitstekend',
    no: 'nee, neen, nooit, niet, geen, liever niet, fout',
    not: 'niet, geen, nooit, nee, neen, fout',
    unsure: 'weet niet, weet ik niet, weet het niet, niet zeker, niet begrepen',
    fine: 'geen probleem, waarom niet, niet slecht, geen punt',
  },
};

/** Stand before an answer and say nothing. */
const LEAD = new Set(
  'oh, ah, well, um, uh, ehm, äh, ähm, hm, hmm, so, and, also, ach, na, und, euh, alors, eh, pues, bueno, allora, nou, tja'.split(
    ', ',
  ),
);

const MAX_CHARACTERS = 200;

type Phrases = Readonly<Record<keyof Words, readonly (readonly string[])[]>>;

/** By language; read when it is first needed: most call flows ask in one of them, or in none. */
const read = new Map<string, Phrases>();

function phrasesIn(tag: string): Phrases | undefined {
  const words = WORDS[tag];
  if (!words || read.has(tag)) return read.get(tag);
  const entries = Object.entries(words).map(([name, phrases]) => [
    name,
    phrases.split(', ').map(wordsOf),
  ]);
  read.set(tag, Object.fromEntries(entries));
  return read.get(tag);
}

/**
 * What somebody means who has been asked something: "Yes, please", "I can't come"; `undefined`
 * where they say neither, or both: "Yes, but not on Tuesday". English where no language is known.
 */
export function yesOrNo(text: string, language?: string): 'yes' | 'no' | undefined {
  const words = phrasesIn(primaryOf(language));
  if (!words || text.length > MAX_CHARACTERS) return undefined;
  const said = wordsOf(text);
  if (has(said, words.unsure)) return undefined;
  if (has(said, words.fine)) return 'yes';
  const start = said.findIndex((word) => !LEAD.has(word));
  const answer = start < 0 ? said : said.slice(start);
  if (begins(answer, words.no)) return 'no';
  const isRefused = has(said, words.not);
  if (begins(answer, words.yes)) return isRefused ? undefined : 'yes';
  if (isRefused) return 'no';
  // "Uh huh" begins like a hesitation.
  return begins(answer, words.agrees) || begins(said, words.agrees) ? 'yes' : undefined;
}

const begins = (said: readonly string[], phrases: Phrases[keyof Words]) =>
  phrases.some((phrase) => startsAt(said, 0, phrase));

const has = (said: readonly string[], phrases: Phrases[keyof Words]) =>
  said.some((_, at) => phrases.some((phrase) => startsAt(said, at, phrase)));

const startsAt = (said: readonly string[], at: number, phrase: readonly string[]) =>
  phrase.every((word, n) => said[at + n] === word);
