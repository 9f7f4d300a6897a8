import type { Answering } from '../call/answer.ts';
import type { Stored } from '../call/call-store.ts';
import type { Decision } from '../call/decide.ts';
import { isUndecided, soundingAt } from '../call/evidence.ts';
import { foldBy } from '../call/fold.ts';
import { canPush, type Ways } from '../call/interrupt.ts';
import { endOfWhom } from '../call/meaning.ts';
import { isHeard } from '../call/utterances.ts';
import { type ConsequenceParts, createConsequences } from '../interruption/consequences.ts';
import type { Jobs } from '../jobs/job.ts';
import { isSecret, mayEnter } from '../kit/digits.ts';
import { asksAfter } from '../kit/manners.ts';
import type { Action, ActionDraft } from '../protocol/actions.ts';
import { type AiFlowEvent, isKnown, nameOf } from '../protocol/events.ts';
import { createNovelty } from '../runtime/errors.ts';
import { newId } from '../runtime/new-id.ts';
import { type Sealing, type Secrets, sealingFor } from '../runtime/sealing.ts';
import { createDeciding, type Decided, TRIES_OF_WHAT_HAPPENED } from '../sessions/deciding.ts';
import { type AnswerFor, createAnswers } from './answers.ts';
import { abortedAt, type Received } from './deadline.ts';
import { asUserSpeak, stepFor } from './dispatch.ts';
import { factOf, originOf } from './event-fact.ts';
import type { Handling } from './handling.ts';
import { type AnswerAgain, createHolding } from './holding.ts';
import { notesOf } from './notes.ts';
import { createReading, type Reading } from './reading.ts';
import { createRemembering, maskedNotes } from './remembering.ts';
import { actionsFor, cutsItself } from './reply.ts';
import { createStarting } from './starting.ts';
import type { TemplateParts } from './template-context.ts';
import { createUnwritten } from './unwritten.ts';
import { createWaiting, EVENT, SLOW_ANSWER_WAIT_MS } from './waiting.ts';

export interface AssistantParts extends ConsequenceParts, TemplateParts {
  /** Takes what `later` puts off. */
  readonly jobs: Jobs;
  /** How a call can be reached without an event of its own; by default not at all. */
  readonly ways?: Ways;
  /**
   * How long the answer to the end of a sentence waits for a job where nothing can be pushed, ms; 0
   * for not at all.
   */
  readonly slow_answer_wait_ms?: number | undefined;
  /** The secrets that digits are sealed with. Without them nobody can be asked for digits. */
  readonly secrets?: Secrets;
  /** 0–1. */
  readonly random?: () => number;
}

/** Answers one event by its deadline, whatever happens. Knows no transport. */
export type Assistant = (event: AiFlowEvent, received: Received) => Promise<Action[]>;

const UNHEARD_REMEDY =
  'AI Flow did not say an answer that came late: set slow_answer_wait_ms to less, or to 0, or configure the external API';
const NO_WAYS: Ways = { channel: false, websocket: false };
/**
 * EventBridge and SQS take tens of milliseconds. What takes longer goes on while the function runs,
 * or runs again.
 */
const BESIDE_MS = 100;

