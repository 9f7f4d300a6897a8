import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { interruptedCalls, types } from '../support/interrupted-calls.ts';

const { id: session_id } = SESSION;
const SMS = { type: 'send_sms', phone_number: '4917639123456', message: 'Hi' };

let { clock, sessions, outcomes, line, says, heard } = interruptedCalls();
beforeEach(() => {
  ({ clock, sessions, outcomes, line, says, heard } = interruptedCalls());
});

describe('waiting for the next event', () => {
  it('leads the next answer; what the template says follows when it has been heard', async () => {
    const phone = line({ push: false, template: { onUserSpeak: ({ text }) => text } });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    expect(await interrupt()).toEqual([{ session_id, outcome: 'deferred' }]);
    expect(types(await hear(userSpeak('Where is my parcel?')))).toEqual(['barge_in', 'speak']);
    expect(await says(phone)).toEqual([{ type: 'speak', text: 'Where is my parcel?', session_id }]);
    expect(heard()).toEqual(['deferred', 'delivered', 'heard']);
  });

  it('is said at the end of the current sentence', async () => {
    const { hear, interrupt } = line({ push: false });
    await hear(EVENTS.session_start);
    await interrupt();
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('does not lose what the template says when it brings something along', async () => {
    const phone = line({ push: false, template: { onUserSpeak: ({ text }) => text } });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    await interrupt({ then: [SMS] });
    await hear(userSpeak('Where is my parcel?'));
    expect(types(await says(phone))).toEqual(['send_sms', 'speak']);
  });

  it('does not lose what the template says when it is silence', async () => {
    const { hear, interrupt } = line({
      push: false,
      template: { onUserSpeak: ({ text }) => text },
    });
    await hear(EVENTS.session_start);
    await interrupt({ say: undefined });
    expect(types(await hear(userSpeak('Where is my parcel?')))).toEqual(['barge_in', 'speak']);
  });

  it('keeps the order of arrival: what the template says comes after it, and what ends the call is last', async () => {
    const phone = line({ push: false, template: { onUserSpeak: () => 'The template.' } });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    await interrupt({ id: 'one', say: 'The first sentence.', then: [{ type: 'hangup' }] });
    await clock.advance(1);
    await interrupt({ id: 'two', say: 'The second sentence.' });
    expect(await hear(userSpeak('hi'))).toMatchObject([
      { type: 'barge_in' },
      { text: 'The first sentence.' },
    ]);
    expect(await says(phone, 'The first sentence.')).toMatchObject([
      { type: 'barge_in' },
      { text: 'The second sentence.' },
    ]);
    expect(await says(phone, 'The second sentence.')).toMatchObject([{ text: 'The template.' }]);
    expect(types(await says(phone, 'The template.'))).toEqual(['hangup']);
  });

  it('drops what has expired meanwhile, with an outcome', async () => {
    const { hear, interrupt } = line({ push: false });
    await hear(EVENTS.session_start);
    await interrupt({ id: 'old', say: 'Old.' });
    await clock.advance(20_000);
    await interrupt({ id: 'new', say: 'New.' });
    await clock.advance(15_000);
    expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([
      { type: 'barge_in' },
      { text: 'New.' },
    ]);
    expect(outcomes.events).toContainEqual({
      interruption_id: 'old',
      session_id,
      outcome: 'skipped',
      reason: 'expired',
    });
  });

  it('has an outcome when the call ends first', async () => {
    const { hear, interrupt } = line({ push: false });
    await hear(EVENTS.session_start);
    await interrupt();
    expect(await hear(EVENTS.session_end)).toEqual([]);
    expect(heard()).toEqual(['deferred', 'skipped: session_ended']);
  });

  it('is said even if the template fails or is late', async () => {
    const broken: Template = {
      onUserSpeak: () => Promise.reject(new Error('boom')),
      fallback: 'Sorry?',
    };
    const { hear, interrupt } = line({ push: false, template: broken });
    await hear(EVENTS.session_start);
    await interrupt();
    expect(await hear(userSpeak('hi'))).toMatchObject([
      { type: 'barge_in' },
      { text: 'Your parcel has shipped.' },
    ]);
    const late = line({
      push: false,
      template: { onUserSpeak: () => new Promise<never>(() => {}), fallback: 'Sorry?' },
    });
    await clock.advance(10_000);
    await interrupt({ id: 'again' });
    const answer = late.hear(userSpeak('hello?'));
    await clock.advance(800);
    expect(await answer).toMatchObject([
      { type: 'barge_in' },
      { text: 'Your parcel has shipped.' },
    ]);
  });

  it('goes on waiting when the answer went out without it', async () => {
    const slow: CallStore = {
      ...sessions,
      async save(...written) {
        await new Promise<void>((resolve) => clock.after(1000, resolve));
        return sessions.save(...written);
      },
    };
    const well = line({ push: false });
    await well.hear(EVENTS.session_start);
    await well.interrupt();
    const { hear } = line({ push: false, store: slow, template: { onUserSpeak: () => 'Yes?' } });
    const answer = hear(userSpeak('hi'));
    await clock.advance(800);
    expect(await answer).toMatchObject([{ text: 'Yes?' }]);
    await clock.advance(1000);
    expect(heard()).toEqual(['deferred']);
    expect(types(await well.hear(EVENTS.assistant_speech_ended))).toEqual(['barge_in', 'speak']);
  });

  it('is taken by one of several events at once', async () => {
    const { hear, interrupt } = line({
      push: false,
      template: { onDtmfReceived: () => undefined },
    });
    await hear(EVENTS.session_start);
    await interrupt();
    const answers = await Promise.all([
      hear(EVENTS.dtmf_received),
      hear(EVENTS.assistant_speech_ended),
      hear(userSpeak('a')),
    ]);
    expect(answers.filter((actions) => actions.length > 0)).toHaveLength(1);
  });
});
