import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as behaviour from '../../../local/simulator/behaviour.ts';
import { MISTAKES } from '../../../local/simulator/mistakes.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/simulator.md'), 'utf8');

/** The rows of the table below a heading, a list of cells each. */
function rows(heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim()),
  );
}

const named = (cell = '') => [...cell.matchAll(/`([\w.]+)`/g)].map(([, name]) => name as string);

describe('docs/simulator.md', () => {
  const statements = rows('What is documented');

  test.each(statements)('%s (%s): %s', (_statement, _page, held) => {
    const [, file, title = ''] = /^`([\w-]+)`: (.+)$/.exec(held ?? '') ?? [];
    const path = join(import.meta.dirname, `${file}.test.ts`);
    expect(existsSync(path), `${file}.test.ts`).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(title);
  });

  test('has every statement with its test', () => {
    expect(statements.length).toBeGreaterThan(20);
  });

  test('has each decision, and each field of the weather', () => {
    const { weatherSchema, ...constants } = behaviour;
    const decided = rows("What isn't");
    expect(decided.flatMap(([, decision]) => named(decision)).sort()).toEqual(
      [...Object.keys(constants), ...Object.keys(weatherSchema.shape)].sort(),
    );
  });

  test('has each mistake', () => {
    const told = rows('Mistakes').flatMap(([mistake]) => named(mistake));
    expect(told.sort()).toEqual(Object.keys(MISTAKES).sort());
  });
});
