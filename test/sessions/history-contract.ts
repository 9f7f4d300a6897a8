import { beforeEach, describe, expect, it } from 'vitest';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Note } from '../../functions/sessions/history.ts';
import { MAX_NOTES, SESSION_TTL_SECONDS } from '../../functions/sessions/limits.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

type History = Pick<CallStore, 'keepTurn' | 'history'>;

/** What every session store keeps about what was said. */
export function describeHistory(name: string, makeStore: (clock: ManualClock) => History) {
  describe(`a session store: ${name}`, () => {
    let clock: ManualClock;
    let store: History;
    let id: string;

    beforeEach(() => {
      clock = manualClock();
      store = makeStore(clock);
      id = Math.random().toString(36).slice(2);
    });

    describe('history', () => {
      const said = (text: string): Note => ({ kind: 'caller', at: clock.now(), text });
      const noted = async (turns = 10) =>
        (await store.history(id, turns)).sort((a, b) => a.turn - b.turn);

      it('is empty at first', async () => {
        expect(await noted()).toEqual([]);
      });

      it('comes as it was kept, of the newest turns, in whatever order they were written', async () => {
        const end = { kind: 'end' as const, at: clock.now() + 700 };
        const sentence = {
          kind: 'sentence' as const,
          at: clock.now(),
          ends_at: clock.now() + 700,
          text: 'Grüße!',
        };
        for (const turn of [12, 2, 0, 101]) await store.keepTurn(id, turn, [said(`turn ${turn}`)]);
        await store.keepTurn(id, 12, [end, sentence]);
        expect(await noted(2)).toEqual(
          expect.arrayContaining([
            { ...said('turn 12'), turn: 12 },
            { ...end, turn: 12 },
            { ...sentence, turn: 12 },
            { ...said('turn 101'), turn: 101 },
          ]),
        );
        expect(await noted(2)).toHaveLength(4);
        expect((await noted(3)).map(({ turn }) => turn)).toEqual([2, 12, 12, 12, 101]);
      });

      it('keeps a note once, however often it is written', async () => {
        await Promise.all(
          [1, 2, 3].map(() =>
            store.keepTurn(id, 1, [said('Hi'), { ...said('Hi'), at: 7 + clock.now() }]),
          ),
        );
        expect(await noted()).toHaveLength(2);
      });

      it('loses no note to parallel writes', async () => {
        await Promise.all(
          Array.from({ length: 20 }, (_, n) => store.keepTurn(id, 1, [said(`${n}`)])),
        );
        expect(await noted()).toHaveLength(20);
      });

      it('leaves out what a turn has no room for', async () => {
        for (let n = 0; n < MAX_NOTES + 5; n++) await store.keepTurn(id, 1, [said(`${n}`)]);
        expect(await noted()).toHaveLength(MAX_NOTES);
      });

      it('belongs to its call alone', async () => {
        await store.keepTurn(`${id}x`, 1, [said('elsewhere')]);
        expect(await noted()).toEqual([]);
      });

      it('is gone when nobody has heard of the call for long', async () => {
        await store.keepTurn(id, 0, [said('before')]);
        expect(await noted()).toEqual([{ ...said('before'), turn: 0 }]);
        await clock.advance(SESSION_TTL_SECONDS * 1000);
        expect(await noted()).toEqual([]);
      });
    });
  });
}
