import { keyOf } from '../interruption/request.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Session, SessionStore } from '../sessions/session.ts';
import { holdOf } from './effects.ts';
import type { Job, Jobs } from './job.ts';

interface Parts {
  readonly sessions: SessionStore;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
}

/** A job from its start to its end, as an answer sees it: its mark in the session comes first, and goes with it. */
export function createSlowAnswers({ sessions, jobs, clock, log }: Parts) {
  return { start, end, goesOn };

  /** Throws when nobody takes the job: then nobody waits for it, either. */
  async function start(job: Job, signal: AbortSignal): Promise<void> {
    try {
      await jobs.start(job, signal);
    } catch (error) {
      await end(job.session_id, keyOf(job.id));
      throw error;
    }
  }

  /** Never throws. */
  async function end(session_id: string, key: string): Promise<void> {
    await sessions.endJob(session_id, key).catch((error: unknown) => {
      log.error('job_mark_kept', { session_id, error });
    });
  }

  /** In one write with its being said: the answer comes either before it, and then it isn't, or waits for its end. */
  async function goesOn(session: Session, progress: readonly ActionDraft[]): Promise<boolean> {
    const { id: session_id, job } = session;
    const { speech } = holdOf(progress, session, clock.now()) ?? {};
    if (!job || !speech) return true;
    try {
      return await sessions.goesOn(session_id, job, speech);
    } catch (error) {
      log.error('progress_not_kept', { session_id, error });
      return true;
    }
  }
}
