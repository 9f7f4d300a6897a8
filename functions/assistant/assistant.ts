import { randomBytes } from 'node:crypto';
import type { Answering, Said } from '../call/answer.ts';
import type { Stored } from '../call/call-store.ts';
import type { Decision } from '../call/decide.ts';
import { type Call, type Fact, freshCall } from '../call/document.ts';
import { isUndecided, soundingAt } from '../call/evidence.ts';
import { fold } from '../call/fold.ts';
import { canPush, type Ways } from '../call/interrupt.ts';
import { type Asked, endOfWhom, meaningOf, turnOf } from '../call/meaning.ts';
import { endOf, isAnswerTo } from '../call/utterances.ts';
import { type ConsequenceParts, createConsequences } from '../interruption/consequences.ts';
import type { Action, ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, isKnown, nameOf } from '../protocol/events.ts';
import type { Assets } from '../runtime/assets.ts';
import { createNovelty } from '../runtime/errors.ts';
import { createDeciding } from '../sessions/deciding.ts';
import { refuseExcess } from '../sessions/limits.ts';
import { type Answer, createAsking, drafts } from './asking.ts';
import { collide } from './changes.ts';
import { type Received, withDeadline } from './deadline.ts';
import { type Step, stepFor } from './dispatch.ts';
import { factOf, originOf } from './facts.ts';
import { createHistory, type Remembering } from './history.ts';
import type { Job, Jobs } from './job.ts';
import { actionsFor, actionsOf, cutsItself } from './reply.ts';
import type { Result, Template } from './template.ts';
import type { TemplateChoice } from './template-choice.ts';
import { createContexts, type SurroundingsOf } from './template-context.ts';
import { createWaiting, EVENT, SLOW_ANSWER_WAIT_MS } from './waiting.ts';

export interface AssistantParts extends ConsequenceParts {
  readonly templates: TemplateChoice;
  /** Takes what `later` puts off. */
  readonly jobs: Jobs;
  /** How a call can be reached without an event of its own; by default not at all. */
  readonly ways?: Ways;
  /** How long the end of a sentence waits for a slow answer where nothing can be pushed, ms; 0 for not at all. */
  readonly slow_answer_wait_ms?: number;
  /** Without them nothing is played by name. */
  readonly assets?: Assets | undefined;
  /** What templates have declared; by default nothing. */
  readonly surroundings?: SurroundingsOf | undefined;
  /** 0–1. */
  readonly random?: () => number;
}

/** Answers one event by its deadline, whatever happens. Knows no transport. */
export type Assistant = (event: AiFlowEvent, received: Received) => Promise<Action[]>;

/** An event on its way through. */
interface Turn {
  readonly event: AiFlowEvent;
  readonly step: Step;
  readonly received: Received;
  readonly fact: Fact;
  readonly origin: ReturnType<typeof originOf>;
  /** The templates that the call may follow. */
  readonly possible: readonly Template[];
  /** Of the call, as soon as that is known. */
  template: Template;
  history?: Remembering;
  /** What goes out. */
  ready?: readonly ActionDraft[] | undefined;
  /** What the template has said, and nobody has written yet. */
  said?: Said;
  /** What is being written: nobody knows yet whether it is. */
  attempted?: Decision | undefined;
}

const UNHEARD_REMEDY =
  'AI Flow did not say an answer that came late: set slow_answer_wait_ms to less, or to 0, or configure the external API';
const NO_WAYS: Ways = { channel: false, websocket: false };
/** Of the time there is, for writing what was decided. */
const WRITING_MS = 50;
/** An event can't be asked again: it tries until its deadline. */
const TRIES = 16;

