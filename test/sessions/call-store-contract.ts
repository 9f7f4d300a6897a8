import { beforeEach, describe, expect, it } from 'vitest';
import type { CallStore, Stored } from '../../functions/call/call-store.ts';
import { type Call, freshCall, MAX_FACTS, type Utterance } from '../../functions/call/document.ts';
import { MAX_UTTERANCE_BYTES, SESSION_TTL_SECONDS } from '../../functions/sessions/limits.ts';
import { fact, fullCall, utterance } from '../support/facts.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

const ids = () => Math.random().toString(36).slice(2);

/** What every store of calls keeps. */
export function describeCallStore(name: string, makeStore: (clock: ManualClock) => CallStore) {
  describe(`call store: ${name}`, () => {
    let clock: ManualClock;
    let store: CallStore;
    let id: string;

    beforeEach(() => {
      clock = manualClock();
      store = makeStore(clock);
      id = ids();
    });

    const other = (over = {}) => fact({ kind: 'other' }, over);
    const expire = () => clock.advance(SESSION_TTL_SECONDS * 1000 + 1000);
    const read = async () => (await store.read(id)) as Stored;
    const factIds = ({ call }: Stored) => call.facts.map((one) => one.id);
    /** Writes what `change` makes of the call, however often somebody comes between. */
    const change = async (by: (call: Call) => Call): Promise<void> => {
      for (;;) {
        const stored = await read();
        if (await store.save(stored, { ...by(stored.call), facts: [] })) return;
      }
    };

    describe('an event', () => {
      it('begins a call that nobody knows, and returns it', async () => {
        const start = fact({
          kind: 'start',
          caller: '491',
          callee: '492',
          account_id: 'a',
          number: '493',
        });
        expect((await store.record(id, start)).call).toEqual({ ...freshCall(id), facts: [start] });
        expect((await read()).call).toEqual({ ...freshCall(id), facts: [start] });
      });

      it('is kept as it is, whatever it is', async () => {
        const facts = [
          fact({
            kind: 'words',
            print: 'abcdefgh',
            ms: 1_600,
            cuts: true,
            until: 1_795_435_200_900,
          }),
          fact(
            { kind: 'began', print: 'abcdefgh', ms: 900, started: 1_795_435_199_000 },
            { socket: 'L0SM9cO=' },
          ),
          ...(['ended', 'silence', 'voice', 'over', 'gone', 'unlisted'] as const).map((kind) =>
            fact({ kind }),
          ),
          fact({ kind: 'unsaid', by: 'somebody' }),
        ];
        for (const one of facts) await store.record(id, one);
        expect((await read()).call.facts).toEqual(facts);
      });

      it('stands where it was recorded, whatever its time and id', async () => {
        const facts = ['z', 'a', 'm'].map((own, n) => other({ id: own, at: 100 - n }));
        for (const one of facts) await store.record(id, one);
        expect(factIds(await store.record(id, other({ id: 'b' })))).toEqual(['z', 'a', 'm', 'b']);
      });

      it('is there once, where it was first, however often it is written', async () => {
        const [first, second] = [other(), other()];
        await store.record(id, first);
        await store.record(id, second);
        expect(factIds(await store.record(id, first))).toEqual([first.id, second.id]);
        expect(factIds(await read())).toEqual([first.id, second.id]);
      });

      it('is no new one when a save has taken it meanwhile, whoever saved', async () => {
        const [mine, theirs] = [other(), other()];
        await store.record(id, mine);
        const stored = await store.record(id, theirs);
        await store.save(stored, { ...stored.call, applied: [theirs.id], facts: [] });
        expect(factIds(await store.record(id, mine))).toEqual([]);
        expect(factIds(await store.record(id, theirs))).toEqual([]);
        // Nor when more has happened since.
        await change((call) => ({ ...call, applied: [...call.applied, 'later'] }));
        expect(factIds(await store.record(id, mine))).toEqual([]);
        expect(factIds(await store.record(id, other({ id: 'new' })))).toEqual(['new']);
      });

      it('is no new one though a save has taken very many with it', async () => {
        const facts = Array.from({ length: 3 * MAX_FACTS }, () => other());
        for (const one of facts) await store.record(id, one);
        await change((call) => call);
        for (const one of facts) expect(factIds(await store.record(id, one))).toEqual([]);
      });

      it('is not lost to parallel ones', async () => {
        const facts = Array.from({ length: 50 }, () => other());
        const seen = await Promise.all(facts.map((one) => store.record(id, one)));
        for (const [n, stored] of seen.entries()) expect(factIds(stored)).toContain(facts[n]?.id);
        expect(factIds(await read()).sort()).toEqual(facts.map((one) => one.id).sort());
        // All see one order.
        const order = factIds(await read());
        for (const stored of seen)
          expect(factIds(stored)).toEqual(order.slice(0, factIds(stored).length));
      });

      it('belongs to its call alone', async () => {
        await store.record(id, other());
        expect(await store.read(`${id}x`)).toBeUndefined();
      });
    });

    describe('a save', () => {
      it('keeps all there is of a call', async () => {
        await store.record(id, other());
        const full = fullCall(id);
        expect(await store.save(await read(), full)).toBe(true);
        expect((await read()).call).toEqual(full);
        expect((await store.record(id, other({ id: 'next' }))).call).toMatchObject({
          ...full,
          facts: [{ id: 'next' }],
        });
      });

      it('takes back what has gone', async () => {
        await store.record(id, other());
        await change(() => fullCall(id));
        await change(() => freshCall(id));
        expect((await read()).call).toEqual(freshCall(id));
      });

      it('takes the facts with it that were read', async () => {
        for (let n = 0; n < 3; n++) await store.record(id, other());
        await change((call) => ({ ...call, turn: 1 }));
        expect((await read()).call).toEqual({ ...freshCall(id), turn: 1 });
      });

      it('keeps no facts of the call that it is given', async () => {
        const stored = await store.record(id, other());
        await store.save(stored, stored.call);
        expect((await read()).call.facts).toEqual([]);
      });

      it.each([
        ['an event', () => store.record(id, other({ id: 'between' }))],
        ['another save', () => change((call) => ({ ...call, turn: 7 }))],
        ['the repetition of an event', () => store.record(id, other({ id: 'first' }))],
      ])('changes nothing when %s came between', async (_, between) => {
        const stored = await store.record(id, other({ id: 'first' }));
        await between();
        const before = await read();
        expect(await store.save(stored, { ...stored.call, turn: 9, facts: [] })).toBe(false);
        expect(await read()).toEqual(before);
      });

      it('goes through once of two that have read the same', async () => {
        const stored = await store.record(id, other());
        const saves = [1, 2, 3].map((turn) =>
          store.save(stored, { ...stored.call, turn, facts: [] }),
        );
        expect((await Promise.all(saves)).sort()).toEqual([false, false, true]);
      });

      it('is not lost to fifty that read, decide and write again', async () => {
        await store.record(id, other());
        const own = Array.from({ length: 50 }, (_, n) => `input-${n}`);
        await Promise.all(
          own.map((by) => change((call) => ({ ...call, applied: [...call.applied, by] }))),
        );
        expect([...(await read()).call.applied].sort()).toEqual(own.sort());
      }, 60_000);

      it('loses no event that crosses it', async () => {
        await store.record(id, other());
        const seen: string[] = [];
        const take = () =>
          change((call) => {
            return { ...call, labels: [...call.labels, ...call.facts.map((one) => one.id)] };
          });
        const own = Array.from({ length: 25 }, () => other());
        await Promise.all(own.flatMap((one) => [store.record(id, one), take()]));
        await take();
        seen.push(...(await read()).call.labels);
        for (const one of own) expect(seen.filter((label) => label === one.id)).toHaveLength(1);
      }, 60_000);

      it('shares no object with anybody', async () => {
        const stored = await store.record(id, other());
        const state = { list: ['a'] };
        const call = { ...stored.call, state, queue: [utterance('a')] };
        await store.save(stored, call);
        state.list.push('b');
        (call.queue[0]?.actions[0] as { text: string }).text = 'Something else.';
        ((await read()).call.state as typeof state).list.push('c');
        expect((await read()).call).toMatchObject({
          state: { list: ['a'] },
          queue: [{ actions: [{ text: 'This is a.' }] }],
        });
      });

      it('writes nothing for a call that is gone', async () => {
        const stored = await store.record(id, other());
        expect(await store.save({ ...stored, call: freshCall('gone') }, freshCall('gone'))).toBe(
          false,
        );
        expect(await store.read('gone')).toBeUndefined();
      });
    });

    describe('a call of which nobody has heard for long', () => {
      it('is unknown', async () => {
        await store.record(id, other());
        await expire();
        expect(await store.read(id)).toBeUndefined();
      });

      it('begins anew with the next event', async () => {
        await store.record(id, other());
        await change(() => ({ ...fullCall(id), applied: ['old'] }));
        const stale = await read();
        await store.record(id, other());
        await expire();
        const late = other();
        expect((await store.record(id, late)).call).toEqual({ ...freshCall(id), facts: [late] });
        expect((await read()).call).toEqual({ ...freshCall(id), facts: [late] });
        // What it knew of facts is gone as well.
        expect(factIds(await store.record(id, other({ id: 'old' })))).toEqual([late.id, 'old']);
        // However many events have come since.
        for (let n = 0; n < 5; n++) {
          expect(await store.save(stale, fullCall(id))).toBe(false);
          await store.record(id, other());
        }
      });

      it('loses none of parallel events with which it begins anew', async () => {
        await store.record(id, other());
        await change(() => fullCall(id));
        await expire();
        const facts = Array.from({ length: 20 }, () => other());
        const seen = await Promise.all(facts.map((one) => store.record(id, one)));
        for (const [n, stored] of seen.entries()) expect(factIds(stored)).toContain(facts[n]?.id);
        expect(factIds(await read()).sort()).toEqual(facts.map((one) => one.id).sort());
      });

      it('is one that nobody writes: a save makes it last, an event doesn’t', async () => {
        await store.record(id, other());
        for (let hour = 0; hour < 6; hour++) {
          await clock.advance(3_600_000);
          await change((call) => ({ ...call, turn: call.turn + 1 }));
        }
        expect((await read()).call.turn).toBe(6);
        await clock.advance(SESSION_TTL_SECONDS * 1000 - 1000);
        expect((await store.record(id, other())).call.turn).toBe(6);
        await clock.advance(2_000);
        expect((await store.record(id, other())).call.turn).toBe(0);
      });
    });

    describe('long texts and clips', () => {
      const said = (text: string): Utterance['actions'] => [{ type: 'speak', text }];
      const LONG = said('ä'.repeat(5_000));
      const CLIP: Utterance['actions'] = [{ type: 'audio', audio: 'UklGR'.repeat(60_000) }];
      const actions = async (key: string) =>
        (await read()).call.queue.find((one) => one.key === key)?.actions;
      const queued = async (queue: Utterance[]) => {
        await store.record(id, other());
        await change((call) => ({ ...call, queue }));
      };

      it('come back while they wait, and while they are said', async () => {
        const sent = { at: 1, by: 'x' };
        await queued([
          utterance('a', { actions: LONG, sent, began: { at: 2 } }),
          utterance('b', { actions: CLIP }),
          utterance('c'),
          utterance('d', { actions: LONG }),
        ]);
        const recorded = await store.record(id, other());
        const all = [LONG, CLIP, said('This is c.'), LONG];
        expect(recorded.call.queue.map((one) => one.actions)).toEqual(all);
        await change((call) => ({ ...call, turn: 2 }));
        expect((await read()).call.queue.map((one) => one.actions)).toEqual(all);
      });

      it('come back when an end is taken back', async () => {
        await queued([
          utterance('a', { actions: LONG, sent: { at: 1, by: 'x' }, end: { at: 3, how: 'app' } }),
        ]);
        await change((call) => ({ ...call, turn: 2 }));
        await change((call) => ({ ...call, queue: call.queue.map(({ end: _, ...one }) => one) }));
        expect(await actions('a')).toEqual(LONG);
      });

      it('can be changed while they wait, made short, and made long again', async () => {
        await queued([utterance('a', { actions: LONG })]);
        for (const other of [said('ö'.repeat(5_000)), said('Short.'), LONG, CLIP]) {
          await change((call) => ({
            ...call,
            queue: call.queue.map((one) => ({ ...one, actions: other })),
          }));
          expect(await actions('a')).toEqual(other);
        }
      });

      it('of a save that did not go through change nothing', async () => {
        await queued([utterance('a', { actions: LONG })]);
        const stored = await read();
        await store.record(id, other());
        const changed = stored.call.queue.map((one) => ({ ...one, actions: CLIP }));
        expect(await store.save(stored, { ...stored.call, queue: changed })).toBe(false);
        expect(await actions('a')).toEqual(LONG);
      });

      it('are as long as an item may be, and refused with a remedy when they are longer', async () => {
        const around = JSON.stringify(said('')).length;
        const fitting = said('x'.repeat(MAX_UTTERANCE_BYTES - around));
        await queued([utterance('a', { actions: fitting })]);
        expect(await actions('a')).toEqual(fitting);
        const tooLong = utterance('a', {
          actions: said('x'.repeat(MAX_UTTERANCE_BYTES - around + 1)),
        });
        const stored = await read();
        await expect(store.save(stored, { ...stored.call, queue: [tooLong] })).rejects.toThrow(
          `what is said in one breath must be at most ${MAX_UTTERANCE_BYTES} bytes of JSON; got ${MAX_UTTERANCE_BYTES + 1}`,
        );
        expect(await actions('a')).toEqual(fitting);
      });
    });

    describe('listings', () => {
      const listed = (starts = 1): Call => ({ ...freshCall(id), starts });
      const own = () => [
        { everyone: true as const },
        { caller: `49${id}` },
        { callee: '493023125000' },
        { label: `order:${id}` },
        { connection: `${id}=` },
      ];

      it('find a call by all that it is listed under, and no longer than that', async () => {
        await store.list(listed(), own());
        for (const target of own()) expect(await store.find(target)).toContain(id);
        await store.unlist(listed(), own());
        for (const target of own()) expect(await store.find(target)).not.toContain(id);
      });

      it('find all calls of a target', async () => {
        const others = Array.from({ length: 12 }, ids);
        const target = { callee: `49${id}` };
        await Promise.all(
          others.map((other) => store.list({ ...freshCall(other), starts: 1 }, [target])),
        );
        expect((await store.find(target)).sort()).toEqual(others.sort());
      });

      it('tell a number, a label and a socket apart', async () => {
        await store.list(listed(), [{ label: id }]);
        for (const target of [
          { caller: id },
          { callee: id },
          { connection: id },
          { label: `caller#${id}` },
        ])
          expect(await store.find(target)).toEqual([]);
        expect(await store.find({ label: id })).toEqual([id]);
      });

      it('find a call by its account as well, if one is named', async () => {
        const [label, account_id] = [`order:${id}`, ids()];
        const [mine, foreign, nobodys] = [ids(), ids(), ids()];
        const list = (of: string, account?: string) =>
          store.list({ ...freshCall(of), starts: 1 }, [
            { label, ...(account && { account_id: account }) },
          ]);
        await Promise.all([list(mine, account_id), list(foreign, ids()), list(nobodys)]);
        expect(await store.find({ label, account_id })).toEqual([mine]);
        expect((await store.find({ label })).sort()).toEqual([mine, foreign, nobodys].sort());
        await store.unlist({ ...freshCall(mine), starts: 1 }, [{ label, account_id }]);
        expect(await store.find({ label, account_id })).toEqual([]);
      });

      it('know the account as soon as it is known', async () => {
        const label = `order:${id}`;
        await store.list(listed(), [{ label }]);
        await store.list(listed(), [{ label, account_id: 'known' }]);
        expect(await store.find({ label, account_id: 'known' })).toEqual([id]);
        expect(await store.find({ label })).toEqual([id]);
      });

      it('stay when the end of an earlier start takes them off late', async () => {
        await store.list(listed(1), own());
        await store.list(listed(2), own());
        await store.unlist(listed(1), own());
        for (const target of own()) expect(await store.find(target)).toContain(id);
        await store.unlist(listed(2), own());
        for (const target of own()) expect(await store.find(target)).not.toContain(id);
      });

      it('can be taken off though nobody has put them there, and of nothing nothing', async () => {
        await store.unlist(listed(), own());
        await store.unlist(listed(), []);
        await store.list(listed(), []);
        expect(await store.find({ label: `order:${id}` })).toEqual([]);
      });
    });

    describe('claims beside', () => {
      it('tell what was said, and of others nothing', async () => {
        await store.keepClaims(id, [
          ['key-1', 'one'],
          ['key-2', 'two'],
        ]);
        await store.keepClaims(id, [['key-3', 'three']]);
        await store.keepClaims(id, []);
        const said = await Promise.all(
          ['key-1', 'key-2', 'key-3', 'key-4'].map((key) => store.claimed(id, key)),
        );
        expect(said).toEqual(['one', 'two', 'three', undefined]);
        expect(await store.claimed(`${id}x`, 'key-1')).toBeUndefined();
      });

      it('are kept by all who keep some at once', async () => {
        const keys = Array.from({ length: 50 }, (_, n) => `key-${n}`);
        await Promise.all(keys.map((key) => store.keepClaims(id, [[key, `of ${key}`]])));
        for (const key of keys) expect(await store.claimed(id, key)).toBe(`of ${key}`);
      });

      it('last as long as a call', async () => {
        await store.keepClaims(id, [['key-1', 'one']]);
        await clock.advance(20 * 3600_000);
        expect(await store.claimed(id, 'key-1')).toBe('one');
      });
    });
  });
}
