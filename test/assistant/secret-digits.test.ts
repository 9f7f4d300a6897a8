import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { createWebhookHandler } from '../../functions/assistant/webhook-handler.ts';
import { collectDigits } from '../../functions/kit/digits.ts';
import type { Recorded } from '../../functions/runtime/recorder.ts';
import { sealingFor } from '../../functions/runtime/sealing.ts';
import { fixedTokens } from '../../functions/runtime/tokens.ts';
import { assistantSays, callerHangsUp, callerPresses, callerSays } from '../../local/play.ts';
import { playOf } from '../../local/recording/recorded-play.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';
import { playCall } from '../support/play-call.ts';

/** Nothing else has these digits in this order. */
const PIN = '918273';
const seen: string[] = [];

function asking(secret: boolean) {
  const pin = collectDigits({ name: 'pin', say: 'Your PIN, please.', length: 6, secret });
  return defineTemplate({
    fallback: 'Sorry?',
    digits: [pin],
    history: { turns: 5 },
    onSessionStart: () => pin,
    onUserSpeak: (_event, { history }) => {
      seen.push(...history.map(({ text }) => text));
      return 'Go on.';
    },
    onDigits({ digits }, { history }, { log }) {
      seen.push(...history.map(({ text }) => text));
      log.info(`it is ${digits}`, { digits, long: `of ${SESSION.id}: ${digits}` });
      return 'Thank you.';
    },
  });
}

let world = aWorld();
beforeEach(() => {
  world = aWorld();
  seen.length = 0;
});

const key = (digit: string) => ({ ...EVENTS.dtmf_received, digit });

describe('secret digits', () => {
  it('are in the row as ciphertext alone, which needs the secret of this deployment', async () => {
    const { hear } = phoneLine({ ...world, template: asking(true) });
    await hear(EVENTS.session_start);
    for (const digit of '918') await hear(key(digit));
    await hear(userSpeak('27'));
    const stored = await world.sessions.read(SESSION.id);
    const { entry } = await callIn(world.sessions);
    const keys = entry?.keys ?? [];
    for (const fact of stored?.call.facts ?? [])
      if (fact.kind === 'key')
        expect(Object.keys(fact).toSorted()).toEqual(['at', 'id', 'kind', 'sealed']);
    expect(keys).toHaveLength(4);
    for (const [, sealed] of keys) expect(sealed).toMatch(/^[\w-]{18,20}$/);
    const row = JSON.stringify(stored);
    expect(row).not.toMatch(/"(9|1|8|27|918|91827)"/);
    const opened = async (secret: string) => {
      const sealing = await sealingFor(SESSION.id, async () => [secret]);
      return keys.map(([id, sealed]) => sealing.open(id, sealed)).join('');
    };
    expect(await opened('secret')).toBe('91827');
    await expect(opened('another')).rejects.toThrow();
    await hear(key('3'));
    const after = await callIn(world.sessions);
    expect(after.entry).toBeUndefined();
    for (const [, sealed] of keys) expect(JSON.stringify(after)).not.toContain(sealed);
  });

  it('that came at once are all there, in order of time', async () => {
    const entered: string[] = [];
    const pin = collectDigits({ name: 'pin', say: 'Your PIN.', length: 8, secret: true });
    const template = defineTemplate({
      fallback: 'Sorry?',
      digits: [pin],
      onSessionStart: () => pin,
      onDigits: ({ digits }) => void entered.push(digits),
    });
    const { hear } = phoneLine({ ...world, template });
    await hear(EVENTS.session_start);
    const at = world.clock.now();
    await Promise.all([...'91827364'].map((digit, index) => hear(key(digit), at + index)));
    expect(new Set(entered)).toEqual(new Set(['91827364']));
  });

  it('are in no log and no history, not even where the call flow logs them', async () => {
    const { sessions, session_id, log } = await playCall(asking(true), [
      assistantSays('Your PIN'),
      ...[...'9182'].map((digit) => callerPresses(digit)),
      callerSays('I said 9182 73 in the letter that you have got'),
      assistantSays('Go on.'),
      callerSays('I said nine one eight two seven three in that letter'),
      assistantSays('Go on.'),
      callerSays('Seven, three'),
      assistantSays('Thank you.'),
      callerHangsUp(),
    ]);
    expect(seen).not.toEqual([]);
    for (const text of [
      JSON.stringify(log.lines),
      seen.join(),
      JSON.stringify(
        (await sessions.history(session_id, 50)).map((note) => 'text' in note && note.text),
      ),
    ])
      expect(text).not.toMatch(/918273|9182|\b73\b|nine|three/i);
    expect(log.lines.some(({ message }) => message === 'it is …')).toBe(true);
  });
});

