import { type Aftermath, createAftermath, isCutShort } from '../interruption/aftermath.ts';
import type { Outcomes } from '../interruption/outcomes.ts';
import { isWaiting, patiently } from '../interruption/patience.ts';
import { endsCall, isSaid } from '../interruption/speech.ts';
import type { Action, ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, isKnown, nameOf, partiesOf } from '../protocol/events.ts';
import type { Assets } from '../runtime/assets.ts';
import type { Clock } from '../runtime/clock.ts';
import { createNovelty } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { Session, SessionChanges, SessionStore, Waiting } from '../sessions/session.ts';
import { changesOf, openForTemplate } from './changes.ts';
import { DeadlineExceeded, type Received, withDeadline } from './deadline.ts';
import { handlerOf, type Step, stepFor } from './dispatch.ts';
import { effectsOf, handingOver, holdOf } from './effects.ts';
import { createHistory, type Remembering } from './history.ts';
import { isOverdue, type Job, type Jobs, jobFor, markOf, waitsForJob } from './job.ts';
import { createMemory, type Recorded } from './memory.ts';
import { actionsFor, actionsOf, cutsItself } from './reply.ts';
import { createSlowAnswers } from './slow-answers.ts';
import { isLater, type Result, type State, type Template, type TemplateSession } from './template.ts';
import type { TemplateChoice } from './template-choice.ts';
import { createVoices } from './voices.ts';

