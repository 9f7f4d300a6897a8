import { ANSWER_WITHIN_MS, AT_LEAST_MS } from '../../functions/assistant/deadline.ts';
import type { Schedule } from './explore.ts';
import type { History, Of } from './history.ts';
import { sentence } from './requests.ts';

/** What is wrong with a schedule, in a few words; nothing if all is well. */
export type Invariant = (schedule: Schedule) => string | undefined;

/**
 * What must hold in every schedule, whatever the order, whoever crashes. Judged by what the phone
 * was given and played, by what the triggers asked for, and by the order of writes: never by what
 * the call noted about itself.
 */
export const INVARIANTS = {
  'nothing leaves that is not written': ({ history }) =>
    leavings(history).find(
      ({ ids, by, index }) => ids.length > 0 && !savedBy(history, by, index),
    ) && 'left unwritten',

  'nothing leaves after a written end': ({ history }) =>
    leavings(history).find((left) => {
      const saved = savedBy(history, left.by, left.index);
      return left.ids.length + left.then.length > 0 && saved && isOver(history, saved.index);
    }) && 'left after the end',

  'no interruption leaves after its expiry': ({ history, triggers }) =>
    leavings(history).find(({ ids, at, way }) =>
      ids.some((id) => {
        const { expires_at = '' } = triggers.find((trigger) => trigger.id === id)?.request ?? {};
        return at >= Date.parse(expires_at) + (way === 'answer' ? ANSWER_WITHIN_MS : 0);
      }),
    ) && 'left too late',

  'no interruption leaves twice': ({ history }) => {
    const ids = leavings(history).flatMap((left) => (left.arrives ? left.ids : []));
    return ids.length > new Set(ids).size ? `left twice: ${ids}` : undefined;
  },

  'delivered means that it left': ({ history }) => {
    const left = new Set(leavings(history).flatMap(({ ids, arrives }) => (arrives ? ids : [])));
    const crashed = new Set(history.all('crashed').map(({ by }) => by));
    const told = history.all('published').filter(({ event }) => event.outcome === 'delivered');
    return (
      told.find(({ by, event }) => !left.has(event.interruption_id) && !crashed.has(by)) &&
      'delivered, yet it never left'
    );
  },

  'every trigger has an outcome': ({ history }) => {
    const told = new Set(history.all('published').map(({ event }) => event.interruption_id));
    // A label or everyone may name nobody: then nothing came of it, for no session.
    const nobody = new Set(history.all('found').flatMap(({ by, none }) => (none ? [by] : [])));
    // What was put back may name nobody by now; whoever dies with it takes it along.
    const unfortunate = [...nobody, ...history.all('crashed').map(({ by }) => by)];
    if (unfortunate.some((by) => by.startsWith('message'))) return undefined;
    const silent = history
      .all('returned')
      .find(({ by, id, result }) => result === 'done' && !told.has(id) && !nobody.has(by));
    return silent && `${silent.by} came to nothing`;
  },

  'what waits has an outcome when the call is over': ({ history }) => {
    if (history.all('fault').length > 0 || history.all('crashed').length > 0) return undefined;
    if (!isOver(history, history.entries.length) || isFrozenOnce(history)) return undefined;
    const events = history.all('published').map(({ event }) => event);
    const final = events.filter(
      ({ outcome, reason }) => outcome !== 'deferred' && reason !== 'duplicate',
    );
    const known = new Set(final.map(({ interruption_id }) => interruption_id));
    const lost = events.find(
      ({ outcome, interruption_id }) => outcome === 'deferred' && !known.has(interruption_id),
    );
    return lost && `${lost.interruption_id} waited, and nobody ever heard of it again`;
  },

  'each thing that is said is a turn of its own': ({ history }) => {
    const asked = history.all('asked').filter(({ by }) => !isLate(history, by));
    const twice = asked.find(({ turn, text }) =>
      asked.some((other) => other.turn === turn && other.text !== text),
    );
    return twice && `turn ${twice.turn} is ${twice.text}, and something else`;
  },

  'if_turn holds when it leaves': ({ history, triggers }) => {
    const wrong = leavings(history).find(({ ids, by, index }) => {
      const saved = savedBy(history, by, index);
      const turns = ids.flatMap(
        (id) => triggers.find((one) => one.id === id)?.request.if_turn ?? [],
      );
      return saved && turns.some((turn) => isOvertaken(history, turn, saved));
    });
    return wrong && `${wrong.ids} left for a turn that was over`;
  },

  'then never leaves before its words have ended': ({ history }) => {
    const early = leavings(history).find((left) =>
      left.then.some((id) => !isHeard(history, sentence(id), left)),
    );
    return early && `then of ${early.then} before its end`;
  },

  'protected speech is never cut without force': ({ history, triggers }) =>
    cutOf(
      history,
      ({ guarded }) => guarded,
      (id) => triggers.some((one) => one.id === id && one.request.force),
    ),

  'urgent is never cut by what is not': ({ history, triggers }) =>
    cutOf(
      history,
      ({ text }) => triggers.some(({ id, request }) => request.urgent && text === sentence(id)),
      (id) => triggers.some((one) => one.id === id && (one.request.force || one.request.urgent)),
    ),
} satisfies Record<string, Invariant>;

export type Name = keyof typeof INVARIANTS;

const leavings = (history: History) => history.all('left');

/** The write by which it left. */
const savedBy = (history: History, who: string, before: number): Of<'saved'> | undefined =>
  history.all('saved').findLast(({ by, index }) => by === who && index < before);

