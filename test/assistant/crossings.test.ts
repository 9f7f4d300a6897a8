import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import { hangup } from '../../functions/protocol/builders.ts';
import type { SessionStore } from '../../functions/sessions/session.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { type LineOptions, phoneLine, type Sent } from '../support/phone-line.ts';

let clock: ManualClock;
let sessions: SessionStore;
let outcomes: ReturnType<typeof recordingOutcomes>;
let sent: Sent[];

beforeEach(() => {
  clock = manualClock();
  sessions = createMemoryStore(clock);
  outcomes = recordingOutcomes();
  sent = [];
});

const line = (options: LineOptions) => phoneLine({ ...options, sessions, outcomes, clock, sent });
const texts = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : (action as { type: string }).type));
const pushed = () => sent.map(({ actions }) => texts(actions));
const begins = (text: string, duration_ms = 1_000) => ({ ...EVENTS.assistant_speak, text, duration_ms });
const inMs = (ms: number) => new Promise<void>((go) => clock.after(ms, go));

const template = (onJob: Template['onJob'], more: Partial<Template> = {}) =>
  defineTemplate({
    fallback: 'Once more, please.',
    progress: 'Still looking.',
    onUserSpeak: ({ text }) => (text === 'Stop' ? 'All right.' : later({ hold: 'One moment.', job: text })),
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

describe('what nobody wants to hear any more', () => {
  it('does not hold up the answer to what they ask instead', async () => {
    const store: SessionStore = {
      ...sessions,
      async take(id, waiting) {
        await inMs(60);
        return sessions.take(id, waiting);
      },
    };
    const flow = template(async function* () {
      for (let n = 1; n <= 20; n++) yield `Sentence ${n}.`;
    });
    const { hear, started, work } = await asked(flow, { store });
    await work(started[0]);
    expect(await sessions.waiting(SESSION.id)).toHaveLength(20);
    let answered: unknown;
    void hear(userSpeak('Stop')).then((answer) => {
      answered = texts(answer);
    });
    await clock.advance(100);
    expect(answered).toEqual(['All right.']);
    expect(outcomes.events.filter(({ reason }) => reason === 'stale_turn')).toHaveLength(20);
  });

  it('does not take the place of an answer that is ready at the deadline', async () => {
    const store: SessionStore = { ...sessions, waiting: () => inMs(2_000).then(() => []) };
    const { hear, started, work } = await asked(
      template(() => 'It has left.'),
      { store },
    );
    await work(started[0]);
    const answer = hear(userSpeak('Stop'));
    await clock.advance(800);
    expect(texts(await answer)).toEqual(['All right.']);
    await clock.advance(2_000);
  });
});

describe('a goodbye that has been heard', () => {
  const polite: Template = { fallback: 'Sorry?', onUserSpeak: () => ['One.', 'Two.', hangup()] };

  it.each<[string, Partial<SessionStore>]>([
    ['fails', { startWaiting: () => Promise.reject(new Error('away')) }],
    ['hangs', { startWaiting: () => inMs(2_000).then(() => ({ claimed: false, reason: 'transferred' as const })) }],
  ])('is followed by what was put off though what keeps the rest %s', async (_how, broken) => {
    const store = { ...sessions };
    const { hear } = line({ template: polite, store });
    await hear(EVENTS.session_start);
    expect(texts(await hear(userSpeak('Bye')))).toEqual(['One.']);
    await hear(begins('One.'));
    Object.assign(store, broken);
    await clock.advance(1_000);
    const answer = hear(EVENTS.assistant_speech_ended);
    await clock.advance(800);
    expect(texts(await answer)).toEqual(['Two.', 'hangup']);
    await clock.advance(2_000);
  });
});
