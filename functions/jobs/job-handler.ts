import * as z from 'zod/mini';
import { DeadlineExceeded, withDeadline } from '../assistant/deadline.ts';
import { historyOf } from '../assistant/remembering.ts';
import { fold } from '../call/fold.ts';
import { parse } from '../protocol/invalid.ts';
import { sessionIdSchema } from '../protocol/session-id.ts';
import { pause } from '../runtime/clock.ts';
import { createAfterCall } from './after-call.ts';
import { isMarked, JOB_MS, type Job, JobFailed } from './job.ts';
import { JobVain, watchJob } from './job-watch.ts';
import { createWork, type WorkParts } from './job-work.ts';

/** How long a sentence may take to be told, and whether another one follows. */
const TELLING_TAKES_MS = 4_000;

const TRIES = 3;
/** Between the first two tries. */
const PAUSE_MS = 500;

const jobSchema = z.strictObject({
  id: z.string().check(z.maxLength(128)),
  session_id: sessionIdSchema,
  turn: z.int(),
  input: z.json(),
  last: z.optional(z.literal(true)),
});

/**
 * Runs a job that a template put off with `later`, and says its result part by part, as long as its
 * question is the newest; or does what the template does after the call. Throws {@link JobFailed}
 * after three tries, and an apology where somebody waits.
 */
export function createJobHandler(parts: WorkParts) {
  const { templates, sessions, clock, log } = parts;
  const afterCall = createAfterCall(parts);

  return async function handle(event: unknown): Promise<void> {
    const job: Job = parse(jobSchema, event, 'job');
    const until = clock.now() + JOB_MS;
    let attempt = 1;
    while (!(await isSettled(job, attempt, until))) await pause(clock, PAUSE_MS * attempt++);
  };

  /**
   * Whether the job is done, or nobody waits for it. If not, another try follows. Throws
   * {@link JobFailed}.
   */
  async function isSettled(job: Job, attempt: number, until: number): Promise<true | undefined> {
    const about = { session_id: job.session_id, job_id: job.id };
    const isOutdated = (reason?: string): true => {
      log.info('job_outdated', { ...about, ...(reason && { reason }) });
      return true;
    };
    let work: ReturnType<typeof createWork> | undefined;
    try {
      if (job.last) await withDeadline(clock, until, (signal) => afterCall(job.session_id, signal));
      else {
        work = await workOn(job);
        if (!work) return isOutdated();
        await done(job, until, work);
      }
      log.info('job_done', { ...about, attempt });
      return true;
    } catch (error) {
      if (error instanceof JobVain) return isOutdated(error.reason);
      log.error('job_failed', { ...about, attempt, error });
      const isSoon = clock.now() + PAUSE_MS * attempt < until;
      if (!work?.began() && attempt < TRIES && isSoon) return undefined;
      const apology = await work?.apologize();
      // It was said after all, or there is nobody any more who waits for it.
      if (apology?.outcome === 'skipped') return isOutdated(apology.reason);
      throw new JobFailed(job.id);
    }
  }

  /** `undefined` if nobody waits for it. */
  async function workOn(job: Job) {
    const stored = await sessions.read(job.session_id);
    const call = stored && fold(stored.call);
    if (!call || !isMarked(call, job)) return undefined;
    const template = templates.of(call);
    return createWork(parts, job, call, template, await historyOf(call, template, parts));
  }

  /** Runs it until its time is over, or nobody waits for it any more. */
  async function done(
    job: Job,
    until: number,
    { run, isTelling }: ReturnType<typeof createWork>,
  ): Promise<void> {
    const watch = watchJob(parts, job, isTelling);
    let running: Promise<void> | undefined;
    const work = (signal: AbortSignal) => {
      running = run(signal);
      return Promise.race([running, aborted(signal)]);
    };
    try {
      await withDeadline(clock, until, work, watch.signal);
    } catch (error) {
      if (!(error instanceof DeadlineExceeded && isTelling())) throw error;
      // The part that is just being told may be the last.
      await withDeadline(clock, clock.now() + TELLING_TAKES_MS, async () => running);
    } finally {
      watch.stop();
    }
  }
}

/** Rejects with the reason once the signal is aborted. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_go, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
