import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later } from '../../functions/assistant/template.ts';
import { speak } from '../../functions/protocol/builders.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

/* Each event is an invocation of its own: they read the call before the others have written it. */

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const text = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : action)).join();
const key = (digit: string) => ({ ...EVENTS.dtmf_received, digit });

/** Of its handlers. */
let runs = 0;
beforeEach(() => {
  runs = 0;
});

type Memory = { words: string; pin: string; found: string };
const keeping = defineTemplate<Memory, string>({
  fallback: 'Once more, please.',
  progress: 'Still looking.',
  onUserSpeak({ text }, { state, labels }) {
    runs++;
    if (text === 'Look') return later({ hold: 'One moment.', job: 'x' });
    if (text.startsWith('label ')) labels.add(text.slice(6));
    else if (text.startsWith('no label ')) labels.delete(text.slice(9));
    else state.words = text;
    return 'Kept.';
  },
  onDtmfReceived({ digit }, { state, labels }) {
    runs++;
    if (digit === '*') labels.add('by key');
    else state.pin = (state.pin ?? '') + (digit === '0' ? 'y'.repeat(160) : digit);
    return digit === '#' ? `Your PIN is ${state.pin}.` : 'Kept.';
  },
  async onTrigger(_trigger, { state }) {
    await new Promise<void>((go) => clock.after(10, go));
    state.found = 'z'.repeat(160);
    return 'News.';
  },
  async onJob(_job, { state }) {
    await new Promise<void>((go) => clock.after(100, go));
    state.found = 'z'.repeat(160);
    return 'Found.';
  },
});

async function call() {
  const line = phoneLine({ template: keeping, sessions, outcomes, clock, sent });
  await line.hear(EVENTS.session_start);
  const limits = () =>
    line.log.lines.filter(({ error }) => (error as Error)?.name === 'SessionLimit');
  return { ...line, limits, runs: () => runs };
}

describe('state that only together is too large', () => {
  it('fails one of two events, by name, and nothing after it', async () => {
    const { hear, limits } = await call();
    const answers = await Promise.all([hear(userSpeak('x'.repeat(160))), hear(key('0'))]);
    expect(answers.map(text).toSorted()).toEqual(['Kept.', 'Once more, please.']);
    expect(limits()).toMatchObject([{ level: 'error', session_id: SESSION.id }]);
    expect(text(await hear(key('1')))).toBe('Kept.');
    expect(limits()).toHaveLength(1);
  });

  it('fails the job that makes it so', async () => {
    const { hear, limits, started, work } = await call();
    await hear(userSpeak('Look'));
    await clock.advance(1_000);
    await hear(EVENTS.assistant_speech_ended);
    const working = expect(work(started[0])).rejects.toThrow('came to nothing');
    await clock.advance(10);
    await hear(key('0'));
    await clock.advance(1_000);
    await working;
    expect(limits()).toHaveLength(1);
    expect(await callIn(sessions)).not.toHaveProperty('state.found');
    expect(text(await hear(key('1')))).toBe('Kept.');
  });

  it('fails the interruption whose words are paid with it, for good', async () => {
    const { hear, interrupt, limits } = await call();
    const interrupting = interrupt({ say: undefined, context: null });
    await clock.advance(1);
    await hear(userSpeak('x'.repeat(160)));
    await clock.advance(10);
    const outcome = await interrupting;
    expect(await callIn(sessions)).toMatchObject({ state: { words: 'x'.repeat(160) } });
    expect(outcome).toMatchObject([{ outcome: 'failed', error: { retryable: false } }]);
    expect(limits()).toHaveLength(1);
    expect(text(await hear(key('1')))).toBe('Kept.');
  });
});

describe('labels', () => {
  const found = async (label: string) => sessions.find({ label });

  it('that two events attach at once are both kept, also where it is the same fifth', async () => {
    const { hear } = await call();
    for (const label of ['a', 'b', 'c', 'd']) await hear(userSpeak(`label ${label}`));
    await Promise.all([hear(userSpeak('label by key')), hear(key('*'))]);
    expect((await callIn(sessions)).labels).toEqual(['a', 'b', 'c', 'd', 'by key']);
    expect(await found('by key')).toEqual([SESSION.id]);
  });

  it('that one event attaches while another one takes one away', async () => {
    const { hear } = await call();
    for (const label of ['a', 'b']) await hear(userSpeak(`label ${label}`));
    await Promise.all([hear(userSpeak('no label a')), hear(key('*'))]);
    expect((await callIn(sessions)).labels).toEqual(['b', 'by key']);
    expect([await found('a'), await found('b'), await found('by key')]).toEqual([
      [],
      [SESSION.id],
      [SESSION.id],
    ]);
  });

  it('of which there are too many fail the event that attaches the sixth', async () => {
    const { hear, limits } = await call();
    for (const label of ['a', 'b', 'c', 'd']) await hear(userSpeak(`label ${label}`));
    const answers = await Promise.all([hear(userSpeak('label e')), hear(key('*'))]);
    expect(answers.map(text).toSorted()).toEqual(['Kept.', 'Once more, please.']);
    expect((await callIn(sessions)).labels).toHaveLength(5);
    expect(limits()).toHaveLength(1);
  });
});

describe('keys', () => {
  it.each([2, 4, 6])('of which %i are pressed at once are all kept', async (count) => {
    const { hear } = await call();
    const digits = '123456'.slice(0, count);
    const answers = await Promise.all([...digits].map((digit) => hear(key(digit))));
    expect(answers.map(text)).toEqual([...digits].map(() => 'Kept.'));
    const { pin } = (await callIn(sessions)).state;
    expect([...String(pin)].toSorted().join('')).toBe(digits);
    expect(text(await hear(key('#')))).toBe(`Your PIN is ${pin}#.`);
  });
});

it('a handler runs again where another event has changed what it has changed, and only there', async () => {
  const { hear, runs } = await call();
  await Promise.all([hear(userSpeak('Hello')), hear(key('1'))]);
  expect(runs()).toBe(2);
  await Promise.all([hear(key('2')), hear(key('3'))]);
  expect(runs()).toBe(5);
});

it('a silence that is told of twice is asked about once, in parallel or a little later', async () => {
  const template = defineTemplate<{ asked: number }>({
    fallback: 'Once more, please.',
    onSessionStart: () => speak('Hello.', { user_input_timeout_seconds: 5 }),
    onUserInputTimeout(_event, { state }) {
      state.asked = (state.asked ?? 0) + 1;
      return speak(`Silence ${state.asked}.`, { user_input_timeout_seconds: 5 });
    },
  });
  const { hear } = phoneLine({ template, sessions, outcomes, clock, sent });
  const isSilent = async () => text(await hear(EVENTS.user_input_timeout));
  await hear(EVENTS.session_start);
  await clock.advance(6_000);
  expect(await Promise.all([isSilent(), isSilent()])).toEqual(['Silence 1.', '']);
  await clock.advance(250);
  expect(await isSilent()).toBe('');
  await clock.advance(6_000);
  expect(await isSilent()).toBe('Silence 2.');
});
