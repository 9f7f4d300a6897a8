import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { MAX_WAITING } from '../../functions/call/document.ts';
import { waitingIn } from '../../functions/call/utterances.ts';
import { hangup } from '../../functions/protocol/builders.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const line = (options: LineOptions) => phoneLine({ ...options, sessions, outcomes, clock, sent });
const texts = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : (action as { type: string }).type));
const pushed = () => sent.map(({ actions }) => texts(actions));
const begins = (text: string, duration_ms = 1_000) => ({
  ...EVENTS.assistant_speak,
  text,
  duration_ms,
});

const template = (onJob: Template['onJob'], more: Partial<Template> = {}) =>
  defineTemplate({
    fallback: 'Once more, please.',
    progress: 'Still looking.',
    onUserSpeak: ({ text }) =>
      text === 'Stop' ? 'All right.' : later({ hold: 'One moment.', job: text }),
    ...(onJob && { onJob }),
    ...(more as object),
  });

/** A call in which something has been asked, and the hold heard. */
async function asked(flow: Template, options: LineOptions = {}) {
  const call = line({ template: flow, ...options });
  await call.hear(EVENTS.session_start);
  await call.hear(userSpeak('4711'));
  await call.hear(begins('One moment.'));
  const ends = async (ms = 1_000) => {
    await clock.advance(ms);
    return texts(await call.hear(EVENTS.assistant_speech_ended));
  };
  return { ...call, ends };
}

describe('a job that runs twice', () => {
  it('is heard as far as either run has come, each part once', async () => {
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const { ends, hear, started, work } = await asked(
      template(async function* () {
        const first = ++runs === 1;
        yield 'One.';
        if (first) await gate.promise;
        yield 'Two.';
      }),
    );
    await ends();
    const first = work(started[0]);
    await clock.advance(10);
    await work(started[0]);
    gate.resolve();
    await first;
    expect(pushed()).toEqual([['One.']]);
    await hear(begins('One.'));
    expect(await ends()).toEqual(['Two.']);
    await hear(begins('Two.'));
    expect(await ends()).toEqual([]);
  });
});

describe('a job that runs again', () => {
  it('goes on behind what is heard already, where its first run has been lost', async () => {
    let runs = 0;
    const { ends, hear, started, work } = await asked(
      template(async function* () {
        const isLost = ++runs === 1;
        yield 'One.';
        if (isLost) await new Promise(() => {});
        yield 'Two.';
      }),
    );
    await ends();
    void work(started[0]);
    await clock.advance(10);
    await work(started[0]);
    await hear(begins('One.'));
    expect(await ends()).toEqual(['Two.']);
  });
});

describe('a job that goes on', () => {
  it('does not undo what an event has changed meanwhile', async () => {
    const gate = Promise.withResolvers<void>();
    const flow = template(
      async function* (_job: unknown, { state }: { state: { step?: string } }) {
        state.step = 'begun';
        yield 'One.';
        await gate.promise;
        yield 'Two.';
      } as never,
      {
        onDtmfReceived: (_event, { state }) => {
          state.step = 'key';
        },
      },
    );
    const { ends, hear, started, work } = await asked(flow);
    await ends();
    const working = work(started[0]);
    await clock.advance(10);
    expect(await callIn(sessions)).toMatchObject({ state: { step: 'begun' } });
    await hear(EVENTS.dtmf_received);
    gate.resolve();
    await working;
    expect(await callIn(sessions)).toMatchObject({ state: { step: 'key' } });
  });
});

describe('progress', () => {
  const SLOW: Partial<Template> = { onUserInputTimeout: () => 'Are you there?' };

  it('is not said after the answer that landed while it was on its way out', async () => {
    const call: { work?: () => Promise<void> } = {};
    const store: CallStore = {
      ...sessions,
      async record(id, fact, signal) {
        const stored = await sessions.record(id, fact, signal);
        if (fact.kind === 'silence') await call.work?.();
        return stored;
      },
    };
    const { ends, hear, started, work } = await asked(
      template(() => 'It has left.', SLOW),
      { store },
    );
    await ends();
    call.work = () => work(started[0]);
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual([]);
    expect(pushed()).toEqual([['It has left.']]);
    await hear(begins('It has left.'));
    expect(await ends()).toEqual([]);
  });

  it('is heard to its end, by an answer that comes before it has begun', async () => {
    const { ends, hear, started, work } = await asked(template(() => 'It has left.', SLOW));
    await ends();
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual(['Still looking.']);
    await work(started[0]);
    expect(pushed()).toEqual([]);
    await hear(begins('Still looking.'));
    expect(await ends()).toEqual(['It has left.']);
  });
});

describe('a slow answer without a session', () => {
  it('is not put off: nobody would know which question it answers', async () => {
    const away: CallStore = { ...sessions, record: () => Promise.reject(new Error('away')) };
    const call = line({ template: template(() => 'It has left.'), store: away });
    expect(texts(await call.hear(userSpeak('4711')))).toEqual(['Once more, please.']);
    expect(call.started).toEqual([]);
  });
});

describe('what a job ends the call with', () => {
  it('is forgotten when the caller goes on talking', async () => {
    const { ends, hear, started, work } = await asked(
      template(() => ['It has left. Goodbye.', hangup()]),
    );
    await ends();
    await work(started[0]);
    await hear(begins('It has left. Goodbye.', 4_000));
    expect(await ends(1_000)).toEqual([]);
    expect(texts(await hear({ ...userSpeak('Stop'), barged_in: true }))).toEqual(['All right.']);
    await hear(begins('All right.'));
    expect(await ends()).toEqual([]);
  });
});

describe('two jobs for one question', () => {
  it('have each its own mark', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let runs = 0;
    const flow = template(
      async () => {
        const run = runs++;
        await gates[run]?.promise;
        return `Answer ${run}.`;
      },
      { onDtmfReceived: () => later({ hold: 'That, too.', job: 'key' }) },
    );
    const { ends, hear, started, work } = await asked(flow);
    await ends();
    await hear(EVENTS.dtmf_received);
    await hear(begins('That, too.'));
    await ends();
    const working = started.map((job) => work(job));
    await clock.advance(1);
    gates[0]?.resolve();
    await working[0];
    await hear(begins('Answer 0.'));
    await ends();
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual(['Still looking.']);
    gates[1]?.resolve();
    await working[1];
  });
});

describe('what nobody wants to hear any more', () => {
  it('does not hold up the answer to what they ask instead', async () => {
    const flow = template(async function* () {
      for (let n = 1; n <= 20; n++) yield `Sentence ${n}.`;
    });
    const { hear, started, work } = await asked(flow);
    const working = work(started[0]);
    await clock.advance(900);
    const { length } = waitingIn(await callIn(sessions));
    expect(length).toBe(MAX_WAITING);
    expect(texts(await hear(userSpeak('Stop')))).toEqual(['All right.']);
    await clock.advance(3_000);
    await working;
    // Those that waited, and the one that waited for its place among them.
    expect(outcomes.events.filter(({ reason }) => reason === 'stale_turn')).toHaveLength(
      length + 1,
    );
    expect(pushed()).toEqual([]);
  });
});
