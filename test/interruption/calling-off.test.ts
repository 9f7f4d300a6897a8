import { beforeEach, describe, expect, it } from 'vitest';
import { hangup, speak } from '../../functions/protocol/builders.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

const { id: session_id } = SESSION;
const HANGUP = [{ type: 'hangup' }];
const SMS = { type: 'send_sms', phone_number: '4917639123456', message: 'Hi' };
const SHIPPED = 'Your parcel has shipped.';
const GOODBYE = 'Goodbye, and thank you for calling.';

const REFUSED = { status: 'refused', code: 'refused', message: '400', retryable: false } as const;
const IN_DOUBT = { status: 'in_doubt', message: 'no answer' } as const;

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

/** Fifteen characters are a second. */
const lengthOf = (text: string) => Math.round((text.length / 15) * 1000);

async function line(options: LineOptions = {}) {
  const phone = phoneLine({ clock, sessions, outcomes, sent, ...options });
  await phone.hear(EVENTS.session_start);
  return {
    ...phone,
    async begins(text: string) {
      await clock.advance(10);
      const duration_ms = lengthOf(text);
      return phone.hear({
        ...EVENTS.assistant_speak,
        text,
        duration_ms,
        speech_started_at: clock.now(),
      });
    },
    async ends(text: string) {
      await clock.advance(lengthOf(text));
      return phone.hear(EVENTS.assistant_speech_ended);
    },
    /** Drops an interruption, or says why not. */
    async cancel(id: string) {
      const [outcome] = await phone.interrupt({ id: 'called-off', say: undefined, cancel: id });
      return outcome?.reason;
    },
  };
}

/** What was published, but for what is only said to wait. */
const events = () =>
  outcomes.events
    .filter(({ outcome }) => outcome !== 'deferred')
    .map(({ interruption_id: id, outcome, reason }) =>
      [id, ...(reason ? [outcome, reason] : [outcome])].join(' '),
    );

describe('cancel', () => {
  it('drops what is to follow an interruption that is being said', async () => {
    const { interrupt, begins, ends, cancel } = await line();
    await interrupt({ id: 'a', then: HANGUP });
    await begins(SHIPPED);
    expect(await cancel('a')).toBe('cancelled');
    expect(await ends(SHIPPED)).toEqual([]);
    expect(events()).toEqual(['a delivered', 'a heard', 'a then_skipped cancelled']);
    expect(await cancel('a')).toBe('not_waiting');
  });

  it('drops words and what is to follow them, in one outcome', async () => {
    const { interrupt, cancel, hear } = await line({ push: false });
    await interrupt({ id: 'a', then: [SMS, ...HANGUP] });
    expect(await cancel('a')).toBe('cancelled');
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(events()).toEqual(['a skipped cancelled']);
  });

  it('drops what comes only later, also while its words are being found', async () => {
    const template = {
      onTrigger: async () => {
        await clock.advance(10);
        await call.cancel('worded');
        return SHIPPED;
      },
    };
    const call = await line({ template });
    expect(await call.cancel('a')).toBe('not_waiting');
    expect(await call.interrupt({ id: 'a' })).toMatchObject([{ reason: 'cancelled' }]);
    const worded = { id: 'worded', say: undefined, context: {} };
    expect(await call.interrupt(worded)).toMatchObject([{ reason: 'cancelled' }]);
    expect(sent).toEqual([]);
  });

  it('knows what has been said long ago', async () => {
    const { interrupt, cancel } = await line();
    for (let n = 0; n <= 17; n++) await interrupt({ id: `i${n}`, say: undefined });
    expect(await cancel('i0')).toBe('not_waiting');
    expect(await interrupt({ id: 'i0', say: undefined })).toMatchObject([{ reason: 'duplicate' }]);
  });

  it('leaves everything else alone', async () => {
    const { interrupt, cancel, hear, begins, ends } = await line({ push: false });
    await interrupt({ id: 'a' });
    await interrupt({ id: 'b', say: 'This one stays.', then: HANGUP });
    await cancel('a');
    expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([
      { type: 'barge_in' },
      { text: 'This one stays.' },
    ]);
    await begins('This one stays.');
    expect(await ends('This one stays.')).toMatchObject(HANGUP);
  });

  it('has nothing to drop of what has been said, or of another call', async () => {
    const { interrupt, begins, ends, cancel } = await line();
    await interrupt({ id: 'a' });
    await begins(SHIPPED);
    await ends(SHIPPED);
    expect([await cancel('a'), await cancel('b')]).toEqual(['not_waiting', 'not_waiting']);
    const [unknown] = await (await line()).interrupt({
      session_id: 'unknown',
      say: undefined,
      cancel: 'a',
    });
    expect(unknown).toMatchObject({ session_id: 'unknown', reason: 'not_waiting' });
  });
});

