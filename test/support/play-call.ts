import type { Template } from '../../functions/assistant/template.ts';
import type { Assets } from '../../functions/runtime/assets.ts';
import { PlayFailed, perform, type Stage } from '../../local/perform.ts';
import type { Play, PlayCall } from '../../local/play.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import type { Line } from './log.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { memoryStage } from './memory-stage.ts';
import { timersOn } from './timers.ts';

interface Options extends PlayCall {
  /**
   * Whether interruptions can be pushed by an external API (default), or wait for the next event.
   */
  push?: boolean;
  /** Clips by name: ours, unless others are given. */
  assets?: Assets;
  /** When it begins, as ISO 8601; by default at noon on a Monday, UTC. */
  at?: string;
  /** Variables and secrets of the template, by name: none unless it is given. */
  env?: Readonly<Record<string, string>>;
  /** How much faster than usual the voice is (1). */
  speed?: number;
  /** What of the timeline the play is about; by default all of it. */
  counts?: (entry: TimelineEntry) => boolean;
}

/**
 * Calls `template` in memory and performs `play`: the functions and the simulator as they are, in
 * milliseconds, because time jumps from one thing that happens to the next. A template that needs
 * the clock is made with it. Meanwhile the global `setTimeout` counts that time, too; what asks a
 * real network is too late. Returns what is left of the call. Throws `PlayFailed`, whose message is
 * a diff.
 */
export async function playCall(
  template: Template | ((parts: { clock: ManualClock }) => Template),
  play: Play,
  { push = true, assets, at, env, counts = () => true, ...call }: Options = {},
) {
  const clock = manualClock(at === undefined ? undefined : Date.parse(at));
  const restore = timersOn(clock);
  try {
    const made = typeof template === 'function' ? template({ clock }) : template;
    const { stage, ...left } = memoryStage({
      template: made,
      call,
      push,
      clock,
      ...(assets && { assets }),
      ...(env && { env }),
    });
    const next: Stage['next'] = async (within) => {
      const entry = await stage.next(within);
      return entry && !counts(entry) ? next(within) : entry;
    };
    await perform(play, { ...stage, next }).catch((error: unknown) => {
      throw error instanceof PlayFailed
        ? new PlayFailed([error.message, ...reasons(left.log.lines)].join('\n'))
        : error;
    });
    return left;
  } finally {
    restore();
  }
}

/** What the functions have complained of, each once. */
const reasons = (lines: readonly Line[]) => [
  ...new Set(
    lines
      .filter(({ level }) => level !== 'info')
      .map(({ message, error }) => `${message}${error ? `: ${error}` : ''}`),
  ),
];