export interface AssistantParts {
  readonly templates: TemplateChoice;
  readonly sessions: SessionStore;
  readonly outcomes: Outcomes;
  /** Takes what `later` puts off. */
  readonly jobs: Jobs;
  /** Without them nothing is played by name. */
  readonly assets?: Assets | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers one event by its deadline, whatever happens. Knows no transport. */
export type Assistant = (event: AiFlowEvent, received: Received) => Promise<Action[]>;

/** An event on its way through. */
interface Turn {
  readonly event: AiFlowEvent;
  readonly step: Step;
  readonly received: Received;
  /** Of the call, as soon as that is known. */
  template: Template;
  /** What goes out at the deadline, whatever is still running. */
  ready?: readonly ActionDraft[];
  /** What the template has answered: goes out at the deadline where nothing else is ready. */
  answered?: readonly ActionDraft[];
}

export function createAssistant({
  templates,
  sessions,
  outcomes,
  jobs,
  assets,
  clock,
  log,
}: AssistantParts): Assistant {
  const aftermath = createAftermath({ sessions, outcomes, clock });
  const remembering = createHistory({ sessions, clock, log });
  const isNew = createNovelty();
  const keepVoice = createVoices({ sessions, log });
  const { recorded, keep } = createMemory({ sessions, clock, log });
  const slow = createSlowAnswers({ sessions, jobs, clock, log });

  return async function answer(event, received) {
    const session_id = event.session.id;
    const step = stepFor(templates.all, event);
    if (!step) return ignored(event);
    const turn: Turn = { event, step, received, template: templates.of(partiesOf(event)) };
    try {
      await withDeadline(clock, received.deadline, (signal) => respond(turn, signal));
    } catch (error) {
      if (error instanceof DeadlineExceeded && turn.answered) turn.ready ??= turn.answered;
      log.error('answer_failed', { session_id, event: nameOf(event), fallback: !turn.ready, error });
    }
    const { template, ready = step.awaited ? template.fallback : undefined } = turn;
    const actions = step.answerable ? actionsFor(ready, session_id, template.voice) : [];
    if (cutsItself(actions)) log.warn('barge_in_after_speech', { session_id, event: nameOf(event) });
    return actions;
  };

  async function respond(turn: Turn, signal: AbortSignal): Promise<void> {
    const history = remembering(turn, signal);
    const [session] = await Promise.all([recorded(turn, signal), history.recall(templates.all)]);
    if (session === 'ended') {
      turn.ready = [];
      return;
    }
    turn.template = templates.of(session);
    const noted = history.note(session);
    await answerFor(turn, session, history, signal).finally(() => noted);
  }

  async function answerFor(turn: Turn, session: Recorded, history: Remembering, signal: AbortSignal): Promise<void> {
    const { step } = turn;
    const startedAt = clock.now();
    const earlier = earlierInterruptions(turn, session, signal);
    const open = openForTemplate(session, history.heard(session));
    const running = run(turn, session, open, signal).then((result) => {
      // A hold is no answer without its job.
      if (!result.job) turn.answered = result.answer;
      return result;
    });
    const [said, { due, lead }] = await Promise.all([settled(running), earlier]);
    // What is said now has an end of its own, at which the template runs: beside it a hangup would cut it.
    if (isSaid(due) && !lead) {
      turn.ready = due;
      // Until its `assistant_speak` comes nothing else would tell that it is being said.
      const speech = { ...effectsOf(due, session, clock.now()), ...holdOf(due, session, clock.now()) };
      await Promise.all([keep(session, { ...NO_CHANGES, ...speech }, signal), history.noteAnswer(session, due)]);
      return;
    }
    if ('error' in said) throw said.error;
    // Whoever has waited in silence hears what there is, and not what the template says to silence.
    const { job, isLost, isProgress = false } = said.result;
    const tooLate = turn.event.type === 'user_input_timeout' && lead;
    const answer =
      tooLate || (isProgress && !(await slow.goesOn(session, said.result.answer))) ? [] : said.result.answer;
    const changes = changesOf(session, open);
    if (isLost && session.job) await slow.end(session.id, session.job.key);
    if (job) {
      // The job finds all of it: what has changed, the hold that it is to wait for, and its own mark, which it takes away.
      const hold = lead ? {} : holdOf(answer, session, clock.now());
      await keep(session, { ...NO_CHANGES, ...changes, ...hold, job: markOf(job, clock.now()) }, signal);
      await slow.start(job, signal);
    }
    const both = endsCall(due) ? due : [...due, ...answer];
    turn.ready = lead?.actions ?? both;
    const late = step.awaited && answer.length > 0 && !lead && !isProgress && clock.now() - startedAt >= LATE_ANSWER_MS;
    const putOff = late && session.known && (await aftermath.putOff(session, answer));
    const own =
      putOff || lead || !session.known ? both : await aftermath.inTurn(both, session, { turn: session.turn, signal });
    if (!lead) turn.ready = putOff ? [] : own;
    const led = lead && (await aftermath.follow(session.id, lead, answer));
    if (led) turn.ready = led;
    const effects = putOff ? {} : led ? handingOver(led) : effectsOf(own, session, clock.now());
    const changed = { ...(!job && changes), ...effects };
    await Promise.all([
      Object.keys(changed).length > 0 && keep(session, { ...NO_CHANGES, ...changed }, signal),
      session.known && keepVoice(session.id, answer),
      history.noteAnswer(session, putOff ? [] : led || lead?.actions || own),
    ]);
  }

  /** What the template answers; at the end of a sentence, and while a job is under way, it isn't always asked. */
  async function run(
    turn: Turn,
    session: Recorded,
    open: TemplateSession<State>,
    signal: AbortSignal,
  ): Promise<Answered> {
    const { event, step, received, template } = turn;
    // It mustn't take the end of a sentence that was cut for the end of what it said.
    if (aftermath.isCut(event, received.at, session) || isCutShort(event, received.at, session)) return NOTHING;
    if (waitsForJob(event, session)) return progressOf(template, session);
    const result = await handlerOf(template, step, event)?.(open as never, { signal, now: clock.now });
    signal.throwIfAborted();
    if (isLater(result)) {
      // Of a turn that may be another one nobody would ever hear the answer.
      if (!session.known) throw new Error('nothing can be put off without the session: it could not be read');
      const hold = patiently(await say(result.hold, session, template));
      return { answer: hold, job: jobFor(template, session, result) };
    }
    const answer = await say(result, session, template);
    // Whoever presses a key meanwhile goes on waiting.
    return { answer: isWaiting(session) ? patiently(answer) : answer };
  }

  /** What somebody hears who has waited for a while. A job that is overdue has died, and won't say so itself. */
  async function progressOf(template: Template, session: Recorded): Promise<Answered> {
    if (!isOverdue(session, clock.now())) {
      return { answer: patiently(await say(template.progress, session, template)), isProgress: true };
    }
    log.error('job_lost', { session_id: session.id });
    return { answer: await say(template.apology ?? template.fallback, session, template), isLost: true };
  }

  function say(result: Result, { id: session_id }: Session, template: Template) {
    return actionsOf(result, { template, session_id }, assets);
  }

  /** Ready as soon as it is known: what has been taken to be said must not fall to a slow template or store. */
  async function earlierInterruptions(turn: Turn, session: Recorded, signal: AbortSignal): Promise<Aftermath> {
    const { event, step, received } = turn;
    let leading: Waiting | undefined;
    let taken: readonly ActionDraft[] = [];
    const lead = (waiting: Waiting) => {
      leading = waiting;
      turn.ready = waiting.actions;
    };
    const due = (actions: readonly ActionDraft[]) => {
      taken = actions;
      turn.ready = actions;
    };
    try {
      if (!session.known) return { due: [] };
      const after = await aftermath.of(
        event,
        received.at,
        session,
        step.answerable ? { signal, lead, due } : undefined,
      );
      if (after.due.length > 0) turn.ready = after.due;
      return after;
    } catch (error) {
      log.error('aftermath_failed', { session_id: session.id, event: nameOf(event), error });
      return { due: taken, ...(leading && { lead: leading }) };
    }
  }

  function ignored(event: AiFlowEvent): Action[] {
    if (!isKnown(event) && isNew(event.type)) {
      log.info('unknown_event', { session_id: event.session.id, event: nameOf(event) });
    }
    return [];
  }
}

/** What a template answered. */
interface Answered {
  readonly answer: readonly Action[];
  /** What comes later. */
  readonly job?: Job;
  /** What was to come later never will. */
  readonly isLost?: boolean;
  /** It is still to come. */
  readonly isProgress?: boolean;
}

const NOTHING: Answered = { answer: [] };

const NO_CHANGES: SessionChanges = { state: {}, labels: {} };

/** While it was computed an interruption may have landed. Quicker answers leave no time for that; the check is a read. */
const LATE_ANSWER_MS = 20;

const settled = <T>(promise: Promise<T>): Promise<{ result: T } | { error: unknown }> =>
  promise.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
