import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { collectDigits } from '../../functions/kit/digits.ts';
import { aWebhook } from '../support/a-webhook.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

const key = (digit: string) => ({ ...EVENTS.dtmf_received, digit });
const pin = collectDigits({ name: 'pin', say: 'Your PIN.', length: 2 });
const ASKING = defineTemplate({
  fallback: 'Sorry?',
  digits: [pin],
  onSessionStart: () => pin,
  onUserSpeak: ({ text }) => `You said ${text}.`,
  onDigits: ({ digits }) => `It is ${digits}.`,
});

it.each([
  ['Secrets Manager is away', () => Promise.reject(new Error('no answer'))],
  ['there is no secret', async () => []],
])('keys that can’t be sealed are lost, and the call goes on: %s', async (_, values) => {
  const { webhook, log } = aWebhook();
  const tokens = { accepts: async () => true, values };
  const hear = webhook(ASKING, { tokens });
  await hear(EVENTS.session_start);
  expect(await hear(key('1'))).toMatchObject({ statusCode: 204 });
  expect(log.lines).toContainEqual(
    expect.objectContaining({ message: 'digits_not_sealed', session_id: SESSION.id }),
  );
});

describe('digits that the call flow no longer asks for, because a newer one was deployed', () => {
  let world = aWorld();
  beforeEach(async () => {
    world = aWorld();
    await phoneLine({ ...world, template: ASKING }).hear(EVENTS.session_start);
  });

  it.each([
    ['words', userSpeak('Hello'), 'You said Hello.'],
    ['a key', key('7'), 'You pressed 7.'],
  ])('are given up, and the newer one answers %s', async (_, event, text) => {
    const code = collectDigits({ name: 'code', say: 'Your code.', length: 4 });
    const template = defineTemplate({
      fallback: 'Sorry?',
      digits: [code],
      onDigits: () => undefined,
      onUserSpeak: (said) => `You said ${said.text}.`,
      onDtmfReceived: ({ digit }) => `You pressed ${digit}.`,
    });
    const { hear } = phoneLine({ ...world, template });
    expect(await hear(event)).toMatchObject([{ text }]);
    expect((await callIn(world.sessions)).entry).toBeUndefined();
  });

  it('are given up where the newer one says nothing: it is asked once, and then after silence', async () => {
    const asked: string[] = [];
    const template = defineTemplate({
      fallback: 'Sorry?',
      silence: { ask: 'Are you there?', goodbye: 'Goodbye.' },
      onUserSpeak: (said) => void asked.push(said.text),
    });
    const { hear } = phoneLine({ ...world, template });
    await world.clock.advance(5_000);
    await hear(EVENTS.assistant_speech_ended);
    await world.clock.advance(5_000);
    expect(await hear(userSpeak('Hello'))).toMatchObject([{ text: 'Are you there?' }]);
    expect(asked).toEqual(['Hello']);
  });
});
