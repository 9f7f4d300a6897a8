import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import type { Delivery } from '../../functions/delivery/channel.ts';
import { audio, hangup, speak } from '../../functions/protocol/builders.ts';
import { AssetUnavailable } from '../../functions/runtime/assets.ts';
import { pause } from '../../functions/runtime/clock.ts';
import {
  assistantConfigures,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerSays,
  triggered,
} from '../../local/play.ts';
import { memoryAssets } from '../support/assets.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { aWorld, type LineOptions, phoneLine } from '../support/phone-line.ts';
import { playCall } from '../support/play-call.ts';

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

const line = (options: LineOptions) => phoneLine({ ...options, sessions, outcomes, clock, sent });
const texts = (actions: readonly object[]) =>
  actions.map((action) => ('text' in action ? action.text : (action as { type: string }).type));
const pushed = () => sent.map(({ actions }) => texts(actions));
const reasons = () =>
  outcomes.events.map(({ outcome, reason }) => (reason ? `${outcome}: ${reason}` : outcome));

type Job = { order: string };

/** Looks an order up, which takes as long as `answer` does. */
const lookingUp = (answer: Template<never, Job>['onJob'], more: Partial<Template> = {}) =>
  defineTemplate<{ asked: number }, Job>({
    fallback: 'Once more, please.',
    progress: 'Still looking.',
    apology: 'I could not find out.',
    onUserSpeak({ text }, { state }) {
      state.asked = (state.asked ?? 0) + 1;
      return later({ hold: 'One moment.', job: { order: text } });
    },
    onJob: answer as never,
    ...(more as object),
  });

/** A call in which something has been asked, and answered with a hold. */
async function asked(template: Template, options: LineOptions = {}) {
  const { hear, started, work, ...rest } = line({ template, ...options });
  await hear(EVENTS.session_start);
  const hold = await hear(userSpeak('4711'));
  const doIt = async () => {
    const working = work(started.at(-1));
    working.catch(() => {});
    await clock.advance(10_000);
    return working;
  };
  /** What is being said comes to its end. */
  const ends = async () => {
    await clock.advance(1_000);
    return hear(EVENTS.assistant_speech_ended);
  };
  return { ...rest, hear, ends, hold, started, work, doIt };
}

const waited = () => EVENTS.user_input_timeout;

