import { beforeEach, describe, expect, it } from 'vitest';
import type { Note } from '../../functions/sessions/history.ts';
import { MAX_LABELS, MAX_NOTES } from '../../functions/sessions/limits.ts';
import {
  type Claim,
  type Happening,
  type Replacement,
  SESSION_TTL_SECONDS,
  type Session,
  type SessionStore,
  type Speech,
  type Waiting,
} from '../../functions/sessions/session.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

const NUMBERS = { caller: '4915112345678', callee: '493023125000' };
const speechFrom = (at: number): Speech => ({ at, after: at + 500, until: at + 4000 });
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

    describe('replacements', () => {
      const note = (over: Partial<Replacement> = {}): Replacement => ({
        key: 'key-12',
        id: 'shipped-4711',
        triggered_at: clock.now(),
        starts: 1,
        says: 'fingerprint',
        follow_up: [{ type: 'hangup' }],
        ...over,
      });
      /** Claimed and noted; `sent` unless it is said not to be. */
      const push = async (over: Partial<Replacement> = {}, sent = true) => {
        const { key, follow_up } = note(over);
        const replacement = { speech: speechFrom(clock.now()), follow_up: follow_up.length > 0 };
        const claim = { session_id: id, key, owner: 'me--', push: { replacement } };
        await store.claim(claim);
        await store.noteReplacement(id, note(over));
        if (sent) await store.markSent(id, key);
      };
      const now = async () => (await record('other')) as Session;
      const take = async () => store.takeFollowUp(await now());

      beforeEach(() => record('start'));

      it('are tracked from their claim on', async () => {
        await push();
        const tracked = { key: 'key-12', after: clock.now() + 500, heard: false };
        expect(await now()).toMatchObject({ replacement: tracked, followed: true });
      });

      it('are heard once', async () => {
        await push();
        const heard = await Promise.all([1, 2, 3].map(() => store.markHeard(id, 'key-12', clock.now())));
        expect(heard.filter(Boolean)).toEqual([true]);
        expect(await store.markHeard(id, 'other-', clock.now())).toBe(false);
        expect(await now()).toMatchObject({ replacement: { key: 'key-12', heard: true } });
      });

      it('are tracked anew when they are heard in another order than they were claimed', async () => {
        await push();
        await push({ key: 'key-34' });
        await store.markHeard(id, 'key-34', clock.now());
        await store.markHeard(id, 'key-12', clock.now());
        expect(await now()).toMatchObject({ replacement: { key: 'key-12', heard: true } });
      });

      it('are tracked by when they began, not by when that is handled', async () => {
        await push();
        await push({ key: 'key-34' });
        await store.markHeard(id, 'key-34', clock.now());
        await store.markHeard(id, 'key-12', clock.now() - 1);
        expect(await now()).toMatchObject({ replacement: { key: 'key-34', after: clock.now(), heard: true } });
      });

      it('leave the place to one that has been claimed since', async () => {
        await push();
        await push({ key: 'key-34' });
        await store.markHeard(id, 'key-12', clock.now());
        expect(await now()).toMatchObject({ replacement: { key: 'key-34', heard: false } });
      });

      it('are remembered by what they say, not with what they say', async () => {
        await push();
        expect(await store.replacements(id)).toMatchObject([note()]);
      });

      it('hand out what follows them to one taker', async () => {
        await push();
        const session = await now();
        const taken = await Promise.all([1, 2, 3].map(() => store.takeFollowUp(session)));
        expect(taken.flat()).toEqual([{ type: 'hangup' }]);
        expect(await now()).not.toHaveProperty('replacement');
        expect(await now()).toMatchObject({ followed: false });
      });

      it('have nothing to follow unless they left, or were heard', async () => {
        await push({}, false);
        expect(await take()).toEqual([]);
        await push({ key: 'key-34' }, false);
        await store.markHeard(id, 'key-34', clock.now());
        expect(await take()).toEqual([{ type: 'hangup' }]);
      });

      it('do not come back when it is known only later that they left', async () => {
        await push({}, false);
        await store.markHeard(id, 'key-12', clock.now());
        expect(await take()).toEqual([{ type: 'hangup' }]);
        await store.markSent(id, 'key-12');
        await push({ key: 'key-34', follow_up: [] });
        expect(await take()).toEqual([]);
      });

      it('that are cut keep what follows them, in order', async () => {
        await push({ follow_up: [{ type: 'speak', text: 'first' }] });
        await clock.advance(10);
        await push({ key: 'key-34' });
        await clock.advance(10);
        await push({ key: 'key-56', follow_up: [] });
        expect(await now()).toMatchObject({ replacement: { key: 'key-56' }, followed: true });
        expect(await take()).toEqual([{ type: 'speak', text: 'first' }, { type: 'hangup' }]);
      });

      it('that left later have their own end', async () => {
        await push({}, false);
        await push({ key: 'key-34', follow_up: [] });
        await clock.advance(10);
        await store.markSent(id, 'key-12');
        expect(await take()).toEqual([]);
        expect(await now()).toMatchObject({ followed: true });
        await store.markHeard(id, 'key-12', clock.now());
        expect(await take()).toEqual([{ type: 'hangup' }]);
      });

      it('of an earlier start of the call are over', async () => {
        await push();
        await record('end');
        await record('start');
        await push({ key: 'key-34', starts: 2, follow_up: [] });
        expect(await take()).toEqual([]);
      });

      it.each([
        ['what has been heard', 2_900, [{ type: 'hangup' }]],
        ['nothing that was cut', 500, []],
      ])('follow an answer only while nobody goes on talking: %s', async (_what, after_ms, followed) => {
        await push({ turn: 0 });
        const at = clock.now();
        const spoken = { session_id: id, kind: 'other' as const };
        await store.record({ ...spoken, at, speech: { ends_at: at + 3_000 } });
        await clock.advance(after_ms);
        const ended = await store.record({ ...spoken, at: clock.now(), speech: 'ended' });
        expect(await store.takeFollowUp(ended as Session)).toEqual(followed);
        // An interruption's own follows it all the same.
        await push({ key: 'key-34' });
        expect(await take()).toEqual([{ type: 'hangup' }]);
      });

      it('follow the newest answer, in its own turn', async () => {
        await push({ turn: 0 });
        await clock.advance(10);
        await push({ key: 'key-34', turn: 0, follow_up: [{ type: 'speak', text: 'newest' }] });
        expect(await take()).toEqual([{ type: 'speak', text: 'newest' }]);
        await push({ key: 'key-56', turn: 0 });
        await record('turn');
        expect(await now()).toMatchObject({ replacement: { key: 'key-56' }, followed: true });
        expect(await take()).toEqual([]);
      });

      it('let more follow as long as they are said', async () => {
        await push({ follow_up: [] });
        expect(await store.addFollowUp(id, note())).toBe(true);
        expect(await take()).toEqual([{ type: 'hangup' }]);
        await push({ key: 'key-34', follow_up: [] });
        await clock.advance(10_000);
        expect(await store.addFollowUp(id, note({ key: 'key-34' }))).toBe(false);
        expect(await take()).toEqual([]);
      });
    });

    it('a job is over with its own end, with a newer question and with the call, and not with the end of another one', async () => {
      const mark = async (key: string, turn: number) => {
        await store.change(id, { state: {}, labels: {}, job: { key, turn, until: clock.now() } });
        return ((await store.read(id)) as Session).job;
      };
      await record('start');
      expect(await mark('job--1', 0)).toEqual({ key: 'job--1', turn: 0, until: clock.now() });
      await store.endJob(id, 'job--1');
      expect(await store.read(id)).not.toHaveProperty('job');
      await mark('job--2', 0);
      expect(await record('turn')).not.toHaveProperty('job');
      await mark('job--3', 1);
      await mark('job--4', 1);
      await store.endJob(id, 'job--3');
      expect(await store.read(id)).toMatchObject({ job: { key: 'job--4' } });
      await record('end');
      expect(await record('start')).not.toHaveProperty('job');
    });

    it('a job goes on as long as it isn’t over and nothing is being said, and what says so is', async () => {
      const job = { key: 'job--1', turn: 0, until: clock.now() };
      const speech = (at = clock.now()) => ({ at, after: at + 500, until: at + 3_000 });
      const goesOn = () => store.goesOn(id, job, speech());
      const says = { ends_at: clock.now() + 9_000 };
      await record('start');
      expect(await goesOn()).toBe(false);
      await store.change(id, { state: {}, labels: {}, job });
      expect(await goesOn()).toBe(true);
      expect(await store.read(id)).toMatchObject({ playback: { speech: speech() } });
      await clock.advance(1_000);
      expect(await goesOn()).toBe(false);
      await store.record({ session_id: id, kind: 'other', speech: 'ended', at: clock.now() });
      expect(await goesOn()).toBe(true);
      // Of a voice that reports nothing, who asks after silence knows it.
      await clock.advance(2_000);
      expect(await goesOn()).toBe(true);
      await clock.advance(100);
      await store.record({ session_id: id, kind: 'other', speech: says, at: clock.now() });
      await clock.advance(2_000);
      expect(await goesOn()).toBe(false);
      await clock.advance(9_000);
      expect(await goesOn()).toBe(true);
      await clock.advance(3_000);
      await store.endJob(id, 'job--1');
      expect(await goesOn()).toBe(false);
    });

    describe('waiting interruptions', () => {
      const waiting = (n: number, over: Partial<Waiting> = {}): Waiting => ({
        key: `key-${n}`,
        id: `id-${n}`,
        triggered_at: clock.now(),
        starts: 1,
        follow_up: [],
        arrived_at: clock.now(),
        expires_at: clock.now() + 30_000,
        actions: [{ type: 'barge_in' }, { type: 'speak', text: `Number ${n}` }],
        ...over,
      });
      const arrive = async (n: number, over: Partial<Waiting> = {}) => {
        expect(await store.wait(id, waiting(n, over))).toBe(true);
        await clock.advance(1);
      };
      const ids = async () => (await store.waiting(id)).map((one) => one.id);
      const takeAll = async () => {
        const all = await store.waiting(id);
        const taken = await Promise.all(all.map(async (one) => ((await store.take(id, one)) ? [one.id] : [])));
        return taken.flat();
      };

      beforeEach(() => record('start'));

      it('are announced in the session, until nobody waits', async () => {
        await arrive(1);
        const { waiting: first } = (await record('other')) as Session;
        await arrive(2);
        const { waiting: second } = (await record('other')) as Session;
        expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
        // Who has seen the first value only must not say so.
        await store.nobodyWaits(id, first as string);
        expect(await record('other')).toMatchObject({ waiting: second });
        await takeAll();
        await store.nobodyWaits(id, second as string);
        expect(await record('other')).not.toHaveProperty('waiting');
      });

      it('race with the end: taken with it, or refused after it', async () => {
        const [kept] = await Promise.all([store.wait(id, waiting(1)), record('end')]);
        expect(await takeAll()).toEqual(kept ? ['id-1'] : []);
        expect(await store.wait(id, waiting(2))).toBe(false);
        expect(await ids()).toEqual([]);
      });

      it('are found again whatever the fraction of the millisecond in which they came', async () => {
        await arrive(1, { arrived_at: clock.now() + 0.5 });
        expect(await takeAll()).toEqual(['id-1']);
      });

      it('stand in order of arrival', async () => {
        for (const n of [1, 2, 3]) await arrive(n);
        expect(await ids()).toEqual(['id-1', 'id-2', 'id-3']);
      });

      it('come with what they are', async () => {
        const over = { follow_up: [{ type: 'hangup' as const }], says: 'x', if_turn: 3, urgent: true };
        const one = waiting(1, over);
        await arrive(1, over);
        expect(await store.waiting(id)).toEqual([one]);
      });

      it('are each for one taker', async () => {
        for (const n of [1, 2, 3]) await arrive(n);
        const taken = await Promise.all([takeAll(), takeAll(), takeAll()]);
        expect(taken.flat().sort()).toEqual(['id-1', 'id-2', 'id-3']);
      });

      describe('that go out', () => {
        const push = () => ({ replacement: { speech: speechFrom(clock.now()), follow_up: true } });
        const start = (over: Partial<Claim> = {}) =>
          store.startWaiting({ session_id: id, key: 'key-1', owner: '', push: push(), ...over });

        it('are tracked', async () => {
          expect(await start()).toMatchObject({ claimed: true, session: { turn: 0 } });
          await store.giveReplacement(id, waiting(1, { follow_up: [{ type: 'hangup' }] }));
          const session = (await record('other')) as Session;
          expect(session.replacement).toEqual({ key: 'key-1', after: clock.now() + 500, heard: false });
          expect(await store.takeFollowUp(session)).toEqual([{ type: 'hangup' }]);
        });

        it('are asked for their rules once more', async () => {
          await record('turn');
          expect(await start({ if_turn: 0 })).toEqual({ claimed: false, reason: 'stale_turn' });
          expect(await start({ if_turn: 1 })).toMatchObject({ claimed: true });
          expect(await start({ key: 'key-2', after_current: true })).toEqual({ claimed: false, reason: 'speaking' });
          // The SDK repeats a write whose answer got lost: what it changed is no refusal.
          expect(await start({ if_turn: 1, after_current: true })).toMatchObject({ claimed: true });
          // What was left of an earlier attempt is none.
          await clock.advance(1);
          expect(await start({ if_turn: 1, after_current: true })).toEqual({ claimed: false, reason: 'speaking' });
        });

        it('need a call that goes on, silent or not', async () => {
          const silent = { push: {} };
          expect(await start(silent)).toMatchObject({ claimed: true });
          expect(await record('other')).not.toHaveProperty('replacement');
          await record('end');
          expect(await start(silent)).toEqual({ claimed: false, reason: 'session_ended' });
          expect(await start({ session_id: 'nobody' })).toEqual({ claimed: false, reason: 'unknown_session' });
          expect(await store.read('nobody')).toBeUndefined();
        });

        it('go back to where they waited when they are taken back', async () => {
          const before = (await record('other')) as Session;
          const claim = { session_id: id, key: 'key-1', owner: '', push: push() };
          const started = await store.startWaiting(claim);
          if (started.claimed) await store.takeBack(claim, started.session);
          expect(await record('other')).toEqual(before);
        });
      });
    });

    describe('history', () => {
      const said = (text: string): Note => ({ kind: 'caller', at: clock.now(), text });
      const noted = async (turns = 10) => (await store.history(id, turns)).sort((a, b) => a.turn - b.turn);

      it('is empty at first', async () => {
        await record('start');
        expect(await noted()).toEqual([]);
      });

      it('comes as it was kept, of the newest turns, in whatever order they were written', async () => {
        const end = { kind: 'end' as const, at: clock.now() + 700 };
        const sentence = { kind: 'sentence' as const, at: clock.now(), ends_at: clock.now() + 700, text: 'Grüße!' };
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
          [1, 2, 3].map(() => store.keepTurn(id, 1, [said('Hi'), { ...said('Hi'), at: 7 + clock.now() }])),
        );
        expect(await noted()).toHaveLength(2);
      });

      it('loses no note to parallel writes', async () => {
        await Promise.all(Array.from({ length: 20 }, (_, n) => store.keepTurn(id, 1, [said(`${n}`)])));
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

      it('stays when the call comes back, and is gone when nobody has heard of it for long', async () => {
        await record('start');
        await store.keepTurn(id, 0, [said('before')]);
        await record('end');
        await record('start');
        expect(await noted()).toEqual([{ ...said('before'), turn: 0 }]);
        await clock.advance(SESSION_TTL_SECONDS * 1000);
        expect(await noted()).toEqual([]);
      });
    });
  });
}
