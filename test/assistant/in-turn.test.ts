import { beforeEach, describe, expect, it } from 'vitest';
import type { HandlerResult, Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { bargeIn, hangup, sendSms, speak, transfer } from '../../functions/protocol/builders.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { type LineOptions, phoneLine } from '../support/phone-line.ts';

let clock: ManualClock;
let sessions: CallStore;
let outcomes: ReturnType<typeof recordingOutcomes>;

beforeEach(() => {
  clock = manualClock();
  sessions = createMemoryStore(clock);
  outcomes = recordingOutcomes();
});

const PERSON = {
  target_phone_number: '493023125001',
  caller_id_name: 'Hotline',
  caller_id_number: '493023125000',
};
const shown = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : (action as { type: string }).type));

/**
 * A call whose template answers the caller with `result`, and everything else with nothing unless
 * it is told to.
 */
async function call(result: HandlerResult, template: Template = {}, options: LineOptions = {}) {
  const answering = {
    onUserSpeak: ({ text }: { text: string }) => (text === 'Bye' ? result : 'Yes?'),
    ...template,
  };
  const { hear, interrupt } = phoneLine({
    ...options,
    template: answering,
    sessions,
    outcomes,
    clock,
    sent: [],
  });
  await hear(EVENTS.session_start);
  return {
    interrupt,
    says: async (text: string) => shown(await hear(userSpeak(text))),
    begins: async (text: string) =>
      shown(await hear({ ...EVENTS.assistant_speak, text, duration_ms: 1_000 })),
    presses: async () => shown(await hear(EVENTS.dtmf_received)),
    ends: async (after_ms = 1_000) => {
      await clock.advance(after_ms);
      return shown(await hear(EVENTS.assistant_speech_ended));
    },
  };
}

