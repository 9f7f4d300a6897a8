import * as z from 'zod/mini';
import type { Interrupter } from '../interruption/fan-out.ts';
import type { Outcome } from '../interruption/outcomes.ts';
import { patiently } from '../interruption/patience.ts';
import { type Interruption, keyOf } from '../interruption/request.ts';
import { saying } from '../interruption/wording.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { parse } from '../protocol/invalid.ts';
import { sessionIdSchema } from '../protocol/session-id.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Session, SessionStore } from '../sessions/session.ts';
import { asChanged, openForTemplate } from './changes.ts';
import { withDeadline } from './deadline.ts';
import { historyOf } from './history.ts';
import { JOB_MS, type Job } from './job.ts';
import type { Heard, JobResult, Result } from './template.ts';
import type { TemplateChoice } from './template-choice.ts';
import { unasked } from './unasked.ts';

interface Parts {
  readonly templates: TemplateChoice;
  readonly sessions: SessionStore;
  readonly interrupt: Interrupter;
  readonly assets?: Assets | undefined;
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
/** What answers a question is good for as long as there is no newer one; this is for calls that nobody ends. */
const GOOD_FOR_MS = 300_000;

/**
 * Does what a template has put off with `later`, and says what comes of it as an interruption that only the question's
 * own turn lets in. Throws {@link JobFailed} after three tries and an apology.
 */
export function createJobHandler({ templates, sessions, interrupt, assets, clock, log }: Parts) {
  return async function handle(event: unknown): Promise<void> {
    const job: Job = parse(jobSchema, event, 'job');
    const { id: job_id, session_id } = job;
    const until = clock.now() + JOB_MS;
    for (let attempt = 1; ; attempt++) {
      let work: ReturnType<typeof createWork> | undefined;
      try {
        const session = await sessions.read(session_id);
        if (session?.turn !== job.turn) return log.info('job_outdated', { session_id, job_id });
        work = createWork(job, session, await historyOf(session, templates.of(session), { sessions, log }));
        await withDeadline(clock, until, work.run);
        return log.info('job_done', { session_id, job_id, attempt });
      } catch (error) {
        log.error('job_failed', { session_id, job_id, attempt, error });
        if (attempt < TRIES && !work?.began() && clock.now() + PAUSE_MS < until) await pause(PAUSE_MS * attempt);
        else {
          await work?.apologize();
          throw new JobFailed(`${job_id} came to nothing: see job_failed in the log`);
        }
      }
    }
  };

  /** One try. */
  function createWork({ id, session_id, turn, input }: Job, session: Session, history: readonly Heard[]) {
    const template = templates.of(session);
    const open = openForTemplate(session, history);
    const key = keyOf(id);
    let kept = session;
    let said = 0;
    let isSaidElsewhere = false;

    return { run, began: () => said > 0, apologize };

    async function run(signal: AbortSignal): Promise<void> {
      if (!template.onJob) throw new Error('the template of this call has no onJob: was it deployed anew?');
      const result = await template.onJob(input, open, { signal, now: clock.now });
      if (!isStream(result)) {
        // From here on nobody waits any more, so nobody is to be told that it goes on.
        await sessions.endJob(session_id, key);
        await goesOn(result, false);
        if (said === 0) log.warn('job_said_nothing', { session_id, job_id: id });
        return;
      }
      for await (const part of result) {
        signal.throwIfAborted();
        if (!(await goesOn(part, true))) break;
      }
      // The run that is heard isn't over.
      if (!isSaidElsewhere) await sessions.endJob(session_id, key);
    }

    /** One sentence, or whatever is said at once, after the one before it. `false` if nobody wants to hear more. */
    async function goesOn(part: Result, isMoreToCome: boolean): Promise<boolean> {
      const { actions: plain, keep } = await unasked(
        part,
        { template, session: kept, open },
        { sessions, assets, log },
      );
      const actions = isMoreToCome ? patiently(plain) : plain;
      const behind = said > 0 && { behind: keyOf(`${id}-${said}`) };
      const outcome = actions.length > 0 ? await tell(`${id}-${said + 1}`, actions, behind) : undefined;
      if (outcome) said++;
      // What may have been said is not apologised for.
      if (outcome?.outcome === 'failed' && outcome.error?.code !== 'in_doubt')
        throw new Error(`it could not be said: ${outcome.error?.code}`);
      isSaidElsewhere = outcome?.reason === 'duplicate';
      if (outcome?.outcome === 'skipped') return false;
      await keep();
      // Written once: an event may have changed it again by the next part.
      kept = asChanged(kept, open);
      return true;
    }

    async function apologize(): Promise<void> {
      const words = template.apology ?? template.fallback;
      // What the job had changed may be what it failed for.
      const untouched = openForTemplate(session, history);
      const { actions } = await unasked(words, { template, session, open: untouched }, { sessions, assets, log });
      await sessions
        .endJob(session_id, key)
        .catch((error: unknown) => log.error('job_mark_kept', { session_id, error }));
      if (actions.length > 0) await tell(`${id}-sorry`, actions, false);
    }

    async function tell(as: string, actions: readonly ActionDraft[], behind: { behind: string } | false) {
      const now = clock.now();
      const interruption: Interruption = {
        id: as,
        target: { session_id },
        ...saying(actions),
        // Who goes on talking isn't hung up on.
        follows_turn: turn,
        triggered_at: now,
        expires_at: now + GOOD_FOR_MS,
        rules: { if_turn: turn, ...behind },
        resume: false,
        dry_run: false,
        request: { session_id },
      };
      const inTime = { ...interruption, rules: { ...interruption.rules, after_current: true } };
      // The hold is heard to its end: half a word of it is worse than a second. Unless it has turned out to be wrong.
      if (actions[0]?.type !== 'barge_in') return told(inTime);
      const outcome = await told(interruption);
      return outcome?.reason === 'protected' || outcome?.reason === 'outranked' ? told(inTime) : outcome;
    }
  }

  /** Nothing has left, so it may be tried again. */
  async function told(interruption: Interruption): Promise<Outcome | undefined> {
    for (let attempt = 1; ; attempt++) {
      const { outcomes } = await interrupt(interruption);
      if (!outcomes[0]?.error?.retryable || attempt === TRIES) return outcomes[0];
      await pause(PAUSE_MS * attempt);
    }
  }

  function pause(ms: number) {
    return new Promise<void>((go) => clock.after(ms, go));
  }
}

const isStream = (result: JobResult): result is AsyncIterable<Result> =>
  typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
