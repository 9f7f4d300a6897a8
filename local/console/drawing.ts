import { type View, xOf } from './axis.ts';
import { type Bar, CUTTER, type Picture, partsOf } from './picture.ts';
import type { Interruption } from './waits.ts';

/** A piece of the picture. Lengths are px from the beginning of the call. */
export interface Piece {
  key: string;
  className: string;
  left: number;
  width?: number;
  text?: string;
  title?: string;
  /** The moment that it stands for: index of a timeline entry. */
  moment?: number;
  /** Of a sentence: what was heard, what is still to come, what was cut off. */
  parts?: { className: string; width: number; text: string }[];
}

/** Drawn beyond the window on each side, px: a scroll needs no new picture. */
const MARGIN = 300;
/** Nothing smaller is seen. */
const SMALLEST = 3;
/** As much room as a short text needs. */
const TEXT_ROOM = 58;

/** What is to be drawn of a call at `now_ms`: never more than the window has room for. */
export function piecesOf(
  picture: Picture,
  interruptions: readonly Interruption[],
  view: View,
  now_ms: number,
): Piece[] {
  const from = xOf(view.from_ms, view) - MARGIN;
  const to = from + view.width + 2 * MARGIN;
  const seen = ({ left, width = 0 }: Piece) => left + width >= from && left <= to;
  const pieces = [
    ...spaced(
      interruptions.map((one) => waiting(one, view, now_ms)),
      TEXT_ROOM,
    ),
    ...picture.bars.flatMap((bar) => sentence(bar, view, now_ms)),
    ...spaced(
      picture.answers.map(({ id, at_ms, took_ms, ok }) => ({
        key: `answer-${id}`,
        className: `latency${ok && took_ms <= 800 ? '' : ' late'}`,
        left: xOf(at_ms, view),
        text: `${Math.round(took_ms)} ms`,
        title: `answered after ${Math.round(took_ms)} ms`,
      })),
      TEXT_ROOM,
    ),
    ...spaced(
      picture.marks.map(({ id, at_ms, kind, text }) => ({
        key: `mark-${id}`,
        className: `mark ${kind}`,
        left: xOf(at_ms, view),
        text: kind === 'key' ? `key ${text}` : text,
        title: text,
        moment: id,
      })),
      TEXT_ROOM,
    ),
  ];
  return bounded(pieces.filter(seen));
}

function sentence(bar: Bar, view: View, now_ms: number): Piece[] {
  const { id, lane, row, from_ms, until_ms, text, cut, clip, instead } = bar;
  const { heard_ms, coming_ms, lost_ms } = partsOf(bar, now_ms);
  const heard = cut ? cut.heard : text;
  const left = xOf(from_ms, view);
  const kinds = [lane, `row-${row}`, clip && 'clip', instead && 'instead', bar.ended || 'playing'];
  const piece: Piece = {
    key: `bar-${id}`,
    className: `bar ${kinds.filter((kind) => typeof kind === 'string').join(' ')}`,
    left,
    width: Math.max(SMALLEST, xOf(until_ms, view) - left),
    title: cut ? `${heard} — cut by the ${CUTTER[cut.by]}, not heard: ${lostWords(bar)}` : text,
    moment: id,
    parts: [
      { className: 'heard', width: xOf(heard_ms, view), text: clip ? `♪ ${text}` : heard },
      { className: 'coming', width: xOf(coming_ms, view), text: '' },
      { className: 'lost', width: xOf(lost_ms, view), text: lostWords(bar) },
    ].filter(({ width }) => width > 0),
  };
  if (!cut || cut.by === 'hangup') return [piece];
  const by = CUTTER[cut.by];
  return [
    piece,
    {
      key: `cut-${id}`,
      className: `cut by-${cut.by} row-${row}`,
      left: xOf(cut.at_ms, view),
      text: `✂ cut by the ${by}`,
      title: `cut by the ${by} after ${(heard_ms / 1000).toFixed(1)} s`,
      moment: id,
    },
  ];
}

export const lostWords = ({ text, cut }: Pick<Bar, 'text' | 'cut'>) =>
  cut ? text.slice(cut.heard.length).trim() : '';

function waiting(
  { id, what, from_ms, until_ms, words }: Interruption,
  view: View,
  now_ms: number,
): Piece {
  const left = xOf(from_ms, view);
  const waits = until_ms === undefined;
  const refused = words.some((word) => /^(skipped|failed)/.test(word));
  return {
    key: `wait-${id}`,
    className: `wait${waits ? ' waits' : ''}${refused ? ' refused' : ''}`,
    left,
    width: xOf(until_ms ?? Math.max(now_ms, from_ms), view) - left,
    text: [what, waits && words.length === 0 ? 'waits' : words.join(', ')]
      .filter(Boolean)
      .join(' · '),
    title: `interruption ${id}`,
  };
}

/** In rows where one would lie on another; of too many the text is left out. */
function spaced(pieces: Piece[], room: number): Piece[] {
  const ends = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return pieces.map((piece) => {
    const row = ends.findIndex((end) => piece.left >= end);
    const { text = '', ...bare } = piece;
    if (row < 0) return { ...bare, className: `${piece.className} level-1 bare` };
    ends[row] = piece.left + Math.max(room, text.length * 6.6, piece.width ?? 0);
    return { ...piece, className: `${piece.className} level-${row}` };
  });
}

/** Of what lies on the same pixels only the first. */
function bounded(pieces: Piece[]): Piece[] {
  const last = new Map<string, number>();
  return pieces.filter(({ className, left, width = 0 }) => {
    const end = left + width;
    const before = last.get(className) ?? Number.NEGATIVE_INFINITY;
    if (end < before + SMALLEST) return false;
    last.set(className, end);
    return true;
  });
}
