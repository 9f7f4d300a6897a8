import { beforeEach, describe, expect, it } from 'vitest';
import { later } from '../../functions/assistant/template.ts';
import type { CallStore } from '../../functions/call/call-store.ts';
import { hangup, speak } from '../../functions/protocol/builders.ts';
import { callIn } from '../support/call.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { lookingUp, lookUps, texts } from '../support/look-ups.ts';

let { clock, sessions, sent, line, asked, pushed, reasons } = lookUps();
beforeEach(() => {
  ({ clock, sessions, sent, line, asked, pushed, reasons } = lookUps());
});

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

  it.each([undefined, null])('has no outcome where it is %s', async (nothing) => {
    const { ends, doIt, log } = await asked(lookingUp(() => nothing));
    await ends();
    await doIt();
    expect(log.lines.map(({ message }) => message)).toContain('job_done');
    expect(reasons()).toEqual([]);
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

  it('stays where nobody takes the job and the call cannot be written: whoever asked hears the fallback all the same', async () => {
    let isAway = false;
    const save: CallStore['save'] = (...written) =>
      isAway ? Promise.reject(new Error('away')) : sessions.save(...written);
    const template = lookingUp(() => 'x');
    const { hear, started, log } = line({ template, store: { ...sessions, save } });
    started.push = () => {
      isAway = true;
      throw new Error('Lambda is away');
    };
    await hear(EVENTS.session_start);
    expect(texts(await hear(userSpeak('4711')))).toEqual(['Once more, please.']);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'job_mark_kept', session_id: SESSION.id }),
    );
    expect(await callIn(sessions)).toMatchObject({ jobs: [{ turn: 1 }] });
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
