import type { Arrival, Batch } from './book.ts';
import type { Order } from './orders.ts';
import type { Witness } from './witness.ts';

/** So long after a cut the words that were the cut may come. */
const WORDS_WITHIN_MS = 3_000;
/** So long after its end a report of it may come. */
export const REPORTED_WITHIN_MS = 1_200;
/** For so long nobody knows of an end. */
const UNTOLD_MS = { sent: 0, late: REPORTED_WITHIN_MS, some: WORDS_WITHIN_MS };
/** From a decision to what the phone makes of it, and to the report of that. */
export const CROSSED_MS = 100;
/** From a cut to the words that were the cut, and to their meaning. */
const MUMBLED_WITHIN_MS = 8_000;
/**
 * What left just before or after the caller's cut may be what their cut is thought to have taken
 * along.
 */
const MISLED_MS = 3_000;
/** For an answer. */
const AI_FLOW_WAITS_MS = 1_000;

/** What nobody could have known: `docs/decisions.md` says why of each. */
export function createExcuses(witness: Witness) {
  const { weather, faults, orders, mumbles, stops, of } = witness;
  const { ordersIn, isDoubtful, allArrivals } = witness;

  return {
    isMumbled,
    mayComeAgain,
    isLost,
    isCrossed,
    isCutAtOnceUnnamed,
    isClearCut,
    isMisled,
    hasJustCrossedACut,
    isOverByTheClock,
    knownAsOver,
    isUnderWay,
    wasThere,
  };

  /**
   * The caller has cut it with nothing but a sign that they listen; or what sounded then isn't
   * known: a report froze, or died with its function, or came late of a voice that tells nothing.
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
    const isReportLost = faults.speed === 'frozen' || faults.crashes === 'some';
    return isReportLost || (weather.begins === 'never' && weather.ends !== 'sent');
  }

  function mayComeAgain(arrival: Arrival, earlier: Arrival): boolean {
    if (isGreetedAgain(arrival, earlier) || isResumed(arrival, earlier)) return true;
    if (arrival.line.isSound && (isMumbled(earlier) || isUnheard(earlier))) return true;
    // AI Flow may not have waited for it.
    if (faults.speed === 'frozen' && isLate(arrival)) return true;
    // A start that came twice has replaced it by itself.
    return earlier.stopped?.batch?.again === true;
  }

  /**
   * Nobody has heard it, because the caller had cut it before it began. If the voice doesn't say
   * what it says, whatever began in its place is taken for it, and may be resumed.
   */
  function isUnheard({ began, stopped }: Arrival) {
    return weather.begins === 'textless' && began === undefined && stopped?.how === 'caller';
  }

  /**
   * A start that comes twice hears its greeting again, as long as nothing has told that it has
   * begun.
   */
  function isGreetedAgain({ line, batch }: Arrival, { began }: Arrival) {
    if (!batch.again || !line.source.starts) return false;
    const isTold =
      weather.begins === 'sent' && faults.speed === 'usual' && faults.crashes === 'none';
    return began === undefined || batch.decided < began + 500 || !isTold;
  }

  function isResumed({ line }: Arrival, earlier: Arrival) {
    const { stopped } = earlier;
    const resuming = [...orders.values()].filter(({ resume }) => resume);
    if (line.isSound && ordersIn(stopped?.batch).some(({ resume }) => resume)) return true;
    // The interruption is in doubt, so nobody knows whether it has cut anything.
    if (line.isSound && isDoubtful() && resuming.length > 0) return true;
    if (line.isSound && isOvertaken(earlier)) return true;
    // It had ended, or been cut by the caller or another one, while the interruption that resumes
    // it was on its way.
    const travels = Math.max(600, UNTOLD_MS[weather.ends]);
    const hasCrossed = ({ batch }: Arrival) =>
      Math.abs(batch.decided - (stopped?.at ?? 0)) < travels;
    return (
      stopped !== undefined &&
      resuming.some(({ source }) => source.lines.some(({ arrivals }) => arrivals.some(hasCrossed)))
    );
  }

  /**
   * What was to cut it and resume it has arrived a moment before it, and no clock tells which of
   * them began first.
   */
  function isOvertaken({ at, batch }: Arrival) {
    return (
      weather.started !== 'told' &&
      stops.some(
        (stop) =>
          stop.batch.saved > batch.saved &&
          stop.at <= at &&
          at < stop.at + CROSSED_MS &&
          ordersIn(stop.batch).some(({ resume }) => resume),
      )
    );
  }

  function isLate({ at, batch }: Arrival) {
    return at > batch.decided + AI_FLOW_WAITS_MS;
  }

  /** It never arrived; or a frozen function answered when AI Flow didn't wait any more. */
  function isLost(last: Arrival | undefined) {
    if (!last) return faults.sends === 'in doubt' || faults.crashes === 'some';
    return isLate(last);
  }

  /** What was to cut it left after it, and has arrived before it. */
  function isCrossed({ batch, at }: Arrival) {
    return stops.some((stop) => stop.batch.saved > batch.saved && stop.at <= at);
  }

  /** Two begin within a moment, and the voice doesn't say which. */
  function isCutAtOnceUnnamed() {
    const isCutAtOnce = ({ began, stopped }: Arrival) =>
      began !== undefined && stopped?.how === 'app' && stopped.at < began + CROSSED_MS;
    return weather.begins === 'textless' && allArrivals().some(isCutAtOnce);
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

  /**
   * A voice doesn't say what it says, and the caller has just cut a sentence that was still to
   * come: whose beginning is it? Or it says nothing, and this was to follow what has left with a
   * cut: whose end is it?
   */
  function isMisled({ at }: Arrival) {
    const isJustUnheard = (one: Arrival) =>
      isUnheard(one) && Math.abs(at - (one.stopped?.at ?? 0)) < MISLED_MS;
    const isBefore = (one: Arrival) => one.at < at && (one.stopped?.at ?? at) >= at;
    switch (weather.begins) {
      case 'textless':
        return allArrivals().some(isJustUnheard);
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

  /**
   * What hasn't told that it had begun hadn't, for all anybody knows, when the timer of another one
   * told of silence.
   */
  function isAnyTimer() {
    return weather.timers === 'of each';
  }

  /**
   * It left just before the caller cut the sentence before it, or before anything told of that, and
   * nothing tells that it has begun: it may be cut, too.
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

  /**
   * Nothing may have told of its end, so that an estimate counts: three seconds to start, and a
   * slow voice.
   */
  function isOverByTheClock(one: Arrival, { decided }: Batch) {
    return decided > one.at + usualMs(one) * 1.5 + 3_000;
  }

  /**
   * What the caller has cut may have been to its end, and more to follow, until their words come.
   */
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

  /** It had begun by then, for long enough that somebody knew. */
  function wasThere({ began }: Arrival, { at }: Order) {
    const untold = weather.begins === 'never' ? WORDS_WITHIN_MS : 300;
    return began !== undefined && began < at - untold;
  }
}

export const usualMs = (item: object) =>
  'text' in item ? (item.text as string).length * (1000 / 15) : 0;
const msOf = (item: object) => ('ms' in item ? (item.ms as number) : 0);
