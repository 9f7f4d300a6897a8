/**
 * What happened in a turn, as it was reported. Times are ms since 1970, so that each event is one
 * write that reads nothing, in any order; `heardOf` draws the conclusions.
 */
export type Note =
  | {
      readonly kind: 'caller';
      readonly at: number;
      readonly text: string;
      readonly barged_in?: true;
    }
  /**
   * The assistant began to speak; `text` is empty for a clip, and for a voice that doesn't tell its
   * words.
   */
  | {
      readonly kind: 'sentence';
      readonly at: number;
      readonly ends_at: number;
      readonly text: string;
      /** When the voice itself said that it would end, where that isn't believed. */
      readonly told_ends_at?: number;
    }
  /** Speech has ended: of the sentence that began then, as far as is known. */
  | { readonly kind: 'end'; readonly at: number; readonly began?: number }
  /** What the webhook answered; whether it was heard, only a `sentence` tells. */
  | { readonly kind: 'answer'; readonly at: number; readonly text: string };

/** A note of a turn. */
export type Noted = Note & { readonly turn: number };

/** What the caller said, or what they heard the assistant say. */
export interface TranscriptEntry {
  /** The greeting is turn 0. */
  readonly turn: number;
  readonly role: 'caller' | 'assistant';
  readonly text: string;
  /** The sentence went on, but nobody heard the rest. */
  readonly cut?: true;
}

/**
 * A conversation as the caller heard it, in order of time. A sentence counts in full until
 * something says that it was cut. What was answered counts only where the voice tells nothing of
 * what it says.
 */
export function heardOf(notes: readonly Noted[]): TranscriptEntry[] {
  const ordered = notes.toSorted(
    (a, b) => a.at - b.at || a.turn - b.turn || AT_ONCE[a.kind] - AT_ONCE[b.kind],
  );
  const reported = reportsItself(notes);
  const stops = stopsOf(ordered);
  const isProven = ordered.some(
    (note) => note.kind === 'sentence' && endsAsTold(note, stops.get(note) ?? NEVER),
  );
  return ordered.flatMap((note): TranscriptEntry[] => {
    if (note.kind === 'end' || (note.kind === 'answer' && reported)) return [];
    if (note.kind === 'sentence')
      return heardUntil(credited(note, isProven), stops.get(note) ?? NEVER);
    return entry(note.turn, note.kind === 'caller' ? 'caller' : 'assistant', note.text);
  });
}

/**
 * Whether the voice tells what it says: not every one sends `assistant_speak`, or the words in it.
 */
export const reportsItself = (notes: readonly Note[]) =>
  notes.some((note) => note.kind === 'sentence' && note.text);

/**
 * The words of a text that were spoken to their end when playback stopped after `share` (0–1) of
 * it.
 */
export function heardPart(text: string, share: number): string {
  const spoken = Math.floor(text.length * share);
  const whole = text.slice(0, spoken);
  if (!/\S/.test(text.charAt(spoken))) return whole.trimEnd();
  const before = whole.replace(/\S+$/, '');
  const isUnspaced = UNSPACED.test(whole.slice(before.length));
  return (isUnspaced ? text.slice(0, beginOfWord(text, spoken)) : before).trimEnd();
}

/** What is written without spaces between words. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;

const beginOfWord = (text: string, at: number) =>
  segmenter().segment(text).containing(at)?.index ?? 0;

/** Its dictionaries take some ms to load, which most calls never need. */
let loaded: Intl.Segmenter | undefined;
function segmenter(): Intl.Segmenter {
  loaded ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return loaded;
}

type Sentence = Extract<Noted, { kind: 'sentence' }>;

const AT_ONCE: Record<Note['kind'], number> = { caller: 0, answer: 1, sentence: 2, end: 3 };

/** Events travel in parallel: what comes by less than this too early or too late is on time. */
const JITTER_MS = 300;

/** When each sentence stopped: by its end, or else at the latest by the next one or the caller. */
function stopsOf(ordered: readonly Noted[]): Map<Sentence, number> {
  const ends = ownEnds(ordered);
  const sentences = ordered.filter((note) => note.kind === 'sentence');
  const bargeIns = ordered.filter((note) => note.kind === 'caller' && note.barged_in);
  const stop = (sentence: Sentence, n: number) => {
    const own = ends.get(sentence);
    const next = sentences[n + 1]?.at ?? NEVER;
    // The caller's words come later than the cut, and what they cut may have been the sentence
    // before.
    if (own !== undefined) return Math.min(own, next);
    return Math.min(next, bargeIns.find(({ at }) => at > sentence.at)?.at ?? NEVER);
  };
  return new Map(sentences.map((sentence, n) => [sentence, stop(sentence, n)]));
}

const NEVER = Number.POSITIVE_INFINITY;

/** Whose end each was: that of the sentence before, if the next one has overtaken it. */
function ownEnds(ordered: readonly Noted[]): Map<Sentence, number> {
  const ends = new Map<Sentence, number>();
  const spoken: Sentence[] = [];
  for (const note of ordered) {
    if (note.kind === 'sentence') spoken.push(note);
    const current = spoken.at(-1);
    if (note.kind !== 'end' || !current) continue;
    const known = note.began === undefined ? undefined : begunAt(ordered, note.began);
    const open = spoken.slice(-2).filter((one) => !ends.has(one));
    const its = known ?? open.find((one) => one === current || isOvertaken(one, current, note.at));
    if (its) ends.set(its, note.at);
  }
  return ends;
}

/** An end so early in a sentence is that of the one before, if that wasn't over long ago. */
const isOvertaken = (before: Sentence, current: Sentence, end: number) =>
  end < current.at + JITTER_MS && current.at < before.ends_at + JITTER_MS;

/**
 * The sentence that began then: a report and an answer to it know the moment by different clocks.
 */
const begunAt = (ordered: readonly Noted[], began: number) =>
  ordered.find(
    (note): note is Sentence => note.kind === 'sentence' && Math.abs(note.at - began) <= JITTER_MS,
  );

/** An end that comes as announced proves that the announcement was right. */
const endsAsTold = ({ at, told_ends_at }: Sentence, stop: number) =>
  told_ends_at !== undefined && told_ends_at > at && Math.abs(stop - told_ends_at) <= JITTER_MS;

/** A voice that was right once is believed. */
const credited = (sentence: Sentence, isProven: boolean): Sentence =>
  isProven && sentence.told_ends_at !== undefined && sentence.told_ends_at > sentence.at
    ? { ...sentence, ends_at: sentence.told_ends_at }
    : sentence;

function heardUntil(sentence: Sentence, stop: number): TranscriptEntry[] {
  const { turn, text, at, ends_at } = sentence;
  if (stop >= ends_at - JITTER_MS || endsAsTold(sentence, stop))
    return entry(turn, 'assistant', text);
  return entry(turn, 'assistant', heardPart(text, (stop - at) / (ends_at - at))).map((part) => ({
    ...part,
    cut: true,
  }));
}

const entry = (turn: number, role: TranscriptEntry['role'], text: string): TranscriptEntry[] =>
  text ? [{ turn, role, text }] : [];
