import type { Line, Source } from './book.ts';
import { type Judge, Violation } from './judge.ts';
import type { Order } from './orders.ts';
import type { Weather } from './weather.ts';

/** What must have been heard, done or told once it has been quiet for long enough, where nothing has failed. */
export function judgeQuiet(
  judge: Judge,
  sources: readonly Source[],
  weather: Weather,
  isOver: boolean,
) {
  if (isOver || isUntold(weather)) return;
  for (const source of sources) if (source.at >= judge.lastStart()) comes(judge, source);
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

/** A voice that doesn't say what it says may mislead; so may one that doesn't say when, where nobody looks again. */
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
  // Silence that is asked for calls off what would end the call.
  if (isEnd && [...judge.orders.values()].some((order) => order.at > source.at && isSilent(order)))
    return;
  if (isEnd && stopped) {
    if (stopped.how === 'caller' || judge.isOfFlow(stopped.batch)) return;
    const inItsPlace = judge.ordersIn(stopped.batch).flatMap(({ source }) => source.lines);
    if (inItsPlace.some(({ arrivals }) => arrivals.at(-1)?.stopped?.how === 'caller')) return;
  }
  throw new Violation('every answer is heard', lost.name);
}

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
