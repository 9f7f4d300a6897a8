import { beforeEach, describe, expect, it, test } from 'vitest';
import { defineTemplate, later } from '../../functions/assistant/template.ts';
import type { TranscriptEntry } from '../../functions/sessions/history.ts';
import { assistantSays, callerHangsUp, callerSays } from '../../local/play.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';
import { playCall } from '../support/play-call.ts';

const HOLD = 'One moment, please.';
const WAIT_MS = 3_500;

/** Looks something up, which takes `ms` by the clock of the call. */
const slow = (ms: number) =>
  defineTemplate<Record<never, never>, string>({
    fallback: 'Sorry?',
    progress: 'Still looking.',
    onSessionStart: () => 'Hello.',
    onUserSpeak: ({ text }) => later({ hold: HOLD, job: text }),
    onDtmfReceived: () => undefined,
    onJob: async (text) => {
      await new Promise((go) => setTimeout(go, ms));
      return `${text} is on its way.`;
    },
  });

describe('a slow answer, where nothing can be pushed', () => {
  it.each([
    { parallel: false },
    { parallel: true },
    { assistant_speak: 'never' as const },
    { speech_ended_late_ms: 450 },
  ])('is heard about when it is ready: %j', async (weather) => {
    const play = [
      assistantSays('Hello.'),
      callerSays('4711'),
      assistantSays('One'),
      assistantSays('4711'),
      callerHangsUp(),
    ];
    const { timeline } = await playCall(slow(3_000), play, { push: false, weather });
    const starts = timeline().flatMap((entry) =>
      entry.kind === 'playback_started' ? entry.at_ms : [],
    );
    const [held = 0, answered = 0] = starts.slice(-2);
    // It looks every half second.
    expect(answered - held).toBeGreaterThan(2_900);
    expect(answered - held).toBeLessThan(3_700);
  });
});

test('words that follow an end which came early are no more waited for', async () => {
  const greeting =
    'Hello, this is the hotline of the shop. Which order would you like to hear about?';
  const template = { ...slow(100), onSessionStart: () => greeting };
  const play = [
    assistantSays('Hello'),
    callerSays('4711'),
    assistantSays('One'),
    assistantSays('4711'),
    callerHangsUp(),
  ];
  // The hold is too short for its end to be taken for a cut.
  const weather = { duration_factor: 1.3 };
  const { timeline } = await playCall(template, play, { push: false, weather });
  const starts = timeline().flatMap((entry) =>
    entry.kind === 'playback_started' ? entry.at_ms : [],
  );
  const [held = 0, answered = 0] = starts.slice(-2);
  expect(answered - held).toBeLessThan(2_000);
});

test('what was ready soon isn’t said again where AI Flow’s timer runs on, and its voice tells nothing', async () => {
  const order = '4711, which has left our warehouse this morning in a large green box,';
  // The hold takes 1.3 s.
  const template = slow(1_400);
  const play = [
    assistantSays('Hello.'),
    callerSays(order),
    assistantSays('One'),
    assistantSays(order),
    callerHangsUp(),
  ];
  const weather = { assistant_speak: 'never' as const, timeouts_run_on: true };
  await playCall(template, play, { push: false, weather });
});

test('what was waited for is remembered, though its voice tells nothing', async () => {
  let heard: readonly TranscriptEntry[] = [];
  const template = {
    ...slow(2_000),
    history: { turns: 5 },
    onSessionEnd: (_event: unknown, { history }: { history: readonly TranscriptEntry[] }) => {
      heard = history;
    },
  };
  const play = [
    assistantSays('Hello.'),
    callerSays('4711'),
    assistantSays('One'),
    assistantSays('4711'),
    callerHangsUp(),
  ];
  await playCall(template, play, { push: false, weather: { assistant_speak: 'never' } });
  expect(heard.map(({ text }) => text)).toEqual(['Hello.', '4711', HOLD, '4711 is on its way.']);
});

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const texts = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : action));

/**
 * A call in which something was asked, and the end of the hold has just been told. `done` lets the
 * job come to its end.
 */
async function held(
  options: LineOptions = {},
  says: (text: string) => string | string[] = (text) => `${text} is on its way.`,
) {
  const gate = Promise.withResolvers<void>();
  const template = defineTemplate({
    fallback: 'Sorry?',
    progress: 'Still looking.',
    onUserSpeak: ({ text }) => later({ hold: HOLD, job: text }),
    onDtmfReceived: () => undefined,
    onJob: async (text) => {
      await (text === 'for ever' ? new Promise(() => {}) : gate.promise);
      return says(text);
    },
  });
  const line = phoneLine({
    template,
    push: false,
    slow_answer_wait_ms: WAIT_MS,
    sessions,
    outcomes,
    clock,
    sent,
    ...options,
  });
  const ends = () => {
    let answered: { at: number; texts: unknown[] } | undefined;
    const begun = clock.now();
    const answer = line.hear(EVENTS.assistant_speech_ended).then((actions) => {
      answered = { at: clock.now() - begun, texts: texts(actions) };
    });
    return { answer, answered: () => answered };
  };
  const asks = async (text: string) => {
    await line.hear(userSpeak(text));
    await line.hear({ ...EVENTS.assistant_speak, text: HOLD, duration_ms: 1_300 });
    const working = line.work(line.started.at(-1));
    await clock.advance(1_300);
    return working;
  };
  await line.hear(EVENTS.session_start);
  void asks('4711');
  await clock.advance(1_300);
  return { ...line, asks, ends, done: gate.resolve };
}

