import { keyOf } from '../../functions/interruption/request.ts';
import type { Schedule } from './explore.ts';
import type { History, Of } from './history.ts';
import { sentence } from './requests.ts';

/**
 * The documented limit: speech that begins later than half of its own length after it was given, or asked for, may have
 * the end of what was said before taken for its own.
 */
const tooLong = (text: string, ms: number) => ms >= (text.length / 15) * 500;

/** Another: of two pushes at once, the session tracks the one that was claimed last, whichever comes last. */
const overtaken = (history: History, playing: Of<'plays'>, tracked: Of<'tracked'>) =>
  history.all('tracked').some(({ key, index }) => {
    const other = history.all('plays').find(({ text }) => keyOf(text.split(' ')[0] ?? '') === key);
    return index > tracked.index && other !== undefined && other.index < playing.index;
  });

/** The `then` of an interruption is answered only when the phone has played it to its end, or to where it was cut. */
export function thenComesAfter({ history }: Schedule): string | undefined {
  const answers = history.all('answered').flatMap((answer) => answer.then.map((id) => ({ ...answer, id })));
  const early = answers.find(({ id, index, at }) => {
    const text = sentence(id);
    const [playing, stopped] = [first(history, 'plays', text), first(history, 'stopped', text)];
    if (stopped && stopped.index < index) return false;
    const there = playing && playing.index < index ? playing.at : at;
    const tracked = trackedBefore(history, id, index);
    if (tracked && playing && overtaken(history, playing, tracked)) return false;
    return !tooLong(text, there - (tracked?.at ?? 0));
  });
  return early && `then of ${early.id} before its end`;
}

/** Nobody gets the right to cut what the session knows to be protected, and the caller is hearing. */
export function protectedIsSpared({ history }: Schedule): string | undefined {
  const spared = history.all('plays').flatMap((playing) => {
    const given = history.all('answered').find(({ says }) => says.includes(playing.text));
    const known = history.all('guarded').find(({ by }) => by === given?.by);
    // An answer may go out at its deadline before the session knows it.
    return playing.guarded && known && known.index < playing.index ? [{ playing, since: known }] : [];
  });
  return cut(history, spared, ({ claim }) => !claim.force);
}

/** Nobody without a rank gets the right to cut an urgent replacement that the caller is hearing. */
export function urgentIsSpared({ history, triggers }: Schedule): string | undefined {
  const urgent = triggers.filter(({ request }) => request.urgent).map(({ id }) => id);
  const spared = urgent.flatMap((id) => {
    const playing = first(history, 'plays', sentence(id));
    const since = playing && trackedBefore(history, id, playing.index);
    return playing && since ? [{ playing, since }] : [];
  });
  return cut(history, spared, ({ claim }) => !claim.force && !claim.urgent);
}

interface Spared {
  readonly playing: Of<'plays'>;
  readonly since: { readonly index: number; readonly at: number };
}

function cut(history: History, all: readonly Spared[], mayNot: (claim: Of<'claimed'>) => boolean): string | undefined {
  const claims = history.all('claimed').filter(({ refused, claim }) => !refused && claim.push);
  const wrong = all.filter(within(history)).find(({ playing: { text, index }, since }) => {
    const stopped = history.all('stopped').find((one) => one.text === text && one.index > index);
    const end = stopped?.index ?? Number.POSITIVE_INFINITY;
    // Whoever may cut it has cut it, even if that has not arrived yet.
    const next = claims.find((one) => one.index > since.index && one.index < end);
    return next && next.index > index && mayNot(next);
  });
  return wrong && `${wrong.playing.text.split(' ')[0]} could be cut`;
}

/** Two documented limits: speech that begins late, and that of another which is reported while it is on its way. */
const within = (history: History) => {
  const reports = history.all('reported');
  return ({ playing: { text, at }, since }: Spared) =>
    !tooLong(text, at - since.at) && !reports.some((one) => one.text !== text && one.at >= since.at && one.at <= at);
};

const first = <W extends 'plays' | 'stopped'>(history: History, what: W, text: string): Of<W> | undefined =>
  history.all(what).find((one) => 'text' in one && one.text === text);

/** When the session began to reckon with it. */
const trackedBefore = (history: History, id: string, before: number) =>
  history.all('tracked').findLast(({ key, index }) => key === keyOf(id) && index < before);
