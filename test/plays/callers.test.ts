import { describe, expect, it } from 'vitest';
import { templates } from '../../functions/templates/index.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStage } from '../support/memory-stage.ts';
import { timersOn } from '../support/timers.ts';

/*
 * Every shipped call flow with callers who don't do what it expects: the line is never dead, nothing fails, and once they
 * say nothing any more the call is over; or, where music plays, they are told again and again what they wait for.
 */

/** What the caller does when a sentence has begun, or when nothing has been said for a moment. */
interface Caller {
  readonly into?: (act: Acts) => Promise<void>;
  readonly then?: (act: Acts) => Promise<void>;
}
type Acts = ReturnType<typeof memoryStage>['stage'];

let thing = 0;

const CALLERS: Record<string, Caller> = {
  'says nothing': {},
  'says mhm to everything': { into: (act) => act.says('mhm'), then: (act) => act.says('Mhm.') },
  // Nobody says the same twice so quickly: that would be one delivery that comes again.
  'cuts everything': { into: (act) => act.says(`No, wait, I mean something else: ${++thing}`) },
  'presses keys instead of talking': { then: (act) => act.presses('5') },
};

/** So often they do it; then they are silent. */
const TIMES = 6;
/** A job's progress, a silence that is asked about, and the slowest weather. */
const DEAD_MS = 12_000;
const OVER_WITHIN_MS = 60_000;
const TOLD_WITHIN_MS = 30_000;
const STEP_MS = 250;
/** Nothing happens for longer only once a sentence has ended. */
const QUIET_MS = 6_000;

const cells = Object.entries(templates).flatMap(([name, template]) =>
  [true, false].flatMap((push) =>
    Object.entries(CALLERS).map(([who, caller]) => ({ name, template, push, who, caller })),
  ),
);

describe('a caller', () => {
  it.each(cells)('who $who, to $name (push: $push)', async ({ template, push, caller }) => {
    const { timeline, log, lasted, quiet } = await called(template, push, caller, TIMES);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(timeline.filter(({ kind }) => kind === 'error')).toEqual([]);
    expect(longestSilence(timeline)).toBeLessThan(DEAD_MS);
    if (musicIn(timeline)) expect(quiet).toBeLessThan(TOLD_WITHIN_MS);
    else expect(lasted).toBeLessThan(OVER_WITHIN_MS);
    expect(lastHeard(timeline)).toBe('playback_finished');
  });

  it.each(cells.filter(({ who }) => who === 'says nothing'))(
    'who says "Thanks, bye" early, to $name (push: $push)',
    async ({ template, push }) => {
      const bye: Caller = { then: (act) => act.says('Thanks, bye') };
      const { timeline, log, lasted } = await called(template, push, bye, 1);
      expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
      expect(lasted).toBeLessThan(25_000);
      expect(lastHeard(timeline)).toBe('playback_finished');
    },
  );
});

interface Called {
  readonly timeline: TimelineEntry[];
  readonly log: { readonly lines: readonly { level: string }[] };
  /** ms from the last thing that the caller did. */
  readonly lasted: number;
  /** ms from the last words. */
  readonly quiet: number;
}

/** A call to its end, or until it goes on for too long. */
async function called(
  template: (typeof templates)[keyof typeof templates],
  push: boolean,
  { into, then }: Caller,
  times: number,
): Promise<Called> {
  const clock = manualClock();
  const restore = timersOn(clock);
  try {
    const { stage, timeline, log } = memoryStage({ template, call: {}, push, clock });
    let left = times;
    const start = clock.now();
    let last = start;
    let isOver = false;
    const act = async (how: Caller['into']) => {
      if (!how || left <= 0) return;
      left--;
      last = clock.now();
      await how(stage);
    };
    let quiet = 0;
    while (!isOver) {
      const entry = await stage.next(0);
      if (!entry) await stage.wait(STEP_MS);
      quiet = entry ? 0 : quiet + STEP_MS;
      if (entry && isOverBy(entry)) isOver = true;
      else if (entry?.kind === 'playback_started') {
        await stage.wait(400);
        await act(into);
      } else if (quiet > QUIET_MS) await act(then);
      if (clock.now() > last + 2 * OVER_WITHIN_MS) break;
    }
    const now = clock.now();
    const silent = now - start - lastWordsAt(timeline());
    return { timeline: [...timeline()], log, lasted: now - last, quiet: silent };
  } finally {
    restore();
  }
}

/** Nobody is there any more, or somebody who is no machine. */
const isOverBy = (entry: TimelineEntry) =>
  (entry.kind === 'event' && entry.event.type === 'session_end') ||
  (entry.kind === 'action' && entry.action.type === 'transfer');

/** Music is none. */
function longestSilence(timeline: readonly TimelineEntry[]): number {
  let since = 0;
  let longest = 0;
  for (const [nth, { kind, at_ms }] of timeline.entries()) {
    if (kind === 'playback_started' && !musicIn(timeline.slice(0, nth)))
      longest = Math.max(longest, at_ms - since);
    if (kind.startsWith('playback_')) since = at_ms;
  }
  return longest;
}

/** Whether a loop plays at its end. */
function musicIn(timeline: readonly TimelineEntry[]): boolean {
  const loop = timeline.findLast(
    (entry) => entry.kind === 'action' && entry.action.type === 'mix_audio',
  );
  return loop?.kind === 'action' && loop.action.type === 'mix_audio' && !loop.action.stop;
}

const lastWordsAt = (timeline: readonly TimelineEntry[]) =>
  timeline.findLast(({ kind }) => kind.startsWith('playback_'))?.at_ms ?? 0;

/** How the last sentence before the hang-up ended. */
const lastHeard = (timeline: readonly TimelineEntry[]) =>
  timeline.findLast(({ kind }) => kind.startsWith('playback_'))?.kind;
