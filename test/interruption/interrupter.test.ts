import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { interruptedCalls, types } from '../support/interrupted-calls.ts';
import { phoneLine } from '../support/phone-line.ts';

const { id: session_id } = SESSION;

let { clock, sessions, outcomes, sent, line, speaking, says, heard } = interruptedCalls();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent, line, speaking, says, heard } = interruptedCalls());
});

describe('pushing', () => {
  it('sends barge_in and the replacement in one request', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'delivered' }]);
    expect(sent).toEqual([
      {
        session_id,
        actions: [
          { type: 'barge_in', session_id },
          { type: 'speak', text: 'Your parcel has shipped.', session_id },
        ],
      },
    ]);
    expect(outcomes.events).toEqual([
      { interruption_id: 'shipped', session_id, outcome: 'delivered' },
    ]);
  });

  it('says a trigger once, however often and by whichever way it comes', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    const results = (await Promise.all([1, 2, 3, 4, 5].map(() => interrupt()))).flat();
    expect(results.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(1);
    expect(results.filter(({ reason }) => reason === 'duplicate')).toHaveLength(4);
    expect(sent).toHaveLength(1);
  });

  it('sends nothing that was decided more than 3 s ago: others may have decided without it', async () => {
    await line().hear(EVENTS.session_start);
    const save: CallStore['save'] = async (...written) => {
      const isSaved = await sessions.save(...written);
      await new Promise<void>((go) => clock.after(written[1].queue.length > 0 ? 3_500 : 0, go));
      return isSaved;
    };
    const slow = phoneLine({ clock, sessions: { ...sessions, save }, outcomes, sent });
    const interrupting = slow.interrupt();
    await clock.advance(8_000);
    expect(await interrupting).toMatchObject([
      { outcome: 'failed', error: { code: 'unreachable', retryable: true } },
    ]);
    expect(sent).toEqual([]);
    expect(await line().interrupt()).toMatchObject([{ outcome: 'delivered' }]);
  });

  it('says the same id in another call', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await hear({ ...EVENTS.session_start, session: { ...SESSION, id: 'two' } });
    await interrupt({ session_id: undefined, target: { everyone: true } });
    expect(sent.map((one) => one.session_id).sort()).toEqual([session_id, 'two'].sort());
  });

  it.each([
    ['label', { label: 'order:4711' }],
    ['caller', { caller: '+49 176 39123456' }],
    ['callee', { callee: '00493023125000' }],
    ['everyone', { everyone: true }],
  ])('finds calls by %s', async (_name, target) => {
    const { hear, interrupt } = line({
      template: { onSessionStart: (_event, { labels }) => void labels.add('order:4711') },
    });
    await hear(EVENTS.session_start);
    expect(await interrupt({ session_id: undefined, target })).toEqual([
      { session_id, outcome: 'delivered' },
    ]);
    expect(await interrupt({ session_id: undefined, target: { label: 'order:1' } })).toEqual([]);
    await hear(EVENTS.session_end);
    expect(await interrupt({ session_id: undefined, target, id: 'later' })).toEqual([]);
  });

  it('sends nothing to a call it does not know, or that is over', async () => {
    const { hear, interrupt } = line();
    expect(await interrupt()).toEqual([
      { session_id, outcome: 'skipped', reason: 'unknown_session' },
    ]);
    await hear(EVENTS.session_end);
    expect(await interrupt()).toEqual([
      { session_id, outcome: 'skipped', reason: 'session_ended' },
    ]);
    expect(sent).toEqual([]);
  });

  it('looks nothing up for what has expired', async () => {
    const store = new Proxy({} as CallStore, { get: () => expect.unreachable() });
    const { interrupt } = line({ store });
    expect(await interrupt({}, clock.now() - 30_000)).toEqual([
      { session_id, outcome: 'skipped', reason: 'expired' },
    ]);
    expect(
      await interrupt({ session_id: undefined, target: { everyone: true }, max_age_seconds: 0 }),
    ).toEqual([{ outcome: 'skipped', reason: 'expired' }]);
  });

  it('checks the expiry again before it sends', async () => {
    const slow: CallStore = {
      ...sessions,
      async save(...written) {
        await clock.advance(31_000);
        return sessions.save(...written);
      },
    };
    await line().hear(EVENTS.session_start);
    const { interrupt } = line({ store: slow });
    expect(await interrupt()).toEqual([{ session_id, outcome: 'skipped', reason: 'expired' }]);
    expect(sent).toEqual([]);
  });

  it('gives the claim back after a definite failure, and only then', async () => {
    const refused: Delivery = {
      status: 'refused',
      code: 'unreachable',
      message: 'no',
      retryable: true,
    };
    const { hear, interrupt } = line({
      answers: [refused, { status: 'in_doubt', message: 'perhaps' }],
    });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toMatchObject([
      { outcome: 'failed', error: { code: 'unreachable', retryable: true } },
    ]);
    expect(await interrupt()).toMatchObject([
      { outcome: 'failed', error: { code: 'in_doubt', retryable: false } },
    ]);
    expect(await interrupt()).toMatchObject([{ outcome: 'skipped', reason: 'duplicate' }]);
    expect(heard()).toEqual(['failed', 'failed', 'skipped: duplicate']);
  });

  it('stays silent after a send that broke off', async () => {
    const { hear, interrupt } = line({ answers: [new Error('broken off')] });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toMatchObject([{ error: { code: 'in_doubt', retryable: false } }]);
    expect(await interrupt()).toMatchObject([{ reason: 'duplicate' }]);
    expect(sent).toHaveLength(1);
  });

  it('pushes no more to a call that AI Flow does not know, until its next event proves that it lives', async () => {
    const { hear, interrupt, log } = line({
      answers: [{ status: 'gone' }],
      template: { onUserSpeak: () => 'Yes?' },
    });
    await hear(EVENTS.session_start);
    expect(await interrupt()).toEqual([
      { session_id, outcome: 'skipped', reason: 'session_ended' },
    ]);
    expect(await interrupt({ id: 'next' })).toMatchObject([{ reason: 'session_ended' }]);
    expect(sent).toHaveLength(1);
    expect(log.lines).toContainEqual({
      level: 'error',
      message: 'call_not_found',
      session_id,
      remedy: expect.stringContaining('URL'),
    });
    await clock.advance(1000);
    expect(await hear(EVENTS.user_speak)).toMatchObject([{ text: 'Yes?' }]);
    expect(await interrupt({ id: 'later' })).toMatchObject([{ outcome: 'delivered' }]);
  });

  it('is a failure that may be retried when nobody can be looked up', async () => {
    const down: CallStore = { ...sessions, find: () => Promise.reject(new Error('down')) };
    const { interrupt } = line({ store: down });
    expect(await interrupt({ session_id: undefined, target: { everyone: true } })).toMatchObject([
      { outcome: 'failed', error: { code: 'store_unavailable', retryable: true } },
    ]);
    expect(heard()).toEqual(['failed']);
  });

  it('is a failure that may be retried when the store is away', async () => {
    const down: CallStore = { ...sessions, read: () => Promise.reject(new Error('down')) };
    const { interrupt } = line({ store: down });
    expect(await interrupt()).toMatchObject([
      { outcome: 'failed', error: { code: 'store_unavailable', retryable: true } },
    ]);
    expect(sent).toEqual([]);
  });
});

