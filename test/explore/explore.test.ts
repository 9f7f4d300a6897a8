import { expect, it } from 'vitest';
import { heart } from './heart.ts';
import { explained, search } from './search.ts';
import { FAULTS, WEATHERS } from './weather.ts';

/** `npm run test:explore` plays more of them. */
const SCHEDULES = 1_500;

const { coverage, findings } = search(heart, 1, SCHEDULES);
const seen = (table: string) => [...(coverage.tables.get(table)?.keys() ?? [])];

it('keeps its promises in every schedule', () => {
  expect(findings.map((finding) => explained(heart, finding)).join('\n\n')).toBe('');
});

it('has met every kind of weather and every fault', () => {
  const all = Object.entries({ ...WEATHERS, ...FAULTS }).flatMap(([name, values]) =>
    values.map((value) => `${name}: ${value}`),
  );
  expect(seen('weather')).toEqual(expect.arrayContaining(all));
});

it('has met every event, whatever it may mean', () => {
  const kinds = ['start', 'words', 'began', 'ended', 'silence', 'voice', 'other', 'over', 'gone'];
  expect(seen('event')).toEqual(expect.arrayContaining(kinds));
  expect(seen('asked').sort()).toEqual([
    'apology',
    'heard',
    'nothing',
    'progress',
    'repeat',
    'rest',
    'silence',
    'template',
  ]);
  expect(seen('input')).toEqual(expect.arrayContaining(['trigger', 'part', 'cancel', 'wake']));
});

it('has met every outcome', () => {
  const outcomes = ['delivered', 'deferred', 'in_doubt', 'unreachable', 'websocket_only'];
  const reasons = [
    'expired',
    'unknown_session',
    'session_ended',
    'transferred',
    'duplicate',
    'stale_turn',
  ];
  const rules = ['protected', 'outranked', 'not_speaking', 'cancelled', 'not_waiting'];
  expect(seen('outcome')).toEqual(expect.arrayContaining([...outcomes, ...reasons, ...rules]));
  expect(seen('published')).toEqual(
    expect.arrayContaining(['heard', 'delivered', 'then_skipped: cancelled']),
  );
});
