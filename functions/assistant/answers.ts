import type { Said } from '../call/answer.ts';
import { type Call, omit } from '../call/document.ts';
import { canPush } from '../call/interrupt.ts';
import { lineNeeds } from '../call/meaning.ts';
import type { ActionDraft } from '../protocol/actions.ts';
import { isKnown } from '../protocol/events.ts';
import type { Secrets } from '../runtime/sealing.ts';
import { refuseExcess } from '../sessions/limits.ts';
import { type Answer, type AskingParts, createAsking, type Question } from './asking.ts';
import { collide } from './changes.ts';
import { withDeadline } from './deadline.ts';
import { createEntering } from './entering.ts';
import type { Handling } from './handling.ts';
import type { Reading } from './reading.ts';
import { heardBy } from './remembering.ts';
import { draftsOf, fallbackOf } from './reply.ts';
import type { HandlerResult } from './template.ts';
import { createUnprompted } from './unprompted.ts';

interface Parts extends AskingParts {
  /** The secrets that digits are sealed with. Without them nobody can be asked for digits. */
  readonly secrets?: Secrets | undefined;
}

/** What is said to an event in the call as it is now; `undefined` if nobody was asked. */
export type AnswerFor = (now: Call) => Promise<Answer | undefined>;

/** The part of the time that is kept for writing the decision. */
const WRITING_MS = 50;

/** Finds what is said to an event, by the template or in its place. */
export function createAnswers(parts: Parts) {
  const { ways, assets, secrets, clock, log } = parts;
  const ask = createAsking(parts);
  const unprompted = createUnprompted(log);
  const enter = createEntering({ ask, secrets, assets, clock });
  return { answersTo, answerUnremembered };

  /** Asks the template about a call of which nothing is known. Throws what the template throws. */
  async function answerUnremembered(handling: Handling, { call, number }: Reading) {
    const { said, job } = await ask({
      ...handling,
      call,
      turn: number,
      heard: heardBy(handling, number),
    });
    // The turn isn't known for certain, so nobody would ever hear the result.
    if (job) throw new Error('nothing can be put off without the session: it could not be read');
    return said.actions;
  }

  /** Asks the template once, and again if somebody else has changed what it changed. */
  function answersTo(handling: Handling, { call, asked, number }: Reading): AnswerFor {
    const { template, step, event, received, fact, signal } = handling;
    const about = { ...handling, turn: number, heard: heardBy(handling, number) };
    let latest: (Answer & { readonly call: Call }) | undefined;
    let fallback: Answer | undefined;
    const isEntry = call.entry !== undefined && (asked === 'entry' || asked === 'silence');
    const isAsked = asked === 'template' || isEntry;
    return async (now) => {
      if (isAsked) return fallback ?? byTemplate(now);
      const said = (await unprompted(asked, template, call, say)) ?? (await fillSilence(now));
      return said && { said };
    };

    async function byTemplate(now: Call): Promise<Answer> {
      try {
        latest = await askNewest(now);
        const { said } = latest;
        refuseExcess(now, said.changes);
        const instead = saysNothing(said) ? await fillSilence(now, said) : undefined;
        return instead ? { said: instead } : latest;
      } catch (error) {
        // Nobody else would ask again for digits after silence.
        fallback = { said: { actions: fallbackFor(error, step.awaited || isEntry) } };
        return fallback;
      }
    }

    /**
     * On failure the fallback is said, because AI Flow's timer has run out for this and nothing
     * else would start it again.
     */
    async function say(result: HandlerResult): Promise<readonly ActionDraft[]> {
      try {
        const { id: session_id, socket } = call;
        return await inTime(() => draftsOf(result, { template, session_id, socket }, assets));
      } catch (error) {
        return fallbackFor(error, true);
      }
    }

    function fallbackFor(error: unknown, isAwaited: boolean): ActionDraft[] {
      signal.throwIfAborted();
      log.error('answer_failed', { ...handling.about, fallback: true, error });
      return isAwaited ? fallbackOf(template, call.id) : [];
    }

    /** Runs `work` so early that its result can still be written. */
    function inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
      const until = Math.max(received.deadline - WRITING_MS, clock.now());
      return withDeadline(clock, until, work, signal);
    }

    async function askNewest(now: Call) {
      const changes = latest?.said.changes;
      const isOld =
        latest &&
        (isEnteredAnew(latest.call, now) || (changes && collide(changes, latest.call, now)));
      if (latest && !isOld) return latest;
      const known = latest ? now : call;
      const answer = await inTime((inner) =>
        answerOf(known, { ...about, call: known, signal: inner }),
      );
      return { ...answer, call: known };
    }

    function answerOf(known: Call, question: Question): Promise<Answer> {
      const mayEnter = isEntry || fact.kind === 'words';
      return mayEnter && call.entry ? enterKeys(known, question) : ask(question);
    }

    async function enterKeys(known: Call, question: Question): Promise<Answer> {
      // Somebody else has handed the digits over meanwhile.
      if (known.entry?.by !== call.entry?.by && fact.kind !== 'words') return NOTHING;
      const text = isKnown(event) && event.type === 'user_speak' ? event.text : undefined;
      const entered = await enter(question, text);
      return entered ?? (fact.kind === 'words' ? ask(question) : NOTHING);
    }

    /** Asks again for digits after a caller has said something else. */
    async function askOn(now: Call): Promise<Said | undefined> {
      try {
        return (await inTime((inner) => enter({ ...about, call: now, signal: inner })))?.said;
      } catch (error) {
        return { actions: fallbackFor(error, true) };
      }
    }

    /**
     * Says something after words that nobody answers, or after an end that they crossed, if nothing
     * else will be said: the words have stopped AI Flow's timer, and only speech starts it again.
     */
    async function fillSilence(now: Call, said?: Said): Promise<Said | undefined> {
      // Digits that have just been handed over, or given up, aren't asked for again.
      const open = said?.entry === null ? omit(now, 'entry') : now;
      const asks = lineNeeds(open, fact, canPush(open, ways), clock.now());
      const isEntered = asks === 'silence' && open.entry !== undefined;
      const more = isEntered
        ? await askOn(open)
        : asks && (await unprompted(asks, template, open, say));
      // The caller has spoken, so this doesn't count as a question into silence.
      const from = more?.from && { from: more.from };
      return more && { ...said, actions: more.actions, ...from, aside: true };
    }
  }
}

const NOTHING: Answer = { said: { actions: [] } };

/** Whether other keys have come, or somebody has handed the digits over. */
const isEnteredAnew = ({ entry: before }: Call, { entry: now }: Call) =>
  before?.by !== now?.by || before?.keys.length !== now?.keys.length;

/** Whether nothing is said, neither now nor later. */
const saysNothing = ({ actions, job }: Said) => actions.length === 0 && job === undefined;
