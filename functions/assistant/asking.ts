import type { Said } from '../call/answer.ts';
import type { Call, JobMark } from '../call/document.ts';
import { canPush, type Ways } from '../call/interrupt.ts';
import type { Changes } from '../call/state.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import type { AiFlowEvent } from '../protocol/events.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import { changesOf, openForTemplate } from './changes.ts';
import { handlerOf, type Step } from './dispatch.ts';
import { type Job, jobFor, markOf } from './job.ts';
import { actionsOf } from './reply.ts';
import { type Heard, isLater, type Result, type Template } from './template.ts';
import type { Contexts } from './template-context.ts';

interface Parts {
  readonly ways: Ways;
  readonly assets?: Assets | undefined;
  readonly contexts: Contexts;
  readonly clock: Clock;
}

/** Whom to ask, and about what. */
export interface Question {
  readonly template: Template;
  readonly step: Step;
  readonly event: AiFlowEvent;
  readonly call: Call;
  readonly turn: number;
  readonly heard: readonly Heard[];
  readonly signal: AbortSignal;
}

/** What a template says to an event. */
export interface Answer {
  readonly said: Said;
  /** What is to be worked on elsewhere. */
  readonly job?: Job;
}

/** Asks a template. Throws what it throws, and what is wrong with its answer. */
export function createAsking({ ways, assets, contexts, clock }: Parts) {
  return async function ask({
    template,
    step,
    event,
    call,
    turn,
    heard,
    signal,
  }: Question): Promise<Answer> {
    const handler = handlerOf(template, step, event);
    if (!handler) return { said: { actions: [] } };
    const open = openForTemplate(call, turn, heard);
    const about = { call, heard, words: wordsIn(event), signal };
    const result = await handler(open as never, contexts(template, about));
    signal.throwIfAborted();
    const job = isLater(result) ? jobFor(template, { id: call.id, turn }, result) : undefined;
    // Where nothing can be pushed, the silence after a hold is what fetches the answer.
    const hold = isLater(result)
      ? (result.hold ?? (canPush(call, ways) ? undefined : template.progress))
      : undefined;
    const actions = await draftsOf(isLater(result) ? hold : result, template, call.id);
    const changes = changesOf(call, open);
    return {
      said: { turn, ...saidOf(actions, changes, job && markOf(job, clock.now())) },
      ...(job && { job }),
    };
  };

  async function draftsOf(
    result: Result,
    template: Template,
    session_id: string,
  ): Promise<ActionDraft[]> {
    return drafts(await actionsOf(result, { template, session_id }, assets));
  }
}

const wordsIn = (event: AiFlowEvent) => ('text' in event ? event.text : undefined);

const saidOf = (
  actions: readonly ActionDraft[],
  changes: Changes | undefined,
  job: JobMark | undefined,
): Said => ({
  actions,
  ...(changes && { changes }),
  ...(job && { job }),
});

/** Actions that don't know their session: a call keeps them so. */
export const drafts = (
  actions: readonly (ActionDraft & { session_id?: string })[],
): ActionDraft[] => actions.map(({ session_id: _own, ...draft }) => draft as ActionDraft);
