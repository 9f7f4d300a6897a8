import { openForTemplate } from '../assistant/changes.ts';
import { inLanguage } from '../assistant/language.ts';
import { draftsOf } from '../assistant/reply.ts';
import type { HandlerResult, JobResult, Template } from '../assistant/template.ts';
import { createContexts, type TemplateParts } from '../assistant/template-context.ts';
import { unaskedOf } from '../assistant/unasked.ts';
import type { Stored } from '../call/call-store.ts';
import type { Call } from '../call/document.ts';
import { fold } from '../call/fold.ts';
import type { Part } from '../call/job.ts';
import type { Outcome } from '../call/outcome.ts';
import type { Telling } from '../interruption/telling.ts';
import { pause } from '../runtime/clock.ts';
import { newId } from '../runtime/new-id.ts';
import type { TranscriptEntry } from '../sessions/history.ts';
import { refuseExcess } from '../sessions/limits.ts';
import { JOB_MS, type Job } from './job.ts';
import { JobVain } from './job-watch.ts';

export interface WorkParts extends TemplateParts {
  readonly telling: Telling;
}

/** The fields of a part that come from its job. */
type Said = Pick<Part, 'number' | 'actions' | 'last' | 'changes'>;

const FULL_MS = 500;

/**
 * Makes one try at a job: tells what its template says, sentence by sentence, to the call as it was
 * `before`.
 */
export function createWork(
  parts: WorkParts,
  job: Job,
  before: Call,
  template: Template,
  history: readonly TranscriptEntry[],
) {
  const { telling, assets, clock, log } = parts;
  const { id, session_id, turn, input } = job;
  const open = openForTemplate(before, turn, history, template);
  let known = before;
  let said = 0;
  let isTelling = false;

  return { run, began: () => said > 0, isTelling: () => isTelling, apologize };

  /** Throws what the template throws, and {@link JobVain}. */
  async function run(signal: AbortSignal): Promise<void> {
    if (!template.onJob)
      throw new Error('the template of this call has no onJob: was it deployed anew?');
    const contexts = createContexts(parts);
    const about = { call: before, heard: history, words: input, signal };
    const result = await template.onJob(input, open, contexts(template, about));
    signal.throwIfAborted();
    if (!isStream(result)) {
      const isSaid = await say(result, true, signal);
      if (!isSaid) log.warn('job_said_nothing', { session_id, job_id: id });
      return;
    }
    let yielded = 0;
    for await (const part of result) {
      signal.throwIfAborted();
      yielded++;
      await say(part, false, signal);
    }
    if (yielded > 0) return void (await say(undefined, true, signal));
    signal.throwIfAborted();
    log.warn('job_said_nothing', { session_id, job_id: id });
    // A stream without a piece is no answer, where returning nothing is one.
    await say(sorry(), true, signal);
  }

  /** One sentence, or whatever is said at once. `true` if it is to be heard. */
  async function say(result: HandlerResult, last: boolean, signal: AbortSignal): Promise<boolean> {
    const answer = await unaskedOf(result, { template, call: known, session: open }, assets);
    const { actions, changes } = answer;
    if (actions.length === 0 && !last) return false;
    const outcome = await tell({ ...answer, number: ++said, last }, signal);
    if (changes) {
      const { state, labels } = open;
      const kept = { state: structuredClone(state) as Call['state'], labels: [...labels] };
      known = { ...known, ...kept, ...(changes.language && { language: changes.language }) };
    }
    refuseUnsaid(outcome);
    return actions.length > 0;
  }

  async function apologize(): Promise<Outcome> {
    const actions = await draft(sorry()).catch((error: unknown) => {
      // Its clip can't be loaded. The fallback has none by name.
      log.error('job_failed', { session_id, job_id: id, error });
      return draft(inLanguage(template, open.language).fallback);
    });
    return tell({ number: said + 1, actions, last: true }, AbortSignal.timeout(JOB_MS));
  }

  function sorry(): HandlerResult {
    const { apology, fallback } = inLanguage(template, open.language);
    return apology ?? fallback;
  }

  function draft(result: HandlerResult) {
    const spoken = inLanguage(template, open.language);
    return draftsOf(result, { template: spoken, session_id }, assets);
  }

  /** Tells a part. Waits while the queue is full. */
  async function tell(part: Said, signal: AbortSignal): Promise<Outcome> {
    for (;;) {
      isTelling = true;
      const outcome = await tellPart(part).finally(() => {
        isTelling = false;
      });
      if (outcome.reason !== 'queue_full') return outcome;
      await pause(clock, FULL_MS);
      signal.throwIfAborted();
    }
  }

  async function tellPart(said: Said): Promise<Outcome> {
    const part: Part = { ...said, by: newId(), job: id, at: clock.now(), ways: telling.ways };
    const inputFor = (stored: Stored | undefined) => {
      if (stored) refuseExcess(fold(stored.call), part.changes);
      return { kind: 'part', part } as const;
    };
    // A part without sound has no outcome.
    if (part.actions.length === 0) return telling.tell(session_id, inputFor);
    return telling.tellAndPublish(session_id, `${id}-${part.number}`, inputFor);
  }
}

function refuseUnsaid({ outcome, reason, error }: Outcome): void {
  if (outcome === 'failed' && error?.code !== 'in_doubt')
    throw new Error(`it could not be said: ${error?.code}`);
  // An earlier run may have told this part already, and the next one not.
  if (outcome === 'skipped' && reason !== 'duplicate') throw new JobVain(reason ?? 'skipped');
}

const isStream = (result: JobResult): result is AsyncIterable<HandlerResult> =>
  typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
