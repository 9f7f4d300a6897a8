import { openForTemplate } from '../assistant/changes.ts';
import { withDeadline } from '../assistant/deadline.ts';
import { historyOf } from '../assistant/remembering.ts';
import { createContexts, type TemplateParts } from '../assistant/template-context.ts';
import { fold } from '../call/fold.ts';
import { type Job, JobFailed, mayTryAgain, pauseAfter } from './job.ts';

/**
 * Does what a call flow does after the call, `onCallEnded`. Throws {@link JobFailed} after three
 * tries.
 */
export function createAfterCall(parts: TemplateParts) {
  const { templates, sessions, clock, log } = parts;
  const contexts = createContexts(parts);

  return async function afterCall({ id: job_id, session_id }: Job, until: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await withDeadline(clock, until, (signal) => run(session_id, signal));
        return log.info('job_done', { session_id, job_id, attempt });
      } catch (error) {
        log.error('job_failed', { session_id, job_id, attempt, error });
        if (!mayTryAgain(attempt, clock.now(), until)) throw new JobFailed(job_id);
        await pauseAfter(attempt, clock);
      }
    }
  };

  async function run(session_id: string, signal: AbortSignal): Promise<void> {
    const stored = await sessions.read(session_id, signal);
    if (!stored) throw new Error('the call is not known any more');
    const call = fold(stored.call);
    const template = templates.of(call);
    const history = await historyOf(call, template, parts);
    const session = openForTemplate(call, call.turn, history, template);
    const context = contexts(template, { call, heard: history, signal });
    await template.onCallEnded?.(session, { ...context, history });
  }
}