describe('a recording', () => {
  async function kept(secret: boolean) {
    const recorded: Recorded[] = [];
    const { clock, sessions } = world;
    const send = createWebhookHandler({
      templates: always(asking(secret)),
      jobs: noJobs,
      sessions,
      outcomes: recordingOutcomes(),
      tokens: fixedTokens('token'),
      recorder: { keep: (_id, one) => void recorded.push(one), kept: async () => {} },
      clock,
      log: recordingLog(),
    });
    const events = [
      EVENTS.session_start,
      ...[...'918*'].map(key),
      userSpeak('27 3, please'),
      { ...EVENTS.user_barge_in, text: `It is ${PIN}` },
      userSpeak('Nine, one, acht'),
    ];
    for (const event of events)
      await send({ headers: { 'x-api-token': 'token' }, body: JSON.stringify(event) });
    return recorded.map((one) => one.kind === 'event' && (one.event as Record<string, unknown>));
  }

  it('of a call flow that asks for secret digits has none that the caller gave', async () => {
    expect(await kept(true)).toMatchObject([
      { type: 'session_start', session: { id: SESSION.id } },
      { digit: '1' },
      { digit: '1' },
      { digit: '1' },
      { digit: '*' },
      { type: 'user_speak', text: '11 1, please' },
      { type: 'user_barge_in', text: 'It is 111111' },
      { type: 'user_speak', text: '1, 1, 1' },
    ]);
  });

  it('of any other has them: a menu is played again by them', async () => {
    expect((await kept(false)).slice(1, 6)).toMatchObject([
      { digit: '9' },
      { digit: '1' },
      { digit: '8' },
      { digit: '*' },
      { text: '27 3, please' },
    ]);
  });

  it('of the simulator has none either, and is played again', async () => {
    const template = asking(true);
    const play = [
      assistantSays('Your PIN'),
      ...[...'9182'].map((digit) => callerPresses(digit)),
      callerSays('73'),
      assistantSays('Thank you.'),
      callerHangsUp(),
    ];
    const { recording } = await playCall(template, play);
    const given = recording().entries.flatMap((entry) =>
      entry.kind === 'event' && /^(dtmf|user)/.test(entry.event.type)
        ? [entry.event.digit ?? entry.event.text]
        : [],
    );
    expect(given).toEqual(['1', '1', '1', '1', '11']);
    const again = playOf(recording());
    await playCall(template, again.play, again.call);
  });
});

it('are handed over to a silence, too: what fails then is not silent', async () => {
  const pin = collectDigits({ name: 'pin', say: 'Your PIN.', length: 6, tries: 1, secret: true });
  const template = defineTemplate({
    fallback: 'Sorry?',
    digits: [pin],
    onSessionStart: () => pin,
    onDigits: () => Promise.reject(new Error('the shop is down')),
  });
  const { hear } = phoneLine({ ...world, template });
  await hear(EVENTS.session_start);
  await world.clock.advance(1_000);
  await hear(EVENTS.assistant_speech_ended);
  await world.clock.advance(8_000);
  expect(await hear(EVENTS.user_input_timeout)).toMatchObject([{ text: 'Sorry?' }]);
});