describe('what would cut the sentence before it', () => {
  it.each([
    ['a hangup', hangup(), 'hangup'],
    ['a transfer', transfer(PERSON), 'transfer'],
  ])('waits until that has been heard: %s', async (_name, ending, type) => {
    const { says, begins, ends } = await call(['Goodbye.', ending]);
    expect(await says('Bye')).toEqual(['Goodbye.']);
    expect(await begins('Goodbye.')).toEqual([]);
    expect(await ends()).toEqual([type]);
    expect(await ends()).toEqual([]);
    // It answers an event; nobody triggered it.
    expect(outcomes.events).toEqual([]);
  });

  it('waits for the last sentence; what does not cut goes out at once, in order', async () => {
    const sms = sendSms({ phone_number: '493023125001', message: 'x' });
    const { says, begins, ends } = await call([sms, 'One.', speak('Two.'), sms, hangup()]);
    expect(await says('Bye')).toEqual(['send_sms', 'One.', 'Two.', 'send_sms']);
    await begins('One.');
    expect(await ends()).toEqual([]);
    await begins('Two.');
    expect(await ends()).toEqual(['hangup']);
  });

  it('needs no voice that reports itself', async () => {
    const { says, ends } = await call(['Goodbye to you, and thank you.', hangup()]);
    await says('Bye');
    await clock.advance(1_000);
    expect(await ends()).toEqual(['hangup']);
  });

  it('is not set off by the end of what was said before', async () => {
    const { says, begins, ends } = await call(['Goodbye.', hangup()], {
      onSessionStart: () => 'A long story.',
    });
    await begins('A long story.');
    await says('Bye');
    expect(await ends()).toEqual([]);
    await begins('Goodbye.');
    expect(await ends()).toEqual(['hangup']);
  });

  it('is not taken for an interruption that landed while a slow answer was computed', async () => {
    const slow = async () => {
      await clock.advance(50);
      return ['Goodbye.', hangup()];
    };
    const { says, begins, ends } = await call(undefined, { onUserSpeak: slow });
    expect(await says('Bye')).toEqual(['Goodbye.']);
    await begins('Goodbye.');
    expect(await ends()).toEqual(['hangup']);
  });

  it('is forgotten when the caller goes on talking', async () => {
    const { says, begins, ends } = await call(['Goodbye.', hangup()]);
    await says('Bye');
    await begins('Goodbye.');
    expect(await says('Wait!')).toEqual(['Yes?']);
    await begins('Yes?');
    expect(await ends()).toEqual([]);
    expect(await ends()).toEqual([]);
  });

  it('is forgotten when the caller cuts the sentence: their words come after its end', async () => {
    const { says, begins, ends } = await call(['Goodbye.', hangup()]);
    await says('Bye');
    await begins('Goodbye.');
    expect(await ends(300)).toEqual([]);
    expect(await says('Wait!')).toEqual(['Yes?']);
    await begins('Yes?');
    expect(await ends()).toEqual([]);
  });

  it('is forgotten when an answer cuts the sentence, and what follows that one comes', async () => {
    const onDtmfReceived = () => [bargeIn(), 'No, to sales.', transfer(PERSON)];
    const { says, begins, presses, ends } = await call(['Goodbye.', hangup()], { onDtmfReceived });
    await says('Bye');
    await begins('Goodbye.');
    expect(await presses()).toEqual(['barge_in', 'No, to sales.']);
    expect(await ends(20)).toEqual([]);
    await begins('No, to sales.');
    expect(await ends()).toEqual(['transfer']);
    expect(await ends()).toEqual([]);
  });

  it('comes behind an interruption that cuts the sentence', async () => {
    const { says, begins, ends, interrupt } = await call(['Goodbye.', hangup()]);
    await says('Bye');
    await begins('Goodbye.');
    await interrupt({ say: 'One more thing.' });
    await begins('One more thing.');
    expect(await ends()).toEqual(['hangup']);
  });

  it('waits in the then of an interruption, too', async () => {
    const { begins, ends, interrupt } = await call(undefined);
    await interrupt({
      say: 'We close now.',
      then: [{ type: 'speak', text: 'Goodbye.' }, { type: 'hangup' }],
    });
    await begins('We close now.');
    expect(await ends()).toEqual(['Goodbye.']);
    await begins('Goodbye.');
    expect(await ends()).toEqual(['hangup']);
  });

  it('goes out beside it when DynamoDB is away: then nobody could remember it', async () => {
    const store = { ...sessions, record: () => Promise.reject(new Error('away')) };
    const { says } = await call(['Goodbye.', hangup()], {}, { store });
    expect(await says('Bye')).toEqual(['Goodbye.', 'hangup']);
  });

  it('is not taken for a cut, where the end of one sentence crosses the beginning of the next', async () => {
    const ended: number[] = [];
    const { hear } = phoneLine({
      template: {
        onUserSpeak: () => ['One.', 'Two.'],
        onAssistantSpeechEnded: () => void ended.push(clock.now()),
      },
      sessions,
      outcomes,
      clock,
      sent: [],
    });
    await hear(userSpeak('Hello'));
    await hear({ ...EVENTS.assistant_speak, text: 'Two.', duration_ms: 4_000 });
    await clock.advance(5);
    await hear(EVENTS.assistant_speech_ended);
    expect(ended).toHaveLength(1);
    await clock.advance(1_000);
    await hear(EVENTS.assistant_speech_ended);
    expect(ended).toHaveLength(1);
  });
});

it('what follows a replacement is known to be said before its voice reports it', async () => {
  const { hear, interrupt } = phoneLine({ template: {}, sessions, outcomes, clock, sent: [] });
  await hear(EVENTS.session_start);
  await interrupt({
    say: 'First.',
    then: [{ type: 'speak', text: 'And this is what follows it.' }],
  });
  await hear({ ...EVENTS.assistant_speak, text: 'First.', duration_ms: 1_000 });
  await clock.advance(1_000);
  expect(shown(await hear(EVENTS.assistant_speech_ended))).toEqual([
    'And this is what follows it.',
  ]);
  expect(await interrupt({ id: 'b', say: 'Later.', when: 'after_current' })).toMatchObject([
    { outcome: 'deferred' },
  ]);
});
