import { beforeEach, describe, expect, it } from 'vitest';
import { defineTemplate, type Template } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { JobFailed } from '../../functions/jobs/job.ts';
import { createJobHandler } from '../../functions/jobs/job-handler.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

type OnCallEnded = NonNullable<Template['onCallEnded']>;

let world = aWorld();
beforeEach(() => {
  world = aWorld();
});

const ending = (onCallEnded: OnCallEnded) =>
  defineTemplate<{ name: string }>({
    fallback: 'Sorry?',
    history: { turns: 5 },
    env: ['CRM_URL'],
    secrets: ['crm'],
    onSessionStart: () => 'Hello.',
    onUserSpeak({ text }, { state, labels }) {
      state.name = text;
      labels.add('order:4711');
      return 'Nice to meet you.';
    },
    onCallEnded: onCallEnded as never,
  });

/** A call from its beginning to its end. */
async function ended(template: Template) {
  const line = phoneLine({ ...world, template });
  await line.hear(EVENTS.session_start);
  await line.hear(userSpeak('Ada'));
  const answer = await line.hear(EVENTS.session_end);
  return { ...line, answer };
}

describe('what a call flow does after the call', () => {
  it('is one job, however often the end is told', async () => {
    let runs = 0;
    const { hear, started, work } = await ended(ending(() => void runs++));
    await Promise.all([hear(EVENTS.session_end), hear(EVENTS.session_end)]);
    expect(started).toMatchObject([{ session_id: SESSION.id, turn: 1, last: true }]);
    expect(runs).toBe(0);
    await work(JSON.parse(JSON.stringify(started[0])));
    expect(runs).toBe(1);
  });

  it('knows the call, what was said, and what the call flow has declared', async () => {
    const seen: unknown[] = [];
    const template = ending(async (session, { env, secret, log, history, signal, now }) => {
      seen.push(session.id, session.caller, { ...session.state }, [...session.labels], env);
      seen.push(
        await secret('crm'),
        history.map(({ text }) => text),
        signal.aborted,
        now(),
      );
      seen.push(session.history.length);
      log.info('summed up');
    });
    const { started } = await ended(template);
    const log = recordingLog();
    const afterCall = createJobHandler({
      ...world,
      telling: undefined as never,
      templates: always(template),
      surroundings: () => ({
        env: { CRM_URL: 'https://crm.example' },
        secret: async (name) => `the ${name} key`,
        known: () => [],
      }),
      log,
    });
    const [job] = started;
    if (!job) throw new Error('no job was started');
    await afterCall(job);
    expect(seen).toEqual([
      SESSION.id,
      '4917639123456',
      { name: 'Ada' },
      ['order:4711'],
      { CRM_URL: 'https://crm.example' },
      'the crm key',
      ['Hello.', 'Ada', 'Nice to meet you.'],
      false,
      world.clock.now(),
      3,
    ]);
    expect(log.lines.map(({ message }) => message)).toEqual(['summed up', 'job_done']);
  });

  it('that fails is tried three times, and then becomes a dead letter', async () => {
    const runs: number[] = [];
    const { started, work, log } = await ended(
      ending(() => {
        runs.push(world.clock.now());
        throw new Error('the CRM is down');
      }),
    );
    const working = work(started[0]);
    const failed = expect(working).rejects.toThrow(JobFailed);
    await world.clock.advance(10_000);
    await failed;
    // More patient each time.
    expect(runs.map((at) => at - (runs[0] ?? 0))).toEqual([0, 500, 1_500]);
    const failures = log.lines.filter(({ message }) => message === 'job_failed');
    expect(failures.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it('of a call that nobody knows any more is a dead letter, and no success', async () => {
    const { started, work } = await ended(ending(() => {}));
    const failed = expect(work({ ...started[0], session_id: 'another' })).rejects.toThrow(
      JobFailed,
    );
    await world.clock.advance(10_000);
    await failed;
  });

  it('that fails once is done with the second try', async () => {
    let runs = 0;
    const { started, work } = await ended(
      ending(() => {
        if (++runs === 1) throw new Error('the CRM is down');
      }),
    );
    const working = work(started[0]);
    await world.clock.advance(10_000);
    await working;
    expect(runs).toBe(2);
  });

  it('that takes too long is aborted, and becomes a dead letter', async () => {
    let aborted = false;
    const { started, work } = await ended(
      ending(
        (_session, { signal }) =>
          new Promise<void>((_resolve) => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      ),
    );
    const failed = expect(work(started[0])).rejects.toThrow(JobFailed);
    await world.clock.advance(60_000);
    await failed;
    expect(aborted).toBe(true);
  });

  it('is in nobody’s way: the end is answered though it can’t be started', async () => {
    const template = ending(() => {});
    const line = phoneLine({ ...world, template });
    await line.hear(EVENTS.session_start);
    line.started.push = () => {
      throw new Error('nobody takes jobs');
    };
    expect(await line.hear(EVENTS.session_end)).toEqual([]);
    expect(line.log.lines).toMatchObject([
      { level: 'error', message: 'call_ended_not_started', session_id: SESSION.id },
    ]);
  });

  it('is nothing where the call flow has nothing to do', async () => {
    const { started } = await ended(defineTemplate({ fallback: 'Sorry?' }));
    expect(started).toEqual([]);
  });
});
