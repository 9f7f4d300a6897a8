import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_LABELS } from '../../functions/sessions/limits.ts';
import {
  type Claim,
  type Happening,
  SESSION_TTL_SECONDS,
  type SessionStore,
} from '../../functions/sessions/session.ts';
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
      expect(await record('start')).toEqual({
        id,
        turn: 0,
        reopened: false,
        ...NUMBERS,
        labels: [],
        state: {},
        playback: {},
        transferred: false,
        starts: 1,
        followed: false,
      });
    });

    it('remembers which number is ours, where it is not the callee', async () => {
      await store.record({ session_id: id, kind: 'start', ...NUMBERS, number: NUMBERS.caller });
      expect(await record('turn')).toMatchObject({ ...NUMBERS, number: NUMBERS.caller });
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
        playback: {},
        transferred: false,
        starts: 0,
        followed: false,
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

    describe('claims', () => {
      const claim = (over: Partial<Claim> = {}): Claim => ({
        session_id: id,
        key: 'key-1234',
        owner: 'me--',
        ...over,
      });
      const refused = (reason: string) => ({ claimed: false, reason });

      it('are given to one of many at once', async () => {
        await record('start');
        const claims = Array.from({ length: 20 }, (_, n) => store.claim(claim({ owner: `o${n}`.padEnd(4, '-') })));
        const results = await Promise.all(claims);
        expect(results.filter(({ claimed }) => claimed)).toHaveLength(1);
        expect(results.filter(({ claimed }) => !claimed)).toEqual(Array(19).fill(refused('duplicate')));
      });

      it('recognise their owner, whose first answer got lost', async () => {
        await record('start');
        for (const attempt of [1, 2])
          expect(await store.claim(claim()), `attempt ${attempt}`).toMatchObject({ claimed: true });
      });

      it('see the session as it was', async () => {
        await record('start');
        await record('turn');
        expect(await store.claim(claim())).toMatchObject({ session: { id, turn: 1 } });
      });

      it('are refused for a call nobody knows, or that has expired', async () => {
        expect(await store.claim(claim())).toEqual(refused('unknown_session'));
        await record('start');
        await clock.advance(SESSION_TTL_SECONDS * 1000 + 1000);
        expect(await store.claim(claim())).toEqual(refused('unknown_session'));
        await record('turn');
        expect(await store.claim(claim())).toMatchObject({ claimed: true });
      });

      it('are refused after the end, and not again after a reopening', async () => {
        await record('start');
        await record('end');
        expect(await store.claim(claim())).toEqual(refused('session_ended'));
        await record('start');
        expect(await store.claim(claim())).toMatchObject({ claimed: true });
      });

      it('are refused when the label is no longer there', async () => {
        await record('start');
        await change({}, { 'order:1': true });
        expect(await store.claim(claim({ label: 'order:2' }))).toEqual(refused('unknown_session'));
        expect(await store.claim(claim({ label: 'order:1' }))).toMatchObject({ claimed: true });
      });

      it('can be given back by their owner alone', async () => {
        await record('start');
        await store.claim(claim());
        await store.release({ ...claim(), owner: 'else' });
        expect(await store.claim(claim({ owner: 'two-' }))).toEqual(refused('duplicate'));
        await store.release(claim());
        expect(await store.claim(claim({ owner: 'two-' }))).toMatchObject({ claimed: true });
      });

      it('are remembered, however many there are', async () => {
        await record('start');
        const keys = Array.from({ length: 30 }, (_, n) => `key-${n}`.padEnd(8, '-'));
        for (const key of keys) expect(await store.claim(claim({ key }))).toMatchObject({ claimed: true });
        for (const key of keys) expect(await store.claim(claim({ key, owner: 'you-' }))).toEqual(refused('duplicate'));
        await store.release(claim({ key: keys[0] as string }));
        expect(await store.claim(claim({ key: keys[0] as string, owner: 'you-' }))).toMatchObject({ claimed: true });
      });

      it('are never forgotten while the call lasts', async () => {
        await record('start');
        for (let n = 0; n < 10; n++) {
          expect(await store.claim(claim({ key: `key-${n}`.padEnd(8, '-') }))).toMatchObject({ claimed: true });
          await clock.advance(3_000_000);
          await record('turn');
        }
        expect(await store.claim(claim({ key: 'key-0---', owner: 'you-' }))).toEqual(refused('duplicate'));
      });

      it('race with the end: claimed before it or refused after it', async () => {
        await record('start');
        const [claimed, ended] = await Promise.all([store.claim(claim()), record('end')]);
        expect(ended).toMatchObject({ id });
        if (!claimed.claimed) expect(claimed.reason).toBe('session_ended');
        expect(await store.claim(claim({ key: 'another-' }))).toEqual(refused('session_ended'));
      });
    });
  });
}