describe('a slow answer', () => {
  it('is held at once, with an end to the silence, and put off with its question', async () => {
    const { hold, started } = await asked(lookingUp(() => 'It has left.'));
    expect(hold).toEqual([
      { type: 'speak', text: 'One moment.', session_id: SESSION.id, user_input_timeout_seconds: 5 },
    ]);
    expect(started).toEqual([
      {
        id: expect.stringMatching(/^job-/),
        session_id: SESSION.id,
        turn: 1,
        input: { order: '4711' },
      },
    ]);
    expect(await callIn(sessions)).toMatchObject({ state: { asked: 1 }, jobs: [{ turn: 1 }] });
  });

  it.each([
    [false, ['Still looking.']],
    [true, []],
  ])('without a hold: where it can be pushed (%s) %j is said at once', async (push, said) => {
    const template = lookingUp(() => 'It has left.', {
      onUserSpeak: () => later({ job: { order: '4711' } }),
    });
    const { hear, hold, ends, doIt } = await asked(template, { push });
    expect(texts(hold)).toEqual(said);
    if (!push) {
      expect(hold).toMatchObject([{ user_input_timeout_seconds: 5 }]);
      await ends();
    }
    await doIt();
    const heard = push ? pushed() : [texts(await hear(waited()))];
    expect(heard).toEqual([['It has left.']]);
  });

  it('comes when the hold has been said, by itself', async () => {
    const { ends, doIt } = await asked(lookingUp(({ order }) => `${order} has left.`));
    await ends();
    await doIt();
    expect(pushed()).toEqual([['4711 has left.']]);
    expect(reasons()).toEqual(['delivered']);
  });

  it('waits for the end of the hold, and comes with it', async () => {
    const { hear, ends, doIt } = await asked(lookingUp(() => 'It has left.'));
    await hear({ ...EVENTS.assistant_speak, text: 'One moment.', duration_ms: 11_000 });
    await doIt();
    expect(pushed()).toEqual([]);
    expect(texts(await ends())).toEqual(['It has left.']);
  });

  it('is not said to a newer question', async () => {
    const { hear, ends, started, work } = await asked(
      lookingUp(({ order }) => `${order} has left.`),
    );
    await ends();
    await hear(userSpeak('4712'));
    await ends();
    await work(started[0]);
    await work(started[1]);
    expect(pushed()).toEqual([['4712 has left.']]);
  });

  it('is not said to a newer question that comes while it is worked on', async () => {
    const call: { hear?: (event: object) => Promise<unknown> } = {};
    const template = lookingUp(async () => {
      await call.hear?.(userSpeak('Never mind'));
      return 'It has left.';
    });
    const { hear, ends, doIt } = await asked(template);
    call.hear = hear;
    await ends();
    await doIt();
    expect([pushed(), reasons()]).toEqual([[], ['skipped: stale_turn']]);
  });

  it('is said once, though it is worked on twice', async () => {
    const { ends, started, work } = await asked(lookingUp(() => 'It has left.'));
    await ends();
    await Promise.all([work(started[0]), work(started[0])]);
    await clock.advance(1_000);
    expect(pushed()).toEqual([['It has left.']]);
  });

  it('may be nothing, or end the call once it has been heard', async () => {
    const { hear, ends, doIt } = await asked(lookingUp(() => ['It has left. Goodbye.', hangup()]));
    await ends();
    await doIt();
    expect(pushed()).toEqual([['It has left. Goodbye.']]);
    await hear({ ...EVENTS.assistant_speak, text: 'It has left. Goodbye.' });
    expect(texts(await ends())).toEqual(['hangup']);

    const nothing = await asked(lookingUp(() => undefined));
    await nothing.ends();
    await nothing.doIt();
    expect(nothing.log.lines.map(({ message }) => message)).toContain('job_said_nothing');
    expect(sent).toHaveLength(1);
    expect(await callIn(sessions)).toMatchObject({ jobs: [] });
  });

  it('is the apology where a stream holds nothing at all', async () => {
    const silent = await asked(lookingUp(async function* () {}));
    await silent.ends();
    await silent.doIt();
    expect(pushed()).toEqual([['I could not find out.']]);
    expect(await callIn(sessions)).toMatchObject({ jobs: [] });
  });

  it('keeps what onJob changes', async () => {
    const { ends, doIt } = await asked(
      lookingUp((_job, { state, labels }: { state: { found?: string }; labels: Set<string> }) => {
        state.found = 'yes';
        labels.add('order:4711');
        return 'It has left.';
      }),
    );
    await ends();
    await doIt();
    expect(await callIn(sessions)).toMatchObject({
      state: { asked: 1, found: 'yes' },
      labels: ['order:4711'],
    });
  });
});

describe('its mark', () => {
  it('and what the template changed are there before the job begins, which may be over before the hold goes out', async () => {
    const template = lookingUp(
      (_job, { state }: { state: { asked?: number } }) => `Asked ${state.asked} times.`,
    );
    const { hear, started, work } = line({ template });
    await hear(EVENTS.session_start);
    const start = started.push.bind(started);
    started.push = (...jobs) => {
      void work(jobs[0]);
      return start(...jobs);
    };
    await hear(userSpeak('4711'));
    await clock.advance(100);
    expect(await callIn(sessions)).toMatchObject({ jobs: [] });
    // Even then the hold is heard first.
    expect(pushed()).toEqual([]);
    await clock.advance(1_000);
    expect(texts(await hear(EVENTS.assistant_speech_ended))).toEqual(['Asked 1 times.']);
  });

  it('goes when nobody takes the job', async () => {
    const { hear, started } = line({ template: lookingUp(() => 'x') });
    started.push = () => {
      throw new Error('Lambda is away');
    };
    await hear(EVENTS.session_start);
    expect(texts(await hear(userSpeak('4711')))).toEqual(['Once more, please.']);
    expect(await callIn(sessions)).toMatchObject({ jobs: [] });
  });
});