describe('silence', () => {
  const silence = { id: 'silence', say: undefined };

  it('calls off what would end the call behind the sentence that it cuts', async () => {
    const { interrupt, begins, hear } = await line({
      template: { onUserSpeak: () => [GOODBYE, hangup()] },
    });
    await hear(userSpeak('bye'));
    await begins(GOODBYE);
    await clock.advance(300);
    expect(await interrupt(silence)).toMatchObject([{ outcome: 'delivered' }]);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    await clock.advance(10_000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('tells whose `then` it has called off', async () => {
    const { interrupt, begins, hear } = await line();
    await interrupt({ id: 'a', then: HANGUP });
    await begins(SHIPPED);
    await clock.advance(300);
    await interrupt(silence);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(events()).toEqual([
      'a delivered',
      'a heard',
      'a then_skipped silenced',
      'silence delivered',
    ]);
  });

  it('calls it off behind what is still to be said of that `then`, too', async () => {
    const { interrupt, begins, hear } = await line();
    await interrupt({ id: 'a', then: [{ type: 'speak', text: GOODBYE }, ...HANGUP] });
    await begins(SHIPPED);
    await clock.advance(300);
    await interrupt(silence);
    expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([{ text: GOODBYE }]);
    await begins(GOODBYE);
    await clock.advance(10_000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(events()).toContain('a then_skipped silenced');
  });

  it('calls it off behind several sentences of that `then`, too', async () => {
    const { interrupt, begins, hear } = await line();
    const BYE = 'Bye.';
    const then = [{ type: 'speak', text: GOODBYE }, { type: 'speak', text: BYE }, ...HANGUP];
    await interrupt({ id: 'a', then });
    await begins(SHIPPED);
    await clock.advance(300);
    await interrupt(silence);
    expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([
      { text: GOODBYE },
      { text: BYE },
    ]);
    await begins(GOODBYE);
    await clock.advance(3_000);
    await begins(BYE);
    await clock.advance(10_000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(events()).toContain('a then_skipped silenced');
  });

  it('leaves the end of an answer that only let an interruption go first', async () => {
    const answered = new Promise<void>((go) => clock.after(300, go));
    const onUserSpeak = () => answered.then(() => [GOODBYE, hangup()]);
    const { interrupt, begins, ends, hear } = await line({ template: { onUserSpeak } });
    const answering = hear(userSpeak('bye'));
    await clock.advance(50);
    await interrupt({ id: 'a' });
    await clock.advance(400);
    expect(await answering).toEqual([]);
    await begins(SHIPPED);
    await clock.advance(300);
    await interrupt(silence);
    await hear(EVENTS.assistant_speech_ended);
    await begins(GOODBYE);
    expect(await ends(GOODBYE)).toMatchObject(HANGUP);
  });

  it.each([
    ['refused', REFUSED],
    ['in doubt', IN_DOUBT],
  ])('has called it off once, though the rest of that `then` is %s', async (_, answer) => {
    const answers: (typeof answer | { status: 'delivered' })[] = [
      { status: 'delivered' },
      { status: 'delivered' },
      answer,
    ];
    const { interrupt, begins } = await line({ answers });
    await interrupt({ id: 'a', then: [{ type: 'speak', text: GOODBYE }, ...HANGUP] });
    await begins(SHIPPED);
    await clock.advance(300);
    await interrupt(silence);
    await clock.advance(20_000);
    expect(answers).toEqual([]);
    expect(events().filter((event) => event.includes('then_skipped'))).toEqual([
      'a then_skipped silenced',
    ]);
  });

  it('has called it off once, whoever cancels the rest of that `then`', async () => {
    const { interrupt, begins, cancel } = await line();
    await interrupt({ id: 'a', then: [{ type: 'speak', text: GOODBYE }, ...HANGUP] });
    await begins(SHIPPED);
    await clock.advance(300);
    await interrupt(silence);
    expect(await cancel('a')).toBe('cancelled');
    expect(events().filter((event) => event.includes('then_skipped'))).toEqual([
      'a then_skipped silenced',
    ]);
  });

  it('lets come what doesn’t end the call', async () => {
    const { interrupt, begins, hear } = await line();
    await interrupt({ id: 'a', then: [SMS] });
    await begins(SHIPPED);
    await clock.advance(300);
    await interrupt(silence);
    expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([SMS]);
  });

  it('that waits calls it off when it goes out', async () => {
    const { interrupt, hear, begins } = await line({
      push: false,
      template: { onUserSpeak: ({ text }) => (text === 'bye' ? [GOODBYE, hangup()] : undefined) },
    });
    await hear(userSpeak('bye'));
    await begins(GOODBYE);
    await clock.advance(300);
    await interrupt(silence);
    expect(await hear(userSpeak('hm'))).toEqual([{ type: 'barge_in', session_id }]);
    await clock.advance(10_000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });
});

describe('silence that waits', () => {
  const silence = { id: 'silence', say: undefined };
  const template = { onUserSpeak: () => [GOODBYE, hangup()] };

  it('calls it off, too, where the sentence ends before it can be cut', async () => {
    const { interrupt, begins, ends, hear } = await line({ push: false, template });
    await hear(userSpeak('bye'));
    await begins(GOODBYE);
    expect(await interrupt(silence)).toMatchObject([{ outcome: 'deferred' }]);
    expect(await ends(GOODBYE)).toEqual([{ type: 'barge_in', session_id }]);
    await clock.advance(10_000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });

  it('leaves a hangup as it is once it is too late', async () => {
    const { interrupt, begins, ends, hear } = await line({ push: false, template });
    await hear(userSpeak('bye'));
    await begins(GOODBYE);
    await interrupt({ ...silence, max_age_seconds: 1 });
    expect(await ends(GOODBYE)).toEqual([{ type: 'hangup', session_id }]);
  });

  it('leaves what is protected, and its hangup, as it is', async () => {
    const notice = speak(GOODBYE, { barge_in: { strategy: 'none' } });
    const { interrupt, begins, ends, hear } = await line({
      push: false,
      template: { onUserSpeak: () => [notice, hangup()] },
    });
    await hear(userSpeak('bye'));
    await begins(GOODBYE);
    await interrupt(silence);
    const answers = [await ends(GOODBYE), await hear(EVENTS.assistant_speech_ended)];
    expect(answers.flat()).toContainEqual({ type: 'hangup', session_id });
  });
});

describe('a `then` that doesn’t come', () => {
  it('has an event of its own when the caller hangs up first', async () => {
    const { interrupt, begins, hear } = await line();
    await interrupt({ id: 'a', then: [{ type: 'hangup' }] });
    await begins(SHIPPED);
    await hear(EVENTS.session_end);
    expect(events()).toEqual(['a delivered', 'a heard', 'a then_skipped session_ended']);
  });

  it.each([
    ['refused for good', [], REFUSED, ['a then_skipped refused']],
    ['in doubt', [], IN_DOUBT, ['a then_skipped in_doubt']],
    ['in doubt, once, though more stands behind it', HANGUP, IN_DOUBT, ['a then_skipped in_doubt']],
  ])('has one, with a reason, where its own push is %s', async (_what, more, became, told) => {
    const { interrupt, begins } = await line({ answers: [{ status: 'delivered' }, became] });
    await interrupt({ id: 'a', then: [{ type: 'speak', text: GOODBYE }, ...more] });
    await begins(SHIPPED);
    // Nobody tells of its end: the clock does.
    await clock.advance(60_000);
    expect(events()).toEqual(['a delivered', 'a heard', ...told]);
  });

  it('has none where its words had not come either', async () => {
    const { interrupt, hear } = await line({ push: false });
    await interrupt({ id: 'a', then: HANGUP });
    await hear(EVENTS.session_end);
    expect(events()).toEqual(['a skipped session_ended']);
  });

  it('comes all the same when the caller has talked over the words', async () => {
    const { interrupt, begins, hear } = await line({ template: { onUserSpeak: () => undefined } });
    await interrupt({ id: 'a', then: [SMS] });
    await begins(SHIPPED);
    await clock.advance(500);
    const answers = [
      await hear(EVENTS.assistant_speech_ended),
      await hear({ ...userSpeak('Wait!'), barged_in: true }),
    ];
    expect(answers.flat()).toMatchObject([SMS]);
  });
});

it('a `then` that begins with words has its hangup follow those, however long they take', async () => {
  const { interrupt, begins, ends } = await line();
  const then = [{ type: 'speak', text: GOODBYE }, ...HANGUP];
  await interrupt({ id: 'a', say: undefined, max_age_seconds: 1, then });
  await begins(GOODBYE);
  expect(await ends(GOODBYE)).toMatchObject(HANGUP);
  expect(events()).toEqual(['a delivered', 'a heard']);
});

describe('what the caller cuts', () => {
  it('hangs nobody up who says "wait" into the goodbye of the template', async () => {
    const { begins, hear } = await line({
      template: {
        onUserSpeak: ({ text }) => (text === 'bye' ? [speak(GOODBYE), hangup()] : 'Yes?'),
      },
    });
    await hear(userSpeak('bye'));
    await begins(GOODBYE);
    await clock.advance(500);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
    await clock.advance(700);
    expect(await hear({ ...userSpeak('No, wait'), barged_in: true })).toMatchObject([
      { text: 'Yes?' },
    ]);
    await clock.advance(30_000);
    expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
  });
});

it('what belongs to a session is not another one’s', async () => {
  const { interrupt, cancel, hear } = await line({ push: false });
  await hear({ ...EVENTS.session_start, session: { ...SESSION, id: 'two' } });
  await interrupt({ id: 'a', session_id: undefined, target: { everyone: true } });
  expect(await cancel('a')).toBe('cancelled');
  const others = await hear({ ...EVENTS.assistant_speech_ended, session: { id: 'two' } });
  expect(others).toMatchObject([{ type: 'barge_in' }, { text: SHIPPED }]);
  expect(events()).toEqual([`a skipped cancelled`, 'a delivered']);
  expect(outcomes.events.at(-1)).toMatchObject({ session_id: 'two' });
});
