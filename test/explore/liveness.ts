import type { Arrival, Line, Source } from './book.ts';
import type { Judge } from './judge.ts';
import type { Order } from './orders.ts';
import type { Weather } from './weather.ts';
import { Violation } from './witness.ts';

/** A long sentence, and what stands behind it. */
const ON_ITS_WAY_MS = 20_000;

/**
 * What must have been heard, done or told once it has been quiet for long enough, where nothing has
 * failed.
 */
export function judgeQuiet(
  judge: Judge,
  sources: readonly Source[],
  weather: Weather,
  isOver: boolean,
  now: number,
) {
  if (isOver || isUntold(weather)) return;
  const asked = sources.filter(({ at }) => at >= judge.lastStart() && at < now - ON_ITS_WAY_MS);
  for (const source of asked) comes(judge, source);
  for (const order of judge.orders.values()) {
    if (order.at < judge.lastStart() || order.dry_run) continue;
    if (weather.way !== 'none') isTold(judge, order);
    restIsHeard(judge, order, sources);
  }
}

function comes(judge: Judge, source: Source) {
  if (source.kind === 'answer' && wasDecided(judge, source)) answerIsHeard(judge, source);
  if (source.kind === 'then') thenComes(judge, source);
  if (source.kind === 'part') partIsHeard(judge, source);
}

/** Once the call is over everybody has been told. */
export function judgeEnd(judge: Judge) {
  for (const order of judge.orders.values()) if (!order.dry_run) isTold(judge, order);
}

/**
 * A voice that doesn't say what it says may mislead; so may one that doesn't say when, where nobody
 * looks again.
 */
const isUntold = ({ way, ends, begins }: Weather) =>
  begins === 'textless' || (way === 'none' && (ends === 'some' || begins === 'never'));

const hasArrived = ({ arrivals }: Line) => arrivals.length > 0;

function isOvertaken(judge: Judge, { turn = 0 }: Source) {
  return judge.overtakenBy(turn, Number.POSITIVE_INFINITY) !== undefined;
}

const wasDecided = (judge: Judge, source: Source) => judge.answered.has(source);

function answerIsHeard(judge: Judge, source: Source) {
  const lost = source.lines.find((line) => !hasArrived(line));
  if (!lost || isOvertaken(judge, source)) return;
  const sentence = source.lines.findLast(({ isSound }) => isSound);
  const stopped = sentence?.arrivals.at(-1)?.stopped;
  const isEnd = lost.type === 'hangup' || lost.type === 'transfer';
  if (isEnd && (isSilenced(judge, source) || (stopped && isCalledOff(judge, stopped)))) return;
  throw new Violation('every answer is heard', lost.name);
}

/** Silence that is asked for calls off what would end the call. */
const isSilenced = (judge: Judge, source: Source) =>
  [...judge.orders.values()].some((order) => order.at > source.at && isSilent(order));

/**
 * What would end the call falls with the sentence before it, or with what was said in the place of
 * that.
 */
function isCalledOff(judge: Judge, { how, at, batch }: NonNullable<Arrival['stopped']>): boolean {
  if (how === 'caller' || judge.isOfFlow(batch)) return true;
  if (how === 'full') return hasCrossed(judge, at);
  const by = judge.ordersIn(batch);
  const inItsPlace = by.flatMap(({ source }) => source.lines);
  return (
    by.some(isSilent) ||
    inItsPlace.some(({ arrivals }) => {
      const stopped = arrivals.at(-1)?.stopped;
      return wasCut(judge, stopped) || (stopped?.how === 'full' && hasCrossed(judge, stopped.at));
    })
  );
}

/** By the caller, or by what they have cut in its place. */
const wasCut = (judge: Judge, stopped: Arrival['stopped']): boolean =>
  stopped !== undefined && stopped.how !== 'full' && isCalledOff(judge, stopped);

/**
 * An interruption that came before a sentence was told to have ended is taken to have cut it, and
 * stands in its place.
 */
const hasCrossed = (judge: Judge, end: number) =>
  [...judge.orders.values()].some(({ source }) =>
    source.lines.some(({ arrivals }) =>
      arrivals.some(
        ({ at, stopped }) =>
          at > end - 100 && at < end + judge.endsToldWithinMs && wasCut(judge, stopped),
      ),
    ),
  );

const isSilent = ({ source }: Order) => !source.lines.some(({ isSound }) => isSound);

/** A part that was taken, and nothing that the caller has said since was answered. */
function partIsHeard(judge: Judge, source: Source) {
  const { deferred, finals } = judge.of(judge.idOf(source));
  const last = finals.at(-1);
  if (last ? last.reason !== 'stale_turn' : !deferred) return;
  const lost = source.lines.find((line) => line.isSound && !hasArrived(line));
  if (lost && !isOvertaken(judge, source)) throw new Violation('every part is heard', lost.name);
}

function thenComes(judge: Judge, then: Source) {
  const id = then.name.slice(0, -1);
  const told = judge.of(id);
  const last = told.finals.at(-1);
  if (last?.outcome !== 'delivered' || told.thenSkipped) return;
  const lost = then.lines.find((line) => !hasArrived(line));
  if (lost) throw new Violation('every then comes', lost.name);
}

function isTold(judge: Judge, { id }: Order) {
  const told = judge.of(id);
  if (told.finals.length === 0)
    throw new Violation('every trigger is told', `${id}${told.deferred ? ' was deferred' : ''}`);
}

function restIsHeard(judge: Judge, { id, resume }: Order, sources: readonly Source[]) {
  if (!resume || !judge.of(id).resumed) return;
  const isCutByIt = ({ arrivals }: Line) => {
    const stopped = arrivals.at(-1)?.stopped;
    return stopped?.how === 'app' && judge.ordersIn(stopped.batch).some((order) => order.id === id);
  };
  for (const source of sources) {
    const lost = source.kind === 'answer' ? source.lines.find(isCutByIt) : undefined;
    if (lost && !isOvertaken(judge, source))
      throw new Violation('what is resumed is heard', `${lost.name} after ${id}`);
  }
}