describe('while it takes long', () => {
  it('a caller who waits hears that it goes on, and not what the template does about silence', async () => {
    const { hear, ends } = await asked(
      lookingUp(() => 'x', { onUserInputTimeout: () => 'Are you there?' }),
    );
    await ends();
    for (let times = 0; times < 3; times++) {
      expect(await hear(waited())).toMatchObject([
        { text: 'Still looking.', user_input_timeout_seconds: 5 },
      ]);
      await ends();
    }
  });

  it('the template has the silence again after the answer, and after a newer question', async () => {
    const answer = speak('It has left.', { user_input_timeout_seconds: 8 });
    const template = lookingUp(() => answer, { onUserInputTimeout: () => 'Are you there?' });
    const { hear, ends, doIt } = await asked(template);
    await ends();
    await doIt();
    expect(texts(await hear(waited()))).toEqual(['Are you there?']);
    // Of what is said meanwhile no end is heard: that AI Flow asks tells that there was one.
    await hear(userSpeak('4712'));
    await clock.advance(5_700);
    expect(texts(await hear(waited()))).toEqual(['Still looking.']);
  });

  it('whoever presses a key meanwhile, or is interrupted, goes on waiting', async () => {
    const { hear, ends, doIt, interrupt } = await asked(
      lookingUp(() => 'It has left.', { onDtmfReceived: () => 'You pressed it.' }),
      { push: false },
    );
    await ends();
    expect(await hear(EVENTS.dtmf_received)).toMatchObject([{ user_input_timeout_seconds: 5 }]);
    await ends();
    await interrupt({ say: 'We close soon.' });
    const news = { text: 'We close soon.', user_input_timeout_seconds: 5 };
    expect(await hear(waited())).toMatchObject([{ type: 'barge_in' }, news]);
    await hear({ ...EVENTS.assistant_speak, text: 'We close soon.' });
    await ends();
    await doIt();
    expect(texts(await hear(waited()))).toEqual(['It has left.']);
    await ends();
    expect(await hear(EVENTS.dtmf_received)).not.toHaveProperty('0.user_input_timeout_seconds');
  });

  it('without a way to push, the wait fetches the answer', async () => {
    const template = lookingUp(() => 'It has left.', {
      onUserInputTimeout: () => 'Are you there?',
    });
    const { hear, ends, doIt } = await asked(template, { push: false });
    await ends();
    await doIt();
    expect(texts(await hear(waited()))).toEqual(['It has left.']);
    await hear({ ...EVENTS.assistant_speak, text: 'It has left.' });
    expect(await ends()).toEqual([]);
  });

  it('whoever waits for a job that has died hears an apology, once', async () => {
    const { hear, ends, log } = await asked(
      lookingUp(() => 'x', { onUserInputTimeout: () => 'Are you there?' }),
    );
    await ends();
    await clock.advance(60_000);
    expect(texts(await hear(waited()))).toEqual(['I could not find out.']);
    await ends();
    await clock.advance(5_000);
    expect(texts(await hear(waited()))).toEqual(['Are you there?']);
    expect(log.lines.map(({ message }) => message)).toContain('job_lost');
  });
});

