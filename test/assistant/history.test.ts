import { beforeEach, describe, expect, it } from 'vitest';
import { createAssistant } from '../../functions/assistant/assistant.ts';
import {
  defineTemplate,
  later,
  type Template,
  type TemplateSession,
} from '../../functions/assistant/template.ts';
import { byNumber } from '../../functions/assistant/template-choice.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { hangup, speak } from '../../functions/protocol/builders.ts';
import type { TranscriptEntry } from '../../functions/sessions/history.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { type LineOptions, phoneLine } from '../support/phone-line.ts';

let clock: ManualClock;
let sessions: CallStore;
let seen: readonly TranscriptEntry[];

beforeEach(() => {
  clock = manualClock();
  sessions = createMemoryStore(clock);
  seen = [];
});

const look = ({ history }: Pick<TemplateSession<never>, 'history'>) => {
  seen = history;
};

/** Looks at the history at each event, and answers what the caller says. */
const looking = (turns = 10): Template =>
  defineTemplate({
    fallback: 'Sorry?',
    history: { turns },
    onSessionStart(_event, session) {
      look(session);
      return 'Hello! What can I do for you?';
    },
    onUserSpeak({ text }, session) {
      look(session);
      if (text === 'Fail') throw new Error('as told');
      return 'One moment.';
    },
    onAssistantSpeak: (_event, session) => look(session),
    onAssistantSpeechEnded: (_event, session) => look(session),
    onDtmfReceived: (_event, session) => look(session),
    onSessionEnd: (_event, session) => look(session),
  });

function call(template: Template = looking(), options: Partial<LineOptions> = {}) {
  const outcomes = recordingOutcomes();
  const line = phoneLine({ template, sessions, outcomes, clock, sent: [], ...options });
  /** The assistant says something for a second, or is stopped earlier. */
  const speaks = async (text: string, ms = 1_000, duration_ms = 1_000) => {
    await line.hear({ ...EVENTS.assistant_speak, text, duration_ms });
    await clock.advance(ms);
    await line.hear(EVENTS.assistant_speech_ended);
  };
  return {
    ...line,
    speaks,
    says: (text: string, over = {}) => line.hear({ ...userSpeak(text), ...over }),
  };
}

const lines = () =>
  seen.map(({ turn, role, text, cut }) => `${turn} ${role}: ${text}${cut ? ' …' : ''}`);

