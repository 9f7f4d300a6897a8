import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionStore } from '../../functions/sessions/session.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const line = (options: LineOptions) => phoneLine({ ...options, sessions, outcomes, clock, sent });
const types = (actions: readonly { type: string }[]) => actions.map(({ type }) => type);
const heard = () => outcomes.events.map(({ outcome, reason }) => (reason ? `${outcome}: ${reason}` : outcome));
const speaking = (text: string) => ({ ...EVENTS.assistant_speak, text, speech_started_at: clock.now() });
const aSecond = () => new Promise<void>((resolve) => clock.after(1_000, resolve));

/** Schedules that the explorer found, as short as they get. */
describe('an interruption that waits', () => {
  it('is said once it is called delivered, though the deadline comes while that is written', async () => {
    const store = { ...sessions, giveReplacement: () => aSecond() };
    const { hear, interrupt } = line({ push: false, store });
    await hear(EVENTS.session_start);
    await interrupt();
    const answer = hear(EVENTS.assistant_speech_ended);
    await clock.advance(800);
    expect(types(await answer)).toEqual(['barge_in', 'speak']);
    expect(heard()).toEqual(['deferred', 'delivered']);
  });

  it('is said though what follows it cannot be written', async () => {
    const store = { ...sessions, giveReplacement: () => Promise.reject(new Error('away')) };
    const { hear, interrupt } = line({
      push: false,
      store,
      template: { onAssistantSpeechEnded: () => 'Anything else?' },
    });
    await hear(EVENTS.session_start);
    await interrupt();
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
  });

  /** The moment between looking at a session and taking what waits for it. */
  const inBetween = (happens: () => Promise<unknown>): SessionStore => ({
    ...sessions,
    async take(id, waiting) {
      await happens();
      return sessions.take(id, waiting);
    },
  });

  it('is not said to a newer question, though that is recorded just when it is taken', async () => {
    const store = inBetween(() => sessions.record({ session_id: SESSION.id, kind: 'turn' }));
    const { hear, interrupt } = line({ push: false, store });
    await hear(EVENTS.session_start);
    await interrupt({ if_turn: 0 });
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(heard()).toEqual(['deferred', 'skipped: stale_turn']);
  });

  it.each([{}, { say: undefined }])(
    '%j goes on waiting when a protected answer goes out just then',
    async (request) => {
      const guard = () => ({
        kind: 'protected' as const,
        at: clock.now(),
        after: clock.now() + 500,
        until: clock.now() + 5_000,
      });
      let guarded = false;
      const store = inBetween(async () => {
        if (!guarded) await sessions.change(SESSION.id, { state: {}, labels: {}, guard: guard() });
        guarded = true;
      });
      const { hear, interrupt } = line({ push: false, store });
      await hear(EVENTS.session_start);
      await interrupt(request);
      expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
      expect(heard()).toEqual(['deferred']);
      await clock.advance(6_000);
      expect(types(await hear(EVENTS.assistant_speech_ended))).toContain('barge_in');
      expect(heard()).toEqual(['deferred', 'delivered']);
    },
  );

  it.each(['hangs', 'is away'])('goes on waiting when the store %s', async (how) => {
    let well = false;
    const store: SessionStore = {
      ...sessions,
      async startWaiting(claim) {
        if (!well && how === 'is away') throw new Error('away');
        const started = await sessions.startWaiting(claim);
        if (!well) await aSecond();
        return started;
      },
    };
    const { hear, interrupt } = line({ push: false, store });
    await hear(EVENTS.session_start);
    await interrupt();
    const answer = hear(EVENTS.assistant_speech_ended);
    await clock.advance(800);
    expect(await answer).toEqual([]);
    await clock.advance(1_000);
    well = true;
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
    expect(heard()).toEqual(['deferred', 'delivered']);
  });

  it.each<[string, Partial<SessionStore>, object[]]>([
    ['is said at once when', {}, [{ outcome: 'delivered' }]],
    ['goes on waiting when the store is away and', { startWaiting: () => Promise.reject(new Error('away')) }, []],
    ['is left to the event that takes it though', { take: async () => false }, []],
  ])('%s what it waits for ends just before it begins to wait', async (_what, broken, delivered) => {
    const call: { ends?: () => Promise<unknown> } = {};
    const store: SessionStore = {
      ...sessions,
      async wait(id, waiting) {
        await call.ends?.();
        return sessions.wait(id, waiting);
      },
      ...broken,
    };
    const { hear, interrupt } = line({ store });
    await hear(EVENTS.session_start);
    await hear(speaking('A sentence.'));
    await clock.advance(1_000);
    call.ends = () => hear(EVENTS.assistant_speech_ended);
    expect(await interrupt({ when: 'after_current' })).toMatchObject(
      delivered.length > 0 ? delivered : [{ outcome: 'deferred' }],
    );
    expect(sent).toHaveLength(delivered.length);
    expect(await sessions.waiting(SESSION.id)).toHaveLength(1 - delivered.length);
  });

  it('has an outcome when the call ends before it can go on waiting', async () => {
    const store: SessionStore = {
      ...sessions,
      async take(id, waiting) {
        const mine = await sessions.take(id, waiting);
        await aSecond();
        return mine;
      },
    };
    const { hear, interrupt } = line({ push: false, store });
    await hear(EVENTS.session_start);
    await interrupt();
    const answer = hear(EVENTS.assistant_speech_ended);
    await clock.advance(800);
    expect(await answer).toEqual([]);
    await hear(EVENTS.session_end);
    await clock.advance(200);
    expect(heard()).toEqual(['deferred', 'skipped: session_ended']);
  });

  it('is not said twice when nobody knows whether it waits', async () => {
    const store: SessionStore = {
      ...sessions,
      async wait(id, waiting) {
        await sessions.wait(id, waiting);
        throw new Error('the answer got lost');
      },
    };
    const { hear, interrupt } = line({ push: false, store });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toMatchObject([{ outcome: 'failed', error: { code: 'in_doubt', retryable: false } }]);
    expect(await interrupt()).toMatchObject([{ reason: 'duplicate' }]);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('has an outcome when AI Flow knows first that the call is over', async () => {
    const { hear, interrupt } = line({ answers: [{ status: 'gone' }] });
    await hear(EVENTS.session_start);
    await hear(speaking('A sentence.'));
    await interrupt({ id: 'waits', when: 'after_current' });
    await interrupt({ id: 'gone' });
    await hear(EVENTS.session_end);
    expect(outcomes.events).toContainEqual({
      interruption_id: 'waits',
      session_id: SESSION.id,
      outcome: 'skipped',
      reason: 'session_ended',
    });
  });
});

describe('what follows a replacement', () => {
  const then = [{ type: 'hangup' }];

  it('is not set off by the end of the sentence that was cut, though it is handled after the beginning', async () => {
    const { hear, interrupt } = line({});
    await hear(EVENTS.session_start);
    await interrupt({ then });
    const cutAt = clock.now();
    await clock.advance(50);
    await hear(speaking('Your parcel has shipped.'));
    expect(await hear(EVENTS.assistant_speech_ended, cutAt)).toEqual([]);
    await clock.advance(1_600);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['hangup']);
  });

  it('is not set off by the end of another replacement, whose beginning is handled last', async () => {
    const { hear, interrupt } = line({});
    await hear(EVENTS.session_start);
    await interrupt({ id: 'one', say: 'First.' });
    const firstAt = clock.now();
    await clock.advance(50);
    await interrupt({ id: 'two', say: 'Second.', then });
    const cutAt = clock.now();
    await clock.advance(50);
    await hear(speaking('Second.'));
    await hear(speaking('First.'), firstAt);
    expect(await hear(EVENTS.assistant_speech_ended, cutAt)).toEqual([]);
    await clock.advance(500);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['hangup']);
  });
});
