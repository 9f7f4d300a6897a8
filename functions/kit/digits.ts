import { primaryOf } from '../assistant/language.ts';
import { saidAsList } from '../assistant/said.ts';
import type {
  Sayable,
  Template,
  TemplateSession,
  TemplateState,
  Texts,
} from '../assistant/template.ts';
import { type Call, ENTRY_SECONDS } from '../call/document.ts';
import { isNamed } from '../protocol/assets.ts';
import { digitWordsOf, withDigitWords } from '../protocol/digit-words.ts';
import { InvalidValue } from '../protocol/invalid.ts';
import { parseOwnDraft } from '../protocol/raw.ts';
import { withDigits, withoutWaiting } from './numbers.ts';

type Words = Sayable | readonly Sayable[];
/** As it is said, or found among the texts of the call's language. */
type Spoken = Words | ((session: TemplateSession<TemplateState, AnyTexts>) => Words);
type AnyTexts = Texts & Readonly<Record<string, unknown>>;

interface ByMoment {
  readonly ask: Spoken;
  readonly again?: Spoken;
  readonly more?: Spoken;
}

/** Digits that a caller is to enter, by keys or by words. */
export interface DigitsRequest {
  /** Which they are: `pin`, `order`. */
  readonly name: string;
  /**
   * What asks for them; `again` after a try that came to nothing, `more` to somebody who is in the
   * middle of it.
   */
  readonly say: Spoken | ByMoment;
  /** They are complete with so many keys (1–32). */
  readonly length?: number;
  /** This key completes them, and is none of them: `#`. One of the two must be given. */
  readonly terminator?: string;
  /** Of silence, before the first key (8), and between two (4). */
  readonly first_after_seconds?: number;
  readonly between_seconds?: number;
  /** How often they are asked for (3). */
  readonly tries?: number;
  /** No history has them when they are spoken. */
  readonly secret?: boolean;
}

/** What `onDigits` is told. */
export interface DigitsEntered {
  readonly name: string;
  readonly digits: string;
  /** `false` where the caller has given up: these are what there is. */
  readonly complete: boolean;
}

/** The same in every copy of this file: a synth looks at a flow as its bundle made it. */
const COLLECTED = Symbol.for('ai-flow-lambda/digits');

/**
 * What {@link collectDigits} makes: declared in `digits`, and returned where they are to be asked
 * for.
 */
export type Digits = DigitsRequest &
  Required<Pick<DigitsRequest, 'tries' | 'first_after_seconds' | 'between_seconds'>> & {
    readonly [COLLECTED]: true;
  };

/** A request for digits that can't work. The message names the field and the remedy. */
export class InvalidDigits extends InvalidValue {
  override readonly name = 'InvalidDigits';
}

/**
 * Asks for digits: a PIN, a customer number, a choice. Declare what it gives in `digits`, return it
 * where they are to be asked for, and `onDigits` gets them. Throws {@link InvalidDigits}.
 */
