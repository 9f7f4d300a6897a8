import { beforeEach, describe, expect, it } from 'vitest';
import type { Claim, Happening, Session, SessionStore } from '../../functions/sessions/session.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

const [ONE, TWO] = ['L0SM9cOFvHcCIhw=', 'L0SNAeR8PHcCJaw='];

/** What every session store keeps about WebSockets, and about pushes that never left. */
export function describeSockets(name: string, makeStore: (clock: ManualClock) => SessionStore) {
  describe(`sockets: ${name}`, () => {
    let clock: ManualClock;
    let store: SessionStore;
    let id: string;

    beforeEach(() => {
      clock = manualClock();
      store = makeStore(clock);
      id = Math.random().toString(36).slice(2);
    });

    const record = async (kind: Happening['kind'], over: Partial<Happening> = {}) =>
      (await store.record({ session_id: id, kind, at: clock.now(), connection: ONE, ...over })) as Session;
    const claim = (over: Partial<Claim> = {}): Claim => ({
      session_id: id,
      key: 'key-1234',
      owner: 'me--',
      ...over,
    });

    describe('a connection', () => {
      it('is that of the last event', async () => {
        expect(await record('start')).toMatchObject({ connection: ONE });
        expect(await record('turn', { connection: undefined })).toMatchObject({ connection: ONE });
        expect(await record('other', { connection: TWO })).toMatchObject({ connection: TWO, turn: 1 });
        expect(await store.read(id)).toMatchObject({ connection: TWO });
      });

      it('names the sessions whose events came over it', async () => {
        const socket = `${id}-1`;
        await record('start', { connection: socket });
        const other = `${id}-other`;
        await store.record({ session_id: other, kind: 'turn', connection: socket });
        expect((await store.find({ connection: socket })).sort()).toEqual([id, other].sort());
        await record('turn', { connection: `${id}-2` });
        expect(await store.find({ connection: `${id}-2` })).toEqual([id]);
      });

      it('is forgotten when it is gone, and the call goes on', async () => {
        await record('start');
        await record('other', { caller_speaks: true });
        await store.detach(id, ONE);
        const session = await store.read(id);
        expect(session).not.toHaveProperty('connection');
        expect(session).not.toHaveProperty('caller_speaks');
        expect(await record('turn', { connection: undefined })).toMatchObject({ turn: 1 });
        expect(await store.find({ connection: ONE })).not.toContain(id);
      });

      it('that is gone does not take a newer one along', async () => {
        await record('start');
        await record('other', { connection: TWO });
        await store.detach(id, ONE);
        expect(await store.read(id)).toMatchObject({ connection: TWO });
      });

      it('comes back with the next event', async () => {
        await record('start');
        await store.detach(id, ONE);
        expect(await record('other', { connection: TWO })).toMatchObject({ connection: TWO });
      });

      it('is over with the call', async () => {
        await record('start');
        await record('end');
        expect(await store.find({ connection: ONE })).not.toContain(id);
        expect(await record('start', { connection: undefined })).not.toHaveProperty('connection');
      });

      it('is not made by a call that nobody knows', async () => {
        await store.detach(id, ONE);
        expect(await store.read(id)).toBeUndefined();
      });

      it('loses no turn to its change', async () => {
        await record('start');
        const turns = Array.from({ length: 10 }, (_, n) => record('turn', { connection: n % 2 ? ONE : TWO }));
        expect((await Promise.all(turns)).map(({ turn }) => turn).sort((a, b) => a - b)).toEqual(
          Array.from({ length: 10 }, (_, n) => n + 1),
        );
      });

      it('keeps an event in its place behind a later one', async () => {
        await record('start');
        const early = clock.now();
        await clock.advance(100);
        await record('other', { speech: 'ended' });
        const late = await record('other', { speech: 'ended', at: early, connection: TWO });
        expect(late).toMatchObject({ connection: TWO, playback: { silence_at: clock.now() } });
      });
    });

    describe('the caller', () => {
      it('speaks from the first sound to the words', async () => {
        await record('start');
        expect(await record('other', { caller_speaks: true })).toMatchObject({ caller_speaks: clock.now() });
        await clock.advance(900);
        expect(await record('turn')).not.toHaveProperty('caller_speaks');
      });

      it('is not said to speak by an event that was overtaken', async () => {
        await record('start');
        const at = clock.now();
        await clock.advance(300);
        await record('turn');
        expect(await record('other', { caller_speaks: true, at })).not.toHaveProperty('caller_speaks');
      });
    });

    describe('a claim', () => {
      const rules = { not_while_caller_speaks: true };
      const refused = (reason: string) => ({ claimed: false, reason });

      it('that lets the caller finish waits while the caller speaks, and no longer than that can be', async () => {
        await record('start');
        await record('other', { caller_speaks: true });
        expect(await store.claim(claim(rules))).toEqual(refused('caller_speaks'));
        expect(await store.check(claim(rules))).toBe('caller_speaks');
        await clock.advance(15_000);
        expect(await store.claim(claim(rules))).toMatchObject({ claimed: true });
      });

      it('that lets the caller finish is given when the caller has finished, or never began', async () => {
        await record('start');
        expect(await store.claim(claim(rules))).toMatchObject({ claimed: true });
        await record('other', { caller_speaks: true });
        await clock.advance(500);
        await record('turn');
        expect(await store.claim(claim({ ...rules, key: 'key-5678' }))).toMatchObject({ claimed: true });
      });

      it('that lets the caller finish needs a WebSocket', async () => {
        await record('start', { connection: undefined });
        expect(await store.claim(claim(rules))).toEqual(refused('websocket_only'));
        expect(await store.check(claim(rules))).toBe('websocket_only');
      });

      it('that needs a connection is refused without one, and names the one there is', async () => {
        await record('start', { connection: undefined });
        expect(await store.claim(claim({ needs_connection: true }))).toEqual(refused('no_connection'));
        await record('turn');
        const claimed = await store.claim(claim({ needs_connection: true }));
        expect(claimed).toMatchObject({ claimed: true, session: { connection: ONE } });
      });
    });

    describe('a push that never left', () => {
      const speech = () => ({ at: clock.now(), after: clock.now() + 500, until: clock.now() + 4000 });
      const guard = () => ({ kind: 'protected' as const, ...speech() });
      const claimed = async (wanted: Claim) => ((await store.claim(wanted)) as { session: Session }).session;

      it('leaves the session as it was', async () => {
        await record('start');
        const earlier = { replacement: { speech: speech(), guard: guard(), follow_up: true } };
        await store.claim(claim({ push: earlier }));
        const note = { key: 'key-1234', id: 'a', triggered_at: 0, starts: 1, follow_up: [] };
        await store.noteReplacement(id, note);
        await store.markHeard(id, 'key-1234', clock.now());
        const before = await store.read(id);
        await clock.advance(100);
        const push = { replacement: { speech: speech(), follow_up: false }, transfers: true };
        const wanted = claim({ key: 'key-5678', push, force: true });
        await store.takeBack(wanted, await claimed(wanted));
        expect(await store.read(id)).toEqual(before);
      });

      it('leaves nothing where nothing was', async () => {
        await record('start');
        const before = await store.read(id);
        const wanted = claim({ push: { replacement: { speech: speech(), guard: guard(), follow_up: true } } });
        await store.takeBack(wanted, await claimed(wanted));
        expect(await store.read(id)).toEqual(before);
      });

      it('changes nothing that has been said since', async () => {
        await record('start');
        const wanted = claim({ push: { replacement: { speech: speech(), follow_up: false } } });
        const before = await claimed(wanted);
        await clock.advance(100);
        const next = { replacement: { speech: speech(), guard: guard(), follow_up: false } };
        await store.claim(claim({ key: 'key-5678', push: next }));
        const now = await store.read(id);
        await store.takeBack(wanted, before);
        expect(await store.read(id)).toEqual(now);
      });
    });
  });
}
