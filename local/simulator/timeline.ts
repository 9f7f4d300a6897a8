import type { Action, KnownEvent } from '../../functions/protocol/index.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { MistakeName } from './mistakes.ts';

/** Who stopped a playback: the application, the caller by speaking, or the end of the call. */
export type InterruptedBy = 'app' | 'caller' | 'hangup';

/** How an action reached the call. */
export type ActionSource = 'webhook' | 'external-api' | 'websocket';

/**
 * What can happen in a call; every `_ms` is real milliseconds, already divided by the call's speed.
 */
export type Happening =
  /**
   * `status` is the HTTP status of the answer, 0 if there was none; a frame that left has no answer
   * of its own.
   */
  | { kind: 'event'; event: KnownEvent; status?: number; took_ms?: number }
  | { kind: 'action'; action: Action; source: ActionSource }
  | { kind: 'playback_started'; text: string; duration_ms: number }
  | { kind: 'playback_started'; audio: true; duration_ms: number }
  | { kind: 'playback_finished' }
  /** `heard` is a prefix of what was being said, at a word boundary; empty for a clip. */
  | { kind: 'playback_interrupted'; by: InterruptedBy; heard: string; played_ms: number }
  /**
   * What the application has done wrong, in words, and the page of AI Flow's documentation about
   * it.
   */
  | { kind: 'error'; message: string; mistake: MistakeName; see: string };

/** `at_ms`: milliseconds since the call was placed. */
export type TimelineEntry = { at_ms: number } & Happening;

export interface Timeline {
  add(happening: Happening): void;
  entries(): TimelineEntry[];
}

/** The record of one call, in order; `listener` hears each entry as it is written. */
export function createTimeline(clock: Clock, listener: (entry: TimelineEntry) => void): Timeline {
  const started = clock.now();
  const entries: TimelineEntry[] = [];
  return {
    add(happening) {
      const entry = { at_ms: clock.now() - started, ...happening };
      entries.push(entry);
      listener(entry);
    },
    entries: () => [...entries],
  };
}
