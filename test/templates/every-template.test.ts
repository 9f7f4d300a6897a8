import { describe, expect, it } from 'vitest';
import { always } from '../../functions/assistant/template-choice.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { JOB_MS, type Job, JobFailed } from '../../functions/jobs/job.ts';
import { type Action, parseAction } from '../../functions/protocol/actions.ts';
import { templates } from '../../functions/templates/index.ts';
import { ownAssets } from '../support/assets.ts';
import { EVENTS, SESSION, userSpeak } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { passing } from '../support/passing.ts';
import { timersOn } from '../support/timers.ts';

const ANSWER_WITHIN_MS = 800;
/** A job that is given up may still have to be apologised for. */
const JOB_WITHIN_MS = JOB_MS + 1_000;
const WORDS_WITHIN_MS = 5_000;
const BEGINNING = [EVENTS.session_start, EVENTS.user_speak, userSpeak('My order number is 4711')];
const CONTEXTS = [
  null,
  true,
  4711,
  'a text',
  [],
  {},
  { status: 'shipped' },
  { nested: { deeply: [1, 'two'] } },
].map((context) => ({ context }));

describe.each(Object.entries(templates))('%s', (_name, template) => {
  it.each(Object.entries(EVENTS))(
    'answers %s with valid actions for its session in time, the same each time',
    async (_type, event) => {
      for (const events of [[event], [...BEGINNING, event]]) {
        const { answers, log } = await play(events);
        for (const action of answers.flat())
          expect(parseAction(action).session_id).toBe(SESSION.id);
        expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
        expect((await play(events)).answers).toEqual(answers);
      }
    },
  );

  it('does the jobs that it has put off, or apologises, the same each time', async () => {
    const { pushed, started, log } = await play(BEGINNING, { work: true });
    for (const action of pushed.flat()) expect(parseAction(action).session_id).toBe(SESSION.id);
    // What answers an older turn nobody wants to hear.
    expect(pushed.length > 0).toBe(started.some(({ turn }) => turn === 2));
    // Who looks something up in a network finds none here.
    const errors = log.lines.filter(
      ({ level, message }) => level === 'error' && message !== 'job_failed',
    );
    expect(errors).toEqual([]);
    expect((await play(BEGINNING, { work: true })).pushed).toEqual(pushed);
  });

  it.each(CONTEXTS)(
    'words $context, or has nothing to say to it, the same each time',
    async ({ context }) => {
      for (const events of [[EVENTS.session_start], BEGINNING]) {
        const { outcome, pushed } = await play(events, { context });
        if (template.onTrigger)
          expect(outcome).toMatchObject({ outcome: expect.stringMatching(/delivered|skipped/) });
        else expect(outcome).toMatchObject({ error: { code: 'no_wording' } });
        expect(pushed).toHaveLength(outcome?.outcome === 'delivered' ? 1 : 0);
        for (const action of pushed.flat()) expect(parseAction(action).session_id).toBe(SESSION.id);
        expect((await play(events, { context })).pushed).toEqual(pushed);
      }
    },
  );

  /**
   * The events of a call, and then the jobs that they have started, or something that happens
   * elsewhere.
   */
  async function play(events: readonly object[], then: { work?: true; context?: unknown } = {}) {
    const clock = manualClock();
    const log = recordingLog();
    const pushed: (readonly Action[])[] = [];
    const started: Job[] = [];
    const stack = memoryStack({
      templates: always(template),
      sessions: createMemoryStore(clock),
      outcomes: recordingOutcomes(),
      jobs: { start: async (job) => void started.push(job) },
      queue: { put: () => Promise.reject(new Error('nobody waits')) },
      channel: {
        async send(_to, actions) {
          pushed.push(actions);
          return { status: 'delivered' };
        },
      },
      websocket: undefined,
      assets: ownAssets,
      clock,
      log,
    });
    const restore = timersOn(clock);
    try {
      const answers: Action[][] = [];
      for (const event of events) answers.push(await answerTo(event));
      // What was said has been heard.
      await clock.advance(60_000);
      if (then.work) for (const job of started) await passing(clock, worked(job), JOB_WITHIN_MS);
      // What doesn't cut the hold waits for an event.
      const fetched =
        then.work && started.length > 0 ? await answerTo(EVENTS.assistant_speech_ended) : [];
      if (fetched.length > 0) pushed.push(fetched);
      const outcome = 'context' in then ? await trigger(then.context) : undefined;
      return { answers, started, pushed, outcome, log };
    } finally {
      restore();
    }

    function worked(job: Job): Promise<void> {
      return stack.job(structuredClone(job)).catch((error: unknown) => {
        if (!(error instanceof JobFailed)) throw error;
      });
    }

    function answerTo(event: object): Promise<Action[]> {
      const answer = stack.assistant(event as never, {
        at: clock.now(),
        deadline: clock.now() + ANSWER_WITHIN_MS,
      });
      return passing(clock, answer, ANSWER_WITHIN_MS);
    }

    async function trigger(context: unknown) {
      const request = { session_id: SESSION.id, id: 'trigger-1', context };
      const interruption = parseInterruption(
        request,
        { id: 'trigger-1', at: clock.now() },
        clock.now(),
      );
      const { outcomes } = await passing(clock, stack.interrupter(interruption), WORDS_WITHIN_MS);
      return outcomes[0];
    }
  }
});
