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
import { inLanguage } from './language.ts';
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
    const open = openForTemplate(call, turn, heard, template);
    const result = await handler(open as never, { signal, now: clock.now });
    signal.throwIfAborted();
    const job = isLater(result) ? jobFor(template, { id: call.id, turn }, result) : undefined;
    const spoken = inLanguage(template, open.language);
    const now = isLater(result) ? holdOf(result, spoken, canPush(call, ways)) : result;
    const actions = await draftsOf(now, spoken, call.id);
    const changes = changesOf(call, open, template.language);
    const heardIn = step.handler === 'onSessionStart' ? template.native : template.language;
    return {
      said: {
        turn,
        ...saidOf(understood(actions, spoken, heardIn), changes, job && markOf(job, clock.now())),
      },
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

/** Where nothing can be pushed, the silence after a hold is what fetches the answer. */
const holdOf = ({ hold }: Later, { progress }: Template, pushes: boolean) =>
  hold ?? (pushes ? undefined : progress);

const saidOf = (
  actions: readonly ActionDraft[],
  changes: Changes | undefined,
  job: JobMark | undefined,
): Said => ({
  actions,
  ...(changes && { changes }),
  ...(job && { job }),
});

/** Led by what the recogniser needs to know of another language than it has been listening for. */
function understood(
  actions: ActionDraft[],
  { language, transcription }: Template,
  heardIn: string | undefined,
): ActionDraft[] {
  if (language === undefined || language === heardIn) return actions;
  if (actions.some(({ type }) => type === 'configure_transcription')) return actions;
  return [{ type: 'configure_transcription', languages: [language], ...transcription }, ...actions];
}

/** Actions that don't know their session: a call keeps them so. */
export const drafts = (
  actions: readonly (ActionDraft & { session_id?: string })[],
): ActionDraft[] => actions.map(({ session_id: _own, ...draft }) => draft as ActionDraft);
