import type { TemplateParts } from '../assistant/template-context.ts';
import { foldBy } from '../call/fold.ts';
import { isMarked, type Job } from './job.ts';

/**
 * Nobody waits for a job any more: `newer_turn`, `session_ended` or `cancelled`. Its signal is
 * aborted with this.
 */
export class JobVain extends Error {
  override readonly name = 'JobVain';
  readonly reason: string;
  readonly expose = true;

  constructor(reason: string) {
    super(`nobody waits for this job any more: ${reason}`);
    this.reason = reason;
  }
}

const FIRST_LOOK_MS = 250;
const LATER_LOOKS_MS = 2_000;

/**
 * Checks now and then whether somebody still waits for a job, and aborts `signal` once nobody does.
 * `isTelling`: a part is just being told; with the last part the call forgets the job.
 */
export function watchJob(
  { sessions, clock, log }: Pick<TemplateParts, 'sessions' | 'clock' | 'log'>,
  job: Job,
  isTelling: () => boolean,
) {
  const controller = new AbortController();
  let pause = FIRST_LOOK_MS;
  let isStopped = false;
  let cancel = lookSoon();

  return {
    signal: controller.signal as AbortSignal,
    stop() {
      isStopped = true;
      cancel();
    },
  };

  function lookSoon() {
    const wait = pause;
    pause = Math.min(pause * 1.5, LATER_LOOKS_MS);
    return clock.after(wait, () => void look());
  }

  async function look(): Promise<void> {
    const reason = await whyVain().catch((error: unknown) => {
      log.warn('job_not_watched', { session_id: job.session_id, error });
      return undefined;
    });
    if (isStopped) return;
    if (reason) controller.abort(new JobVain(reason));
    else cancel = lookSoon();
  }

  async function whyVain(): Promise<string | undefined> {
    const stored = await sessions.read(job.session_id);
    const call = stored && foldBy(stored.call, clock.now());
    if (!call || call.ended !== undefined) return 'session_ended';
    if (call.turn > job.turn) return 'newer_turn';
    return isMarked(call, job) || isTelling() ? undefined : 'cancelled';
  }
}
