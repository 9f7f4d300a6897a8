import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_LABELS } from '../../functions/sessions/limits.ts';
import { type Happening, SESSION_TTL_SECONDS, type SessionStore } from '../../functions/sessions/session.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

const NUMBERS = { caller: '4915112345678', callee: '493023125000' };
const ids = () => Math.random().toString(36).slice(2);

/** What every session store keeps. */
export function describeSessionStore(name: string, makeStore: (clock: ManualClock) => SessionStore) {
  describe(`session store: ${name}`, () => {
    let clock: ManualClock;
    let store: SessionStore;
    let id: string;

    beforeEach(() => {
      clock = manualClock();
      store = makeStore(clock);
      id = ids();
    });

    const record = (kind: Happening['kind'], session_id = id) => store.record({ session_id, kind, ...NUMBERS });
    const change = (state: object, labels: Record<string, boolean> = {}) =>
      store.change(id, { state: { ...state }, labels });

    it('creates a session at its start', async () => {
      expect(await record('start')).toEqual({ id, turn: 0, reopened: false, ...NUMBERS, labels: [], state: {} });
    });

    it('counts a turn for each thing said, before it is seen', async () => {
      await record('start');
      expect(await record('turn')).toMatchObject({ turn: 1 });
      await record('other');
      expect(await record('turn')).toMatchObject({ turn: 2 });
    });

    it('loses no turn to parallel events', async () => {
      await record('start');
      const seen = await Promise.all(Array.from({ length: 25 }, () => record('turn')));
      expect(seen.map((session) => (session as { turn: number }).turn).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 25 }, (_, index) => index + 1),
      );
    });

    it('creates a session that was never started: the call is there', async () => {
      expect(await record('turn')).toMatchObject({ turn: 1, reopened: false });
      expect(await store.find({ caller: NUMBERS.caller })).toContain(id);
    });

    it('creates a session without numbers', async () => {
      expect(await store.record({ session_id: id, kind: 'other' })).toEqual({
        id,
        turn: 0,
        reopened: false,
        labels: [],
        state: {},
      });
    });

    it('keeps numbers that later events leave out', async () => {
      await record('start');
      expect(await store.record({ session_id: id, kind: 'turn' })).toMatchObject(NUMBERS);
    });

    it('keeps state key by key', async () => {
      await record('start');
      expect(await change({ name: 'Jürgen', list: [1, { deep: null }], 'a.b#c': true })).toBe(true);
      await change({ name: undefined, other: 'x' });
      expect(await record('turn')).toMatchObject({ state: { list: [1, { deep: null }], 'a.b#c': true, other: 'x' } });
    });

    it('keeps what parallel handlers change in different keys', async () => {
      await record('start');
      await Promise.all(['a', 'b', 'c', 'd'].map((key) => change({ [key]: key })));
      expect(await record('other')).toMatchObject({ state: { a: 'a', b: 'b', c: 'c', d: 'd' } });
    });

    it('leaves a tombstone: nothing but a start comes after the end', async () => {
      await record('start');
      await change({ name: 'Anna' });
      expect(await record('end')).toMatchObject({ state: { name: 'Anna' } });
      for (const kind of ['turn', 'other', 'end'] as const) expect(await record(kind)).toBe('ended');
      expect(await change({ name: 'Berta' })).toBe(false);
    });

    it('leaves a tombstone for a call it never saw', async () => {
      await record('end');
      expect(await record('turn')).toBe('ended');
    });

    it('reopens an ended session, with all it knew', async () => {
      await record('start');
      await record('turn');
      await change({ name: 'Anna' }, { 'order:1': true });
      await record('end');
      expect(await record('start')).toMatchObject({
        turn: 1,
        reopened: true,
        state: { name: 'Anna' },
        labels: ['order:1'],
      });
      expect(await store.find({ label: 'order:1' })).toEqual([id]);
      expect(await record('turn')).toMatchObject({ turn: 2, reopened: true });
    });

    it('says so when a start comes again without an end', async () => {
      await record('start');
      expect(await record('start')).toMatchObject({ reopened: true });
    });

    it.each(['start', 'turn', 'other'] as const)('forgets an expired session at the next %s', async (kind) => {
      await record('start');
      await record('turn');
      await change({ name: 'Anna' });
      await clock.advance(SESSION_TTL_SECONDS * 1000 + 1000);
      expect(await record(kind)).toMatchObject({
        turn: kind === 'turn' ? 1 : 0,
        reopened: false,
        state: {},
        labels: [],
      });
    });

    it('forgets an expired tombstone', async () => {
      await record('end');
      await clock.advance(SESSION_TTL_SECONDS * 1000 + 1000);
      expect(await record('turn')).toMatchObject({ turn: 1 });
    });

    it('counts every one of parallel events on an expired row', async () => {
      await record('end');
      await clock.advance(SESSION_TTL_SECONDS * 1000 + 1000);
      const seen = await Promise.all([record('turn'), record('turn'), record('turn')]);
      expect(seen.map((session) => (session as { turn: number }).turn).sort()).toEqual([1, 2, 3]);
    });

    it('lives on while events come', async () => {
      await record('start');
      for (let hour = 0; hour < 6; hour++) {
        await clock.advance(3_600_000);
        await record('turn');
      }
      expect(await record('turn')).toMatchObject({ turn: 7 });
    });

    describe('finding calls', () => {
      const others = Array.from({ length: 12 }, ids);

      beforeEach(async () => {
        await record('start');
        await Promise.all(others.map((other) => record('start', other)));
      });

      it.each([{ caller: NUMBERS.caller }, { callee: NUMBERS.callee }, { everyone: true as const }])(
        'by %o',
        async (target) => {
          expect((await store.find(target)).sort()).toEqual(expect.arrayContaining([id, ...others].sort()));
          await record('end');
          expect(await store.find(target)).not.toContain(id);
          await record('start');
          expect(await store.find(target)).toContain(id);
        },
      );

      it('by label, as soon as it is there and no longer than that', async () => {
        const label = `order:${id}`;
        await change({}, { [label]: true });
        expect(await store.find({ label })).toEqual([id]);
        expect(await record('other')).toMatchObject({ labels: [label] });
        await change({}, { [label]: false });
        expect(await store.find({ label })).toEqual([]);
      });

      it('never by a label that looks like a number or a key', async () => {
        await change({}, { [NUMBERS.caller]: true });
        expect(await store.find({ label: NUMBERS.caller })).toEqual([id]);
        expect(await store.find({ label: `caller#${NUMBERS.caller}` })).toEqual([]);
      });

      it('finds nobody', async () => {
        expect(await store.find({ label: 'nobody' })).toEqual([]);
      });
    });

    it('holds no more labels than the row has room for, even from parallel handlers', async () => {
      await record('start');
      const label = (n: number) => ({ [`order:${id}:${n}`]: true });
      const kept = await Promise.all(Array.from({ length: 9 }, (_, n) => change({}, label(n))));
      expect(kept.filter(Boolean)).toHaveLength(MAX_LABELS);
      const session = await record('other');
      expect(session).toMatchObject({ labels: { length: MAX_LABELS } });
      const found = await Promise.all(Array.from({ length: 9 }, (_, n) => store.find({ label: `order:${id}:${n}` })));
      expect(found.flat()).toHaveLength(MAX_LABELS);
    });

    it('does not put an ended call back on a list', async () => {
      await record('start');
      await record('end');
      await change({}, { [`order:${id}`]: true });
      expect(await store.find({ label: `order:${id}` })).toEqual([]);
    });
  });
}
