import { describe, expect, it, test } from 'vitest';
import receptionist from '../../functions/templates/receptionist.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  assistantSendsSms,
  assistantTransfers,
  callerHangsUp,
  callerInterrupts,
  callerPresses,
  callerSays,
  outcomesAre,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { phoneLine } from '../support/phone-line.ts';
import { playCall } from '../support/play-call.ts';

const GREETING = assistantSays('bicycle shop');
const CALLING = assistantSays('One moment, I am calling');
const GOODBYE = [assistantSays('Thank you for calling. Goodbye.'), assistantHangsUp()];

describe('whom the caller wants', () => {
  it.each([
    ['I would like to buy a bicycle', '493023125101'],
    ['Sales, please.', '493023125101'],
    ['My chain is broken', '493023125102'],
    ['Can I get help?', '493023125102'],
  ])('%j', async (text, number) => {
    await playCall(receptionist, [
      GREETING,
      callerSays(text),
      CALLING,
      assistantTransfers(number),
      callerHangsUp(),
    ]);
  });

  it.each([
    ['1', '493023125101'],
    ['2', '493023125102'],
  ])('key %s', async (key, number) => {
    await playCall(receptionist, [
      GREETING,
      callerPresses(key),
      CALLING,
      assistantTransfers(number),
      callerHangsUp(),
    ]);
  });

  it('is asked again if it is nobody', async () => {
    const nobody = [
      callerSays('Bananas'),
      assistantSays('Say sales'),
      callerPresses('9'),
      assistantSays('Say sales'),
    ];
    await playCall(receptionist, [
      GREETING,
      ...nobody,
      callerSays('When does sales close?'),
      assistantSays('nine to six'),
      callerHangsUp(),
    ]);
  });
});

describe('nobody answers', () => {
  const called = [
    GREETING,
    callerPresses('1'),
    CALLING,
    assistantTransfers(),
    assistantSays("Sales can't answer."),
  ];

  it('for 20 s: the caller is back, and leaves a message', async () => {
    const message = assistantSendsSms(
      'For Sales, from 493023125077: I am Ben, no hurry. Thank you, bye',
    );
    const play = [
      ...called,
      callerSays('I am Ben, no hurry. Thank you, bye'),
      message,
      assistantSays('pass that on'),
      assistantHangsUp(),
    ];
    const { timeline } = await playCall(receptionist, play, {
      transfer: 'unanswered',
      from: '+493023125077',
    });
    expect(
      timeline().find(
        (entry) => entry.kind === 'playback_started' && 'text' in entry && /can't/.test(entry.text),
      )?.at_ms,
    ).toBeGreaterThan(20_000);
  });

  it('a withheld number is none', async () => {
    const message = assistantSendsSms('from a withheld number: I am Ben');
    const play = [
      ...called,
      callerSays('I am Ben'),
      message,
      assistantSays('pass that on'),
      assistantHangsUp(),
    ];
    await playCall(receptionist, play, { transfer: 'busy', from: 'anonymous' });
  });

  it('whoever leaves no message says goodbye, or presses another key', async () => {
    await playCall(receptionist, [...called, callerSays('No, thanks.'), ...GOODBYE], {
      transfer: 'busy',
    });
    const other = [
      callerPresses('3'),
      assistantSays('nine to six'),
      callerSays("That's all, bye"),
      ...GOODBYE,
    ];
    await playCall(receptionist, [...called, ...other], { transfer: 'busy' });
  });
});

describe('the goodbye', () => {
  it('is heard, though the "no" came early and was too short to cut the question', async () => {
    await playCall(receptionist, [
      GREETING,
      callerInterrupts('No', { after: 'Hello' }),
      ...GOODBYE,
    ]);
  });

  it('is none for a caller who goes on', async () => {
    await playCall(receptionist, [
      GREETING,
      callerSays('Bye'),
      assistantSays('Goodbye'),
      callerInterrupts('Oh, and when do you open?', { after: 'Thank you' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('nine to six'),
      callerSays('Bye'),
      assistantSays('Goodbye'),
      callerPresses('3', { after: 'Thank you' }),
      assistantIsCut({ by: 'app' }),
      assistantSays('nine to six'),
      silenceFor(5),
      callerHangsUp(),
    ]);
  });
});

it('calls whom the caller named last', async () => {
  await playCall(receptionist, [
    GREETING,
    callerPresses('1', { after: 'Hello' }),
    assistantIsCut({ by: 'app' }),
    assistantSays('calling Sales'),
    callerInterrupts('No, support!', { after: 'One moment' }),
    assistantIsCut({ by: 'caller' }),
    assistantSays('calling Support'),
    callerPresses('1', { after: 'One moment' }),
    assistantIsCut({ by: 'app' }),
    assistantSays('calling Sales'),
    assistantTransfers('493023125101'),
    callerHangsUp(),
  ]);
});

describe('an operator', () => {
  it('is announced, then gets the caller for good', async () => {
    await playCall(receptionist, [
      GREETING,
      triggered({ after: 'Hello', context: { operator: 'Anna', number: '493023125103' } }),
      assistantIsCut({ by: 'app' }),
      assistantSays('Anna is joining now.'),
      assistantTransfers('493023125103'),
      silenceFor(60),
      outcomesAre('delivered', 'heard'),
      callerHangsUp(),
    ]);
  });

  it.each([{ operator: 'Anna' }, { operator: 1, number: 2 }, ['Anna'], null])(
    'is not %j',
    async (context) => {
      const play = [
        GREETING,
        triggered({ context }),
        silenceFor(1),
        outcomesAre('declined'),
        callerHangsUp(),
      ];
      await playCall(receptionist, play);
    },
  );
});

test('a message that did not go out is no reason to hang up', async () => {
  const clock = manualClock();
  const parts = {
    sessions: createMemoryStore(clock),
    outcomes: recordingOutcomes(),
    clock,
    sent: [],
  };
  const { hear } = phoneLine({ template: receptionist, ...parts });
  await hear(EVENTS.session_start);
  await hear({ ...EVENTS.dtmf_received, digit: '1' });
  await hear({
    ...EVENTS.assistant_speak,
    text: 'One moment, I am calling Sales.',
    duration_ms: 2_000,
  });
  await clock.advance(2_000);
  expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([{ type: 'transfer' }]);
  await clock.advance(20_000);
  await hear(EVENTS.session_start);
  expect(await hear(userSpeak('It is Ben'))).toMatchObject([
    { type: 'send_sms' },
    { text: expect.stringContaining('pass that on') },
  ]);
  await hear({
    ...EVENTS.assistant_speak,
    text: 'I will pass that on. Goodbye.',
    duration_ms: 2000,
  });
  await clock.advance(500);
  const words = { type: 'speak', text: expect.stringContaining('did not go out') };
  expect(await hear(EVENTS.sms_failed)).toMatchObject([{ type: 'barge_in' }, words]);
  expect(await hear(EVENTS.assistant_speech_ended)).toEqual([]);
});