describe('a job that fails', () => {
  it('is tried three times, then apologised for, and its invocation fails', async () => {
    let tries = 0;
    const { ends, doIt } = await asked(
      lookingUp(() => {
        tries++;
        throw new Error('the shop is down');
      }),
    );
    await ends();
    await expect(doIt()).rejects.toThrow('came to nothing');
    expect(tries).toBe(3);
    expect(pushed()).toEqual([['I could not find out.']]);
  });

  it('is said when it works the second time', async () => {
    let tries = 0;
    const { ends, doIt } = await asked(
      lookingUp(() => {
        if (tries++ === 0) throw new Error('the shop is down');
        return 'It has left.';
      }),
    );
    await ends();
    await doIt();
    expect(pushed()).toEqual([['It has left.']]);
  });

  it('is not tried again once the caller has asked something else', async () => {
    let tries = 0;
    const { hear, started, work } = await asked(
      lookingUp(() => {
        tries++;
        throw new Error('the shop is down');
      }),
    );
    const working = work(started[0]);
    await clock.advance(100);
    await hear(userSpeak('Never mind'));
    await clock.advance(10_000);
    await working;
    expect([tries, pushed()]).toEqual([1, []]);
  });

  it('is given up after 50 seconds', async () => {
    let aborted = false;
    const { ends, started, work } = await asked(
      lookingUp((_job, _session, { signal }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise<string>(() => {});
      }),
    );
    await ends();
    const working = work(started[0]);
    working.catch(() => {});
    await clock.advance(50_000);
    await expect(working).rejects.toThrow('came to nothing');
    expect([aborted, pushed()]).toEqual([true, [['I could not find out.']]]);
  });

  it('is no failure where its last sentence is just being told after 50 seconds', async () => {
    const told = Promise.withResolvers<Delivery>();
    const { ends, started, work } = await asked(
      lookingUp(async function* () {
        await pause(clock, 49_900);
        yield 'It has left.';
      }),
      { answers: [told.promise] },
    );
    await ends();
    const working = work(started[0]);
    await clock.advance(51_000);
    told.resolve({ status: 'delivered' });
    await clock.advance(1_000);
    await working;
    expect(pushed()).toEqual([['It has left.']]);
  });

  it('is apologised for, too, when it wants to keep more than there is room for', async () => {
    const { ends, doIt } = await asked(
      lookingUp((_job, { state }: { state: { found?: string } }) => {
        state.found = 'x'.repeat(300);
        return 'It has left.';
      }),
    );
    await ends();
    await expect(doIt()).rejects.toThrow('came to nothing');
    expect(pushed()).toEqual([['I could not find out.']]);
    expect(await callIn(sessions)).toMatchObject({ state: { asked: 1 } });
  });

  it('says the fallback where the template has no apology', async () => {
    const template = lookingUp(() => Promise.reject(new Error('down')), {
      apology: undefined,
    } as never);
    const { ends, doIt } = await asked(template);
    await ends();
    await expect(doIt()).rejects.toThrow();
    expect(pushed()).toEqual([['Once more, please.']]);
  });

  it('says the fallback where the clip of its apology cannot be had', async () => {
    const template = lookingUp(() => Promise.reject(new Error('down')), {
      assets: ['sorry'],
      apology: audio({ asset: 'sorry' }),
    });
    const assets = memoryAssets({ sorry: new AssetUnavailable('sorry.wav: S3 answered 503') });
    const { ends, doIt, log } = await asked(template, { assets });
    await ends();
    await expect(doIt()).rejects.toThrow('came to nothing');
    expect(pushed()).toEqual([['Once more, please.']]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ message: 'job_failed', error: expect.any(AssetUnavailable) }),
    );
  });

  it('says the fallback at once when nobody takes it', async () => {
    const template = defineTemplate({
      fallback: 'Once more, please.',
      onUserSpeak: () => later({ hold: 'One moment.', job: 1 }),
    });
    const { hold, log } = await asked(template);
    expect(texts(hold)).toEqual(['Once more, please.']);
    expect(String(log.lines.find(({ message }) => message === 'answer_failed')?.error)).toContain(
      'needs onJob',
    );
  });

  it.each([
    ['none', undefined],
    ['too big', 'x'.repeat(65 * 1024)],
  ])('refuses a job that is %s', async (_, job) => {
    const template = lookingUp(() => 'x', { onUserSpeak: () => later({ job: job as never }) });
    expect(texts((await asked(template)).hold)).toEqual(['Once more, please.']);
  });
});

