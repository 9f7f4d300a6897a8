import { beforeEach, describe, expect, it } from 'vitest';
import { createAssistant } from '../../functions/assistant/assistant.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { transfer } from '../../functions/protocol/builders.ts';
import conversation from '../../functions/templates/conversation.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

// The default hands nobody over; whoever adds that gets the caller back.
const PERSON = {
  target_phone_number: '493023125001',
  caller_id_name: 'Us',
  caller_id_number: '493023125000',
};
const template = { ...conversation, onSmsFailed: () => transfer({ ...PERSON, timeout: 20 }) };

let send: (event: unknown) => Promise<string>;
const say = (text: string) => send(userSpeak(text));

beforeEach(() => {
  const clock = manualClock();
  const parts = {
    templates: always(template),
    jobs: noJobs,
    sessions: createMemoryStore(clock),
    outcomes: recordingOutcomes(),
    clock,
    log: recordingLog(),
  };
  const assistant = createAssistant(parts);
  send = async (event) => {
    // Whatever was said has been said by then.
    await clock.advance(3_000);
    const [action] = await assistant(event as never, {
      at: clock.now(),
      deadline: clock.now() + 800,
    });
    return action?.type === 'speak' ? (action.text ?? '') : (action?.type ?? '');
  };
});

describe('conversation', () => {
  it('greets, learns a name, uses it and hangs up after the goodbye', async () => {
    const ends = () => send(EVENTS.assistant_speech_ended);
    expect(await send(EVENTS.session_start)).toBe('Hello! What is your name?');
    await ends();
    expect(await say('My name is Anna')).toContain('Anna');
    await ends();
    expect(await say('I would like a table for two')).toBe(
      'Anna, you said: I would like a table for two. What else?',
    );
    await ends();
    expect(await say('What did I say?')).toBe('You said: I would like a table for two');
    await ends();
    expect(await say('What is my name?')).toBe('Your name is Anna.');
    expect(await ends()).toBe('');
    expect(await say('Goodbye')).toBe('Goodbye, Anna.');
    expect(await ends()).toBe('hangup');
  });

  it('tells whom it calls why the telephone rang', async () => {
    const session = { ...EVENTS.session_start.session, direction: 'outbound' };
    expect(await send({ type: 'session_start', session })).toBe(
      'Hello! I am calling to introduce myself. What is your name?',
    );
  });

  it.each([
    ['my name is jürgen', 'jürgen'],
    ["I'm Jürgen", 'Jürgen'],
    ['Call me Ines-Marie please', 'Ines-Marie'],
    ["Hello, this is O'Neill.", "O'Neill"],
    ['Anna.', 'Anna'],
  ])('hears the name in %j', async (text, name) => {
    expect(await say(text)).toContain(`Nice to meet you, ${name}.`);
  });

  it.each(['Hello', 'hi!', 'Goodbye'])('takes no greeting for a name: %j', async (text) => {
    expect(await say(text)).not.toContain('Nice to meet you');
  });

  it.each(["I'm hungry", 'this is strange', 'Yes I am'])('hears no name in %j', async (text) => {
    await say('Good morning everybody');
    expect(await say(text)).not.toContain('Nice to meet you');
  });

  it('does not hang up on a caller who goes on talking', async () => {
    await say('My name is Anna');
    await say('Goodbye');
    await say('No, wait, one more thing');
    expect(await send(EVENTS.assistant_speech_ended)).toBe('');
  });

  it('greets a caller who comes back by name', async () => {
    await send(EVENTS.session_start);
    await say('My name is Anna');
    expect(await send(EVENTS.sms_failed)).toBe('transfer');
    expect(await send(EVENTS.session_start)).toBe('Hello again, Anna. What else can I do?');
  });

  it.each(['🎉'.repeat(300), '漢'.repeat(300), '"\\'.repeat(300), '\u0001'.repeat(300)])(
    'remembers what fits of %j',
    async (text) => {
      await say(`My name is ${'Ä'.repeat(40)}`);
      expect(await say(text)).toContain('you said');
      expect(await say('What did I say?')).toContain('You said: ');
    },
  );
});
