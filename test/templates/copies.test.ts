import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import { templates } from '../../functions/templates/index.ts';
import { perform } from '../../local/perform.ts';
import { loadPlay, shippedPlays } from '../../local/plays.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStage } from '../support/memory-stage.ts';
import { timersOn } from '../support/timers.ts';

/*
 * Whoever takes one of ours copies it under another name, translates it and changes what it says. So each is copied, and
 * all of its sentences are said in a language of ours, in which every vowel has a dot below. Whoever reads that without the
 * dots hears the same call: no line of code may have been about the words.
 */

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'copies-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plays = await Promise.all(
  shippedPlays().map(async (name) => ({ name, ...(await loadPlay(name)) })),
);

/** The default repeats what callers say, in sentences that it puts together. */
const isToCopy = ({ template }: { template: string }) =>
  template !== 'conversation' && Object.hasOwn(templates, template);

test.each(plays.filter(isToCopy))(
  '$name goes as written in another language',
  async ({ play, template, call }) => {
    const clock = manualClock();
    const restore = timersOn(clock);
    try {
      const translated = await copied(template);
      const { stage, log } = memoryStage({ template: translated, call, push: true, clock });
      await perform(play, { ...stage, next: async (within) => inOurs(await stage.next(within)) });
      expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    } finally {
      restore();
    }
  },
);

async function copied(name: string): Promise<Template> {
  const ours = readFileSync(join(ROOT, `functions/templates/${name}.ts`), 'utf8');
  const moved = ours.replaceAll("from '../", `from '${ROOT}/functions/`);
  const file = join(folder, `my-${name}.ts`);
  const theirs = translated(moved);
  expect(theirs).toMatch(/[ạẹịọụ]/);
  writeFileSync(file, theirs);
  return ((await import(file)) as { default: Template }).default;
}

/** What stands between signs of its own: comments, patterns, texts. */
const TOKENS =
  /\/\/.*|\/\*[\s\S]*?\*\/|`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[(=:,!&|?[]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;

/** Every sentence of a source file: what has several words, or ends as a sentence does. */
const translated = (source: string) =>
  source.replace(TOKENS, (token) =>
    /^[`'"]/.test(token) && isSentence(token.slice(1, -1)) ? dotted(token) : token,
  );

const isSentence = (text: string) =>
  /\p{L} +\S/u.test(text.replace(/\$\{[^}]*\}/g, 'x')) || /^\p{Lu}\p{Ll}.*[.?!]$/u.test(text);

const VOWELS = 'aeiouAEIOU';
const DOTTED = 'ạẹịọụẠẸỊỌỤ';
/** All but what is put in, and escapes. */
const dotted = (text: string) =>
  text.replace(/\$\{[^}]*\}|\\.|[aeiouAEIOU]/g, (part) =>
    part.length === 1 ? (DOTTED[VOWELS.indexOf(part)] as string) : part,
  );

const inOurs = <T>(entry: T): T =>
  entry &&
  (JSON.parse(
    JSON.stringify(entry).replace(
      /[ạẹịọụẠẸỊỌỤ]/g,
      (vowel) => VOWELS[DOTTED.indexOf(vowel)] as string,
    ),
  ) as T);