export function createAssistant(parts: AssistantParts): Assistant {
  const {
    templates,
    sessions,
    jobs,
    clock,
    log,
    random = Math.random,
    ways = NO_WAYS,
    assets,
  } = parts;
  const { slow_answer_wait_ms = SLOW_ANSWER_WAIT_MS } = parts;
  const { list, carryOut } = createConsequences(parts);
  const decideAbout = createDeciding({ sessions, clock, random, list });
  const remembering = createHistory({ sessions, clock, log });
  const ask = createAsking({ ways, assets, contexts: createContexts(parts), clock });
  const waiting = createWaiting({
    sessions,
    decideAbout,
    carryOut,
    clock,
    log,
    wait_ms: slow_answer_wait_ms,
  });
  const isNew = createNovelty();

  return async function answer(event, received) {
    const session_id = event.session.id;
    const origin = originOf(event, received);
    const first = templates.of(origin);
    const possible = origin.template === undefined ? templates.all : [first];
    const step = stepFor(possible, event);
    if (!step) return ignored(event);
    const fact = factOf(event, received, EVENT + newId());
    const turn: Turn = { event, step, received, fact, origin, possible, template: first };
    let collected: readonly ActionDraft[] | undefined;
    try {
      const written = await withDeadline(clock, received.deadline, (signal) =>
        respond(turn, signal),
      );
      if (written && turn.ready?.length === 0 && slow_answer_wait_ms > 0) {
        collected = await waiting(written, fact, received);
        await turn.history?.noteAnswer({ turn: written.call.turn, known: true }, collected ?? []);
      }
    } catch (error) {
      turn.ready ??= unwritten(turn);
      log.error('answer_failed', {
        session_id,
        event: nameOf(event),
        fallback: turn.ready === undefined,
        error,
      });
    }
    const { template, ready = step.awaited ? template.fallback : undefined } = turn;
    const actions = step.answerable
      ? actionsFor(collected ?? ready, session_id, template.voice)
      : [];
    if (cutsItself(actions))
      log.warn('barge_in_after_speech', { session_id, event: nameOf(event) });
    return actions;
  };

  /** Gives the call where the answer may wait for more. */
  async function respond(turn: Turn, signal: AbortSignal): Promise<Stored | undefined> {
    const history = remembering(turn, signal);
    turn.history = history;
    const [stored] = await Promise.all([recorded(turn, signal), history.recall(turn.possible)]);
    const { call, asked, number } = readingOf(stored, turn);
    turn.template = templates.of({ ...turn.origin, ...call });
    const known = stored !== undefined;
    const isNews = asked !== 'nothing' || turn.fact.kind !== 'words';
    const noted = isNews
      ? history.note({ turn: number, known }, stored && endOfWhom(stored.call, turn.fact.id))
      : undefined;
    try {
      if (!known) {
        turn.ready = await unremembered(turn, call, number, history, signal);
        return undefined;
      }
      return await decideAndDo(turn, { stored, call, asked, number }, history, signal);
    } finally {
      await noted;
    }
  }

  async function recorded(
    { event, fact, received }: Turn,
    signal: AbortSignal,
  ): Promise<Stored | undefined> {
    const { id } = event.session;
    const halfway = clock.now() + (received.deadline - clock.now()) / 2;
    try {
      return await withDeadline(
        clock,
        halfway,
        (inner) => sessions.record(id, fact, inner),
        signal,
      );
    } catch (error) {
      log.error('session_not_read', { session_id: id, event: nameOf(event), error });
      return undefined;
    }
  }

  /** Without DynamoDB a call has no memory, and is answered all the same. */
  function readingOf(stored: Stored | undefined, { event, fact, origin }: Turn): Reading {
    const { id } = event.session;
    if (!stored) {
      const number = fact.kind === 'words' ? 1 : 0;
      return { call: { ...freshCall(id), ...origin }, asked: 'template', number };
    }
    const number = turnOf(stored.call, fact.id);
    return { call: fold(stored.call), asked: meaningOf(stored.call, fact.id, clock.now()), number };
  }

  async function unremembered(
    turn: Turn,
    call: Call,
    number: number,
    history: Remembering,
    signal: AbortSignal,
  ) {
    const { said, job } = await ask({
      ...turn,
      call,
      turn: number,
      heard: history.heard({ turn: number }),
      signal,
    });
    // Of a turn that may be another one nobody would ever hear the answer.
    if (job) throw new Error('nothing can be put off without the session: it could not be read');
    return said.actions;
  }

  async function decideAndDo(
    turn: Turn,
    { stored, call, asked, number }: Reading & { stored: Stored },
    history: Remembering,
    signal: AbortSignal,
  ): Promise<Stored | undefined> {
    const heard = history.heard({ turn: number });
    const answers = answersTo(turn, { call, asked, number, heard, signal });
    const attempting = (decision: Decision | undefined) => {
      turn.attempted = decision;
    };
    const { decision, stored: written } = await decideAbout(
      call.id,
      async (latest) => ({
        kind: 'event',
        event: await answering(turn, latest ?? stored, answers),
      }),
      { known: stored, signal, tries: TRIES, attempting },
    );
    if (signal.aborted) {
      await carryOut(withoutDelivered(decision));
      signal.throwIfAborted();
    }
    turn.ready = decision.actions ?? [];
    if (decision.call.unheard && !call.unheard) {
      log.error('slow_answer_unheard', { session_id: call.id, remedy: UNHEARD_REMEDY });
    }
    const job = answers.job();
    const [started] = await Promise.all([
      job ? start(turn, job, written, signal) : true,
      carryOut(decision),
      history.noteAnswer({ turn: number, known: true }, decision.actions ?? []),
    ]);
    return started && mayWait(decision.call, turn) ? written : undefined;
  }

  function mayWait(call: Call, { fact, received }: Turn): boolean {
    const now = clock.now();
    if (
      fact.kind !== 'ended' ||
      received.connection ||
      canPush(call, ways) ||
      call.jobs.length === 0
    )
      return false;
    return soundingAt(call, now).length === 0 && !isUndecided(call, now);
  }

  async function answering(turn: Turn, stored: Stored, answers: Answers): Promise<Answering> {
    const { fact, step, origin } = turn;
    const said = await answers.given(fold(stored.call));
    if (said) turn.said = said;
    return {
      id: fact.id,
      kind: fact.kind,
      at: fact.at,
      answerable: step.answerable,
      pushes: canPush(stored.call, ways),
      parties: origin,
      ...(said && { said }),
    };
  }

  /** What is said to an event: asked once, and again where somebody else has changed what the template has changed. */
  function answersTo(
    turn: Turn,
    { call, asked, number, heard, signal }: Reading & Asking,
  ): Answers {
    const { template, step, event, received } = turn;
    let latest: (Answer & { readonly call: Call }) | undefined;
    let fallback: Said | undefined;
    return { given, job: () => (fallback ? undefined : latest?.job) };

    async function given(now: Call): Promise<Said | undefined> {
      if (asked !== 'template') return spoken(asked, template, call);
      if (fallback) return fallback;
      try {
        const { changes } = latest?.said ?? {};
        if (!latest || (changes && collide(changes, latest.call, now))) {
          const known = latest ? now : call;
          latest = { ...(await inTime(known)), call: known };
        }
        refuseExcess(now, latest.said.changes);
        return latest.said;
      } catch (error) {
        signal.throwIfAborted();
        log.error('answer_failed', {
          session_id: call.id,
          event: nameOf(event),
          fallback: true,
          error,
        });
        fallback = {
          actions: step.awaited
            ? drafts(actionsFor(template.fallback, call.id, template.voice))
            : [],
        };
        return fallback;
      }
    }

    function inTime(known: Call): Promise<Answer> {
      const until = Math.max(received.deadline - WRITING_MS, clock.now());
      return withDeadline(
        clock,
        until,
        (inner) => ask({ template, step, event, call: known, turn: number, heard, signal: inner }),
        signal,
      );
    }
  }

  /** What is said where the template isn't asked. */
  async function spoken(asked: Asked, template: Template, call: Call): Promise<Said | undefined> {
    const { id: session_id, jobs: open } = call;
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

  /** The mark of a job is written before it starts, and goes with it where nobody takes it. */
  async function start(
    turn: Turn,
    job: Job,
    known: Stored | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      await jobs.start(job, signal);
      return true;
    } catch (error) {
      const { template, fact, step } = turn;
      const session_id = job.session_id;
      log.error('answer_failed', { session_id, event: nameOf(turn.event), fallback: true, error });
      const actions = drafts(actionsFor(template.fallback, session_id, template.voice));
      turn.ready = actions;
      const said: Said = {
        actions,
        instead: fact.id,
        ...(turn.said?.job && { lost: turn.said.job.key }),
      };
      const event: Answering = {
        id: newId(),
        kind: 'other',
        at: fact.at,
        answerable: step.answerable,
        pushes: false,
        said,
      };
      await decideAbout(session_id, () => ({ kind: 'event', event }), { known, signal }).catch(
        (error: unknown) => log.error('job_mark_kept', { session_id, error }),
      );
      return false;
    }
  }

  /** What may go out though nobody knows whether it is written: only what the template has just said itself. */
  function unwritten({ said, attempted, fact, event }: Turn): readonly ActionDraft[] | undefined {
    if (attempted && leavesMore(attempted.call, fact.id))
      void recordUnsaid(event.session.id, fact.id);
    // Nobody works on what isn't known to be put off.
    if (said?.job) return undefined;
    if (!attempted) return said?.actions;
    const own = said?.actions ?? [];
    // What ends the call waits behind something, if it is written.
    return endOf(attempted.actions ?? []) ? own : own.slice(0, endsAt(own));
  }

  async function recordUnsaid(session_id: string, by: string): Promise<void> {
    try {
      await sessions.record(session_id, { id: newId(), at: clock.now(), kind: 'unsaid', by });
    } catch (error) {
      log.error('answer_in_doubt', { session_id, error });
    }
  }

  function ignored(event: AiFlowEvent): Action[] {
    if (!isKnown(event) && isNew(event.type)) {
      log.info('unknown_event', { session_id: event.session.id, event: nameOf(event) });
    }
    return [];
  }
}

/** A call as an event finds it. */
interface Reading {
  readonly call: Call;
  readonly asked: Asked;
  /** The turn at which the template is asked. */
  readonly number: number;
}

interface Asking {
  readonly heard: ReturnType<Remembering['heard']>;
  readonly signal: AbortSignal;
}

interface Answers {
  given(now: Call): Promise<Said | undefined>;
  job(): Job | undefined;
}

/** Whether what left by that input is anything but its own answer. */
const leavesMore = ({ queue }: Call, by: string) =>
  queue.some(({ key, sent }) => (sent?.by === by) !== isAnswerTo(key, by));

/** Where these end the call; their length if they don't. */
function endsAt(actions: readonly ActionDraft[]): number {
  const end = actions.findIndex((action) => endOf([action]));
  return end < 0 ? actions.length : end;
}

/** Too late: the event has been answered without what had waited. It goes on waiting. */
const withoutDelivered = (decision: Decision): Decision => ({
  ...decision,
  publish: decision.publish.filter(({ outcome }) => outcome !== 'delivered'),
});

const newId = () => randomBytes(5).toString('base64url');
