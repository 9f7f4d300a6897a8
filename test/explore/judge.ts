import type { Said } from '../../functions/call/answer.ts';
import type { Decision, Input } from '../../functions/call/decide.ts';
import type { Fact } from '../../functions/call/document.ts';
import type { Asked } from '../../functions/call/meaning.ts';
import type { Outcome, OutcomeEvent } from '../../functions/call/outcome.ts';
import type { ActionDraft } from '../../functions/protocol/actions.ts';
import type { Arrival, Batch, Book, Line, Source } from './book.ts';
import type { Order } from './orders.ts';
import { type Faults, isCalm, type Weather } from './weather.ts';

/** Something that must never happen. */
export class Violation extends Error {
  readonly rule: string;
  constructor(rule: string, about: string) {
    super(`${rule}: ${about}`);
    this.rule = rule;
  }
}

/** What the caller said, and which write answered it. */
interface Turn {
  readonly id: string;
  readonly at: number;
  readonly recorded: number;
  readonly until: number;
  turn: number;
  asked: boolean;
  says: boolean;
  answered: number;
}

interface Told {
  finals: (Outcome | OutcomeEvent)[];
  refused: boolean;
  deferred: boolean;
  heard: boolean;
  thenSkipped: boolean;
  resumed: boolean;
  cancelled: number;
}

type Stopped = NonNullable<Arrival['stopped']>;

interface Around {
  readonly playing: Arrival | undefined;
  readonly next: Arrival | undefined;
  readonly queue: readonly Arrival[];
}

export type Judge = ReturnType<typeof createJudge>;

/** More than the code lets wait, and what may be sounding or in doubt beside that. */
const QUEUE_AT_MOST = 40;
/** What tells that the caller speaks, or doesn't any more. */
const SPEAKING: ReadonlySet<string> = new Set(['voice', 'words', 'start', 'gone']);
/** So long after their first sound it was a noise. */
const NOISE_MS = 15_000;
/** So long the longest sentence of a slow voice may take whose end nobody tells of, and then some. */
const IN_SILENCE_MS = 15_000;
/** So long after a cut the words that were the cut may come. */
const WORDS_WITHIN_MS = 3_000;
/** So long after its end a report of it may come. */
const REPORTED_WITHIN_MS = 1_200;
/** For so long nobody knows of an end. */
const UNTOLD_MS = { sent: 0, late: REPORTED_WITHIN_MS, some: WORDS_WITHIN_MS };
/** So long after a sentence what had to wait for its end still follows it. */
const FOLLOWS_WITHIN_MS = 2_000;
/** From a decision to what the phone makes of it, and to the report of that. */
const CROSSED_MS = 100;
/** From a cut to the words that were the cut, and to their meaning. */
const MUMBLED_WITHIN_MS = 8_000;

/** So long after its time the end of a sentence has got lost. */
const LOST_MS = 2_000;
/** What left just before or after the caller's cut may be what their cut is thought to have taken along. */
const MISLED_MS = 3_000;
/** For an answer. */
const AI_FLOW_WAITS_MS = 1_000;

