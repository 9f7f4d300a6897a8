import type { Said } from '../call/answer.ts';
import type { Call } from '../call/document.ts';
import { canPush, type Ways } from '../call/interrupt.ts';
import { type Job, jobFor, markOf } from '../jobs/job.ts';
import { type Digits, type DigitsEntered, isDigits, isSecret, wordsOf } from '../kit/digits.ts';
import { type ActionDraft, InvalidAction } from '../protocol/actions.ts';
import { nameOf } from '../protocol/events.ts';
import type { TranscriptEntry } from '../sessions/history.ts';
import { changesOf, openForTemplate } from './changes.ts';
import { handlerOf } from './dispatch.ts';
import type { Handling } from './handling.ts';
import type { Hold } from './holding.ts';
import { inLanguage, understood } from './language.ts';
import { draftsOf } from './reply.ts';
import { saidAsList } from './said.ts';
import {
  type HandlerResult,
  isLater,
  type Later,
  type Template,
  type TemplateSession,
  type TemplateState,
} from './template.ts';
import { createContexts, type TemplateParts } from './template-context.ts';

export interface AskingParts extends TemplateParts {
  readonly ways: Ways;
}

/** A caller hears this as a pause. */
const SLOW_MS = 400;

/** Whom to ask, and about what. */
export interface Question
  extends Pick<Handling, 'template' | 'step' | 'event' | 'fact' | 'signal'> {
  readonly call: Call;
  readonly turn: number;
  readonly heard: readonly TranscriptEntry[];
  /**
   * The digits that the caller has entered, if the question is about those and not about the event.
   */
  readonly entered?: DigitsEntered;
}

/** What a template says to an event. */
export interface Answer {
  readonly said: Said;
  readonly job?: Job;
  /** What is said if the job has nothing to say in time. */
  readonly hold?: Hold;
}

/** Asks a template. Throws what the template throws, and for an answer that is wrong. */
export function createAsking(parts: AskingParts) {
  const { ways, assets, clock, log } = parts;
  const contexts = createContexts(parts);
  return async function ask(question: Question): Promise<Answer> {
    const { template, step, event, call, turn, heard, signal, entered } = question;
    const name = entered ? 'onDigits' : step.handler;
    const handler = handlerOf(template, name, entered ?? event);
    if (!handler) return { said: { actions: [] } };
    const open = openForTemplate(call, turn, heard, template);
    const began = clock.now();
    const result = await handler(open as never, contexts(template, aboutOf(question)));
    const took_ms = clock.now() - began;
    if (took_ms > SLOW_MS)
      log.info('template_slow', { session_id: call.id, event: nameOf(event), took_ms });
    signal.throwIfAborted();
    if (!isLater(result)) return { said: await saidNow(result, open, question) };
    const job = jobFor(template, { id: call.id, turn }, result);
    const { progress } = inLanguage(template, open.language);
    // Where nothing can be pushed, the silence after `progress` fetches the answer.
    const now = result.hold ?? (canPush(call, ways) ? undefined : progress);
    const said = await saidNow(now, open, question, job);
    const hold = heldBack(result, said.actions);
    // Configuration doesn't wait.
    return hold
      ? { said: { ...said, actions: said.actions.filter(configures) }, job, hold }
      : { said, job };
  };

  /** What is said at once; `session` is the call as the template has left it. */
  async function saidNow(
    result: HandlerResult,
    session: TemplateSession<TemplateState>,
    { template, step, call, turn, fact }: Question,
    job?: Job,
  ): Promise<Said> {
    const spoken = inLanguage(template, session.language);
    const { said, request } = requestIn(result, session, template);
    const heardIn = step.handler === 'onSessionStart' ? template.native : template.language;
    const { id: session_id, socket } = call;
    const drafts = await draftsOf(said, { template: spoken, session_id, socket }, assets);
    const changes = changesOf(call, session, template.language);
    return {
      turn,
      actions: understood(drafts, spoken, heardIn),
      ...(changes && { changes }),
      ...(job && { job: markOf(job, clock.now()) }),
      ...(request && { entry: { name: request.name, by: fact.id, tries: 1, keys: [] } }),
    };
  }
}

/** What a handler is given, and what must not stand in its log. */
const aboutOf = ({ template, event, call, heard, signal, entered }: Question) => ({
  call,
  heard,
  words: 'text' in event ? event.text : undefined,
  entered: isSecret(template, call.entry) ? entered?.digits : undefined,
  signal,
});

/** Splits off the digits that a result asks for, which must come last. */
function requestIn(
  result: HandlerResult,
  session: TemplateSession<TemplateState>,
  { digits = [] }: Template,
): { said: HandlerResult; request?: Digits } {
  const list = [result].flat();
  const request = list.find(isDigits);
  if (!request) return { said: result };
  if (list.at(-1) !== request)
    throw new InvalidAction(`digits "${request.name}" must be the last thing that is said`);
  if (!digits.includes(request))
    throw new InvalidAction(
      `the template doesn't declare the digits "${request.name}": add them to digits`,
    );
  const words = wordsOf(request, 'ask', session);
  return { said: [...saidAsList(list.slice(0, -1) as HandlerResult), ...words], request };
}

function heldBack({ hold_after_ms = 0 }: Later, actions: readonly ActionDraft[]) {
  const words = actions.filter((action) => !configures(action));
  return hold_after_ms > 0 && words.length > 0
    ? { actions: words, after_ms: hold_after_ms }
    : undefined;
}

const configures = ({ type }: ActionDraft) => type.startsWith('configure_');
