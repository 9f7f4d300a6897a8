import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { speak } from '../../functions/protocol/builders.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const line = (options: LineOptions = {}) =>
  phoneLine({ ...options, sessions, outcomes, clock, sent });
const types = (actions: readonly { type: string }[]) => actions.map(({ type }) => type);
const heard = () =>
  outcomes.events.map(({ outcome, reason }) => (reason ? `${outcome}: ${reason}` : outcome));
const speaking = (text: string) => ({
  ...EVENTS.assistant_speak,
  text,
  duration_ms: Math.round((text.length / 15) * 1000),
  speech_started_at: clock.now(),
});
const aSecond = () => new Promise<void>((resolve) => clock.after(1_000, resolve));

type Save = CallStore['save'];

/** The store of another function, where a save goes its own way. */
const saving = (save: (...written: Parameters<Save>) => ReturnType<Save>): CallStore => ({
  ...sessions,
  save,
});

/** The moment between deciding and writing what was decided, once. */
function inBetween(happens: () => Promise<unknown>): CallStore {
  let happened = false;
  return saving(async (...written) => {
    if (!happened) {
      happened = true;
      await happens();
    }
    return sessions.save(...written);
  });
}

describe('an interruption that waits', () => {
  /** It waits in a call whose next event is heard by a function with another store. */
  async function waiting(request: object = {}, template: Template = {}) {
    const well = line({ push: false, template });
    await well.hear(EVENTS.session_start);
    expect(await well.interrupt(request)).toMatchObject([{ outcome: 'deferred' }]);
    return well;
  }

  it('is not said to a newer question, though that is recorded just when it is to go out', async () => {
    const well = await waiting({ if_turn: 0 }, { onUserSpeak: () => 'Fine.' });
    const { hear } = line({
      push: false,
      store: inBetween(() => well.hear(userSpeak('And my refund?'))),
    });
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(heard()).toEqual(['deferred', 'skipped: stale_turn']);
  });

  it.each([{}, { say: undefined }])(
    '%j goes on waiting when a protected answer goes out just then',
    async (request) => {
      const legal = speak('This call is recorded.', { barge_in: { strategy: 'none' } });
      const well = await waiting(request, { onUserSpeak: () => legal });
      const answered: object[] = [];
      // Both events find it waiting, and the answer to the words is written first.
      await clock.advance(10);
      const words = inBetween(async () => {});
      const other = line({ push: false, template: { onUserSpeak: () => legal }, store: words });
      const store = inBetween(async () => answered.push(await other.hear(userSpeak('hm'))));
      const late = await line({ push: false, store }).hear(EVENTS.assistant_speech_ended);
      expect([types(answered[0] as never), late]).toEqual([
        expect.arrayContaining(['barge_in']),
        [],
      ]);
      expect(heard().filter((outcome) => outcome === 'delivered')).toHaveLength(1);
      expect(well.log.lines).toEqual([]);
    },
  );

  it.each<[string, Save]>([
    ['hangs', (...written) => aSecond().then(() => sessions.save(...written))],
    [
      'has written it, and does not say so',
      (...written) => sessions.save(...written).then(() => aSecond().then(() => true)),
    ],
    ['is away', () => Promise.reject(new Error('away'))],
  ])('goes on waiting when the store %s, and is said once', async (_how, save) => {
    const well = await waiting();
    const answer = line({ push: false, store: saving(save) }).hear(EVENTS.assistant_speech_ended);
    await clock.advance(800);
    expect(await answer).toEqual([]);
    await clock.advance(1_000);
    expect(types(await well.hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
    expect(await well.hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(heard()).toEqual(['deferred', 'delivered']);
  });

  it('has an outcome when the call ends before it can go on waiting', async () => {
    const well = await waiting();
    const store = saving((...written) => aSecond().then(() => sessions.save(...written)));
    const answer = line({ push: false, store }).hear(EVENTS.assistant_speech_ended);
    await clock.advance(800);
    expect(await answer).toEqual([]);
    await well.hear(EVENTS.session_end);
    await clock.advance(200);
    expect(heard()).toEqual(['deferred', 'skipped: session_ended']);
  });

  it('is said at once when what it waits for ends just before it begins to wait', async () => {
    const well = line();
    await well.hear(EVENTS.session_start);
    await well.hear(speaking('A sentence.'));
    await clock.advance(1_000);
    const { interrupt } = line({
      store: inBetween(() => well.hear(EVENTS.assistant_speech_ended)),
    });
    expect(await interrupt({ when: 'after_current' })).toMatchObject([{ outcome: 'delivered' }]);
    expect(sent).toHaveLength(1);
    expect(await well.hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('is not said twice when nobody knows whether it waits', async () => {
    const well = line({ push: false });
    await well.hear(EVENTS.session_start);
    const store = saving(async (...written) => {
      await sessions.save(...written);
      throw new Error('the answer got lost');
    });
    const { interrupt } = line({ push: false, store });
    expect(await interrupt()).toMatchObject([
      { outcome: 'failed', error: { code: 'in_doubt', retryable: false } },
    ]);
    expect(await interrupt()).toMatchObject([{ reason: 'duplicate' }]);
    expect(types(await well.hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
    expect(await well.hear(EVENTS.assistant_speech_ended)).toEqual([]);
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
    const first = speaking('First.');
    const firstAt = clock.now();
    await clock.advance(50);
    await interrupt({ id: 'two', say: 'Second, and goodbye.', then });
    const cutAt = clock.now();
    await clock.advance(50);
    await hear(speaking('Second, and goodbye.'));
    await hear(first, firstAt);
    expect(await hear(EVENTS.assistant_speech_ended, cutAt)).toEqual([]);
    await clock.advance(1_333);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['hangup']);
  });
});