/** Judges by the phone and by what was asked for, never by what the code has noted about itself. */
export function createJudge({
  book,
  weather,
  faults,
}: {
  book: Book;
  weather: Weather;
  faults: Faults;
}) {
  const orders = new Map<string, Order>();
  const turns: Turn[] = [];
  const told = new Map<string, Told>();
  const left = new Set<Line>();
  /** Whose decision has been written. */
  const answered = new Set<Source>();
  const sourcesOf = new Map<Batch, Set<Source>>();
  /** Which words an answer is for, and which answer to them has left. */
  const answering = new Map<Source, string>();
  const answerTo = new Map<string, Source>();
  /** When words came that only showed that somebody listens, and had cut something. */
  const mumbles: number[] = [];
  /** What has stopped the phone, and when. */
  const stops: { readonly batch: Batch; readonly at: number }[] = [];
  /** The caller's first sound and their words, as they were recorded. */
  const voices: { readonly isVoice: boolean; readonly write: number; readonly at: number }[] = [];
  let ended = 0;
  let started = 0;
  let lastStart = 0;
  /** The last start that wasn't told again. */
  let begun = { at: 0, write: 0 };

  const of = (id: string): Told => {
    let one = told.get(id);
    if (!one) {
      one = {
        finals: [],
        refused: false,
        deferred: false,
        heard: false,
        thenSkipped: false,
        resumed: false,
        cancelled: 0,
      };
      told.set(id, one);
    }
    return one;
  };

  return {
    orders,
    turns,
    of,
    left,
    overtakenBy,
    ordersIn,
    isOfFlow: (batch: Batch | undefined) =>
      [...((batch && sourcesOf.get(batch)) ?? [])].some(({ kind }) => kind === 'part'),
    answered,
    /** `<answer>-job-<number>`, of `p<answer>n<number>`. */
    idOf: ({ name }: Source) => name.replace(/^p(.+)n(\d+)$/, '$1-job-$2'),
    lastStart: () => lastStart,
    /** Until then nothing has told of an end. */
    endsToldWithinMs: weather.ends === 'late' ? REPORTED_WITHIN_MS : CROSSED_MS,

    records(fact: Fact, write: number) {
      if (fact.kind === 'over') ended = write;
      if (SPEAKING.has(fact.kind))
        voices.push({ isVoice: fact.kind === 'voice', write, at: fact.at });
      if (fact.kind === 'start') {
        started = write;
        lastStart = fact.at;
        if (!fact.id.endsWith('again')) begun = { at: fact.at, write };
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
      const isOver = own && own.at < begun.at && saved > begun.write;
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

    arrives(arrival: Arrival, around: Around) {
      const { line } = arrival;
      onceOnly(arrival);
      if (line.source.kind === 'interruption' && line.arrivals.length === 0) notInSilence(arrival);
      if (line.source.kind === 'part' && line.arrivals.length === 0 && !isDoubtful()) inOrder(line);
      if (line.source.kind === 'then') notBeforeItsWords(arrival);
      if (line.type === 'hangup' || line.type === 'transfer') {
        notAfterACut(arrival);
        notIntoASentence(arrival, around);
      }
    },

    cuts(all: readonly Arrival[], batch: Batch, at: number) {
      stops.push({ batch, at });
      for (const order of ordersIn(batch)) intoASentence(order, all, batch);
      if (!batch.again) for (const one of all) mayCut(one, batch);
    },

    /** `isRefused`: nothing was claimed by this attempt, so it is one outcome among others of its id. */
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

  function sourceNamed(id: string): Source | undefined {
    const order = orders.get(id);
    if (order) return order.source;
    // Of a part: `<answer>-job-<number>`.
    const [answer, , number] = id.split('-');
    return book.sources.find(({ name }) => name === `p${answer}n${number}`);
  }

  function isHeard(id: string) {
    const one = of(id);
    if (one.heard) throw new Violation('one heard', id);
    one.heard = true;
    const source = sourceNamed(id);
    const hasBegun = ({ arrivals }: Line) => arrivals.some(({ began }) => began !== undefined);
    // Of a voice that doesn't say what it says it may be the beginning of another one, once this has arrived.
    const begins = weather.begins === 'textless' ? hasArrived : hasBegun;
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
    if (ended > started && saved > ended) throw new Violation('nothing after the end', name);
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

  /** Nothing had sounded for so long that whoever decided knew of it. */
  function intoASentence({ rules, id }: Order, all: readonly Arrival[], { decided }: Batch) {
    if (!rules.only_if_speaking || all.length > 0) return;
    if (weather.ends === 'some' || isDoubtful() || isUnderWay(decided)) return;
    // Told of at the end, by a wrong clock, it begins then, as far as anybody knows.
    if (weather.begins === 'at the end' && weather.started !== 'told') return;
    const last = Math.max(0, ...allArrivals().map(knownAsOver));
    // What had to wait follows the sentence that it waited for.
    const follows = of(id).deferred ? FOLLOWS_WITHIN_MS : 0;
    if (decided > last + follows) throw new Violation('only if speaking', id);
  }

  /** What the caller has cut may have been to its end, and more to follow, until their words come. */
  function knownAsOver({ stopped }: Arrival) {
    if (!stopped) return 0;
    return stopped.at + REPORTED_WITHIN_MS + (stopped.how === 'caller' ? WORDS_WITHIN_MS : 0);
  }

  /** Another one is being pushed. */
  function isUnderWay(decided: number) {
    const isOpen = ({ id, at }: Order) =>
      at < decided && of(id).finals.length === 0 && !of(id).deferred;
    return [...orders.values()].filter(isOpen).length > 1;
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

  function overtakenBy(turn: number, saved: number): Turn | undefined {
    return turns.find(
      (one) => one.says && one.turn > turn && one.answered > 0 && one.answered <= saved,
    );
  }

  function ordersIn(batch: Batch | undefined): Order[] {
    const sources = batch && sourcesOf.get(batch);
    if (!sources) return [];
    return [...sources].flatMap(({ kind, name }) =>
      kind === 'interruption' ? (orders.get(name) ?? []) : [],
    );
  }

  /** A send that nobody could confirm for so long that it counts as done. */
  function isDoubtful() {
    return faults.sends === 'in doubt' || faults.speed === 'frozen' || faults.crashes === 'some';
  }

  /**
   * The caller has cut it with nothing but a sign that they listen; or what sounded then isn't known: a report froze, or
   * came late of a voice that tells nothing.
   */
  function isMumbled({ at: arrived, stopped }: Arrival) {
    const isSoonAfter = (since: number) =>
      mumbles.some((at) => at >= since && at < since + MUMBLED_WITHIN_MS);
    // A voice that announces what nobody could keep may have been cut in its last syllables.
    const mayBeCut = stopped?.how === 'caller' || weather.lengths !== 'right';
    return (
      (stopped !== undefined && mayBeCut && isSoonAfter(stopped.at)) ||
      (isAnybodysGuess() && isSoonAfter(arrived))
    );
  }

  function isAnybodysGuess() {
    return faults.speed === 'frozen' || (weather.begins === 'never' && weather.ends !== 'sent');
  }

  function onceOnly(arrival: Arrival) {
    const { arrivals, name } = arrival.line;
    if (!arrivals.every((earlier) => mayComeAgain(arrival, earlier)))
      throw new Violation('nothing twice', name);
  }

  function mayComeAgain(arrival: Arrival, earlier: Arrival): boolean {
    if (isGreetedAgain(arrival, earlier) || isResumed(arrival, earlier)) return true;
    if (arrival.line.isSound && isMumbled(earlier)) return true;
    // AI Flow may not have waited for it.
    if (faults.speed === 'frozen' && isLate(arrival)) return true;
    // A start that came twice has replaced it by itself.
    return earlier.stopped?.batch?.again === true;
  }

  /** A start that comes twice hears its greeting again, as long as nothing has told that it has begun. */
  function isGreetedAgain({ line, batch }: Arrival, { began }: Arrival) {
    if (!batch.again || !line.source.starts) return false;
    const isTold =
      weather.begins === 'sent' && faults.speed === 'usual' && faults.crashes === 'none';
    return began === undefined || batch.decided < began + 500 || !isTold;
  }

  function isResumed({ line }: Arrival, { stopped }: Arrival) {
    const resuming = [...orders.values()].filter(({ resume }) => resume);
    if (line.isSound && ordersIn(stopped?.batch).some(({ resume }) => resume)) return true;
    // The interruption is in doubt, so nobody knows whether it has cut anything.
    if (line.isSound && isDoubtful() && resuming.length > 0) return true;
    // It had ended, or been cut by the caller or another one, while the interruption that resumes it was on its way.
    const travels = Math.max(600, UNTOLD_MS[weather.ends]);
    const hasCrossed = ({ batch }: Arrival) =>
      Math.abs(batch.decided - (stopped?.at ?? 0)) < travels;
    return (
      stopped !== undefined &&
      resuming.some(({ source }) => source.lines.some(({ arrivals }) => arrivals.some(hasCrossed)))
    );
  }

  /** What has waited comes when it may, and doesn't wait for an event that nobody knows to come. */
  function notInSilence({ line, at }: Arrival) {
    const order = orders.get(line.source.name);
    if (!order || !of(order.id).deferred || weather.way === 'none' || !isCalm(faults)) return;
    const stops = allArrivals().map(({ stopped }) => stopped?.at ?? 0);
    const heard = voices.map((voice) => voice.at);
    const ready = Math.max(order.at, lastStart, ...stops, ...heard);
    if (at > ready + IN_SILENCE_MS) throw new Violation('nobody waits in silence', line.name);
  }

  function allArrivals(): Arrival[] {
    return book.sources.flatMap(({ lines }) => lines.flatMap(({ arrivals }) => arrivals));
  }

  /** Parts of one job come in the order of their numbers, the last character of their names. */
  function inOrder({ source, name }: Line) {
    const job = source.name.slice(0, -1);
    const isLater = (other: Source) =>
      other.kind === 'part' && other.name.slice(0, -1) === job && other.name > source.name;
    const later = book.sources.find(
      (other) => isLater(other) && other.lines.some(({ arrivals }) => arrivals.length > 0),
    );
    if (later) throw new Violation('parts in order', `${name} after ${later.name}`);
  }

  function notBeforeItsWords({ line }: Arrival) {
    // Of words that have cut something nothing tells what; or the voice is over before it is over.
    if (weather.ends === 'some' || weather.lengths === 'half' || isCutAtOnceUnnamed()) return;
    const order = orders.get(line.source.name.slice(0, -1));
    const words = order?.source.lines.filter(({ isSound }) => isSound) ?? [];
    for (const { arrivals, name } of words) {
      // In doubt whether it was cut, it was said again.
      if (faults.sends === 'in doubt' && arrivals.length > 1) continue;
      const last = arrivals.at(-1);
      if (!last?.stopped && !isLost(last) && !(last && isCrossed(last)))
        throw new Violation('then after its words', `${line.name} before ${name}`);
    }
  }

  /** Two begin within a moment, and the voice doesn't say which. */
  function isCutAtOnceUnnamed() {
    const isCutAtOnce = ({ began, stopped }: Arrival) =>
      began !== undefined && stopped?.how === 'app' && stopped.at < began + CROSSED_MS;
    return weather.begins === 'textless' && allArrivals().some(isCutAtOnce);
  }

  /** What was to cut it left after it, and has arrived before it. */
  function isCrossed({ batch, at }: Arrival) {
    return stops.some((stop) => stop.batch.saved > batch.saved && stop.at <= at);
  }

  /** It never arrived; or a frozen function answered when AI Flow didn't wait any more. */
  function isLost(last: Arrival | undefined) {
    if (!last) return faults.sends === 'in doubt' || faults.crashes === 'some';
    return isLate(last);
  }

  function isLate({ at, batch }: Arrival) {
    return at > batch.decided + AI_FLOW_WAITS_MS;
  }

  /** The sentence that it stands behind, in what the template or a job said. */
  function sentenceBefore({ source }: Line): Line | undefined {
    return source.kind === 'answer' || source.kind === 'part'
      ? source.lines.findLast(({ isSound }) => isSound)
      : undefined;
  }

  function notAfterACut({ line, batch }: Arrival) {
    const goodbye = sentenceBefore(line);
    if (!goodbye) return;
    const last = goodbye.arrivals.at(-1);
    if (batch.saved === 0 || isDoubtful()) return;
    if (!last) throw new Violation('the goodbye first', `${line.name} before ${goodbye.name}`);
    if (last.stopped) afterItsEnd(line, last, last.stopped);
    else if (!isOverByTheClock(last, batch) && !isMisled(last))
      throw new Violation('the goodbye first', `${line.name} before the end of ${goodbye.name}`);
    const turn = line.source.turn;
    const newer = turn !== undefined && overtakenBy(turn, batch.saved - 1);
    if (newer) throw new Violation('no old goodbye', `${line.name} after ${newer.id}`);
  }

  function afterItsEnd({ name }: Line, goodbye: Arrival, stopped: Stopped) {
    if (stopped.how === 'caller' && isClearCut(goodbye) && !isMumbled(goodbye))
      throw new Violation('not after a cut', name);
    if (stopped.how !== 'app' || stopped.batch?.again) return;
    const isSaid = ({ source }: Order) => source.lines.some(({ isSound }) => isSound);
    if (!ordersIn(stopped.batch).some(isSaid)) throw new Violation('silence calls off', name);
  }

  /** So early that nobody can take it for the end, whatever the voice has told of its length. */
  function isClearCut({ played, line, ...item }: Arrival) {
    const usual = usualMs(item);
    // A wrong announcement that happens to fit is as good as a right one.
    const announced =
      { right: 0, missing: 0, half: 0.5, long: 1.25, zero: 0 }[weather.lengths] * msOf(item);
    if (Math.abs(played - announced) < Math.max(200, 0.05 * announced + CROSSED_MS)) return false;
    const skew = weather.started === 'told' ? 0 : 400;
    // By so much later its end is told of, or its beginning, and nobody knows.
    const late = weather.begins === 'sent' && weather.ends === 'sent' ? skew : 1_200;
    const slack = weather.order === 'crossing' ? late + 250 : late;
    // As fast as anybody speaks: it may be right.
    const believed = announced >= 0.6 * usual ? announced : usual;
    return played + slack < 0.7 * Math.min(usual, believed, msOf(item)) - 100 && line.isSound;
  }

  function notIntoASentence({ line, batch }: Arrival, { playing, next, queue }: Around) {
    const isBare =
      !line.source.lines.some(({ isSound }) => isSound) && line.source.kind === 'answer';
    if (isBare || isDoubtful()) return;
    for (const one of [playing, next, ...queue]) {
      if (!one || !isKnown(one, batch) || isOverByTheClock(one, batch) || isMisled(one)) continue;
      throw new Violation('not into a sentence', `${line.name} into ${one.line.name}`);
    }
  }

  /**
   * A voice doesn't say what it says, and the caller has just cut a sentence that was still to come: whose beginning is it?
   * Or it says nothing, and this was to follow what has left with a cut: whose end is it?
   */
  function isMisled({ at }: Arrival) {
    const isUnheard = ({ began, stopped }: Arrival) =>
      began === undefined && stopped?.how === 'caller' && Math.abs(at - stopped.at) < MISLED_MS;
    const isBefore = (one: Arrival) => one.at < at && (one.stopped?.at ?? at) >= at;
    switch (weather.begins) {
      case 'textless':
        return allArrivals().some(isUnheard);
      case 'never':
        return (
          isAnyTimer() || allArrivals().some((one) => isBefore(one) && hasJustCrossedACut(one))
        );
      case 'at the end':
      case 'some':
        return isAnyTimer();
      default:
        return false;
    }
  }

  /** What hasn't told that it had begun hadn't, for all anybody knows, when the timer of another one told of silence. */
  function isAnyTimer() {
    return weather.timers === 'of each';
  }

  /**
   * It left just before the caller cut the sentence before it, or before anything told of that, and nothing tells that it
   * has begun: it may be cut, too.
   */
  function hasJustCrossedACut({ batch }: Arrival) {
    const untold = UNTOLD_MS[weather.ends];
    return (
      weather.begins !== 'sent' &&
      allArrivals().some(({ stopped }) => {
        const later = (stopped?.at ?? 0) - batch.decided;
        return stopped?.how === 'caller' && later > -untold && later < CROSSED_MS;
      })
    );
  }

  /** The store said that it had left when the other was decided. */
  function isKnown(one: Arrival, batch: Batch) {
    return one.batch.saved > 0 && one.batch.saved < batch.saved;
  }

  /** Nothing may have told of its end, so that an estimate counts: three seconds to start, and a slow voice. */
  function isOverByTheClock(one: Arrival, { decided }: Batch) {
    return decided > one.at + usualMs(one) * 1.5 + 3_000;
  }

  function mayCut(one: Arrival, batch: Batch) {
    if (isDoubtful() || hasJustCrossedACut(one)) return;
    notOvertakenBy(one, batch);
    if (isKnown(one, batch) && !isOverByTheClock(one, batch)) sparesIt(one, batch);
  }

  /** Whoever answered knew of what was still on its way. */
  function notOvertakenBy({ line, batch }: Arrival, by: Batch) {
    const isOfFlow = line.source.kind === 'answer' || line.source.kind === 'part';
    if (isOfFlow && line.isSound && by.saved > 0 && batch.saved > by.saved)
      throw new Violation('not cut by what left before', `${line.name} by ${by.by}`);
  }

  /** It had begun by then, for long enough that somebody knew. */
  function wasThere({ began }: Arrival, { at }: Order) {
    const untold = weather.begins === 'never' ? WORDS_WITHIN_MS : 300;
    return began !== undefined && began < at - untold;
  }

  function sparesIt(one: Arrival, batch: Batch) {
    const by = ordersIn(batch);
    if (by.some(({ rules }) => rules.force)) return;
    if (one.line.isProtected) throw new Violation('protected', `${one.line.name} by ${batch.by}`);
    const urgent =
      orders.get(one.line.source.name)?.rules.urgent && one.line.source.kind === 'interruption';
    if (urgent && !by.some(({ rules }) => rules.urgent))
      throw new Violation('urgent', `${one.line.name} by ${batch.by}`);
    // A slow voice that announces half says what a fast one would.
    if (weather.lengths === 'half' && batch.decided > (one.began ?? 0) + usualMs(one) + LOST_MS)
      return;
    const waits = (order: Order) => order.rules.after_current && wasThere(one, order);
    if (by.length > 0 && by.every(waits))
      throw new Violation('after_current', `${one.line.name} by ${batch.by}`);
  }
}

/** The turn to which it is bound; what follows an interruption isn't. */
function ruledTurn({ kind, turn }: Source, order: Order | undefined): number | undefined {
  if (kind === 'part') return turn;
  return kind === 'then' ? undefined : order?.rules.if_turn;
}

const hasArrived = ({ arrivals }: Line) => arrivals.length > 0;

export const usualMs = (item: object) =>
  'text' in item ? (item.text as string).length * (1000 / 15) : 0;
export const msOf = (item: object) => ('ms' in item ? (item.ms as number) : 0);