describe('a template', () => {
  const polite: Template = {
    onUserSpeak: (_event, { state }) => {
      state.bye = true;
      return 'Goodbye, and thank you for calling.';
    },
    onAssistantSpeechEnded: (_event, { state }) => (state.bye ? { type: 'hangup' } : undefined),
  };

  it('does not take the end of a sentence that was cut for its own, and hang up on the replacement', async () => {
    const phone = line({ template: polite });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    await hear(userSpeak('bye'));
    await hear(speaking('Goodbye, and thank you for calling.'));
    await clock.advance(300);
    await interrupt();
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(types(await says(phone))).toEqual(['hangup']);
  });

  it('does not hang up on what follows a replacement', async () => {
    const phone = line({ template: polite });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    await hear(userSpeak('bye'));
    await hear(speaking('Goodbye, and thank you for calling.'));
    await clock.advance(300);
    await interrupt({ resume: true });
    await hear(EVENTS.assistant_speech_ended);
    expect(await says(phone)).toMatchObject([{ text: 'Goodbye, and thank you for calling.' }]);
    expect(types(await says(phone, 'Goodbye, and thank you for calling.'))).toEqual(['hangup']);
  });
});

describe('hearing', () => {
  it('is published once, with the time from the trigger to the first word', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await interrupt({}, clock.now() - 1500);
    await clock.advance(250);
    await hear(speaking('Another sentence'));
    await hear(speaking('Your parcel has shipped.'));
    await hear(speaking('Your parcel has shipped.'));
    expect(outcomes.events.filter(({ outcome }) => outcome === 'heard')).toEqual([
      { interruption_id: 'shipped', session_id, outcome: 'heard', took_ms: 1750 },
    ]);
  });

  it('is assumed of a voice that sends no text', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await interrupt();
    await hear({ ...EVENTS.assistant_speak, text: undefined, speech_started_at: clock.now() });
    expect(heard()).toEqual(['delivered', 'heard']);
  });
});
