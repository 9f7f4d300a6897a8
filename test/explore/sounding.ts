import type { Arrival, Batch, Line, Source } from './book.ts';
import { createExcuses, usualMs } from './excuses.ts';
import type { Order } from './orders.ts';
import { isCalm } from './weather.ts';
import { type Stopped, Violation, type Witness } from './witness.ts';

/** What an arrival finds. */
interface Around {
  readonly playing: Arrival | undefined;
  readonly next: Arrival | undefined;
  readonly queue: readonly Arrival[];
}

/**
 * So long the longest sentence of a slow voice may take whose end nobody tells of, and then some.
 */
const IN_SILENCE_MS = 15_000;
/** So long after a sentence what had to wait for its end still follows it. */
const FOLLOWS_WITHIN_MS = 2_000;
/** So long after its time the end of a sentence has got lost. */
const LOST_MS = 2_000;

/** The rules of what arrives at the phone, sounds there and is cut. */
export function createSounding(witness: Witness) {
  const { book, weather, faults, orders, stops, voices, times, of } = witness;
  const { overtakenBy, ordersIn, isDoubtful, allArrivals, isKnown } = witness;
  const excuses = createExcuses(witness);
  const { isMumbled, mayComeAgain, isLost, isCrossed, isCutAtOnceUnnamed, isClearCut } = excuses;
  const { isMisled, hasJustCrossedACut, isOverByTheClock, knownAsOver, isUnderWay, wasThere } =
    excuses;

  return { arrives, cuts };

  function arrives(arrival: Arrival, around: Around) {
    const { line } = arrival;
    onceOnly(arrival);
    if (line.source.kind === 'interruption' && line.arrivals.length === 0) notInSilence(arrival);
    if (line.source.kind === 'part' && line.arrivals.length === 0 && !isDoubtful()) inOrder(line);
    if (line.source.kind === 'then') notBeforeItsWords(arrival);
    if (line.type === 'hangup' || line.type === 'transfer') {
      notAfterACut(arrival);
      notIntoASentence(arrival, around);
    }
  }

  function cuts(all: readonly Arrival[], batch: Batch, at: number) {
    stops.push({ batch, at });
    for (const order of ordersIn(batch)) intoASentence(order, all, batch);
    if (!batch.again) for (const one of all) mayCut(one, batch);
  }

  function onceOnly(arrival: Arrival) {
    const { arrivals, name } = arrival.line;
    if (!arrivals.every((earlier) => mayComeAgain(arrival, earlier)))
      throw new Violation('nothing twice', name);
  }

  /** What has waited comes when it may, and doesn't wait for an event that nobody knows to come. */
  function notInSilence({ line, at }: Arrival) {
    const order = orders.get(line.source.name);
    if (!order || !of(order.id).deferred || weather.way === 'none' || !isCalm(faults)) return;
    const stops = allArrivals().map(({ stopped }) => stopped?.at ?? 0);
    const heard = voices.map((voice) => voice.at);
    const ready = Math.max(order.at, times.lastStart, ...stops, ...heard);
    if (at > ready + IN_SILENCE_MS) throw new Violation('nobody waits in silence', line.name);
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

  function notIntoASentence({ line, batch }: Arrival, { playing, next, queue }: Around) {
    const isBare =
      !line.source.lines.some(({ isSound }) => isSound) && line.source.kind === 'answer';
    if (isBare || isDoubtful()) return;
    for (const one of [playing, next, ...queue]) {
      if (!one || !isKnown(one, batch) || isOverByTheClock(one, batch) || isMisled(one)) continue;
      throw new Violation('not into a sentence', `${line.name} into ${one.line.name}`);
    }
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
