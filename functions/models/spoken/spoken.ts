import { german } from './de.ts';
import { english } from './en.ts';
import { unmarked } from './markup.ts';
import type { Rule } from './numbers.ts';

interface Language {
  readonly rules: readonly Rule[];
  readonly dot: string;
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  en: { rules: english, dot: 'dot' },
  de: { rules: german, dot: 'Punkt' },
};

/**
 * What a model has written, as a voice can say it in a language (BCP 47): without markup, addresses
 * and pictures; dates, times, prices, units and telephone numbers as words. A language without
 * rules of its own keeps its numbers: its voice reads them. Empty where nothing is left to be said.
 */
export function spokenIn(language: string): (written: string) => string {
  const { rules, dot } = LANGUAGES[language.slice(0, 2).toLowerCase()] ?? { rules: [], dot: '.' };
  return (written) => {
    const lines = written.slice(0, MAX_CHARACTERS).split('\n').map(unmarked);
    const text = withoutAddresses(lines.join('\n'), dot);
    const said = rules.reduce((so_far, [pattern, say]) => replaced(so_far, pattern, say), text);
    const tidy = said
      .replace(/\s+(?=[.,;:!?](?:\s|$))/g, '')
      .replace(/\s+/g, ' ')
      .trim();
    return /[\p{L}\p{N}]/u.test(tidy) ? tidy : '';
  };
}

/** Longer than any sentence that is split off: see `sentences.ts`. */
const MAX_CHARACTERS = 2_000;

const replaced = (text: string, pattern: Rule[0], say: Rule[1]) =>
  text.replace(pattern, (_whole, ...found: unknown[]) =>
    say(
      ...(found.slice(
        0,
        found.findIndex((one) => typeof one === 'number'),
      ) as string[]),
    ),
  );

const URL_PATTERN = /<?\b(?:https?:\/\/|www\.)([^\s<>()"]{1,2000})>?/gi;
const MAIL = /\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b/g;

/** Of an address on the Internet whose it is; nobody remembers the rest. */
const withoutAddresses = (text: string, dot: string) =>
  text
    .replace(URL_PATTERN, (_whole, rest: string) => {
      const end = /[.,;:!?]+$/.exec(rest)?.[0] ?? '';
      const [host = ''] = rest.replace(/^www\./i, '').split(/[/?#:]/);
      return host.replace(/[.,;:!?]+$/, '').replaceAll('.', dot === '.' ? '.' : ` ${dot} `) + end;
    })
    .replace(MAIL, (address) => address.replaceAll('.', dot === '.' ? '.' : ` ${dot} `));
