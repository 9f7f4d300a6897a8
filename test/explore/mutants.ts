import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Heart } from './shell.ts';

/** A bug that somebody could write: in a file, this instead of that. */
export interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const MUTANTS: Record<string, Mutant> = {
  'what waits is not too late any more': {
    file: 'queue.ts',
    from: "if (one.expires_at !== undefined && now >= one.expires_at) return 'expired';",
    to: '',
  },
  'what waits is not overtaken': {
    file: 'queue.ts',
    from: "return isOvertaken(call, one) ? 'stale_turn' : undefined;",
    to: 'return undefined;',
  },
  'what answers the caller doesn’t wait for their words': {
    file: 'queue.ts',
    from: 'if (isConversation(one) && (call.pending.length > 0 || isUndecided(call, now))) return true;',
    to: '',
  },
  'a hangup follows a goodbye that was cut': {
    file: 'queue.ts',
    from: "if (end.how !== 'caller') return 'free';",
    to: "return 'free';",
  },
  'what follows doesn’t wait for the end': {
    file: 'queue.ts',
    from: "if (!end || end.how === 'early') return 'wait';",
    to: "if (!end || end.how === 'early') return 'free';",
  },
  'a hangup isn’t last': {
    file: 'queue.ts',
    from: "if (one.ends && !cuts(one) && isNotLast(call, one, now)) return 'wait';",
    to: "if (one.ends && !cuts(one)) return 'go';",
  },
  'protected speech is cut': {
    file: 'queue.ts',
    from: "if (guards.includes('protected')) return 'protected';",
    to: '',
  },
  'urgent speech is cut by anything': {
    file: 'queue.ts',
    from: "return guards.includes('urgent') && !one.rules?.urgent ? 'outranked' : undefined;",
    to: 'return undefined;',
  },
  'silence doesn’t call off a hangup': {
    file: 'queue.ts',
    from: 'before.end?.silent || (before.sent && waitsToSilence(call, before, now))',
    to: 'before.sent && waitsToSilence(call, before, now)',
  },
  'what is dropped isn’t told': {
    file: 'settle.ts',
    from: 'publish: [...publish, ...told.values()] };',
    to: 'publish };',
  },
  'heard is told as often as one looks': {
    file: 'settle.ts',
    from: 'isOfTrigger(one) && !one.told',
    to: 'isOfTrigger(one)',
  },
  'nobody looks again': {
    file: 'decide.ts',
    from: '...waking?.wake,',
    to: '',
  },
  'an interruption is said once for each trigger': {
    file: 'interrupt.ts',
    from: "if (known !== undefined) return known === CANCELLED ? 'cancelled' : 'duplicate';",
    to: '',
  },
  'if_turn counts once the turn is decided': {
    file: 'queue.ts',
    from: '!isFromElsewhere(one) || one.rules?.if_turn !== undefined;',
    to: '!isFromElsewhere(one);',
  },
  'an interruption doesn’t wait for the caller': {
    file: 'interrupt.ts',
    from: "|| mustHearCaller(call, { from: 'interruption', rules }, now)",
    to: '',
  },
  'a caller is talked over who must not be': {
    file: 'queue.ts',
    from: 'callerSpeaks(call, now)',
    to: 'false',
  },
  'a voice comes out of nowhere': {
    file: 'interrupt.ts',
    from: "rules.only_if_speaking && soundingAt(call, now).length === 0 ? 'not_speaking' : undefined;",
    to: 'undefined;',
  },
  'any end is the end of the sentence': {
    file: 'ends.ts',
    from: "return cutAtOnce(call, its, at) || cutByWords(call, its, at) !== undefined ? 'caller' : 'early';",
    to: "return 'full';",
  },
  'a beginning is not told by its words': {
    file: 'begins.ts',
    from: 'if (own.length > 0) return silent.find(({ end }) => !end) ?? silent.at(-1);',
    to: '',
  },
  'an end that is owed is nobody’s': {
    file: 'ends.ts',
    from: 'if (owed && !(current && isOwn(call, current, at, owed))) return owed;',
    to: '',
  },
  'repeated words are answered again': {
    file: 'turns.ts',
    from: "return first && !isMissing(call, first, fact) ? 'told' : first;",
    to: 'return first;',
  },
  'an answer that is overtaken is said': {
    file: 'answer.ts',
    from: 'const still = turn < call.turn ? ',
    to: 'const still = false ? ',
  },
};

const SOURCE = resolve('functions/call');

/** The decision as it would be with the bug: a copy whose other imports lead back to here. */
export async function withMutant({
  file,
  from,
  to,
}: Mutant): Promise<{ heart: Heart; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  cpSync(SOURCE, folder, { recursive: true });
  for (const path of globSync(`${folder}/*.ts`)) {
    const text = readFileSync(path, 'utf8').replaceAll(
      /'\.\.\/([^']+)'/g,
      (_all, target: string) => `'${pathToFileURL(resolve('functions', target))}'`,
    );
    writeFileSync(path, path === join(folder, file) ? mutated(text, { file, from, to }) : text);
  }
  const load = (name: string) => import(pathToFileURL(join(folder, name)).href);
  const [{ decide }, { meaningOf, turnOf }, { keyOf, printOf }] = await Promise.all(
    ['decide.ts', 'meaning.ts', 'words.ts'].map(load),
  );
  return {
    heart: { decide, meaningOf, turnOf, keyOf, printOf },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A formatter may have broken the line elsewhere, so white space doesn't count. */
function mutated(text: string, { file, from, to }: Mutant): string {
  const tokens = from
    .split(/\s+|(?<=\()|(?=\))/)
    .filter(Boolean)
    .map(RegExp.escape);
  const pieces = text.split(new RegExp(tokens.join('\\s*')));
  if (pieces.length !== 2) throw new Error(`${file} must hold once: ${from}`);
  return pieces.join(to);
}
