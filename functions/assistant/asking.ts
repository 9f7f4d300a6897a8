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
import type { Hold } from './holding.ts';
import { type Job, jobFor, markOf } from './job.ts';
import { actionsOf } from './reply.ts';
import { type Heard, isLater, type Later, type Result, type Template } from './template.ts';

interface Parts {
  readonly ways: Ways;
  readonly assets?: Assets | undefined;
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
  /** What is said if nothing comes of it in time. */
  readonly hold?: Hold;
}

/** Asks a template. Throws what it throws, and what is wrong with its answer. */
export function createAsking({ ways, assets, clock }: Parts) {
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
    const result = await handler(open as never, { signal, now: clock.now });
    signal.throwIfAborted();
    if (isLater(result)) return putOff(template, call, turn, open, result);
    const actions = await draftsOf(result, template, call.id);
    return { said: { turn, ...saidOf(actions, changesOf(call, open)) } };
  };

  async function putOff(
    template: Template,
    call: Call,
    turn: number,
    open: ReturnType<typeof openForTemplate>,
    later: Later,
  ): Promise<Answer> {
    const job = jobFor(template, { id: call.id, turn }, later);
    // Where nothing can be pushed, the silence after a hold is what fetches the answer.
    const hold = later.hold ?? (canPush(call, ways) ? undefined : template.progress);
    const actions = await draftsOf(hold, template, call.id);
    const { hold_after_ms: after_ms = 0 } = later;
    const waits = after_ms > 0 && actions.length > 0;
    const mark = markOf(job, clock.now());
    return {
      said: { turn, ...saidOf(waits ? [] : actions, changesOf(call, open), mark) },
      job,
      ...(waits && { hold: { actions, after_ms } }),
    };
  }

  async function draftsOf(
    result: Result,
    template: Template,
    session_id: string,
  ): Promise<ActionDraft[]> {
    return drafts(await actionsOf(result, { template, session_id }, assets));
  }
}

const saidOf = (
  actions: readonly ActionDraft[],
  changes: Changes | undefined,
  job?: JobMark,
): Said => ({
  actions,
  ...(changes && { changes }),
  ...(job && { job }),
});

/** Actions that don't know their session: a call keeps them so. */
export const drafts = (
  actions: readonly (ActionDraft & { session_id?: string })[],
): ActionDraft[] => actions.map(({ session_id: _own, ...draft }) => draft as ActionDraft);
