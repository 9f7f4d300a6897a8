import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

let world = aWorld();
/** What the call flow was asked about, with what it knew by then. */
let turns: { text: string; history: string[] }[] = [];
beforeEach(() => {
  world = aWorld();
  turns = [];
});

const QUESTION = 'Shall I book it?';
const STATEMENT = 'The train leaves at nine in the morning from platform two.';
const LENGTH_MS = 4_000;
type Spoken = Partial<Pick<Template, 'language' | 'listeners'>>;

const flow = (said: readonly string[], more: Spoken) =>
  defineTemplate({
    fallback: 'Sorry?',
    progress: 'Still looking.',
    history: { turns: 10 },
    onSessionStart: () => [...said],
    onUserSpeak({ text }, { history }) {
      turns.push({ text, history: history.map((one) => one.text) });
      return /look/.test(text) ? later({ hold: 'One moment.', job: text }) : 'It is booked.';
    },
    onJob: () => 'Here it is.',
    ...more,
  });

/** A call whose greeting is `said`; the first sentence of it begins to be heard. */
async function called(said: readonly string[], more: Spoken = {}) {
  const line = phoneLine({ ...world, template: flow(said, more) });
  await line.hear(EVENTS.session_start);
  const begins = (text = '') => {
    const speech_started_at = world.clock.now();
    return line.hear({
      ...EVENTS.assistant_speak,
      text,
      duration_ms: LENGTH_MS,
      speech_started_at,
    });
  };
  await begins(said[0]);
  return { ...line, begins };
}

const asked = () => turns.map(({ text }) => text);
const textsOf = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : action));
const german: Spoken = { language: 'de-DE' };

describe('a word that only shows that somebody listens', () => {
  it.each([
    ['into a question, 300 ms before its end', [QUESTION], 300, 1],
    ['into a question that has hardly begun', [QUESTION], 3_800, 1],
    ['so soon into a question that it was begun before it', [QUESTION], 3_801, 0],
    ['into a question that more follows', [QUESTION, STATEMENT], 300, 0],
    ['999 ms before the end of a statement', [STATEMENT], 999, 1],
    ['1000 ms before the end of a statement', [STATEMENT], 1_000, 1],
    ['1001 ms before the end of a statement', [STATEMENT], 1_001, 0],
    ['in the middle of a statement', [STATEMENT], 2_000, 0],
    ['late into a statement that another follows', [STATEMENT, STATEMENT], 500, 0],
    ['into a question in the middle of a text', ['Is it? Then we go on from there.'], 2_500, 0],
    ['into one that asks in Arabic', ['هل أحجزها؟'], 3_000, 1],
    ['into one that asks within quotes', ['Did he say “when?”'], 3_000, 1],
  ] as const)('%s', async (_when, said, before_end_ms, times) => {
    const { hear } = await called(said, german);
    await world.clock.advance(LENGTH_MS - before_end_ms);
    const actions = await hear(userSpeak('ja'));
    expect(asked()).toEqual(Array(times).fill('ja'));
    expect(textsOf(actions)).toEqual(Array(times).fill('It is booked.'));
  });

  it('after what was said is an answer', async () => {
    const { hear } = await called([STATEMENT], german);
    await world.clock.advance(LENGTH_MS);
    await hear(EVENTS.assistant_speech_ended);
    await world.clock.advance(1_500);
    await hear(userSpeak('Ja, genau.'));
    expect(asked()).toEqual(['Ja, genau.']);
  });

  it('into the second of two sentences counts by that one', async () => {
    const { hear, begins } = await called([STATEMENT, QUESTION], german);
    await world.clock.advance(LENGTH_MS);
    await hear(EVENTS.assistant_speech_ended);
    await begins(QUESTION);
    await world.clock.advance(1_000);
    await hear(userSpeak('Ja'));
    expect(asked()).toEqual(['Ja']);
  });

  it('while a job works is none, whatever the hold asks', async () => {
    const { hear } = await called([STATEMENT]);
    await world.clock.advance(LENGTH_MS);
    await hear(EVENTS.assistant_speech_ended);
    await hear(userSpeak('Please look it up'));
    await world.clock.advance(3_000);
    await hear(userSpeak('ok'));
    expect(asked()).toEqual(['Please look it up']);
  });

  it('is unknown to the call flow and to its history, and so to every model', async () => {
    const { hear } = await called([STATEMENT]);
    await world.clock.advance(1_000);
    await hear(userSpeak('mhm'));
    await world.clock.advance(1_000);
    await hear(userSpeak('Stop, which train?'));
    expect(turns).toMatchObject([{ text: 'Stop, which train?' }]);
    expect(turns[0]?.history.join()).not.toContain('mhm');
    const notes = await world.sessions.history(SESSION.id, 10);
    expect(JSON.stringify(notes)).not.toContain('mhm');
  });

  it('that has cut a sentence has the rest of it said again, if the flow wants that', async () => {
    const two = 'The train leaves at nine. It arrives at noon, at the main station.';
    const cut = { ...userSpeak('okay'), barged_in: true };
    const { hear } = await called([two]);
    await world.clock.advance(2_000);
    expect(await hear(cut)).toEqual([]);
    // The rest is due once the end of what was cut has been told.
    expect(textsOf(await hear(EVENTS.assistant_speech_ended))).toEqual([
      'It arrives at noon, at the main station.',
    ]);
    expect(asked()).toEqual([]);
    world = aWorld();
    const other = await called([two], { listeners: { resume: false } });
    await world.clock.advance(2_000);
    expect(textsOf(await other.hear(cut))).toEqual(['It is booked.']);
  });
});

