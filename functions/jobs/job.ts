import { randomBytes } from 'node:crypto';
import type { Later, Template } from '../assistant/template.ts';
import type { Call, JobMark, Json } from '../call/document.ts';
import { keyOf } from '../call/words.ts';
import { InvalidAction } from '../protocol/actions.ts';

/** A job that `later` put off, as the job function gets it. */
export interface Job {
  /**
   * Parts of the result are interruptions `<id>-1`, `<id>-2`, …: a job that runs twice is heard
   * once.
   */
  readonly id: string;
  readonly session_id: string;
  /** The turn of the question that it answers. */
  readonly turn: number;
  readonly input: Json;
  /** Whether it is what a call flow does after the call. */
  readonly last?: true | undefined;
}

/** Starts a job in an invocation of its own; resolves once it is certain to run. */
export interface Jobs {
  start(job: Job, signal: AbortSignal): Promise<void>;
}

/** A job came to nothing, and the caller has been told. Its invocation becomes a dead letter. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
  readonly expose = true;

  constructor(id: string) {
    super(`${id} came to nothing: see job_failed in the log`);
  }
}

/** How long a job may take. The function itself has some seconds more, to apologise. */
export const JOB_MS = 50_000;
/** How long it may take to begin: the invocation may wait, and start cold. */
const JOB_STARTS_MS = 10_000;
/** Lambda takes 256 KB asynchronously; nobody says that much. */
const MAX_JOB_BYTES = 64 * 1024;

/** Throws `InvalidAction` for a job that nobody would do, or that is too big. */
export function jobFor(
  { onJob }: Template,
  { id: session_id, turn }: { readonly id: string; readonly turn: number },
  { job: input }: Later,
): Job {
  if (!onJob) throw new InvalidAction('later() needs onJob in the same template: add it');
  const bytes = Buffer.byteLength(JSON.stringify(input) ?? '');
  if (bytes === 0)
    throw new InvalidAction('later() needs a job of JSON: pass what onJob must know');
  if (bytes > MAX_JOB_BYTES) {
    throw new InvalidAction(
      `a job must be at most ${MAX_JOB_BYTES} bytes of JSON; got ${bytes}: pass a key instead`,
    );
  }
  return { id: `job-${randomBytes(9).toString('base64url')}`, session_id, turn, input };
}

/** What a call flow does after the call. */
export const lastJobFor = ({ id: session_id, turn }: { id: string; turn: number }): Job => ({
  id: `last-${randomBytes(9).toString('base64url')}`,
  session_id,
  turn,
  input: null,
  last: true,
});

/** The mark by which a call remembers it until it is over. */
export const markOf = ({ id, turn }: Job, now: number): JobMark => ({
  key: keyOf(id),
  turn,
  until: now + JOB_MS + JOB_STARTS_MS,
  parts: 0,
});

/** Whether somebody still waits for it. A newer turn and `cancel` remove the mark. */
export const isMarked = ({ jobs }: Call, { id }: Job) => jobs.some(({ key }) => key === keyOf(id));
