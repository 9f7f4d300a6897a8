import type { Answering, Said } from '../call/answer.ts';
import type { Stored } from '../call/call-store.ts';
import type { Call } from '../call/document.ts';
import { keyOf } from '../call/words.ts';
import { type Job, type Jobs, lastJobFor } from '../jobs/job.ts';
import { asksAfter } from '../kit/manners.ts';
import type { Log } from '../runtime/log.ts';
import { newId } from '../runtime/new-id.ts';
import type { DecideAbout } from '../sessions/deciding.ts';
import type { Handling } from './handling.ts';
import { fallbackOf } from './reply.ts';

interface Parts {
  readonly jobs: Jobs;
  readonly decideAbout: DecideAbout;
  readonly log: Log;
}

/**
 * Starts jobs. A job's mark is written before it starts, and removed if the job can't be started.
 */
export function createStarting({ jobs, decideAbout, log }: Parts) {
  return { start, startLast };

  /** Starts what a call flow does after the call. Never throws. */
  async function startLast({ template, signal }: Handling, call: Call): Promise<void> {
    if (!template.onCallEnded) return;
    try {
      await jobs.start(lastJobFor(call), signal);
    } catch (error) {
      log.error('call_ended_not_started', { session_id: call.id, error });
    }
  }

  /**
   * `false` if it can't be started: then {@link Handling.ready} is what is said instead. Never
   * throws.
   */
  async function start(handling: Handling, job: Job, known: Stored | undefined): Promise<boolean> {
    const { signal } = handling;
    try {
      await jobs.start(job, signal);
      return true;
    } catch (error) {
      const { about, template, fact, step } = handling;
      const { session_id } = job;
      log.error('answer_failed', { ...about, fallback: true, error });
      const actions = fallbackOf(template, session_id);
      handling.ready = actions;
      const said: Said = { actions, instead: fact.id, lost: keyOf(job.id) };
      const answering: Answering = {
        id: newId(),
        kind: 'other',
        at: fact.at,
        answerable: step.answerable,
        pushes: false,
        asks_after: asksAfter(template),
        said,
      };
      const input = { kind: 'event', event: answering } as const;
      await decideAbout(session_id, () => input, { known, signal }).catch((error: unknown) =>
        log.error('job_mark_kept', { session_id, error }),
      );
      return false;
    }
  }
}