describe('session.history', () => {
  it('ends with what the caller has just said, after what they heard before it', async () => {
    const { hear, speaks, says } = call();
    await hear(EVENTS.session_start);
    expect(lines()).toEqual([]);
    await speaks('Hello! What can I do for you?', 1_900, 1_900);
    await says('Where is my parcel?');
    await speaks('One moment.');
    await clock.advance(500);
    await says('Hurry up!');
    expect(lines()).toEqual([
      '0 assistant: Hello! What can I do for you?',
      '1 caller: Where is my parcel?',
      '1 assistant: One moment.',
      '2 caller: Hurry up!',
    ]);
  });

  it('has only as much of a sentence as was heard, and the interruption that cut it', async () => {
    const { hear, speaks, says, interrupt } = call();
    await hear(EVENTS.session_start);
    await hear({
      ...EVENTS.assistant_speak,
      text: 'Hello! What can I do for you?',
      duration_ms: 2_900,
    });
    await clock.advance(1_100);
    await interrupt();
    await hear(EVENTS.assistant_speech_ended);
    await clock.advance(20);
    await speaks('Your parcel has shipped.');
    await clock.advance(400);
    await says('Great!');
    expect(lines()).toEqual([
      '0 assistant: Hello! What …',
      '0 assistant: Your parcel has shipped.',
      '1 caller: Great!',
    ]);
    expect(seen[0]).toEqual({ turn: 0, role: 'assistant', text: 'Hello! What', cut: true });
  });

  it('has as much as was heard before the caller talked over it', async () => {
    const { hear, says } = call();
    await hear(EVENTS.session_start);
    await hear({
      ...EVENTS.assistant_speak,
      text: 'Hello! What can I do for you?',
      duration_ms: 2_900,
    });
    await clock.advance(1_100);
    await says('Stop!', { barged_in: true });
    expect(lines()).toEqual(['0 assistant: Hello! What …', '1 caller: Stop!']);
    await clock.advance(100);
    await hear({ ...EVENTS.user_barge_in, text: 'I said stop!' });
    expect(lines().at(-1)).toBe('2 caller: I said stop!');
  });

  it('shows at the end of a call what the caller hung up on', async () => {
    const { hear } = call();
    await hear(EVENTS.session_start);
    await hear({
      ...EVENTS.assistant_speak,
      text: 'Hello! What can I do for you?',
      duration_ms: 2_900,
    });
    await clock.advance(1_100);
    await hear(EVENTS.session_end);
    expect(lines()).toEqual(['0 assistant: Hello! What …']);
    await clock.advance(60_000);
    await hear(EVENTS.session_start);
    expect(lines()).toEqual(['0 assistant: Hello! What …']);
  });

  it('is what was answered, where the voice does not report itself', async () => {
    const template = defineTemplate({
      history: { turns: 5 },
      fallback: 'Sorry?',
      onSessionStart: () => [
        speak('Hello!'),
        { type: 'speak', ssml: '<speak>Smith &amp; Sons<break/>here.</speak>' },
      ],
      onUserSpeak(_event, session) {
        look(session);
        return [speak('Goodbye.'), hangup()];
      },
    });
    const { hear, says } = call(template);
    await hear(EVENTS.session_start);
    await clock.advance(2_000);
    await says('Hi.');
    await clock.advance(2_000);
    await says('Bye.');
    expect(lines()).toEqual([
      '0 assistant: Hello! Smith & Sons here.',
      '1 caller: Hi.',
      '1 assistant: Goodbye.',
      '2 caller: Bye.',
    ]);
  });

  describe('of a voice that does not report itself', () => {
    const silent = (work = async () => {}) =>
      defineTemplate({
        history: { turns: 5 },
        fallback: 'Sorry?',
        onSessionStart: () => 'Hello!',
        async onUserSpeak({ text }, session) {
          look(session);
          await work();
          return `You said ${text}`;
        },
      });

    it('has what an interruption that waited said instead, and then the answer behind it', async () => {
      const { hear, says, interrupt } = call(silent(), { push: false });
      await hear(EVENTS.session_start);
      await clock.advance(2_000);
      expect(await interrupt()).toMatchObject([{ outcome: 'deferred' }]);
      await says('Hi.');
      await clock.advance(2_000);
      expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([{ text: 'You said Hi.' }]);
      await clock.advance(2_000);
      await says('Bye.');
      expect(lines()).toEqual([
        '0 assistant: Hello!',
        '1 caller: Hi.',
        '1 assistant: Your parcel has shipped.',
        '1 assistant: You said Hi.',
        '2 caller: Bye.',
      ]);
    });

    it('has an answer that was put off once, when it is given', async () => {
      const { hear, says, interrupt } = call(
        silent(() => new Promise((resolve) => clock.after(100, resolve))),
      );
      await hear(EVENTS.session_start);
      await clock.advance(2_000);
      const answer = says('Hi.');
      await clock.advance(50);
      await interrupt();
      await clock.advance(50);
      expect(await answer).toEqual([]);
      await clock.advance(2_000);
      expect(await hear(EVENTS.assistant_speech_ended)).toMatchObject([{ text: 'You said Hi.' }]);
      void says('Bye.');
      await clock.advance(100);
      expect(lines()).toEqual([
        '0 assistant: Hello!',
        '1 caller: Hi.',
        '1 assistant: You said Hi.',
        '2 caller: Bye.',
      ]);
    });
  });

  it('leaves out an answer that nobody heard, once the voice reports itself', async () => {
    const { hear, says, speaks } = call();
    await hear(EVENTS.session_start);
    await clock.advance(10);
    await says('Hi.');
    await speaks('One moment.');
    await says('Well?');
    expect(lines()).toEqual(['1 caller: Hi.', '1 assistant: One moment.', '2 caller: Well?']);
  });

  it('reaches back as many turns as the template asks for', async () => {
    const { hear, says, speaks } = call(looking(2));
    await hear(EVENTS.session_start);
    for (const text of ['one', 'two', 'three']) {
      await says(text);
      await speaks(`You said ${text}.`);
    }
    await says('four');
    expect(lines()).toEqual(['3 caller: three', '3 assistant: You said three.', '4 caller: four']);
    // Of the turn that goes on, too.
    await hear(EVENTS.dtmf_received);
    expect(lines()).toEqual(['3 caller: three', '3 assistant: You said three.', '4 caller: four']);
  });

  it('keeps what the caller said though the template fails', async () => {
    const { says } = call();
    await says('Fail');
    await clock.advance(10);
    await says('Again?');
    expect(lines()).toEqual(['1 caller: Fail', '1 assistant: Sorry?', '2 caller: Again?']);
  });

  it('clips a text at 1,000 characters, and never within one', async () => {
    const { says, hear } = call();
    await says(`${'x'.repeat(999)}🙂`);
    expect(seen[0]?.text).toBe('x'.repeat(999));
    await hear({ ...EVENTS.assistant_speak, text: 'y '.repeat(2_000), duration_ms: 240_000 });
    await clock.advance(30_000);
    await hear(EVENTS.assistant_speech_ended);
    await hear(EVENTS.dtmf_received);
    // 30 of 240 seconds are 500 of 4,000 characters, half of those that are kept.
    expect(seen[1]).toMatchObject({ cut: true, text: 'y '.repeat(250).trim() });
  });
});