export function collectDigits(request: DigitsRequest): Digits {
  const { name, say, length, terminator } = request;
  const { tries = 3, first_after_seconds = ENTRY_SECONDS, between_seconds = 4 } = request;
  if (typeof name !== 'string' || !/^[\w-]{1,20}$/.test(name))
    throw new InvalidDigits('digits need a name of 1–20 letters, digits, _ or -', 'name');
  const unknown = Object.keys(request).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    throw new InvalidDigits(
      `${unknown} is not a field of digits: use one of ${FIELDS.join(', ')}`,
      unknown,
    );
  if (length === undefined && terminator === undefined)
    throw new InvalidDigits(
      `digits "${request.name}" never end: give a length or a terminator`,
      'length',
    );
  if (length !== undefined && !(Number.isInteger(length) && length >= 1 && length <= 32))
    throw new InvalidDigits(`length must be a whole number from 1 to 32; got ${length}`, 'length');
  if (terminator !== undefined && !/^[\d*#]$/.test(terminator))
    throw new InvalidDigits(
      `terminator must be one key such as #; got "${terminator}"`,
      'terminator',
    );
  if (!(Number.isInteger(tries) && tries >= 1 && tries <= 10))
    throw new InvalidDigits(`tries must be a whole number from 1 to 10; got ${tries}`, 'tries');
  checkSeconds('first_after_seconds', first_after_seconds);
  checkSeconds('between_seconds', between_seconds);
  checkSaid(say);
  return { ...request, tries, first_after_seconds, between_seconds, [COLLECTED]: true };
}

/** Every field that a request may have; the compiler sees to it that none is missing. */
const FIELDS = Object.keys({
  name: true,
  say: true,
  length: true,
  terminator: true,
  first_after_seconds: true,
  between_seconds: true,
  tries: true,
  secret: true,
} satisfies Record<keyof DigitsRequest, true>);

function checkSeconds(field: string, seconds: number) {
  if (typeof seconds === 'number' && seconds > 0 && seconds <= 60) return;
  throw new InvalidDigits(
    `${field} must be above 0, up to 60; got ${seconds}: leave it out for the usual`,
    field,
  );
}

/**
 * What can be read before there is a call. Throws `InvalidAction` for words that AI Flow would
 * refuse.
 */
function checkSaid(say: DigitsRequest['say']) {
  const moments = isByMoment(say) ? [say.ask, say.again, say.more] : [say];
  if (moments[0] === undefined || saidAsList(moments[0] as Words).length === 0)
    throw new InvalidDigits('digits need something to say: what asks for them', 'say');
  for (const words of moments)
    if (typeof words !== 'function')
      saidAsList(words)
        .filter((said) => !isNamed(said))
        .forEach(parseOwnDraft);
}

export const isDigits = (said: unknown): said is Digits =>
  typeof said === 'object' && said !== null && COLLECTED in said;

/** Whether what an event tells may be part of something secret. */
export const mayEnter = (templates: readonly Template[], { type }: { readonly type: string }) =>
  KEYED.has(type) && templates.some(({ digits = [] }) => digits.length > 0);

const KEYED = new Set(['dtmf_received', 'user_speak']);

/** Whether any of these asks for digits that nobody may read. */
export const asksForSecrets = (templates: readonly Template[]): boolean =>
  templates.some(({ digits = [] }) => digits.some(({ secret }) => secret === true));

/** Whether nobody may read what is being entered. */
export const isSecret = ({ digits = [] }: Template, entry: Call['entry']): boolean =>
  entry !== undefined && digits.some(({ name, secret }) => name === entry.name && secret === true);

/**
 * What was entered by now: `complete` with the last key. Of others than digits only the terminator
 * means something.
 */
export function readKeys(
  { length, terminator }: DigitsRequest,
  pressed: string,
): { readonly digits: string; readonly complete: boolean } {
  const keys = pressed.replace(/\D/g, (key) => (key === terminator ? key : ''));
  // A terminator alone completes nothing.
  const begun = terminator === undefined ? keys : keys.slice(keys.search(`[^${terminator}]|$`));
  const end = terminator === undefined ? -1 : begun.indexOf(terminator);
  const digits = (end < 0 ? begun : begun.slice(0, end)).slice(0, length);
  return { digits, complete: end > 0 || digits.length === length };
}

/**
 * Digits in what somebody says who says hardly anything else: "4 7 1 1, please", "four seven one
 * one".
 */
export function spokenDigits(text: string, language?: string): string | undefined {
  const meant = withoutWaiting(text.normalize('NFKC'), 'minutes');
  const said = inDigits(meant, language);
  const digits = said.replace(/[^0-9]/g, '');
  const others = said.match(/\p{L}+/gu)?.length ?? 0;
  return digits && digits.length <= 32 && others <= MAX_OTHER_WORDS ? digits : undefined;
}

/**
 * A recogniser that writes digits means no word to be one; and how many "twelve thirty-four" is,
 * nobody knows.
 */
function inDigits(text: string, language: string | undefined): string {
  if (/[0-9]/.test(text)) return text;
  const said = withDigitWords(withoutSighs(text, language), primaryOf(language));
  return withDigits(said, language) === said ? said.replace(REPEATED, repeated) : text;
}

/** "Oh" is a zero only next to another digit. */
function withoutSighs(text: string, language: string | undefined): string {
  const digit = `(?:${[...digitWordsOf(primaryOf(language)).keys()].join('|')})`;
  const sighs = new RegExp(
    `(?<!(?<!\\p{L})${digit}[\\s-])(?<!\\p{L})oh(?!\\p{L})(?![\\s-](?:double |triple )?${digit}(?!\\p{L}))`,
    'giu',
  );
  return text.replace(sighs, ' ');
}

/** "Double four", "triple seven", in English. */
const REPEATED = /\b(double|triple|treble) (\d)(?!\d)/giu;
const repeated = (_all: string, times: string, digit: string) =>
  digit.repeat(times.toLowerCase() === 'double' ? 2 : 3);

const MAX_OTHER_WORDS = 3;

const isByMoment = (say: DigitsRequest['say']): say is ByMoment =>
  typeof say === 'object' && say !== null && 'ask' in say;

/**
 * The words of a request at one of its moments, in the language of the call; with a timer on the
 * last sentence, unless its author has given it one.
 */
export function wordsOf(
  { say, first_after_seconds, between_seconds }: Digits,
  moment: 'ask' | 'again' | 'more',
  session: TemplateSession<TemplateState, Texts>,
): Exclude<Sayable, string>[] {
  const { ask, again = ask, more = again } = isByMoment(say) ? say : { ask: say };
  const spoken = { ask, again, more }[moment];
  const words = saidAsList(
    typeof spoken === 'function'
      ? spoken(session as TemplateSession<TemplateState, AnyTexts>)
      : spoken,
  );
  const seconds = moment === 'more' ? between_seconds : first_after_seconds;
  const last = words.findLastIndex(({ type }) => type === 'speak');
  return words.map((said, index) =>
    index === last && said.type === 'speak'
      ? { user_input_timeout_seconds: seconds, ...said }
      : said,
  );
}
