import type { Said } from '../../functions/call/answer.ts';
import type { Decision, Input } from '../../functions/call/decide.ts';
import type { Fact } from '../../functions/call/document.ts';
import type { Asked } from '../../functions/call/meaning.ts';
import type { Outcome, OutcomeEvent } from '../../functions/call/outcome.ts';
import type { ActionDraft } from '../../functions/protocol/actions.ts';
import type { Batch, Book, Line, Source } from './book.ts';
import { CROSSED_MS, REPORTED_WITHIN_MS } from './excuses.ts';
import type { Order } from './orders.ts';
import { createSounding } from './sounding.ts';
import type { Faults, Weather } from './weather.ts';
import { createWitness, type Told, Violation } from './witness.ts';

export type Judge = ReturnType<typeof createJudge>;

/** More than the code lets wait, and what may be sounding or in doubt beside that. */
const QUEUE_AT_MOST = 40;
/** What tells that the caller speaks, or doesn't any more. */
const SPEAKING: ReadonlySet<string> = new Set(['voice', 'words', 'start', 'gone']);
/** So long after their first sound it was a noise. */
const NOISE_MS = 15_000;

/** Judges by the phone and by what was asked for, never by what the code has noted about itself. */
export function createJudge(parts: { book: Book; weather: Weather; faults: Faults }) {
  const { book, weather } = parts;
  const witness = createWitness(parts);
  const { orders, turns, left, sourcesOf, mumbles, voices, times, of } = witness;
  const { sourceNamed, overtakenBy, ordersIn, isDoubtful } = witness;
  const sounding = createSounding(witness);
  /** Whose decision has been written. */
  const answered = new Set<Source>();
  /** Which words an answer is for, and which answer to them has left. */
  const answering = new Map<Source, string>();
  const answerTo = new Map<string, Source>();

  return {
    orders,
    turns,
    of,
    ...sounding,
    overtakenBy,
    ordersIn,
    isOfFlow: (batch: Batch | undefined) =>
      [...((batch && sourcesOf.get(batch)) ?? [])].some(({ kind }) => kind === 'part'),
    answered,
    /** `<answer>-job-<number>`, of `p<answer>n<number>`. */
    idOf: ({ name }: Source) => name.replace(/^p(.+)n(\d+)$/, '$1-job-$2'),
    lastStart: () => times.lastStart,
    /** Until then nothing has told of an end. */
    endsToldWithinMs: weather.ends === 'late' ? REPORTED_WITHIN_MS : CROSSED_MS,

    records(fact: Fact, write: number) {
      if (fact.kind === 'over') times.ended = write;
      if (SPEAKING.has(fact.kind))
        voices.push({ isVoice: fact.kind === 'voice', write, at: fact.at });
      if (fact.kind === 'start') {
        times.started = write;
        times.lastStart = fact.at;
        if (!fact.id.endsWith('again')) times.begun = { at: fact.at, write };
      }
      if (fact.kind === 'words') {
        turns.push({
          id: fact.id,
          at: fact.at,
          recorded: write,
          until: fact.until,
          turn: 0,
          asked: false,
          says: false,
          answered: 0,
        });
      }
    },

    asked(fact: Fact, said: Said, turn: number, asked: Asked, now: number) {
      if (typeof asked === 'object') mumbles.push(fact.at);
      const own = turns.find(({ id }) => id === fact.id);
      if (!own || asked !== 'template') return;
      const first = turns.find(({ id }) => fact.id === `${id}again`);
      if (first?.asked && now <= first.until) throw new Violation('answered once', fact.id);
      for (const action of said.actions) {
        const found = book.find(action);
        if (found) answering.set(found.line.source, fact.id.replace('again', ''));
      }
      own.turn = turn;
      own.asked = true;
      own.says = said.actions.length > 0 || said.job !== undefined;
    },

    decides({ call, push }: Decision, input: Input) {
      if (call && call.queue.length > QUEUE_AT_MOST)
        throw new Violation('bounded', `${call.queue.length} in the queue`);
      if (input.kind === 'trigger' && input.trigger.dry_run && push)
        throw new Violation('dry run', input.trigger.id);
    },

    writes(input: Input, saved: number) {
      if (input.kind !== 'event') return;
      for (const action of input.event.said?.actions ?? []) {
        const found = book.find(action);
        if (found) answered.add(found.line.source);
      }
      const own = turns.find(({ id }) => id === input.event.id);
      // What was said before a call began again is over with that.
      const isOver = own && own.at < times.begun.at && saved > times.begun.write;
      if (own && own.answered === 0 && !isOver) own.answered = saved;
    },

    leaves(actions: readonly ActionDraft[], batch: Batch) {
      const sources = new Set<Source>();
      sourcesOf.set(batch, sources);
      for (const action of actions) {
        const found = book.find(action);
        if (!found) continue;
        sources.add(found.line.source);
        leaves(found.line, batch);
        left.add(found.line);
      }
    },

    /**
     * `isRefused`: nothing was claimed by this attempt, so it is one outcome among others of its
     * id.
     */
    outcome(id: string, outcome: Outcome, isRefused: boolean) {
      const one = of(id);
      if (orders.get(id)?.dry_run) return;
      if (!isRefused) takes(id, outcome);
      else if (!one.deferred && one.finals.length === 0)
        Object.assign(one, { finals: [outcome], refused: true });
    },

    published(event: OutcomeEvent) {
      const { interruption_id: id, outcome } = event;
      if (outcome === 'heard') isHeard(id);
      else if (outcome === 'then_skipped') thenIsSkipped(id);
      else takes(id, event);
    },

    /** What hadn't left by then. */
    cancels(id: string, write: number) {
      of(id).cancelled ||= write;
    },
  };

  function isHeard(id: string) {
    const one = of(id);
    if (one.heard) throw new Violation('one heard', id);
    one.heard = true;
    const source = sourceNamed(id);
    const hasBegun = ({ arrivals }: Line) => arrivals.some(({ began }) => began !== undefined);
    // Of a voice that doesn't say what it says it may be the beginning of another one, once this
    // has left.
    const begins = weather.begins === 'textless' ? (line: Line) => left.has(line) : hasBegun;
    if (source && !isDoubtful() && !source.lines.some(begins))
      throw new Violation('heard is true', id);
  }

  function thenIsSkipped(id: string) {
    const one = of(id);
    if (one.thenSkipped) throw new Violation('one then_skipped', id);
    one.thenSkipped = true;
    const then = orders.get(id)?.then;
    if (then?.lines.length && then.lines.every(hasArrived))
      throw new Violation('then_skipped is true', id);
  }

  function takes(id: string, outcome: Outcome | OutcomeEvent) {
    const one = of(id);
    if (outcome.resumed) one.resumed = true;
    if (outcome.outcome === 'deferred') {
      one.deferred = true;
      return;
    }
    if (orders.get(id)?.dry_run) return;
    oneOutcome(id, one, outcome);
    one.finals.push(outcome);
    one.refused = false;
    outcomeIsTrue(id, outcome);
  }

  function oneOutcome(id: string, { finals, refused }: Told, outcome: Outcome | OutcomeEvent) {
    const last = finals.at(-1);
    if (!last || refused) return;
    if (last.outcome === 'failed' && last.error?.code !== 'in_doubt') return;
    if ('published' in outcome && outcome.error?.code === last.error?.code) return;
    const both = [last, outcome].map(({ outcome, reason = '' }) => `${outcome} ${reason}`);
    throw new Violation('one outcome', `${id}: ${both.join(' and ')}`);
  }

  function outcomeIsTrue(id: string, { outcome, reason, error }: Outcome | OutcomeEvent) {
    const { lines = [] } = sourceNamed(id) ?? {};
    if (outcome === 'delivered' && lines.length > 0 && !lines.some((line) => left.has(line)))
      throw new Violation('delivered has left', id);
    const isUnheard = outcome === 'skipped' || (outcome === 'failed' && error?.code !== 'in_doubt');
    if (isUnheard && lines.some(hasArrived))
      throw new Violation('skipped isn’t heard', `${id} ${reason ?? error?.code}`);
  }

  function leaves(line: Line, batch: Batch) {
    const { source, name } = line;
    const { saved } = batch;
    if (saved === 0) return;
    if (times.ended > times.started && saved > times.ended)
      throw new Violation('nothing after the end', name);
    const order = orders.get(source.kind === 'then' ? source.name.slice(0, -1) : source.name);
    if (order) mayLeave(line, order, batch);
    notOvertaken(line, batch);
    const turn = ruledTurn(source, order);
    if (turn !== undefined) inTurn(line, turn, batch);
  }

  /** What makes no sound is done all the same. */
  function notOvertaken({ isSound, name, source }: Line, { saved, again }: Batch) {
    if (source.kind !== 'answer' || again) return;
    const words = answering.get(source);
    const other = words && answerTo.get(words);
    if (other && other !== source)
      throw new Violation('answered once', `${words} by ${other.name} and ${name}`);
    if (words) answerTo.set(words, source);
    const newer = isSound && overtakenBy(source.turn ?? 0, saved - 1);
    if (newer) throw new Violation('no old answer', `${name} after ${newer.id}`);
  }

  function mayLeave(line: Line, { id, expires, dry_run, rules }: Order, batch: Batch) {
    const { source, name } = line;
    const { saved, decided } = batch;
    if (dry_run) throw new Violation('dry run', name);
    if (left.has(line)) return;
    if (source.kind === 'interruption' && !isDoubtful() && decided >= expires)
      throw new Violation('not after expiry', name);
    if (source.kind === 'interruption' && rules.not_while_caller_speaks && isSpeaking(batch))
      throw new Violation('not while caller speaks', name);
    const { cancelled } = of(id);
    if (cancelled > 0 && saved > cancelled) throw new Violation('not after cancel', name);
  }

  /** As the store told whoever decided. */
  function isSpeaking({ saved, decided }: Batch) {
    const told = voices.filter(({ write }) => write < saved);
    const last = told.toSorted((a, b) => a.at - b.at).at(-1);
    return last?.isVoice === true && decided < last.at + NOISE_MS;
  }

  function inTurn({ name }: Line, turn: number, batch: Batch) {
    const { saved, decided } = batch;
    const newer = overtakenBy(turn, saved);
    if (newer)
      throw new Violation(
        'if_turn',
        `${name} is for turn ${turn}, and ${newer.id} was turn ${newer.turn}`,
      );
    const open = turns.find(
      (one) =>
        one.asked &&
        one.recorded < saved &&
        (one.answered === 0 || one.answered > saved) &&
        decided <= one.until &&
        one.id !== batch.by,
    );
    if (open) throw new Violation('undecided turn', `${name} left while ${open.id} was unanswered`);
  }
}

/** The turn to which it is bound; what follows an interruption isn't. */
function ruledTurn({ kind, turn }: Source, order: Order | undefined): number | undefined {
  if (kind === 'part') return turn;
  return kind === 'then' ? undefined : order?.rules.if_turn;
}

const hasArrived = ({ arrivals }: Line) => arrivals.length > 0;