describe('without an event', () => {
  const asking = defineTemplate({
    fallback: 'Sorry?',
    progress: 'Still looking.',
    history: { turns: 2 },
    onUserSpeak: () => later({ hold: 'One moment.', job: {} }),
    onJob: (_job, session) => look(session),
    onTrigger(_trigger, session) {
      look(session);
      return 'It has shipped.';
    },
  });
  const asked = async (options: Partial<LineOptions> = {}) => {
    const one = call(asking, options);
    for (const text of ['one', 'two', 'three']) await one.says(text);
    await one.speaks('One moment.');
    return one;
  };
  const heard = ['2 caller: two', '3 caller: three', '3 assistant: One moment.'];

  it('is there for a trigger', async () => {
    const { interrupt } = await asked();
    expect(await interrupt({ say: undefined, context: {} })).toMatchObject([
      { outcome: 'delivered' },
    ]);
    expect(lines()).toEqual(heard);
  });

  it('is there for a job', async () => {
    const { work, started } = await asked();
    await work(started.at(-1));
    expect(lines()).toEqual(heard);
  });

  it('is empty when it cannot be read', async () => {
    const history = () => Promise.reject(new Error('no'));
    const { work, started, log } = await asked({ store: { ...sessions, history } });
    await work(started.at(-1));
    expect(lines()).toEqual([]);
    expect(log.lines.filter(({ level }) => level === 'error').at(-1)).toMatchObject({
      message: 'history_not_read',
      session_id: SESSION.id,
    });
  });
});

describe('two templates, one of which asks for a history', () => {
  const silent = defineTemplate({
    fallback: 'Sorry?',
    onUserSpeak: (_event, session) => look(session),
  });
  const templates = byNumber(
    [
      ['4930111', looking(5)],
      ['4930222', silent],
    ],
    silent,
  );
  const answering = () =>
    createAssistant({
      templates,
      jobs: { start: async () => {} },
      sessions,
      outcomes: recordingOutcomes(),
      clock,
      log: recordingLog(),
    });

  it.each([
    ['4930111', ['1 caller: one', '2 caller: two']],
    ['4930222', []],
  ])('a call to %s remembers %j', async (to_phone_number, expected) => {
    const answer = answering();
    const times = () => ({ at: clock.now(), deadline: clock.now() + 800 });
    await answer({ ...EVENTS.session_start, session: { ...SESSION, to_phone_number } }, times());
    for (const text of ['one', 'two']) {
      await answer(userSpeak(text), times());
      await clock.advance(10);
    }
    expect(lines().filter((line) => line.includes('caller'))).toEqual(expected);
    const kept = (await sessions.history(SESSION.id, 5)).filter(({ kind }) => kind === 'caller');
    expect(kept).toHaveLength(expected.length);
  });
});

describe('a template that asks for no history', () => {
  it('has an empty one, and costs neither a read nor a write', async () => {
    const used: string[] = [];
    const store = {
      ...sessions,
      history: async () => void used.push('history') as never,
      keepTurn: async () => void used.push('keepTurn'),
    };
    const template: Template = {
      onUserSpeak: (_event, session) => look(session),
      onTrigger: () => 'It has shipped.',
    };
    const { says, speaks, interrupt } = call(template, { store });
    await speaks('Hello!');
    await says('Hi.');
    await says('Hi again.');
    expect(await interrupt({ say: undefined, context: {} })).toMatchObject([
      { outcome: 'delivered' },
    ]);
    expect([seen, used]).toEqual([[], []]);
  });
});

