import { beforeEach, describe, expect, it } from 'vitest';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { hangup, speak } from '../../functions/protocol/builders.ts';
import { http } from '../support/envelopes.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

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
type Line = ReturnType<typeof line>;
const words = () =>
  outcomes.events.map(({ outcome, reason, error }) => reason ?? error?.code ?? outcome);

async function overHttp({ trigger }: Line, body: object) {
  const event = http({ session_id, triggered_at: new Date(clock.now()).toISOString(), ...body });
  const { statusCode, body: reply } = (await trigger(event)) as {
    statusCode: number;
    body: string;
  };
  return { status: statusCode, outcome: JSON.parse(reply).outcomes[0] };
}

/** It begins a moment after it was sent, and is heard to its end: what that is answered with. */
async function says({ hear }: Pick<Line, 'hear'>, text: string) {
  await clock.advance(10);
  const duration_ms = Math.round((text.length / 15) * 1000);
  await hear({ ...EVENTS.assistant_speak, text, duration_ms, speech_started_at: clock.now() });
  await clock.advance(duration_ms);
  return hear(EVENTS.assistant_speech_ended);
}

describe('the same id', () => {
  it.each([
    ['the same', {}, undefined],
    ['other words', { say: 'Your parcel is late.' }, true],
    ['another then', { then: [{ type: 'hangup' }] }, true],
    ['a default that is given', { resume: false }, undefined],
  ])('with %s is a duplicate, and says whether it differs', async (_what, over, differs) => {
    const phone = line();
    await phone.hear(EVENTS.session_start);
    const first = { say: 'Your parcel has shipped.', id: 'shipped' };
    expect(await overHttp(phone, first)).toMatchObject({
      status: 200,
      outcome: { outcome: 'delivered' },
    });
    const { status, outcome } = await overHttp(phone, { ...first, ...over });
    expect([status, outcome.reason, outcome.differs]).toEqual([200, 'duplicate', differs]);
    const warnings = phone.log.lines.filter(({ message }) => message === 'id_differs');
    expect(warnings).toEqual(
      differs
        ? [{ level: 'warn', message: 'id_differs', session_id, interruption_id: 'shipped' }]
        : [],
    );
    expect(sent).toHaveLength(1);
  });

  it('is known after many others, and still tells what differs', async () => {
    const phone = line();
    await phone.hear(EVENTS.session_start);
    for (let n = 0; n < 40; n++) await phone.interrupt({ id: `i-${n}`, say: `Number ${n}.` });
    expect(sent).toHaveLength(40);
    expect(await phone.interrupt({ id: 'i-0', say: 'Number 0.' })).toEqual([
      { session_id, outcome: 'skipped', reason: 'duplicate' },
    ]);
    expect(await phone.interrupt({ id: 'i-1', say: 'Another one.' })).toMatchObject([
      { differs: true },
    ]);
    expect(sent).toHaveLength(40);
  });
});

it('the same words under two ids are heard twice, and have a Heard each', async () => {
  const phone = line();
  const text = 'Your parcel has shipped.';
  await phone.hear(EVENTS.session_start);
  await phone.interrupt({ id: 'a' });
  await says(phone, text);
  await clock.advance(1_400);
  await phone.interrupt({ id: 'b' });
  await says(phone, text);
  const heard = outcomes.events.filter(({ outcome }) => outcome === 'heard');
  expect(heard.map(({ interruption_id, took_ms }) => [interruption_id, took_ms])).toEqual([
    ['a', 10],
    ['b', 10],
  ]);
});

