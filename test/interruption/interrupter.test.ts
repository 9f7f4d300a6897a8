import { beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';
import { wav } from '../support/wav.ts';

const { id: session_id } = SESSION;
const OPERATOR = {
  target_phone_number: '493023125001',
  caller_id_name: 'Hotline',
  caller_id_number: '493023125000',
};

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const line = (options: LineOptions = {}) =>
  phoneLine({ clock, sessions, outcomes, sent, ...options });

/** Fifteen characters are a second. */
const lengthOf = (text: string) => Math.round((text.length / 15) * 1000);
const speaking = (text: string) => ({
  ...EVENTS.assistant_speak,
  text,
  duration_ms: lengthOf(text),
  speech_started_at: clock.now(),
});
const SHIPPED = 'Your parcel has shipped.';
const SMS = { type: 'send_sms', phone_number: '4917639123456', message: 'Hi' };

/**
 * A sentence begins a moment after it was sent, and is heard to its end: what that is answered
 * with.
 */
async function says({ hear }: ReturnType<typeof line>, text = SHIPPED) {
  await clock.advance(10);
  expect(await hear(speaking(text))).toEqual([]);
  await clock.advance(lengthOf(text));
  return hear(EVENTS.assistant_speech_ended);
}

const types = (actions: readonly { type: string }[]) => actions.map(({ type }) => type);
const heard = () =>
  outcomes.events.map(({ outcome, reason }) => (reason ? `${outcome}: ${reason}` : outcome));

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

describe('what follows the replacement', () => {
  const then = [{ type: 'transfer', ...OPERATOR }];

  it('goes out when it has been heard: the first end is that of the sentence that was cut', async () => {
    const phone = line();
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    await interrupt({ then });
    expect(types(sent[0]?.actions ?? [])).toEqual(['barge_in', 'speak']);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(types(await says(phone))).toEqual(['transfer']);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('is not set off by another sentence', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    const before = speaking('Something else, sent before.');
    await clock.advance(300);
    await interrupt({ then });
    await hear(before);
    await clock.advance(100);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('needs no assistant_speak once half of the replacement must have been said', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    // 24 characters at 15 a second: 1.6 s.
    await interrupt({ then });
    await clock.advance(700);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    await clock.advance(900);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['transfer']);
  });

  it('follows a clip by its length', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await interrupt({ say: undefined, play: wav(1000), then });
    await clock.advance(400);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    await clock.advance(600);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['transfer']);
  });

  it('follows silence at once', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await interrupt({ say: undefined, then });
    expect(types(sent[0]?.actions ?? [])).toEqual(['barge_in', 'transfer']);
  });

  it('never comes when the replacement did not leave', async () => {
    const { hear, interrupt } = line({ answers: [new Error('broken off')] });
    await hear(EVENTS.session_start);
    await interrupt({ then });
    await clock.advance(2000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(heard()).toEqual(['failed', 'then_skipped: in_doubt']);
  });

  it('comes when the send was in doubt but the replacement is heard', async () => {
    const phone = line({ answers: [{ status: 'in_doubt', message: 'perhaps' }] });
    await phone.hear(EVENTS.session_start);
    await phone.interrupt({ then });
    expect(types(await says(phone))).toEqual(['transfer']);
  });

  it('precedes what the template says, unless it ends the call', async () => {
    const phone = line({ template: { onAssistantSpeechEnded: () => 'And now?' } });
    await phone.hear(EVENTS.session_start);
    await phone.interrupt({ then: [SMS] });
    expect(types(await says(phone))).toEqual(['send_sms', 'speak']);
    await phone.interrupt({ id: 'next', then });
    expect(types(await says(phone))).toEqual(['transfer']);
  });
});

describe('a `then` among other interruptions', () => {
  const then = [{ type: 'transfer', ...OPERATOR }];
  const refusal: Delivery = { status: 'refused', code: 'refused', message: 'no', retryable: false };

  it('survives one that AI Flow refuses', async () => {
    const { hear, interrupt } = line({ answers: [{ status: 'delivered' }, refusal] });
    await hear(EVENTS.session_start);
    await interrupt({ then });
    await hear(speaking('Your parcel has shipped.'));
    await clock.advance(100);
    await interrupt({
      id: 'refused',
      say: 'A long sentence that nobody will ever hear. '.repeat(10),
    });
    await clock.advance(1500);
    expect(types(await hear(EVENTS.assistant_speech_ended))).toEqual(['transfer']);
  });

  it('waits for its own replacement when that is said after one that was claimed later', async () => {
    let arrive = () => {};
    const phone = line({
      answers: [
        new Promise<Delivery>((resolve) => (arrive = () => resolve({ status: 'delivered' }))),
      ],
    });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    const first = interrupt({ then });
    await clock.advance(10);
    await interrupt({ id: 'second', say: 'Short.' });
    await hear(speaking('Short.'));
    await clock.advance(100);
    arrive();
    await first;
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(types(await says(phone))).toEqual(['transfer']);
  });

  it('comes once, even if it was heard before its send was answered', async () => {
    let answer = () => {};
    const phone = line({
      answers: [
        new Promise<Delivery>((resolve) => (answer = () => resolve({ status: 'delivered' }))),
      ],
    });
    const { hear, interrupt } = phone;
    await hear(EVENTS.session_start);
    const first = interrupt({ then: [SMS] });
    expect(types(await says(phone))).toEqual(['send_sms']);
    answer();
    await first;
    await clock.advance(1000);
    await interrupt({ id: 'next', say: 'Next, and goodbye.', then: [{ type: 'hangup' }] });
    expect(types(await says(phone, 'Next, and goodbye.'))).toEqual(['hangup']);
  });

  it('is over with the call: another start does not bring it back', async () => {
    const { hear, interrupt } = line();
    await hear(EVENTS.session_start);
    await interrupt({ then: [{ type: 'hangup' }] });
    await hear(EVENTS.session_end);
    await hear(EVENTS.session_start);
    await clock.advance(5000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
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