describe('the end of a hold', () => {
  it('is answered with what is ready, at the next look', async () => {
    const { ends, done } = await held();
    const { answered } = ends();
    await clock.advance(1_000);
    expect(answered()).toBeUndefined();
    done();
    await clock.advance(500);
    expect(answered()).toMatchObject({ texts: ['4711 is on its way.'] });
    expect(outcomes.events.map(({ outcome }) => outcome)).toEqual(['deferred', 'delivered']);
  });

  it('waits no more once the job has come to nothing', async () => {
    const { ends, done } = await held({}, () => []);
    const { answered } = ends();
    await clock.advance(300);
    done();
    await clock.advance(600);
    expect(answered()).toMatchObject({ texts: [] });
  });

  it('waits no longer than it may, and reads at most eight times', async () => {
    let reads = 0;
    const store = {
      ...sessions,
      read: async (id: string) => {
        reads++;
        return sessions.read(id);
      },
    };
    const { ends } = await held({ store });
    await clock.advance(0);
    const { answered } = ends();
    await clock.advance(0);
    // The job looks, too.
    const watching = async (ms: number) => {
      const before = reads;
      await clock.advance(ms);
      return reads - before;
    };
    const withWaiting = await watching(WAIT_MS);
    expect(answered()).toEqual({ at: WAIT_MS, texts: [] });
    expect(withWaiting - (await watching(WAIT_MS))).toBeLessThanOrEqual(8);
  });

  it.each([
    ['a key', EVENTS.dtmf_received],
    ['words', userSpeak('4712')],
    ['the silence', EVENTS.user_input_timeout],
  ])('waits no more once there is a newer event: %s', async (_, event) => {
    const { ends, hear, done } = await held();
    const { answered } = ends();
    await clock.advance(300);
    const newer = hear(event);
    done();
    await clock.advance(600);
    expect(answered()).toMatchObject({ texts: [] });
    await newer;
  });

  it.each<[string, LineOptions]>([
    ['slow_answer_wait_ms is 0', { slow_answer_wait_ms: 0 }],
    ['there is a way to push', { push: true }],
    ['events come over a WebSocket', { connection: 'abc=' }],
  ])('is answered at once where %s', async (_, options) => {
    const { ends } = await held(options);
    const { answered } = ends();
    await clock.advance(0);
    expect(answered()).toEqual({ at: 0, texts: [] });
  });

  it('that is delivered again is not waited at again', async () => {
    const { ends, log } = await held();
    const first = ends();
    await clock.advance(WAIT_MS);
    await first.answer;
    const again = ends();
    await clock.advance(0);
    expect(again.answered()).toEqual({ at: 0, texts: [] });
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('whose answer AI Flow has not taken is followed by it when nobody has spoken', async () => {
    const both = ['It is on its way.', 'It comes today.'];
    const { ends, hear, done, log } = await held({}, () => both);
    const { answered } = ends();
    await clock.advance(1_500);
    done();
    await clock.advance(1_000);
    expect(answered()).toMatchObject({ texts: both });
    await clock.advance(2_500);
    // It may only have been slow to begin: then it is heard once.
    const again = texts(await hear(EVENTS.user_input_timeout));
    expect(again).toEqual([expect.objectContaining({ type: 'barge_in' }), ...both]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'slow_answer_unheard' }),
    );
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual([]);
  });

  it('whose answer is being heard is not followed by it again', async () => {
    const { ends, hear, done } = await held();
    const { answer } = ends();
    done();
    await clock.advance(500);
    await answer;
    await clock.advance(300);
    // It has crossed the answer on its way.
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual([]);
    await hear({ ...EVENTS.assistant_speak, text: '4711 is on its way.', duration_ms: 1_300 });
    await clock.advance(1_200);
    expect(texts(await hear(EVENTS.user_input_timeout))).toEqual([]);
  });

  it('does not wait any more in a call whose caller never heard such an answer', async () => {
    const { ends, hear, asks, done, log } = await held();
    const first = ends();
    done();
    await clock.advance(500);
    expect(first.answered()).toMatchObject({ texts: ['4711 is on its way.'] });
    // AI Flow doesn't take what comes late: it never begins.
    await clock.advance(20_000);
    await hear(EVENTS.dtmf_received);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'slow_answer_unheard' }),
    );
    expect(await callIn(sessions)).toMatchObject({ unheard: true });
    void asks('for ever');
    await clock.advance(1_300);
    const second = ends();
    await clock.advance(0);
    expect(second.answered()).toMatchObject({ at: 0 });
    expect(log.lines.filter(({ message }) => message === 'slow_answer_unheard')).toHaveLength(1);
  });
});