describe('more than a call takes', () => {
  it('is refused once sixteen wait, and none of those is lost', async () => {
    const phone = line({ push: false });
    await phone.hear(EVENTS.session_start);
    for (let n = 0; n < 16; n++) {
      expect(await overHttp(phone, { id: `i-${n}`, say: `Number ${n}, please.` })).toMatchObject({
        status: 202,
      });
    }
    expect(await overHttp(phone, { id: 'late', say: 'Too much.' })).toMatchObject({
      status: 409,
      outcome: { outcome: 'skipped', reason: 'queue_full' },
    });
    let [, answer] = (await phone.hear(EVENTS.assistant_speech_ended)) as { text?: string }[];
    const said = [];
    while (answer?.text) {
      said.push(answer.text);
      [, answer] = (await says(phone, answer.text)) as { text?: string }[];
    }
    expect(said).toEqual(Array.from({ length: 16 }, (_, n) => `Number ${n}, please.`));
    expect(await phone.interrupt({ id: 'late', say: 'Now it fits.' })).toMatchObject([
      { outcome: 'deferred' },
    ]);
  });

  it('that was delivered isn’t told to be in doubt later, though others change the call each time', async () => {
    const well = line();
    await well.hear(EVENTS.session_start);
    let crossings = 0;
    const busy: CallStore = {
      ...sessions,
      async save(...given) {
        if (sent.length > 0 && ++crossings <= 8)
          await well.hear({ ...EVENTS.assistant_speech_ended });
        return sessions.save(...given);
      },
    };
    const phone = line({ store: busy });
    const reply = overHttp(phone, { id: 'shipped', say: 'Your parcel has shipped.' });
    await clock.advance(2_000);
    expect(await reply).toMatchObject({ outcome: { outcome: 'delivered' } });
    await clock.advance(6_000);
    await well.hear(EVENTS.session_end);
    expect(words()).not.toContain('in_doubt');
  });

  it('is contended, and may be sent again, when others change the call each time', async () => {
    const well = line();
    await well.hear(EVENTS.session_start);
    let written = 0;
    const busy: CallStore = {
      ...sessions,
      async save(...given) {
        written++;
        await well.hear({ ...EVENTS.assistant_speech_ended });
        return sessions.save(...given);
      },
    };
    const phone = line({ store: busy });
    const reply = overHttp(phone, { id: 'shipped', say: 'Your parcel has shipped.' });
    await clock.advance(2_000);
    expect(await reply).toMatchObject({
      status: 502,
      outcome: { error: { code: 'contended', retryable: true } },
    });
    expect([written, sent]).toEqual([5, []]);
    expect(await overHttp(well, { id: 'shipped', say: 'Your parcel has shipped.' })).toMatchObject({
      status: 200,
    });
    expect(sent).toHaveLength(1);
  });
});

describe('whoever was to send it', () => {
  /** A function that sends for ever: for all that others know it has died. */
  const dying = () => line({ answers: [new Promise(() => {})] });

  it('has died: it is in doubt, once, and nobody says it again', async () => {
    const phone = line({ template: { onUserSpeak: () => 'Yes?' } });
    await phone.hear(EVENTS.session_start);
    void dying().interrupt();
    await clock.advance(6_000);
    expect(await phone.hear(userSpeak('Hello?'))).toMatchObject([{ text: 'Yes?' }]);
    expect(outcomes.events).toMatchObject([
      {
        interruption_id: 'shipped',
        session_id,
        outcome: 'failed',
        error: { code: 'in_doubt', retryable: false },
      },
    ]);
    expect(await phone.interrupt()).toMatchObject([{ reason: 'duplicate' }]);
    await clock.advance(20_000);
    await phone.hear(userSpeak('Anybody?'));
    expect([sent.length, words()]).toEqual([1, ['in_doubt', 'duplicate']]);
  });

  it('was frozen: what has been told of it meanwhile is its reply, too, and isn’t told again', async () => {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    const phone = line();
    await phone.hear(EVENTS.session_start);
    const reply = line({ answers: [promise] }).interrupt();
    await clock.advance(6_000);
    await phone.hear(userSpeak('Hello?'));
    expect(words()).toEqual(['in_doubt']);
    resolve({ status: 'refused', code: 'unreachable', message: 'frozen', retryable: true });
    const [outcome] = await reply;
    expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'in_doubt' } });
    expect(outcome).not.toHaveProperty('published');
    expect(outcomes.events).toMatchObject([{ outcome: 'failed' }, { published: true }]);
  });

  it('has died after it was heard: then it was heard', async () => {
    const phone = line();
    await phone.hear(EVENTS.session_start);
    void dying().interrupt({ then: [{ type: 'hangup' }] });
    expect(await says(phone, 'Your parcel has shipped.')).toMatchObject([{ type: 'hangup' }]);
    await clock.advance(10_000);
    await phone.hear(EVENTS.session_end);
    expect(words()).toEqual(['heard']);
  });

  it.each<[string, Partial<CallStore>]>([
    [
      'has written it, and not been told so',
      { save: (...written) => sessions.save(...written).then(() => lost()) },
    ],
    ['could not write it', { save: () => lost() }],
  ])('%s: what was not sent leaves nothing behind', async (_what, broken) => {
    const well = line();
    await well.hear(EVENTS.session_start);
    let away = true;
    const { save = sessions.save } = broken;
    const store: CallStore = {
      ...sessions,
      save: (...written) => (away ? save(...written) : sessions.save(...written)),
    };
    const transfer = { say: undefined, then: [{ type: 'transfer', ...OPERATOR }] };
    expect(await line({ store }).interrupt(transfer)).toMatchObject([
      { outcome: 'failed', error: { code: 'store_unavailable', retryable: true } },
    ]);
    away = false;
    await clock.advance(10_000);
    expect(await well.interrupt({ id: 'later' })).toMatchObject([{ outcome: 'delivered' }]);
    expect(sent.map(({ actions }) => actions.map(({ type }) => type))).toEqual([
      ['barge_in', 'speak'],
    ]);
  });

  const lost = () => Promise.reject(new Error('the answer got lost'));
});

