import type { Said } from '../call/answer.ts';
import type { Call } from '../call/document.ts';
import type { Ways } from '../call/interrupt.ts';
import type { Asked } from '../call/meaning.ts';
import { nameOf } from '../protocol/events.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { refuseExcess } from '../sessions/limits.ts';
import { type Answer, createAsking, drafts } from './asking.ts';
import { collide } from './changes.ts';
import { withDeadline } from './deadline.ts';
import type { Handling } from './handling.ts';
import type { Job } from './job.ts';
import type { Reading } from './reading.ts';
import { actionsFor, actionsOf } from './reply.ts';
import type { Heard, Result, Template } from './template.ts';
import { createContexts, type SurroundingsOf } from './template-context.ts';

interface Parts {
  readonly ways: Ways;
  readonly assets?: Assets | undefined;
  readonly surroundings?: SurroundingsOf | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is said to an event. */
export interface Answers {
  /** To the call as it is now; nothing where nobody was asked. */
  given(now: Call): Promise<Said | undefined>;
  /** What it puts off. */
  job(): Job | undefined;
}

/** Of the time there is, for writing what was decided. */
const WRITING_MS = 50;

/** Finds what is said to an event: by the template, or in its place. */
export function createAnswers(parts: Parts) {
  const { ways, assets, clock, log } = parts;
  const ask = createAsking({ ways, assets, contexts: createContexts(parts), clock });
  return { answersTo, answerUnremembered };

  /** Where nothing of the call is known. Throws what the template throws. */
  async function answerUnremembered(
    handling: Handling,
    { call, number }: Reading,
    heard: readonly Heard[],
    signal: AbortSignal,
  ) {
    const { said, job } = await ask({ ...handling, call, turn: number, heard, signal });
    // Of a turn that may be another one nobody would ever hear the answer.
    if (job) throw new Error('nothing can be put off without the session: it could not be read');
    return said.actions;
  }

  /** The template is asked once, and again where somebody else has changed what it has changed. */
  function answersTo(
    { template, step, event, received }: Handling,
    { call, asked, number }: Reading,
    heard: readonly Heard[],
    signal: AbortSignal,
  ): Answers {
    let latest: (Answer & { readonly call: Call }) | undefined;
    let fallback: Said | undefined;
    return {
      given: async (now) =>
        asked === 'template'
          ? (fallback ?? (await byTemplate(now)))
          : inItsPlace(asked, template, call),
      job: () => (fallback ? undefined : latest?.job),
    };

    async function byTemplate(now: Call): Promise<Said> {
      try {
        latest = await newest(now);
        refuseExcess(now, latest.said.changes);
        return latest.said;
      } catch (error) {
        signal.throwIfAborted();
        const about = { session_id: call.id, event: nameOf(event) };
        log.error('answer_failed', { ...about, fallback: true, error });
        fallback = { actions: step.awaited ? fallbackOf(template, call.id) : [] };
        return fallback;
      }
    }

    async function newest(now: Call) {
      const changes = latest?.said.changes;
      if (latest && !(changes && collide(changes, latest.call, now))) return latest;
      const known = latest ? now : call;
      const until = Math.max(received.deadline - WRITING_MS, clock.now());
      const question = { template, step, event, call: known, turn: number, heard };
      const answer = await withDeadline(
        clock,
        until,
        (inner) => ask({ ...question, signal: inner }),
        signal,
      );
      return { ...answer, call: known };
    }
  }

  async function inItsPlace(
    asked: Asked,
    template: Template,
    { id: session_id, jobs: open }: Call,
  ): Promise<Said | undefined> {
    const say = async (result: Result) =>
      drafts(await actionsOf(result, { template, session_id }, assets));
    switch (asked) {
      case 'progress':
        return { actions: await say(template.progress), from: 'progress' };
      case 'apology': {
        log.error('job_lost', { session_id });
        const lost = open[0]?.key;
        return { actions: await say(template.apology ?? template.fallback), ...(lost && { lost }) };
      }
      case 'repeat':
        return { actions: [], repeat: true };
      default:
        return undefined;
    }
  }
}

/** What a template says where it fails, as its call keeps it. */
export const fallbackOf = ({ fallback, voice }: Template, session_id: string) =>
  drafts(actionsFor(fallback, session_id, voice));
