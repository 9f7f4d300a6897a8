import { type Book, createBook } from './book.ts';
import { type Choices, choicesFrom } from './choices.ts';
import type { Coverage } from './coverage.ts';
import { createFlow } from './flow.ts';
import { createJudge, type Judge } from './judge.ts';
import { judgeEnd, judgeQuiet } from './liveness.ts';
import { chooseOrder } from './orders.ts';
import { createPhone, type Phone, type Report } from './phone.ts';
import { createShell, type Heart } from './shell.ts';
import { createDocument } from './store.ts';
import { createTime, type Time } from './time.ts';
import { chooseFaults, chooseWeather, isCalm, type Weather } from './weather.ts';
import { Violation } from './witness.ts';

/** What was wrong with a schedule: the rule that was broken, and what about it. */
export interface Problem {
  readonly rule: string;
  readonly text: string;
}

export interface Played {
  readonly problem?: Problem;
  readonly tape: readonly number[];
}

const LONG_ENOUGH_MS = 75_000;
const SAID_WITHIN_MS = 20_000;
const NUDGED_MS = 45_000;
/** From the end of a sentence to the next one, whatever has to tell of it. */
const NEXT_WITHIN_MS = 10_000;

/** Plays one call. The same source is the same schedule. */
export function play(
  heart: Heart,
  source: number | readonly number[],
  coverage: Coverage,
  log?: (line: string) => void,
): Played {
  const choices = choicesFrom(source);
  try {
    playCall(heart, choices, coverage, log);
    return { tape: choices.tape };
  } catch (error) {
    if (error instanceof Violation)
      return { tape: choices.tape, problem: { rule: error.rule, text: error.message } };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { tape: choices.tape, problem: { rule: 'it is total', text } };
  }
}

function playCall(
  heart: Heart,
  choices: Choices,
  coverage: Coverage,
  log?: (line: string) => void,
) {
  const weather = chooseWeather(choices);
  const faults = chooseFaults(choices);
  const time = createTime();
  const began = time.now();
  const trace = (line: () => string) =>
    log?.(`${String(time.now() - began).padStart(6)} ${line()}`);
  const book = createBook();
  const judge = createJudge({ book, weather, faults });
  const document = createDocument('call');
  const flow = createFlow({ choices, book });
  const shell = createShell({
    heart,
    time,
    choices,
    weather,
    faults,
    document,
    flow,
    judge,
    coverage,
    trace,
    phone: () => phone,
  });
  const platform = createPlatform({
    time,
    choices,
    weather,
    hasSocket: weather.way === 'websocket' || weather.way === 'both',
    deliver: shell.deliver,
    coverage,
  });
  const phone: Phone = createPhone({
    time,
    choices,
    weather,
    book,
    judge,
    emit: platform.emit,
    trace,
  });
  coverage.schedules++;
  trace(() => JSON.stringify({ ...weather, ...faults }));
  for (const [name, value] of Object.entries({ ...weather, ...faults }))
    coverage.count('weather', `${name}: ${value}`);

  const lastAct = script({ time, choices, phone, shell, book, judge, weather });
  const quiet = began + lastAct + LONG_ENOUGH_MS;
  time.after(lastAct + LONG_ENOUGH_MS, () => {});
  // Whoever still has things to say is let finish.
  const isDone = () => phone.isSilentFor(NEXT_WITHIN_MS) || time.now() >= quiet + LONG_ENOUGH_MS;
  time.run(() => time.now() >= quiet && isDone());
  // What a call flow has just said into the silence is still being said.
  const sources = book.sources.filter(({ at }) => at < quiet - SAID_WITHIN_MS);
  if (isCalm(faults))
    judgeQuiet(judge, sources, weather, phone.isOver() || phone.isAway(), time.now());
  phone.hangUp();
  const end = time.now() + LONG_ENOUGH_MS;
  time.run(() => time.now() >= end);
  if (isCalm(faults)) judgeEnd(judge);
}

interface Scripted {
  readonly time: Time;
  readonly choices: Choices;
  readonly phone: Phone;
  readonly shell: ReturnType<typeof createShell>;
  readonly book: Book;
  readonly judge: Judge;
  readonly weather: Weather;
}

const WHILES_MS = [1_500, 400, 3_500, 7_000, 100];

/**
 * What the caller does, and what happens elsewhere; gives when the last of it happens, ms after the
 * beginning.
 */
function script({ time, choices, phone, shell, book, judge, weather }: Scripted): number {
  phone.begin();
  let at = 0;
  for (let acts = 8 + choices.int(8); acts > 0; acts--) {
    at += choices.pick(WHILES_MS);
    time.after(at, act);
  }
  let last = at;
  const count = choices.int(5);
  for (let number = 1; number <= count; number++) {
    const when = choices.int(at + 1_000);
    last = Math.max(last, when);
    time.after(when, () => trigger(number));
  }
  // Where nothing can be pushed, what is ready comes with the next event at the latest.
  const isLost = weather.way === 'websocket' && weather.socket === 'lost';
  if (weather.way === 'none' || isLost) time.after(last + NUDGED_MS, () => phone.press('#'));
  if (weather.socket === 'lost') time.after(choices.int(at), shell.loseSocket);
  return last;

  function act() {
    const kind = choices.int(10);
    if (kind < 5) phone.speak(`question ${choices.int(1_000)} about something`, 1_800, false);
    else if (kind < 7) phone.speak('mhm', 250, true);
    else if (kind < 9) phone.press('5');
    else if (choices.chance(0.2)) phone.hangUp();
  }

  function trigger(number: number) {
    const order = chooseOrder(number, { choices, book, turn: shell.turn(), at: time.now() });
    judge.orders.set(order.id, order);
    shell.order(order);
    if (choices.chance(0.15)) time.after(choices.pick([20, 2_000]), () => shell.order(order));
    if (choices.chance(0.1))
      time.after(choices.pick([1_000, 50, 5_000]), () => shell.cancel(order.id));
  }
}

interface PlatformParts {
  readonly time: Time;
  readonly choices: Choices;
  readonly weather: Weather;
  readonly hasSocket: boolean;
  readonly deliver: (report: Report, id: string) => void;
  readonly coverage: Coverage;
}

/** Events on their way from the phone to the function. */
function createPlatform({ time, choices, weather, hasSocket, deliver, coverage }: PlatformParts) {
  let reports = 0;
  let last = 0;

  return { emit };

  function emit(report: Report, late = 0) {
    if (report.kind === 'voice' && !hasSocket) return;
    const id = `${report.kind[0]}${++reports}`;
    const travels = weather.order === 'crossing' ? choices.pick([20, 5, 150, 250]) : 10;
    const at =
      weather.order === 'crossing'
        ? time.now() + late + travels
        : Math.max(late > 0 ? 0 : last, time.now() + late + travels);
    if (late === 0) last = at;
    coverage.inputs++;
    time.after(at - time.now(), () => deliver(report, id));
    const again = twice(report);
    if (again > 0) time.after(at - time.now() + again, () => deliver(report, `${id}again`));
  }

  function twice({ kind }: Report): number {
    if (weather.twice === 'never' || !choices.chance(0.5)) return 0;
    if (kind === 'words' && (weather.twice === 'words' || weather.twice === 'all'))
      return choices.pick([200, 30, 120]);
    if (kind === 'start' && (weather.twice === 'start' || weather.twice === 'all'))
      return choices.pick([2_000, 400, 6_000]);
    if (kind === 'ended' && (weather.twice === 'ends' || weather.twice === 'all'))
      return choices.pick([120, 30]);
    return 0;
  }
}