it('words of the caller prove that nobody was handed over', async () => {
  const phone = line({ template: { onUserSpeak: () => 'Yes?' } });
  await phone.hear(EVENTS.session_start);
  await phone.interrupt({ id: 'a', say: undefined, then: [{ type: 'transfer', ...OPERATOR }] });
  expect(await phone.interrupt({ id: 'b' })).toMatchObject([{ reason: 'transferred' }]);
  await clock.advance(1_000);
  // They may have crossed it on their way.
  await phone.hear(userSpeak('Hello?'));
  expect(await phone.interrupt({ id: 'c' })).toMatchObject([{ reason: 'transferred' }]);
  await clock.advance(5_000);
  await phone.hear(userSpeak('Is anybody there?'));
  expect(await phone.interrupt({ id: 'd' })).toMatchObject([{ outcome: 'delivered' }]);
});

describe('resume', () => {
  const FIRST = 'Your order has left. It is on its way.';
  const SECOND = 'You will have it tomorrow.';
  const NEWS = 'The parcel is at your door.';

  it('says the rest of the sentence that was cut and those behind it, each as it was', async () => {
    const careful = { barge_in: { strategy: 'none' as const } };
    const tts = { provider: 'azure' as const, language: 'en-GB', voice: 'en-GB-SoniaNeural' };
    const phone = line({
      template: { onUserSpeak: () => [speak(FIRST, careful), speak(SECOND, { tts })] },
    });
    await phone.hear(EVENTS.session_start);
    await phone.hear(userSpeak('Where is it?'));
    await clock.advance(10);
    await phone.hear({
      ...EVENTS.assistant_speak,
      text: FIRST,
      duration_ms: 2533,
      speech_started_at: clock.now(),
    });
    await clock.advance(2_000);
    expect(await phone.interrupt({ say: NEWS, resume: true, force: true })).toMatchObject([
      { resumed: true },
    ]);
    expect(await phone.hear(EVENTS.assistant_speech_ended)).toEqual([]);
    const rest = await says(phone, NEWS);
    expect(rest).toEqual([
      { type: 'speak', text: 'It is on its way.', ...careful, session_id },
      { type: 'speak', text: SECOND, tts, session_id },
    ]);
  });

  it('comes before what ends the call', async () => {
    const goodbye = 'Goodbye, and thank you for calling.';
    const phone = line({ template: { onUserSpeak: () => [goodbye, hangup()] } });
    await phone.hear(EVENTS.session_start);
    await phone.hear(userSpeak('bye'));
    await clock.advance(10);
    await phone.hear({
      ...EVENTS.assistant_speak,
      text: goodbye,
      duration_ms: 2333,
      speech_started_at: clock.now(),
    });
    await clock.advance(500);
    await phone.interrupt({ say: NEWS, resume: true });
    expect(await phone.hear(EVENTS.assistant_speech_ended)).toEqual([]);
    expect(await says(phone, NEWS)).toMatchObject([{ text: goodbye }]);
    expect(await says(phone, goodbye)).toMatchObject([{ type: 'hangup' }]);
  });
});
