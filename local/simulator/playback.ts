import type { Clock } from '../../functions/runtime/clock.ts';
import { SPEAK_WHILE_SPEAKING } from './behaviour.ts';
import type { PlaybackItem } from './playback-item.ts';
import type { InterruptedBy } from './timeline.ts';

/** A playback that was stopped before its end. */
export interface Cut {
  by: InterruptedBy;
  played_ms: number;
}

export interface PlaybackParts {
  clock: Clock;
  started(item: PlaybackItem): void;
  /** `cut` is missing if the item was played to its end. */
  ended(item: PlaybackItem, cut?: Cut): void;
}

export interface Playback {
  /** Plays the item, now or after what is playing. */
  add(item: PlaybackItem): void;
  /**
   * Stops what is playing; without `clearQueue` the next item begins. What hasn't begun to sound
   * ends without a word.
   */
  cut(by: InterruptedBy, clearQueue: boolean): void;
  /** What is to be heard. */
  current(): { item: PlaybackItem; played_ms: number } | undefined;
  /** Calls back once nothing plays or waits. */
  whenSilent(callback: () => void): void;
}

/** One call's loudspeaker: a single item plays, the others wait in order. */
export function createPlayback({ clock, started, ended }: PlaybackParts): Playback {
  let queue: PlaybackItem[] = [];
  /** Its first sound is still to come. */
  let preparing: { cancel: () => void } | undefined;
  let playing: { item: PlaybackItem; since: number; cancel: () => void } | undefined;
  let silent: (() => void) | undefined;

  function playNext() {
    const item = queue.shift();
    if (!item) return silent?.();
    if (!item.starts_after_ms) return begin(item);
    preparing = { cancel: clock.after(item.starts_after_ms, () => begin(item)) };
  }

  function begin(item: PlaybackItem) {
    preparing = undefined;
    playing = { item, since: clock.now(), cancel: clock.after(item.duration_ms, () => stop()) };
    started(item);
  }

  function stop(by?: InterruptedBy) {
    const stopped = current();
    if (!stopped) return;
    playing?.cancel();
    playing = undefined;
    ended(stopped.item, by && { by, played_ms: stopped.played_ms });
    playNext();
  }

  function current() {
    return (
      playing && {
        item: playing.item,
        played_ms: Math.min(clock.now() - playing.since, playing.item.duration_ms),
      }
    );
  }

  function cut(by: InterruptedBy, clearQueue: boolean) {
    if (clearQueue) {
      queue = [];
      preparing?.cancel();
      preparing = undefined;
    }
    stop(by);
  }

  return {
    current,
    cut,
    add(item) {
      if (SPEAK_WHILE_SPEAKING === 'replace') cut('app', true);
      queue.push(item);
      if (!playing && !preparing) playNext();
    },
    whenSilent(callback) {
      if (playing || preparing) silent = callback;
      else callback();
    },
  };
}