describe('a word that crosses the end of what it seemed to listen to', () => {
  const silence = { ask: 'Are you still there?', goodbye: 'Goodbye.' };
  /** The voice announces 6 s and takes 4.8, and its end is told 450 ms late. */
  const heardAround = async (said_ms: number, more: Spoken & Pick<Template, 'silence'>) => {
    const line = phoneLine({ ...world, push: false, template: flow([STATEMENT], more) });
    await line.hear(EVENTS.session_start);
    const speech_started_at = world.clock.now();
    const begins = { text: STATEMENT, duration_ms: 6_000, speech_started_at };
    await line.hear({ ...EVENTS.assistant_speak, ...begins });
    await world.clock.advance(said_ms);
    const heard = textsOf(await line.hear(userSpeak('yes')));
    await world.clock.advance(5_250 - said_ms);
    return [...heard, ...textsOf(await line.hear(EVENTS.assistant_speech_ended))];
  };

  it('has stopped the timer of AI Flow, so the call flow asks', async () => {
    expect(await heardAround(4_900, { silence })).toEqual(['Are you still there?']);
  });

  it('is one into it, if it comes half a second before its end is told', async () => {
    expect(await heardAround(4_750, { silence })).toEqual([]);
  });

  it('is left alone by a call flow that never asks', async () => {
    expect(await heardAround(4_900, {})).toEqual([]);
  });
});

describe('the words', () => {
  it.each<[string, Spoken, string, boolean]>([
    ['are those of the language', { language: 'fr-FR' }, 'Ouais', true],
    ['are those of the language alone', { language: 'fr-FR' }, 'genau', false],
    ['are English where none is known', {}, 'Uh-huh.', true],
    ['are told without case and signs', {}, ' OK! Mhm… ', true],
    ['are no others than those', {}, 'ok, which train?', false],
    ['are nothing at all', {}, '…', false],
    ['can be replaced', { listeners: { words: { en: ['roger that'] } } }, 'Roger that!', true],
    ['that are replaced count no more', { listeners: { words: { en: ['roger'] } } }, 'mhm', false],
    ['of no language are none', { listeners: { words: { de: ['ja'] } } }, 'mhm', false],
    ['can be switched off', { listeners: false }, 'mhm', false],
  ])('%s', async (_what, more, text, listens) => {
    const { hear } = await called([STATEMENT], more);
    await world.clock.advance(1_000);
    await hear(userSpeak(text));
    expect(asked()).toEqual(listens ? [] : [text]);
  });
});
