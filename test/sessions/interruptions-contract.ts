import { beforeEach, describe, expect, it } from 'vitest';
import type {
  Claim,
  Happening,
  Replacement,
  Session,
  SessionStore,
  Speech,
  Waiting,
} from '../../functions/sessions/session.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

const speechFrom = (at: number): Speech => ({ at, after: at + 500, until: at + 4000 });

const NUMBERS = { caller: '4915112345678', callee: '493023125000' };

/** What every session store keeps about what is said instead, what waits for it, and what is to come later. */
export function describeInterruptions(name: string, makeStore: (clock: ManualClock) => SessionStore) {
  describe(`interruptions: ${name}`, () => {
    let clock: ManualClock;
    let store: SessionStore;
    let id: string;

    beforeEach(() => {
      clock = manualClock();
      store = makeStore(clock);
      id = Math.random().toString(36).slice(2);
    });

    const record = (kind: Happening['kind'], session_id = id) => store.record({ session_id, kind, ...NUMBERS });

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
  });
}
