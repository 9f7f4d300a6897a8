import { describe, expect, it } from 'vitest';
import { templates } from '../../functions/templates/index.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryStage } from '../support/memory-stage.ts';
import { timersOn } from '../support/timers.ts';

/*
 * Every shipped call flow with callers who don't do what it expects: the line is never dead, nothing fails, and once they
 * say nothing any more the call is over.
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
    const { timeline, log, lasted } = await called(template, push, caller, TIMES);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(timeline.filter(({ kind }) => kind === 'error')).toEqual([]);
    expect(longestSilence(timeline)).toBeLessThan(DEAD_MS);
    expect(lasted).toBeLessThan(OVER_WITHIN_MS);
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

type Called = { timeline: TimelineEntry[]; log: { lines: { level: string }[] }; lasted: number };

/** A call to its end; `lasted`: ms from the last thing that the caller did. */
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
    let last = clock.now();
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
      if (entry?.kind === 'event' && entry.event.type === 'session_end') isOver = true;
      else if (entry?.kind === 'playback_started') {
        await stage.wait(400);
        await act(into);
      } else if (quiet > QUIET_MS) await act(then);
      if (clock.now() > last + 2 * OVER_WITHIN_MS) break;
    }
    return { timeline: [...timeline()], log, lasted: clock.now() - last };
  } finally {
    restore();
  }
}

function longestSilence(timeline: readonly TimelineEntry[]): number {
  let since = 0;
  let longest = 0;
  for (const { kind, at_ms } of timeline) {
    if (kind === 'playback_started') longest = Math.max(longest, at_ms - since);
    if (kind.startsWith('playback_')) since = at_ms;
  }
  return longest;
}

/** How the last sentence before the hang-up ended. */
const lastHeard = (timeline: readonly TimelineEntry[]) =>
  timeline.findLast(({ kind }) => kind.startsWith('playback_'))?.kind;
