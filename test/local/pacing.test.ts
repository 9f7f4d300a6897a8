import { expect, it } from 'vitest';
import { createPacing } from '../../local/pacing.ts';
import { manualClock } from '../support/manual-clock.ts';

function line() {
  const clock = manualClock();
  const waits: number[] = [];
  const pace = createPacing({
    clock,
    line: { at_once: 2, place_ms: 400 },
    waited: (ms) => waits.push(ms),
  });
  const begun: string[] = [];
  const task = (name: string, ms: number) =>
    pace(async () => {
      begun.push(name);
      await new Promise<void>((done) => clock.after(ms, done));
      return name;
    });
  return { clock, waits, begun, task };
}

it('takes two at once, the others in the order in which they came', async () => {
  const { clock, waits, begun, task } = line();
  const answers = Promise.all(['a', 'b', 'c', 'd'].map((name) => task(name, 100)));
  await clock.advance(99);
  expect(begun).toEqual(['a', 'b']);
  await clock.advance(200);
  expect(await answers).toEqual(['a', 'b', 'c', 'd']);
  expect(waits).toEqual([0, 0, 100, 100]);
});

it('goes on without those who wait for something else', async () => {
  const { clock, begun, task } = line();
  const answers = ['a', 'b', 'c'].map((name) => task(name, 5_000));
  await clock.advance(399);
  expect(begun).toEqual(['a', 'b']);
  await clock.advance(1);
  expect(begun).toEqual(['a', 'b', 'c']);
  await clock.advance(5_000);
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c']);
});

it('hands on what goes wrong, and takes the next one', async () => {
  const one = { at_once: 1, place_ms: 400 };
  const pace = createPacing({ clock: manualClock(), line: one, waited() {} });
  const refused = pace(() => Promise.reject(new Error('no')));
  const next = pace(async () => 'next');
  await expect(refused).rejects.toThrow('no');
  expect(await next).toBe('next');
});