describe('requests to the store', () => {
  /** A call whose greeting has begun, by a voice that reports itself. */
  async function counted(template: Template) {
    let used: string[] = [];
    const store = Object.fromEntries(
      Object.entries(sessions).map(([name, method]) => [
        name,
        (...given: never[]) => {
          used.push(name);
          return (method as (...given: never[]) => unknown)(...given);
        },
      ]),
    ) as unknown as CallStore;
    const { hear } = call(template, { store });
    await hear(EVENTS.session_start);
    await hear({
      ...EVENTS.assistant_speak,
      text: 'Hello! What can I do for you?',
      duration_ms: 1_900,
    });
    await clock.advance(1_900);
    await hear(EVENTS.assistant_speech_ended);
    return async (event: object) => {
      used = [];
      await hear(event);
      return used.toSorted();
    };
  }
  const without = (): Template => {
    const { history: _, ...template } = looking();
    return template;
  };

  it('are one for an event that only records, and two for one that changes something', async () => {
    const usedBy = await counted(without());
    expect(await usedBy(EVENTS.dtmf_received)).toEqual(['record']);
    expect(await usedBy(userSpeak('Hi.'))).toEqual(['record', 'save']);
  });

  it('are with a history one more for what is read, and one for what is noted', async () => {
    const usedBy = await counted(looking());
    expect(await usedBy(EVENTS.dtmf_received)).toEqual(['history', 'record']);
    expect(await usedBy(userSpeak('Hi.'))).toEqual(['history', 'keepTurn', 'record', 'save']);
  });
});

describe('a history that fails', () => {
  const broken = {
    history: () => Promise.reject(new Error('no')),
    keepTurn: () => Promise.reject(new Error('no')),
  };

  it('costs memory, not the answer', async () => {
    const { says, log } = call(looking(), { store: { ...sessions, ...broken } });
    expect(await says('Hi.')).toMatchObject([{ text: 'One moment.' }]);
    expect(lines()).toEqual(['1 caller: Hi.']);
    const line = { level: 'error', session_id: SESSION.id, event: 'user_speak' };
    expect(log.lines).toMatchObject([
      { ...line, message: 'history_not_read' },
      { ...line, message: 'history_not_kept' },
      { ...line, message: 'history_not_kept' },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('Hi.');
  });

  it('is logged without the name of an event that may be anything', async () => {
    const template = defineTemplate({
      fallback: 'Sorry?',
      history: { turns: 10 },
      onUnknownEvent: (_event, session) => look(session),
    });
    const { hear, log } = call(template, { store: { ...sessions, ...broken } });
    await hear({ type: 'My name is Jane', session: SESSION });
    expect(log.lines).toMatchObject([{ message: 'history_not_read', event: 'unknown' }]);
  });

  it('has half of the time there is', async () => {
    const never = new Promise<never>(() => {});
    const { says } = call(looking(), { store: { ...sessions, history: () => never } });
    const answer = says('Hi.');
    await clock.advance(400);
    expect(await answer).toMatchObject([{ text: 'One moment.' }]);
  });

  it('does not hold back an answer that is ready beyond the deadline', async () => {
    const never = new Promise<never>(() => {});
    const { says } = call(looking(), { store: { ...sessions, keepTurn: () => never } });
    const answer = says('Hi.');
    await clock.advance(800);
    expect(await answer).toMatchObject([{ text: 'One moment.' }]);
  });

  it('is not written to a turn that nobody knows', async () => {
    const kept: unknown[] = [];
    const store: CallStore = {
      ...sessions,
      record: () => Promise.reject(new Error('no')),
      keepTurn: async (...note) => void kept.push(note),
    };
    const { says } = call(looking(), { store });
    expect(await says('Hi.')).toMatchObject([{ text: 'One moment.' }]);
    expect([kept, lines()]).toEqual([[], ['1 caller: Hi.']]);
  });
});

describe('defineTemplate', () => {
  it.each([0, 51, 1.5, Number.NaN])('refuses a history of %s turns', (turns) => {
    expect(() => defineTemplate({ fallback: 'Sorry?', history: { turns } })).toThrow(
      `history.turns must be a whole number from 1 to 50; got ${turns}: leave history out for none`,
    );
  });

  it.each([1, 50])('takes one of %i', (turns) => {
    expect(defineTemplate({ fallback: 'Sorry?', history: { turns } })).toMatchObject({
      history: { turns },
    });
  });
});
