import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

const away = () => Promise.reject(new Error('DynamoDB is away'));
const TEMPLATE = defineTemplate({ fallback: 'Sorry?', onSessionStart: () => 'Hello.' });

let world = aWorld();
beforeEach(() => {
  world = aWorld();
});

/** A call whose store fails in whatever `broken` has by then. */
function call(template: Template = TEMPLATE, options: LineOptions = {}) {
  const broken: Partial<CallStore> = {};
  const store = new Proxy(world.sessions, {
    get: (whole, name: keyof CallStore) => broken[name] ?? whole[name],
  });
  const line = phoneLine({ ...world, template, store, ...options });
  const errors = () =>
    line.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
  return { ...line, broken, errors };
}

// Alarms count these lines: `lib/log-metrics.ts`.
describe('a store that is away', () => {
  it('costs interruptions of a call that isn’t listed, until it is written again', async () => {
    const { hear, interrupt, broken, errors } = call();
    broken.list = away;
    expect(await hear(EVENTS.session_start)).toMatchObject([{ text: 'Hello.' }]);
    expect(errors()).toEqual(['listing_failed']);
    const everybody = { session_id: undefined, target: { everyone: true } };
    expect(await interrupt(everybody)).toEqual([]);
    delete broken.list;
    await hear(userSpeak('Hi'));
    expect(await interrupt(everybody)).toMatchObject([{ session_id: SESSION.id }]);
  });

  it('costs them for good where not even that can be noted', async () => {
    const { hear, broken, errors } = call();
    broken.list = async () => {
      broken.record = away;
      return away();
    };
    expect(await hear(EVENTS.session_start)).toMatchObject([{ text: 'Hello.' }]);
    expect(errors()).toEqual(['listing_failed', 'listing_lost']);
  });

  it('lets nobody look at a call, and what waits in it goes on waiting', async () => {
    const { hear, interrupt, broken, errors } = call();
    await hear(EVENTS.session_start);
    expect(await interrupt({ when: 'after_current' })).toMatchObject([{ outcome: 'deferred' }]);
    broken.read = away;
    await world.clock.advance(10_000);
    expect([new Set(errors()), world.sent]).toEqual([new Set(['look_failed']), []]);
    delete broken.read;
    const said = await hear(EVENTS.user_input_timeout);
    expect(said).toContainEqual(expect.objectContaining({ text: 'Your parcel has shipped.' }));
  });

  it('refuses an interruption that may come again', async () => {
    const { hear, interrupt, broken, errors } = call();
    await hear(EVENTS.session_start);
    broken.read = away;
    expect(await interrupt()).toMatchObject([
      { outcome: 'failed', error: { code: 'store_unavailable', retryable: true } },
    ]);
    expect([errors(), world.sent]).toEqual([['store_unavailable'], []]);
    delete broken.read;
    expect(await interrupt()).toMatchObject([{ outcome: 'delivered' }]);
  });

  it('refuses one as well where others have changed the call each time', async () => {
    const { hear, interrupt, broken, errors } = call();
    await hear(EVENTS.session_start);
    broken.save = async () => false;
    const refused = interrupt();
    await world.clock.advance(1_000);
    expect(await refused).toMatchObject([
      { outcome: 'failed', error: { code: 'contended', retryable: true } },
    ]);
    expect(errors()).toEqual(['contended']);
  });

  it.each([
    ['which is withdrawn: it may come again', ['store_unavailable'], 'delivered'],
    ['which can’t be withdrawn: it is a duplicate', ['store_unavailable', 'claim_kept'], 'skipped'],
  ])('sends nothing of what may have been written, %s', async (_, lines, outcome) => {
    const { hear, interrupt, broken, errors } = call();
    await hear(EVENTS.session_start);
    broken.save = async (...written) => {
      await world.sessions.save(...written);
      delete broken.save;
      if (outcome === 'skipped') broken.read = away;
      return away();
    };
    expect(await interrupt()).toMatchObject([{ error: { code: 'store_unavailable' } }]);
    expect([errors(), world.sent]).toEqual([lines, []]);
    delete broken.read;
    expect(await interrupt()).toMatchObject([{ outcome }]);
  });

  it('doesn’t change what came of a push', async () => {
    const { hear, interrupt, broken, errors } = call(TEMPLATE, {
      answers: () => {
        broken.save = away;
        return { status: 'delivered' };
      },
    });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toMatchObject([{ outcome: 'delivered' }]);
    expect(errors()).toEqual(['delivery_not_written']);
  });

  it('keeps a caller from what they have waited for, and no longer', async () => {
    const template = defineTemplate({
      fallback: 'Sorry?',
      progress: 'Still looking.',
      onUserSpeak: () => later({ hold: 'One moment.', job: 1 }),
      onJob: () => 'Found.',
    });
    const options = { push: false, slow_answer_wait_ms: 3_500 };
    const { hear, broken, errors } = call(template, options);
    await hear(EVENTS.session_start);
    await hear(userSpeak('Where is it?'));
    await world.clock.advance(1_000);
    const ended = hear(EVENTS.assistant_speech_ended);
    await world.clock.advance(0);
    broken.read = away;
    await world.clock.advance(500);
    expect(await ended).toEqual([]);
    expect(errors()).toEqual(['waiting_failed']);
  });

  it('is told of where nobody knows what became of an answer, nor can note that', async () => {
    const template = defineTemplate({
      fallback: 'Sorry?',
      progress: 'Still looking.',
      onUserSpeak: () => later({ hold: 'One moment.', job: 1 }),
      onJob: () => 'Found.',
    });
    const { hear, broken, errors } = call(template);
    await hear(EVENTS.session_start);
    broken.save = async () => {
      broken.record = away;
      return away();
    };
    expect(await hear(userSpeak('Where is it?'))).toMatchObject([{ text: 'Sorry?' }]);
    expect(errors().toSorted()).toEqual(['answer_failed', 'answer_in_doubt']);
  });
});
