import type { Happening } from '../../functions/call/document.ts';
import type { ActionDraft } from '../../functions/protocol/actions.ts';
import type { Arrival, Batch, Book } from './book.ts';
import type { Choices } from './choices.ts';
import type { Judge } from './judge.ts';
import type { Time } from './time.ts';
import type { Weather } from './weather.ts';

/** What AI Flow tells of; `by` names what was pressed or said, `text` the words of either side. */
export type Report = {
  readonly kind: Happening['kind'];
  readonly text?: string;
  readonly ms?: number;
  readonly started?: number;
  readonly cuts?: true;
};

interface Parts {
  readonly time: Time;
  readonly choices: Choices;
  readonly weather: Weather;
  readonly book: Book;
  readonly judge: Judge;
  readonly emit: (report: Report, late?: number) => void;
  readonly trace: (line: () => string) => void;
}

interface Item extends Arrival {
  readonly ms: number;
  readonly strategy: string;
  readonly timer: number;
  readonly text: string;
}

const USUAL_MS = 1000 / 15;
const SKEW = { told: 0, ahead: 400, behind: -400 };
const PACE = { usual: [1, 0.9, 1.15], slow: [1.4], fast: [0.7] } as const;

export type Phone = ReturnType<typeof createPhone>;

/** The platform with the caller's ear at it: what is really played, whatever anybody believes. */
export function createPhone({ time, choices, weather, book, judge, emit, trace }: Parts) {
  let queue: Item[] = [];
  let playing: Item | undefined;
  /** What is being synthesized begins, unless it has been cut before. */
  let next: Item | undefined;
  /** A timer of silence counts only while this is the same. */
  let silence = 0;
  let stoppedAt = 0;
  let over = false;
  let away = false;
  let speaking: { cut: boolean } | undefined;

  return {
    begin,
    receive,
    speak,
    press,
    hangUp,
    isOver: () => over,
    isAway: () => away,
    /** Nothing has been said for so long, nor is about to be. */
    isSilentFor: (ms: number) =>
      !playing && !next && queue.length === 0 && time.now() >= stoppedAt + ms,
  };

  function begin() {
    trace(() => 'PHONE begins');
    away = false;
    emit({ kind: 'start' });
  }

  /** Does as it is told; `false` when there is nobody any more. */
  function receive(actions: readonly ActionDraft[], batch: Batch): boolean {
    if (over) return false;
    for (const action of actions) {
      if (over) return true;
      if (action.type === 'barge_in') stop('app', batch);
      const found = book.find(action);
      if (found) take(action, { ...found, batch, at: time.now(), played: 0 });
    }
    return true;
  }

  function take(action: ActionDraft, arrival: Arrival) {
    judge.arrives(arrival, { playing, next, queue });
    arrival.line.arrivals.push(arrival);
    if (action.type === 'hangup') return end(arrival.batch);
    if (action.type === 'transfer') return transfer(action.timeout !== undefined, arrival.batch);
    if (action.type !== 'speak') return;
    const text = action.text ?? '';
    const item = Object.assign(arrival, {
      text,
      ms: Math.round(text.length * USUAL_MS * choices.pick(PACE[weather.voice])),
      strategy: action.barge_in?.strategy ?? 'minimum_characters',
      timer: (action.user_input_timeout_seconds ?? 0) * 1000,
    });
    queue.push(item);
    playNext();
  }

  function playNext() {
    if (playing || next || over) return;
    const item = queue.shift();
    if (!item) return;
    next = item;
    const starts = weather.synthesis === 'slow' ? choices.pick([700, 300, 1_400]) : 0;
    if (starts === 0) start(item);
    else time.after(starts, () => item === next && start(item));
  }

  function start(item: Item) {
    next = undefined;
    playing = item;
    if (weather.timers === 'of the last') silence++;
    item.began = time.now();
    trace(
      () =>
        `PHONE says ${item.text.slice(0, 12)} for ${item.ms} (usually ${Math.round(item.text.length * USUAL_MS)})`,
    );
    reportBegin(item);
    time.after(item.ms, () => item === playing && finish('full'));
  }

  function reportBegin(item: Item) {
    const began = time.now();
    const kind = weather.begins === 'some' ? choices.pick(['sent', 'never']) : weather.begins;
    if (kind === 'never') return;
    const started = weather.started === 'missing' ? {} : { started: began + SKEW[weather.started] };
    const words = wordsOf(item, kind);
    const report: Report = { kind: 'began', ...words, ...started, ...lengthOf(item.ms) };
    const late = { late: 700, 'at the end': item.ms }[kind as string] ?? 0;
    if (late === 0) return emit(report);
    const isLeft = () => !over && item.stopped === undefined;
    time.after(Math.min(late, item.ms), () => isLeft() && emit(report));
  }

  function wordsOf({ text }: Item, kind: string) {
    if (kind === 'textless') return {};
    return { text: kind === 'strange' ? `${text} %` : text };
  }

  function lengthOf(ms: number) {
    switch (weather.lengths) {
      case 'missing':
        return {};
      case 'half':
        return { ms: Math.round(ms / 2) };
      case 'long':
        return { ms: Math.round(ms * 1.25) };
      case 'zero':
        return { ms: 0 };
      default:
        return { ms };
    }
  }

  function finish(how: NonNullable<Arrival['stopped']>['how'], batch?: Batch) {
    const item = playing as Item;
    playing = undefined;
    const at = time.now();
    stoppedAt = at;
    item.played = at - (item.began ?? at);
    item.stopped = { at, how, ...(batch && { batch }) };
    trace(() => `PHONE stops ${item.line.name} ${how} after ${item.played}`);
    const late = weather.ends === 'late' ? choices.pick([450, 700]) : 0;
    const lost = weather.ends === 'some' && choices.chance(0.4);
    if (!lost && !over) emit({ kind: 'ended' }, late);
    if (item.timer > 0 && !over && !speaking) startTimer(item.timer);
    if (how === 'full') playNext();
  }

  function startTimer(ms: number) {
    const mine = ++silence;
    time.after(ms, () => mine === silence && !over && !away && emit({ kind: 'silence' }));
  }

  /** Everything that plays or waits to be played. */
  function stop(how: 'caller' | 'app' | 'over', batch?: Batch) {
    const at = time.now();
    if (how === 'app' && batch)
      judge.cuts(
        [playing, next, ...queue].filter((item) => item !== undefined),
        batch,
        at,
      );
    for (const item of next ? [next, ...queue] : queue)
      item.stopped = { at, how, ...(batch && { batch }) };
    next = undefined;
    queue = [];
    if (playing) finish(how, batch);
  }

  function end(batch?: Batch) {
    trace(() => `PHONE is hung up${batch ? ` by ${batch.by}` : ''}`);
    over = true;
    stop('over', batch);
    emit({ kind: 'over' });
  }

  function hangUp() {
    if (!over) end();
  }

  /** Somebody is called; what they say to each other is none of our business. */
  function transfer(fallsBack: boolean, batch: Batch) {
    stop('over', batch);
    away = true;
    trace(() => 'PHONE transfers');
    silence++;
    const answered = choices.chance(0.4);
    time.after(choices.pick([5_000, 1_500, 9_000]), () => {
      if (over || !away) return;
      if (answered) time.after(10_000, hangUp);
      else if (fallsBack) begin();
      else hangUp();
    });
  }

  function press(key: string) {
    if (!over && !away) emit({ kind: 'other', text: key });
  }

  /** The caller says something for `ms`; whether that cuts anything is up to what they cut. */
  function speak(text: string, ms: number, isMumble: boolean) {
    if (over || away || speaking) return;
    silence++;
    const said = { cut: false };
    speaking = said;
    emit({ kind: 'voice' }, choices.pick([20, 60, 120]));
    const item = playing;
    trace(() => `CALLER says "${text}" for ${ms}`);
    if (item) {
      if (item.strategy === 'immediate') time.after(choices.pick([40, 90]), () => cut(item, said));
      else if (item.strategy === 'minimum_characters' && !isMumble)
        time.after(Math.min(ms, choices.pick([500, 300, ms])), () => cut(item, said));
    }
    const after =
      weather.words === 'late' ? choices.pick([1_500, 1_200]) : choices.pick([250, 500]);
    // Their voice is told of again once their words have been.
    time.after(ms + after, () => {
      speaking = undefined;
      if (!over && !away)
        emit({ kind: 'words', text, ms, ...(said.cut && { cuts: true as const }) });
    });
  }

  function cut(item: Item, said: { cut: boolean }) {
    if (over || playing !== item) return;
    said.cut = true;
    stop('caller');
  }
}
