import { describe, expect, it } from 'vitest';
import { type Fate, sendInBatches } from '../../functions/runtime/batches.ts';
import { manualClock } from '../support/manual-clock.ts';
import { passing } from '../support/passing.ts';

const TAKES_MS = 20;
const items = (count: number) => Array.from({ length: count }, (_, n) => n);

/**
 * A service that takes a while for each batch, and whatever comes to it unless `fateOf` says
 * otherwise.
 */
function service({ bytes = 1, fateOf = (_item: number): Fate => 'taken' } = {}) {
  const clock = manualClock();
  const batches: (readonly number[])[] = [];
  let [running, most] = [0, 0];
  const parts = {
    bytesOf: () => bytes,
    async send(batch: readonly number[]) {
      batches.push(batch);
      most = Math.max(most, ++running);
      await new Promise<void>((go) => clock.after(TAKES_MS, go));
      running--;
      return batch.map(fateOf);
    },
    clock,
    random: () => 0.5,
  };
  const send = (count: number, until?: number) =>
    passing(clock, sendInBatches(items(count), parts, until), 60_000);
  return { clock, batches, parts, send, most: () => most };
}

describe('what is sent in batches', () => {
  it('goes ten by ten, fewer when they are large, and one that is too large by itself', async () => {
    const small = service();
    await small.send(25);
    expect(small.batches.map(({ length }) => length)).toEqual([10, 10, 5]);
    const large = service({ bytes: 100_000 });
    await large.send(5);
    expect(large.batches.map(({ length }) => length)).toEqual([2, 2, 1]);
    const huge = service({ bytes: 300_000 });
    await huge.send(2);
    expect(huge.batches.map(({ length }) => length)).toEqual([1, 1]);
  });

  it.each([1_000, 10_000])(
    'goes twenty batches at once, however many items there are: %i',
    async (count) => {
      const { clock, send, most, batches } = service();
      const begun = clock.now();
      expect(await send(count)).toEqual({ items: [] });
      expect(batches.flat()).toHaveLength(count);
      expect(most()).toBe(20);
      // 1,000: 100 batches in 5 rounds; 10,000: 1,000 in 50.
      expect(clock.now() - begun).toBe((count / 10 / 20) * TAKES_MS);
    },
    20_000,
  );

  it('is sent again where it was not taken, three times at most, and not at all where it never will be', async () => {
    const { send, batches } = service({
      fateOf: (n) => (n === 1 ? 'refused' : n === 2 ? 'again' : 'taken'),
    });
    expect(await send(4)).toEqual({ items: [1, 2] });
    expect(batches).toEqual([[0, 1, 2, 3], [2], [2]]);
  });

  it('is sent again a moment later, and then two', async () => {
    const { clock, send } = service({ fateOf: () => 'again' });
    const begun = clock.now();
    await send(1);
    // Half of what there may be, by chance.
    expect(clock.now() - begun).toBe(3 * TAKES_MS + 50 + 100);
  });

  it('is told apart by batch when the service answers only some', async () => {
    const { parts, clock } = service();
    const refusal = new Error('no answer within 1000 ms');
    const send = (batch: readonly number[]) =>
      batch.includes(12) ? Promise.reject(refusal) : parts.send(batch);
    expect(await passing(clock, sendInBatches(items(25), { ...parts, send }), 1_000)).toEqual({
      items: items(20).slice(10),
      error: refusal,
    });
  });

  it('is not begun when time is up', async () => {
    const { clock, send, batches } = service();
    const { items: lost } = await send(1_000, clock.now() + 2 * TAKES_MS);
    expect(batches).toHaveLength(40);
    expect(lost).toEqual(items(1_000).slice(400));
  });
});
