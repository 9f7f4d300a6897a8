import { describe, expect, it, test } from 'vitest';
import receptionist, {
  type Message,
  receptionist as receptionistWith,
} from '../../functions/templates/receptionist.ts';
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
  type Play,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
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
    ['Two, please', '493023125102'],
    ['Can I talk to somebody in support?', '493023125102'],
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

describe('whoever is not there at this hour', () => {
  it.each([
    ['before nine', '2026-11-23T07:59:00Z'],
    ['after six', '2026-11-23T17:00:00Z'],
    ['on a Sunday', '2026-11-22T12:00:00Z'],
    ['on a day of its own', '2026-12-25T12:00:00Z'],
    ['in summer, when it is six', '2026-07-06T16:00:00Z'],
  ])('%s', async (_when, at) => {
    const play = [
      assistantSays('We are closed now'),
      callerPresses('1'),
      assistantSays("Sales can't answer."),
      callerPresses('3'),
      assistantSays('nine to six, Monday to Saturday. We are closed now'),
      callerPresses('2'),
      CALLING,
      assistantTransfers('493023125102'),
      callerHangsUp(),
    ];
    await playCall(receptionist, play, { at });
  });

  it.each(['2026-11-23T08:00:00Z', '2026-11-23T16:59:00Z', '2026-07-06T07:00:00Z'])(
    'is called when they are, as at %s',
    async (at) => {
      const play = [GREETING, callerPresses('1'), CALLING, assistantTransfers(), callerHangsUp()];
      await playCall(receptionist, play, { at });
    },
  );
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

describe('a message', () => {
  const called = [
    GREETING,
    callerPresses('2'),
    CALLING,
    assistantTransfers(),
    assistantSays("Support can't answer."),
  ];
  const env = { MESSAGES_URL: 'https://chat.example/hook' };

  /**
   * What is delivered after a call in which nobody answers; the first `failures` tries come to
   * nothing.
   */
  async function delivered(play: Play, failures = 0, given: object = { env }) {
    const messages: Message[] = [];
    let tries = 0;
    const template = receptionistWith(async (message) => {
      if (++tries <= failures) throw new Error('the chat is down');
      messages.push(message);
    });
    const clocks: ManualClock[] = [];
    const made = ({ clock }: { clock: ManualClock }) => {
      clocks.push(clock);
      return template;
    };
    const { log } = await playCall(made, play, { transfer: 'busy', ...given });
    await clocks[0]?.advance(60_000);
    return { messages, tries, log };
  }

  const said = [
    callerSays('My brakes are broken'),
    assistantSendsSms('broken'),
    assistantSays('I will pass that on.'),
  ];

  it('is delivered after the call, whole and without the farewell', async () => {
    const play = [
      ...called,
      ...said,
      callerInterrupts('Call me before noon', { after: 'I will' }),
      assistantIsCut({ by: 'caller' }),
      assistantSendsSms('before noon'),
      assistantSays('I will pass that on.'),
      callerInterrupts('Thanks, bye', { after: 'I will' }),
      assistantIsCut({ by: 'caller' }),
      assistantHangsUp(),
    ];
    const { messages } = await delivered(play);
    expect(messages).toEqual([
      {
        id: expect.any(String),
        text: 'For Support, from 4915112345678: My brakes are broken Call me before noon',
        person: 'Support',
        caller: '4915112345678',
        said: 'My brakes are broken Call me before noon',
      },
    ]);
  });

  it('is delivered though the caller presses a key after it, and without what they did not hear', async () => {
    const { messages } = await delivered([
      ...called,
      callerSays('What?'),
      assistantSays('What is it about'),
      ...said,
      callerPresses('3', { after: 'I will' }),
      assistantIsCut({ by: 'app' }),
      assistantSays('nine to six'),
      callerSays('Thanks, bye'),
      ...GOODBYE,
    ]);
    expect(messages).toMatchObject([{ person: 'Support', said: 'My brakes are broken' }]);
  });

  it('is delivered if the caller hangs up into the answer to it', async () => {
    const { messages } = await delivered([
      ...called,
      ...said,
      { ...callerHangsUp(), after: 'I will' },
      assistantIsCut({ by: 'hangup' }),
    ]);
    expect(messages).toMatchObject([{ said: 'My brakes are broken' }]);
  });

  it('is tried three times, then it is a dead letter', async () => {
    expect(await delivered([...called, ...said, assistantHangsUp()], 2)).toMatchObject({
      messages: [{ said: 'My brakes are broken' }],
      tries: 3,
    });
    const { messages, log } = await delivered([...called, ...said, assistantHangsUp()], 3);
    expect(messages).toEqual([]);
    expect(log.lines.filter(({ message }) => message === 'job_failed')).toHaveLength(3);
  });

  it('is none where none was left, nor is there a place to deliver one', async () => {
    const none = [...called, callerSays('No, thanks'), ...GOODBYE];
    expect(await delivered(none)).toMatchObject({ tries: 0 });
    expect(await delivered([...called, ...said, assistantHangsUp()], 0, {})).toMatchObject({
      tries: 0,
    });
  });

  it('is no worse for an SMS that does not go out, if it is delivered', async () => {
    const play = [...called, ...said, assistantHangsUp()];
    const { messages } = await delivered(play, 0, { env, weather: { sms: 'failed' } });
    expect(messages).toHaveLength(1);
  });
});
