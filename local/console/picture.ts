import type { Action } from '../../functions/protocol/index.ts';
import type { InterruptedBy, TimelineEntry } from '../simulator/timeline.ts';

/** Something that is heard. Times are ms since the call was placed. */
export interface Bar {
  /** Index of its timeline entry. */
  id: number;
  lane: 'assistant' | 'caller';
  /** Those that would lie on one another have rows of their own. */
  row: number;
  from_ms: number;
  /** When it ends if nobody cuts it. */
  until_ms: number;
  text: string;
  /** A clip: nothing is known of its words. */
  clip?: true;
  /** It is said in the place of what was cut. */
  instead?: true;
  /** The `speak` or `audio` that asked for it. */
  action?: Action;
  ended?: true;
  cut?: { at_ms: number; by: InterruptedBy; heard: string };
}

/** Something that makes no sound. */
export interface Mark {
  id: number;
  at_ms: number;
  lane: Bar['lane'];
  kind: 'key' | 'note' | 'error' | 'end';
  text: string;
}

/** How long the application took for something that a caller waits for. */
export interface Answer {
  id: number;
  /** When the event left. */
  at_ms: number;
  took_ms: number;
  ok: boolean;
}

export interface Picture {
  readonly entries: readonly TimelineEntry[];
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
  readonly answers: readonly Answer[];
  /** What sounds in the background, while it does. */
  background(): Action | undefined;
  /** What is heard of the assistant at the moment. */
  playing(): Bar | undefined;
  /** When the last thing that is known of ends. */
  end_ms(): number;
  add(entry: TimelineEntry): void;
}

/** How fast a caller speaks, as the simulator's assistant. */
const CHARACTERS_PER_SECOND = 15;
const AWAITED = new Set(['session_start', 'user_speak', 'dtmf_received', 'user_input_timeout']);