/** Whether the call was over, and had not begun again, by then. */
function isOver(history: History, before: number): boolean {
  const records = history.all('recorded').filter(({ index }) => index < before);
  const end = records.findLast(({ kind }) => kind === 'over');
  return (
    end !== undefined && !records.some(({ kind, index }) => kind === 'start' && index > end.index)
  );
}

/** Who waits for DynamoDB longer than half of the shortest deadline has given it up. */
function isLate(history: History, who: string): boolean {
  const begun = history.all('begins').find(({ by }) => by === who);
  const known = history.all('known').find(({ by }) => by === who);
  return !known || known.at - (begun?.at ?? 0) >= AT_LEAST_MS / 2;
}

/** A function that freezes misses its deadline: what it has written by then, it doesn't tell. */
const isFrozenOnce = (history: History) =>
  history.all('begins').some(({ by }) => isLate(history, by) || isFrozen(history, by));

function isFrozen(history: History, who: string): boolean {
  const [begun] = history.all('begins').filter(({ by }) => by === who);
  const [left] = leavings(history).filter(({ by }) => by === who);
  return !left || left.at - (begun?.at ?? 0) >= AT_LEAST_MS;
}

/** An answer to something newer was written before it, and has gone out. */
function isOvertaken(history: History, turn: number, saved: Of<'saved'>): boolean {
  return history.all('asked').some((asked) => {
    const answer = leavings(history).find(
      ({ by, says }) => by === asked.by && says.includes(sentence(asked.text)),
    );
    const written = answer && savedBy(history, answer.by, answer.index);
    return asked.turn > turn && written !== undefined && written.index < saved.index;
  });
}

/** Whether a sentence was over when something left behind it, as far as anybody could know. */
function isHeard(history: History, text: string, left: Of<'left'>): boolean {
  const words = leavings(history).find(({ says }) => says.includes(text));
  const plays = history.all('plays').find((one) => one.text === text);
  const stopped = history.all('stopped').find((one) => one.text === text);
  if (stopped && stopped.index < left.index) return true;
  // Whether it arrived is not known.
  if (!words || !plays) return true;
  return isByTheClock(words, plays, left.at) || isConfused(history, words, left.at);
}

const USUAL_MS = 1_000 / 15;

/** Documented: what begins late, or of which nobody hears, is over by an estimate. */
const isByTheClock = (words: Of<'left'>, plays: Of<'plays'>, at: number) =>
  plays.at - words.at > 500 || at > words.at + plays.text.length * USUAL_MS * 1.5 + 3_000;

/**
 * Documented: events that overtake each other by more than a moment, or are about answers that went
 * out unwritten, or in another order than they were written in, are taken for those of something
 * else.
 */
const isConfused = (history: History, words: Of<'left'>, at: number) =>
  leavings(history).some(
    (left) => left.says.length > 0 && left.at <= at && !savedBy(history, left.by, left.index),
  ) ||
  leavings(history).some((left) => left.says.length > 0 && hasOvertaken(history, left, words)) ||
  history.all('reported').some((report) => {
    const recorded = history.all('recorded').find(({ by }) => by === report.by);
    return (
      report.at <= at &&
      report.at > words.at - 3_000 &&
      (!recorded || recorded.at - report.at > 250)
    );
  });

/** It was written later, and left sooner. */
function hasOvertaken(history: History, left: Of<'left'>, other: Of<'left'>): boolean {
  const [mine, its] = [left, other].map(({ by, index }) => savedBy(history, by, index)?.index ?? 0);
  return left.index < other.index && (mine ?? 0) > (its ?? 0);
}

/**
 * Something that may not be cut, and was known to be under way, was cut by an interruption that may
 * not.
 */
function cutOf(
  history: History,
  isSpared: (plays: Of<'plays'>) => boolean,
  mayCut: (id: string) => boolean,
): string | undefined {
  const wrong = history.all('plays').find((plays) => {
    const { cut, at } = history.all('stopped').find(({ text }) => text === plays.text) ?? {};
    const words = leavings(history).find(({ says }) => says.includes(plays.text));
    if (!isSpared(plays) || !cut || !words || cut.ids.length === 0 || cut.ids.some(mayCut))
      return false;
    const by = leavings(history).findLast(
      ({ by, ids }) => by === cut.by && String(ids) === String(cut.ids),
    );
    const saved = by && savedBy(history, by.by, by.index);
    const known = savedBy(history, words.by, words.index);
    if (
      !saved ||
      !known ||
      saved.index < known.index ||
      isReplaced(history, known.index, saved.index)
    )
      return false;
    return !isByTheClock(words, plays, saved.at) && !isConfused(history, words, at ?? 0);
  });
  return wrong && `${wrong.text.split(' ')[0]} was cut`;
}

/** What never arrived, or never even left, may have cut it, as far as anybody knew by then. */
function isReplaced(history: History, since: number, until: number): boolean {
  const isBetween = ({ index }: { index: number }) => index > since && index < until;
  const crashed = history.all('crashed').map(({ by }) => by);
  return (
    history.all('saved').some((saved) => isBetween(saved) && crashed.includes(saved.by)) ||
    leavings(history).some(
      (left) =>
        isBetween(left) && left.way === 'push' && left.ids.some((id) => !isPlayed(history, id)),
    )
  );
}

const isPlayed = (history: History, id: string) =>
  history.all('plays').some(({ text }) => text === sentence(id));