export function createAssistant(parts: AssistantParts): Assistant {
  const { templates, sessions, jobs, clock, log, random = Math.random, ways = NO_WAYS } = parts;
  const { slow_answer_wait_ms: wait_ms = SLOW_ANSWER_WAIT_MS } = parts;
  const { list, carryOut } = createConsequences(parts);
  const decideAbout = createDeciding({ sessions, clock, random, list });
  const { recall, note, noteAnswer } = createRemembering(parts);
  const read = createReading(parts);
  const { answersTo, answerUnremembered } = createAnswers({ ...parts, ways });
  const { start, startLast } = createStarting({ jobs, decideAbout, log });
  const unwritten = createUnwritten({ sessions, clock, log });
  const waiting = createWaiting({ sessions, answerAgain, clock, log, wait_ms });
  const holding = createHolding({ sessions, answerAgain, clock });
  const isNew = createNovelty();

  return async function answer(given, received) {
    const event = asUserSpeak(given);
    const origin = originOf(event, received);
    const template = templates.of(origin);
    const possible = origin.template === undefined ? templates.all : [template];
    const step = stepFor(possible, event);
    if (!step) return ignored(event);
    const sealing = mayEnter(possible, event) ? await sealingOf(event) : undefined;
    const fact = factOf(event, received, EVENT + newId(), sealing);
    const deadline = new AbortController();
    const { signal } = deadline;
    const notes = notesOf(event, received.at);
    const about = { session_id: event.session.id, event: nameOf(event) };
    const came = { event, about, step, received, fact, origin, possible, signal };
    const handling: Handling = { ...came, template, notes, known: [] };
    await byDeadline(handling, deadline);
    return actionsIn(handling);
  };

  /** Without a sealing keys are lost, and the call goes on. */
  async function sealingOf({ session }: AiFlowEvent): Promise<Sealing | undefined> {
    try {
      return await sealingFor(session.id, parts.secrets);
    } catch (error) {
      log.error('digits_not_sealed', { session_id: session.id, error });
      return undefined;
    }
  }

  async function byDeadline(handling: Handling, deadline: AbortController): Promise<void> {
    const { about, received, fact } = handling;
    try {
      const written = await abortedAt(clock, received.deadline, deadline, () => respond(handling));
      if (!written || handling.ready?.length !== 0 || wait_ms === 0) return;
      handling.ready = await waiting(written, fact, received);
      await noteAnswer(handling, written.call.turn, handling.ready);
    } catch (error) {
      handling.ready ??= unwritten(handling);
      log.error('answer_failed', { ...about, fallback: handling.ready === undefined, error });
    }
  }

  function actionsIn({ about, step, template, ready }: Handling): Action[] {
    if (!step.answerable) return [];
    const said = ready ?? (step.awaited ? template.fallback : undefined);
    const actions = actionsFor(said, about.session_id, template.voice);
    if (cutsItself(actions)) log.warn('barge_in_after_speech', about);
    return actions;
  }

  /** Answers the event. Gives the call if its answer may wait for a job. */
  async function respond(handling: Handling): Promise<Stored | undefined> {
    const [reading] = await Promise.all([read(handling), recall(handling)]);
    handling.template = templates.of({ ...handling.origin, ...reading.call });
    if (isSecret(handling.template, reading.call.entry))
      handling.notes = maskedNotes(handling.notes);
    const noted = noteEvent(handling, reading);
    try {
      if (reading.stored) return await decideAndAct(handling, reading, reading.stored);
      handling.ready = await answerUnremembered(handling, reading);
      return undefined;
    } finally {
      await noted;
    }
  }

  /** Notes the event in the history while the template works. Repeated words aren't noted. */
  async function noteEvent(handling: Handling, { stored, asked, number }: Reading): Promise<void> {
    const { fact } = handling;
    // There is nothing to keep it in.
    if (!stored || (asked !== 'template' && fact.kind === 'words')) return;
    const { began, again } = endOfWhom(stored.call, fact.id);
    if (!again) await note(handling, number, began);
  }

  async function decideAndAct(
    handling: Handling,
    reading: Reading,
    known: Stored,
  ): Promise<Stored | undefined> {
    const { asked, number } = reading;
    const { decision, stored } = await decided(handling, known, answersTo(handling, reading));
    handling.ready = decision.actions ?? [];
    if (decision.call.unheard && !known.call.unheard) {
      log.error('slow_answer_unheard', { session_id: known.call.id, remedy: UNHEARD_REMEDY });
    }
    if (asked === 'template' && handling.fact.kind === 'over')
      await startLast(handling, decision.call);
    const job = handling.answer?.job;
    const [isStarted] = await Promise.all([
      job ? start(handling, job, stored) : true,
      carryOutBeside(decision),
      noteAnswer(handling, number, handling.ready),
    ]);
    if (!isStarted) return undefined;
    await heldBack(handling, stored);
    return mayWait(decision, handling) ? stored : undefined;
  }

  async function answerAgain(
    id: string,
    known: Stored,
    inNow: Parameters<AnswerAgain>[2],
    signal?: AbortSignal,
  ): Promise<readonly ActionDraft[]> {
    const inputFor = (latest = known) => {
      const { call } = latest;
      const [at, pushes] = [clock.now(), canPush(call, ways)];
      const about = { id, kind: 'other', at, pushes, asks_after: call.asks_after } as const;
      return { kind: 'event', event: { ...about, ...inNow(latest) } } as const;
    };
    const { decision } = await decideAbout(known.call.id, inputFor, { known, signal });
    await carryOutBeside(decision);
    return decision.actions ?? [];
  }

  /**
   * Carries out what follows from a decision. It holds up an answer for a moment at most, because
   * the caller waits for that.
   */
  function carryOutBeside(decision: Decision): Promise<void> {
    const work = carryOut(decision);
    if (!decision.actions?.length) return work;
    return new Promise((go) => {
      const cancel = clock.after(BESIDE_MS, go);
      void work.finally(cancel).then(go);
    });
  }

  /**
   * Decides about the event. After the deadline the decision is carried out all the same, and this
   * throws.
   */
  async function decided(
    handling: Handling,
    known: Stored,
    answerFor: AnswerFor,
  ): Promise<Decided> {
    const { signal } = handling;
    const attempting = (decision: Decision | undefined) => {
      handling.attempted = decision;
    };
    const done = await decideAbout(
      known.call.id,
      async (latest = known) => ({
        kind: 'event',
        event: await answering(handling, latest, answerFor),
      }),
      { known, signal, tries: TRIES_OF_WHAT_HAPPENED, attempting },
    );
    if (!signal.aborted) return done;
    await carryOut(withoutDelivered(done.decision));
    throw signal.reason;
  }

  /**
   * Lets a hold wait for the first words of its job. If the write is in doubt, the hold is said at
   * once.
   */
  async function heldBack(handling: Handling, known: Stored | undefined): Promise<void> {
    const { answer: { said, hold } = {}, ready: led = [] } = handling;
    // A caller who hears something else needs no hold.
    if (!hold || led.some(isHeard)) return;
    handling.ready = [...led, ...hold.actions];
    if (!said?.job || !known) return;
    handling.ready = [...led, ...(await holding(handling, known, said.job, hold))];
    await noteAnswer(handling, said.job.turn, handling.ready);
  }

  async function answering(
    handling: Handling,
    { call }: Stored,
    answerFor: AnswerFor,
  ): Promise<Answering> {
    const { fact, step, origin } = handling;
    const answer = await answerFor(foldBy(call, clock.now()));
    if (answer) handling.answer = answer;
    return {
      id: fact.id,
      kind: fact.kind,
      at: fact.at,
      answerable: step.answerable,
      pushes: canPush(call, ways),
      parties: origin,
      asks_after: asksAfter(handling.template),
      ...(answer && { said: answer.said }),
    };
  }

  function mayWait({ call }: Decision, { fact, received }: Handling): boolean {
    const now = clock.now();
    const isEnd = fact.kind === 'ended' && !received.connection;
    if (!isEnd || canPush(call, ways) || call.jobs.length === 0) return false;
    return soundingAt(call, now).length === 0 && !isUndecided(call, now);
  }

  function ignored(event: AiFlowEvent): Action[] {
    if (!isKnown(event) && isNew(event.type)) {
      log.info('unknown_event', { session_id: event.session.id, event: nameOf(event) });
    }
    return [];
  }
}

/**
 * Without outcomes of what had waited: the event was answered without it, so it goes on waiting.
 */
const withoutDelivered = (decision: Decision): Decision => ({
  ...decision,
  publish: decision.publish.filter(({ outcome }) => outcome !== 'delivered'),
});