/** Makes a picture of a call, entry by entry. `speed` divides how long the caller's words take. */
export function createPicture(speed = 1): Picture {
  const entries: TimelineEntry[] = [];
  const bars: Bar[] = [];
  const marks: Mark[] = [];
  const answers: Answer[] = [];
  /** What was asked for, and hasn't been heard yet. */
  let asked: Action[] = [];
  let loop: Action | undefined;
  let current: Bar | undefined;
  let replacing = false;
  let transferred = false;

  return {
    entries,
    bars,
    marks,
    answers,
    background: () => loop,
    playing: () => current,
    end_ms: () => Math.max(0, ...bars.slice(-4).map(endOf), entries.at(-1)?.at_ms ?? 0),
    add(entry) {
      entries.push(entry);
      const id = entries.length - 1;
      switch (entry.kind) {
        case 'event':
          return happened(entry, id);
        case 'action':
          return acted(entry, id);
        case 'playback_started':
          return started(entry, id);
        case 'playback_finished':
          return ended();
        case 'playback_interrupted':
          return ended({ ...entry, at_ms: (current?.from_ms ?? 0) + entry.played_ms });
        case 'error':
          return mark(id, entry.at_ms, 'assistant', 'error', entry.message);
      }
    },
  };

  function mark(id: number, at_ms: number, lane: Bar['lane'], kind: Mark['kind'], text: string) {
    marks.push({ id, at_ms, lane, kind, text });
  }

  function happened(entry: Extract<TimelineEntry, { kind: 'event' }>, id: number) {
    const { event, took_ms = 0, status } = entry;
    const sent_ms = entry.at_ms - took_ms;
    if (AWAITED.has(event.type) && status !== undefined)
      answers.push({ id, at_ms: sent_ms, took_ms, ok: status === 200 || status === 204 });
    switch (event.type) {
      case 'session_start':
        if (transferred) mark(id, sent_ms, 'caller', 'note', 'Nobody answers: the call is back');
        transferred = false;
        return;
      case 'user_speak':
        return spoke(event, sent_ms, id);
      case 'dtmf_received':
        return mark(id, sent_ms, 'caller', 'key', event.digit);
      case 'user_input_timeout':
        return mark(id, sent_ms, 'caller', 'note', 'Silence');
      case 'sms_failed':
        return mark(id, sent_ms, 'assistant', 'note', 'The SMS failed');
      case 'session_end':
        loop = undefined;
        return mark(id, sent_ms, 'caller', 'end', 'The call is over');
    }
  }

  /**
   * Words come at the end of what is said; a person says one thing at a time, and who cuts nothing
   * has waited.
   */
  function spoke(
    { text, barged_in }: { text: string; barged_in?: boolean | null | undefined },
    until_ms: number,
    id: number,
  ) {
    const before = bars.findLast(({ lane }) => lane === 'caller');
    const heard = bars.findLast(({ lane, ended }) => lane === 'assistant' && ended);
    const waited_ms = heard && !barged_in ? (heard.cut?.at_ms ?? heard.until_ms) : 0;
    const earliest = Math.min(Math.max(before?.until_ms ?? 0, waited_ms), until_ms);
    const length_ms = (text.length / CHARACTERS_PER_SECOND / speed) * 1000;
    const from_ms = Math.max(earliest, until_ms - length_ms, 0);
    bars.push({ id, lane: 'caller', row: 0, from_ms, until_ms, text, ended: true });
  }

  function acted({ action, at_ms }: Extract<TimelineEntry, { kind: 'action' }>, id: number) {
    switch (action.type) {
      case 'speak':
      case 'audio':
        asked.push(action);
        return;
      case 'barge_in':
        asked = [];
        // What was put off says it into silence, too.
        replacing = current !== undefined;
        return;
      case 'mix_audio':
        loop = action.stop ? undefined : action;
        return mark(id, at_ms, 'assistant', 'note', action.stop ? 'Music off' : 'Music on');
      case 'transfer':
        transferred = true;
        return mark(id, at_ms, 'assistant', 'note', `Transfer to ${action.target_phone_number}`);
      case 'hangup':
        return mark(id, at_ms, 'assistant', 'note', 'Hangs up');
      case 'send_sms':
        return mark(id, at_ms, 'assistant', 'note', `SMS: ${action.message}`);
    }
  }

  function started(entry: Extract<TimelineEntry, { kind: 'playback_started' }>, id: number) {
    const { at_ms: from_ms, duration_ms } = entry;
    const spoken = 'text' in entry;
    const bar: Bar = {
      id,
      lane: 'assistant',
      row: freeRow(from_ms),
      from_ms,
      until_ms: from_ms + duration_ms,
      text: spoken ? entry.text : 'audio clip',
      ...(!spoken && { clip: true as const }),
      ...(replacing && { instead: true as const }),
    };
    const action = taken(spoken ? 'speak' : 'audio');
    if (action) bar.action = action;
    replacing = false;
    current = bar;
    bars.push(bar);
  }

  /** Of what was asked for, the next of this kind; what stands before it was never heard. */
  function taken(type: 'speak' | 'audio'): Action | undefined {
    const at = asked.findIndex((action) => action.type === type);
    return at < 0 ? undefined : asked.splice(0, at + 1).at(-1);
  }

  function freeRow(from_ms: number): number {
    const near = bars
      .slice(-8)
      .filter(({ lane, until_ms }) => lane === 'assistant' && until_ms > from_ms + 1);
    return [0, 1].find((row) => near.every((bar) => bar.row !== row)) ?? 1;
  }

  function ended(cut?: NonNullable<Bar['cut']>) {
    if (!current) return;
    current.ended = true;
    if (cut) current.cut = { at_ms: cut.at_ms, by: cut.by, heard: cut.heard };
    current = undefined;
  }
}

const endOf = (bar: Bar) => (bar.cut ? Math.max(bar.cut.at_ms, bar.until_ms) : bar.until_ms);

/** A bar as it is drawn at `now_ms`: what has been heard, and what was cut off. */
export function partsOf({ from_ms, until_ms, cut, ended }: Bar, now_ms: number) {
  const heard_until = cut ? cut.at_ms : ended ? until_ms : Math.min(until_ms, now_ms);
  return {
    heard_ms: Math.max(0, heard_until - from_ms),
    /** Of what is being said: what is still to come. */
    coming_ms: cut || ended ? 0 : Math.max(0, until_ms - heard_until),
    lost_ms: cut ? Math.max(0, until_ms - cut.at_ms) : 0,
  };
}

export const CUTTER: Record<InterruptedBy, string> = {
  app: 'application',
  caller: 'caller',
  hangup: 'hang-up',
};

/**
 * How many ms until these words of a sentence have been heard; `undefined` while nobody says them.
 */
export function heardIn(picture: Picture, words: string, now_ms: number): number | undefined {
  const bar = picture.bars.findLast(
    ({ lane, text }) => lane === 'assistant' && text.includes(words),
  );
  if (!bar) return undefined;
  if (bar.ended) return 0;
  const end = bar.text.indexOf(words) + words.length;
  const due = bar.from_ms + ((bar.until_ms - bar.from_ms) * end) / bar.text.length;
  return Math.max(0, due - now_ms);
}