describe('an answer in parts', () => {
  /** Yields one sentence after the other, each when the test says so. */
  function inParts() {
    const gates = ['One.', 'Two.', 'Three.'].map((text) => ({
      text,
      ...Promise.withResolvers<void>(),
    }));
    let opened = 0;
    const template = lookingUp(async function* () {
      for (const { text, promise } of gates) {
        await promise;
        yield text;
      }
    });
    const next = async () => {
      gates[opened++]?.resolve();
      await clock.advance(1);
    };
    return { template, next };
  }
  const speaks = (text: string) => ({ ...EVENTS.assistant_speak, text, duration_ms: 1_500 });

  it('is said part by part, each after the one before, however they come', async () => {
    const { template, next } = inParts();
    const { hear, ends, started, work } = await asked(template);
    await ends();
    const working = work(started[0]);
    await next();
    expect(pushed()).toEqual([['One.']]);
    await hear(speaks('One.'));
    await next();
    await next();
    await working;
    expect(pushed()).toHaveLength(1);
    expect(texts(await ends())).toEqual(['Two.']);
    await clock.advance(10);
    await hear(speaks('Two.'));
    expect(texts(await ends())).toEqual(['Three.']);
  });

  it('stays in order though the second waits, is taken by an event, and the third comes just then', async () => {
    const { template, next } = inParts();
    let isTaken = false;
    const store: CallStore = {
      ...sessions,
      async save(stored, call, signal) {
        const saved = await sessions.save(stored, call, signal);
        // The hold is over, and what goes out now is not yet known to be said.
        if (call.queue.some(({ from, sent }) => from === 'job' && sent) && !isTaken) {
          isTaken = true;
          await next();
        }
        return saved;
      },
    };
    const { hear, ends, started, work } = await asked(template, { store });
    await hear(speaks('One moment.'));
    const working = work(started[0]);
    await next();
    await next();
    const first = await ends();
    await working;
    await hear(speaks('One.'));
    const second = await ends();
    await hear(speaks('Two.'));
    expect([first, second, await ends()].map(texts)).toEqual(
      ['One.', 'Two.', 'Three.'].map((text) => [text]),
    );
    expect(sent).toEqual([]);
  });

  it('goes on without a way to push, though a part comes when nothing is being said any more', async () => {
    const { template, next } = inParts();
    const { hear, ends, started, work } = await asked(template, { push: false });
    const working = work(started[0]);
    await next();
    expect(texts(await ends())).toEqual(['One.']);
    await hear(speaks('One.'));
    expect(await ends()).toEqual([]);
    expect(texts(await hear(waited()))).toEqual(['Still looking.']);
    await next();
    expect(texts(await ends())).toEqual(['Two.']);
    await hear(speaks('Two.'));
    await ends();
    await next();
    await working;
    expect(texts(await hear(waited()))).toEqual(['Three.']);
  });

  it('ends with a newer question', async () => {
    const { template, next } = inParts();
    const { hear, ends, started, work } = await asked(template);
    await ends();
    const working = work(started[0]);
    await next();
    await hear(speaks('One.'));
    await hear(userSpeak('Stop'));
    await next();
    await working;
    expect(pushed()).toEqual([['One.']]);
  });

  it('is apologised for when it breaks off, and not begun again', async () => {
    let tries = 0;
    const { hear, ends, started, work } = await asked(
      lookingUp(async function* () {
        tries++;
        yield 'One.';
        throw new Error('the model is gone');
      }),
    );
    await ends();
    await expect(work(started[0])).rejects.toThrow();
    expect(tries).toBe(1);
    expect(pushed()).toEqual([['One.']]);
    await hear(speaks('One.'));
    expect(texts(await ends())).toEqual(['I could not find out.']);
  });
});

it('what may have been said is neither said again nor apologised for', async () => {
  const answers = [{ status: 'in_doubt', message: 'the connection broke' } as const];
  const { ends, doIt } = await asked(
    lookingUp(() => 'It has left.'),
    { answers },
  );
  await ends();
  await doIt();
  expect(pushed()).toEqual([['It has left.']]);
});

describe('a hold that waits for the first words of its job', () => {
  const holding = (answer: Template<never, Job>['onJob'], more: Partial<Template> = {}) =>
    lookingUp(answer, {
      silence: { ask: 'Are you there?', goodbye: 'Goodbye.' },
      onSessionStart: () => 'Hello, what can I do for you today?',
      onUserSpeak: ({ text }) =>
        later({ hold: 'One moment.', hold_after_ms: 600, job: { order: text } }),
      ...more,
    });
  const GREETING = assistantSays('what can I do for you');
  const ORDER = callerSays('4711');

  it('takes nothing away from what had waited for the event', async () => {
    await playCall(
      holding(() => 'It has left.'),
      [
        GREETING,
        triggered({ after: 'Hello', when: 'after_current', say: 'The bridge is open.' }),
        callerInterrupts('4711', { after: 'what can I do' }),
        assistantIsCut({ by: 'caller' }),
        assistantSays('The bridge is open.'),
        assistantSays('It has left.'),
        callerHangsUp(),
      ],
      // Then it leads the answer to the words.
      { push: false, weather: { speech_ended_late_ms: 450 } },
    );
  });

  it.each([true, false])('leaves nobody on a silent line (a way to push: %s)', async (push) => {
    await playCall(
      holding(() => 'It has left.'),
      [
        GREETING,
        ORDER,
        assistantSays('It has left.'),
        callerIsSilent(8),
        assistantSays('Are you there?'),
        callerHangsUp(),
      ],
      { push },
    );
  });

  it('tells the recogniser of another language, though it isn’t said', async () => {
    const spoken = holding(() => 'Angekommen.', {
      language: 'en-US',
      onUserSpeak(_event, session) {
        session.language = 'de-DE';
        return later({ hold: 'Moment.', hold_after_ms: 600, job: { order: '1' } });
      },
    });
    await playCall(
      spoken,
      [
        GREETING,
        ORDER,
        assistantConfigures('transcription'),
        assistantSays('Angekommen.'),
        callerHangsUp(),
      ],
      { push: false },
    );
  });
});
