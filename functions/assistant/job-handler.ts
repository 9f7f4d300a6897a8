import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import type { CallStore, Stored } from '../call/call-store.ts';
import type { Call, JobMark } from '../call/document.ts';
import { fold } from '../call/fold.ts';
import type { Part } from '../call/job.ts';
import type { Changes } from '../call/state.ts';
import { keyOf } from '../call/words.ts';
import type { Outcome } from '../interruption/outcomes.ts';
import type { Telling } from '../interruption/telling.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { parse } from '../protocol/invalid.ts';
import { sessionIdSchema } from '../protocol/session-id.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { refuseExcess } from '../sessions/limits.ts';
import { drafts } from './asking.ts';
import { changesOf, openForTemplate } from './changes.ts';
import { withDeadline } from './deadline.ts';
import { historyOf } from './history.ts';
import { JOB_MS, type Job } from './job.ts';
import { JobVain, watchJob } from './job-watch.ts';
import { actionsOf } from './reply.ts';
import type { Heard, JobResult, Result } from './template.ts';
import type { TemplateChoice } from './template-choice.ts';
import { createContexts, type SurroundingsOf } from './template-context.ts';

interface Parts {
  readonly templates: TemplateChoice;
  readonly sessions: CallStore;
  readonly telling: Telling;
  readonly assets?: Assets | undefined;
  readonly surroundings?: SurroundingsOf | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** A job came to nothing, and the caller has been told. Its invocation becomes a dead letter. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
  readonly expose = true;
}

const jobSchema = z.strictObject({
  id: z.string(),
  session_id: sessionIdSchema,
  turn: z.int(),
  input: z.json(),
});

const TRIES = 3;
const PAUSE_MS = 500;

/**
 * Does what a template has put off with `later`, and says what comes of it, part by part, as long as its question is the
 * newest. Throws {@link JobFailed} after three tries and an apology.
 */
export function createJobHandler(parts: Parts) {
  const { templates, sessions, telling, assets, clock, log } = parts;
  const contexts = createContexts(parts);

  return async function handle(event: unknown): Promise<void> {
    const job: Job = parse(jobSchema, event, 'job');
    const { id: job_id, session_id } = job;
    const until = clock.now() + JOB_MS;
    for (let attempt = 1; ; attempt++) {
      let work: ReturnType<typeof createWork> | undefined;
      try {
        const stored = await sessions.read(session_id);
        const call = stored && fold(stored.call);
        if (!call || !markIn(call, job)) return log.info('job_outdated', { session_id, job_id });
        work = createWork(job, call, await historyOf(call, templates.of(call), { sessions, log }));
        await done(job, until, work.run);
        return log.info('job_done', { session_id, job_id, attempt });
      } catch (error) {
        if (error instanceof JobVain)
          return log.info('job_outdated', { session_id, job_id, reason: error.reason });
        log.error('job_failed', { session_id, job_id, attempt, error });
        if (attempt < TRIES && !work?.began() && clock.now() + PAUSE_MS * attempt < until)
          await pause(PAUSE_MS * attempt);
        else {
          const apology = await work?.apologize();
          // It was said after all, or there is nobody any more who waits for it.
          if (apology?.outcome === 'skipped')
            return log.info('job_outdated', { session_id, job_id, reason: apology.reason });
          throw new JobFailed(`${job_id} came to nothing: see job_failed in the log`);
        }
      }
    }
  };

  /** Until its time is over, or nobody waits for it any more. */
  async function done(
    job: Job,
    until: number,
    run: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const watch = watchJob({ sessions, clock, log }, job);
    try {
      await withDeadline(
        clock,
        until,
        (signal) => Promise.race([run(signal), watch.vain]),
        watch.signal,
      );
    } finally {
      watch.stop();
    }
  }

  /** One try. */
  function createWork(job: Job, before: Call, history: readonly Heard[]) {
    const { id, session_id, turn, input } = job;
    const template = templates.of(before);
    const open = openForTemplate(before, turn, history);
    let known = before;
    let said = 0;

    return { run, began: () => said > 0, apologize };

    async function run(signal: AbortSignal): Promise<void> {
      if (!template.onJob)
        throw new Error('the template of this call has no onJob: was it deployed anew?');
      const about = { call: before, heard: history, words: input, signal };
      const result = await template.onJob(input, open, contexts(template, about));
      signal.throwIfAborted();
      if (!isStream(result)) {
        const isSaid = await goesOn(result, true, signal);
        if (!isSaid) log.warn('job_said_nothing', { session_id, job_id: id });
        return;
      }
      for await (const part of result) {
        signal.throwIfAborted();
        await goesOn(part, false, signal);
      }
      await goesOn(undefined, true, signal);
    }

    /** One sentence, or whatever is said at once. `true` if it is to be heard. */
    async function goesOn(result: Result, last: boolean, signal: AbortSignal): Promise<boolean> {
      const actions = drafts(await actionsOf(result, { template, session_id }, assets));
      const changes = changesOf(known, open);
      refuseExcess(known, changes);
      if (actions.length === 0 && !last) return false;
      const outcome = await tell(
        { number: ++said, actions, last, ...(changes && { changes }) },
        signal,
      );
      if (changes)
        known = {
          ...known,
          state: structuredClone(open.state) as Call['state'],
          labels: [...open.labels],
        };
      if (outcome.outcome === 'failed' && outcome.error?.code !== 'in_doubt')
        throw new Error(`it could not be said: ${outcome.error?.code}`);
      // Of a run that is heard already, the next part may be the first that isn't.
      if (outcome.outcome === 'skipped' && outcome.reason !== 'duplicate')
        throw new JobVain(outcome.reason ?? 'skipped');
      return actions.length > 0;
    }

    async function apologize(): Promise<Outcome> {
      const words = template.apology ?? template.fallback;
      const actions = drafts(await actionsOf(words, { template, session_id }, assets));
      return tell({ number: said + 1, actions, last: true }, AbortSignal.timeout(JOB_MS));
    }

    /** Waits while there are too many that wait. */
    async function tell(
      part: Pick<Part, 'number' | 'actions' | 'last' | 'changes'>,
      signal: AbortSignal,
    ): Promise<Outcome> {
      for (;;) {
        const outcome = await told(part);
        if (outcome.reason !== 'queue_full') return outcome;
        await pause(PAUSE_MS);
        signal.throwIfAborted();
      }
    }

    async function told(part: {
      number: number;
      actions: readonly ActionDraft[];
      last: boolean;
      changes?: Changes;
    }) {
      const at = clock.now();
      const by = randomBytes(5).toString('base64url');
      const input = {
        kind: 'part',
        part: { ...part, by, job: id, at, ways: telling.ways },
      } as const;
      const inputFor = (stored: Stored | undefined) => {
        if (stored) refuseExcess(fold(stored.call), part.changes);
        return input;
      };
      return part.actions.length > 0
        ? telling.told(session_id, `${id}-${part.number}`, inputFor)
        : telling.tell(session_id, inputFor);
    }
  }

  function pause(ms: number) {
    return new Promise<void>((go) => clock.after(ms, go));
  }
}

const markIn = ({ jobs }: Call, { id }: Job): JobMark | undefined =>
  jobs.find(({ key }) => key === keyOf(id));

const isStream = (result: JobResult): result is AsyncIterable<Result> =>
  typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
