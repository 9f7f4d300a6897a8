import {
  type ActingStep,
  type Actors,
  type AssistantStep,
  assistantPlaysClip,
  assistantSays,
  lineOfAction,
  type OutcomesStep,
  outcomesAre,
  type Play,
  type SilentStep,
  type Step,
  silenceOf,
} from './play.ts';
import { wordEnd } from './simulator/speech.ts';
import type { TimelineEntry } from './simulator/timeline.ts';

/** How long a stage waits for something to happen: longer than an unanswered telephone rings. */
export const PATIENCE_MS = 35_000;

/** Where a play is performed: a call on the running stack, or one in memory. */
export interface Stage extends Actors {
  /**
   * The call's next timeline entry; `undefined` if none came for {@link PATIENCE_MS}, or for
   * `within_ms`.
   */
  next(within_ms?: number): Promise<TimelineEntry | undefined>;
  wait(ms: number): Promise<void>;
  /** What came of the call's interruptions, as soon as there are `count`, or as many as come. */
  outcomes(count: number): Promise<string[]>;
}

/** The call was not the one that the play tells; `message` is a diff. */
export class PlayFailed extends Error {
  override readonly name = 'PlayFailed';
}

/**
 * Performs `play` to the end of its call. Throws {@link PlayFailed} at the first line that isn't as
 * written.
 */
export async function perform(play: Play, stage: Stage): Promise<void> {
  const watch = createWatch(stage);
  const passed: string[] = [];
  try {
    for (const step of play) {
      await take(step, watch, stage);
      passed.push(step.line);
    }
    await watch.end();
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const expected = play[passed.length]?.line ?? 'the call ends';
    const lines = [...passed.map((line) => `  ${line}`), `- ${expected}`, `+ ${error.message}`];
    throw new PlayFailed(lines.join('\n'));
  }
}

/** What happened instead of the line that is due. */
class Mismatch extends Error {}

function take(step: Step, watch: Watch, stage: Stage): Promise<void> {
  if ('act' in step) return acts(step, watch, stage);
  if ('seconds' in step) return step.timeout ? timesOut(step, watch) : isSilent(step, watch, stage);
  return 'outcomes' in step ? outcomesCome(step, stage) : assistantActs(step, watch);
}

async function acts(step: ActingStep, watch: Watch, stage: Stage): Promise<void> {
  const { after, share } = step;
  if (after !== undefined) await stage.wait(watch.timeUntilHeard(after));
  else if (share !== undefined) await stage.wait(watch.timeUntilShare(share));
  else await watch.quiet();
  watch.expectNothing();
  await step.act(stage);
}

async function timesOut({ seconds }: SilentStep, watch: Watch): Promise<void> {
  await watch.quiet();
  const silent = (await watch.silenceUntilTimeout()) / 1000;
  if (Math.abs(silent - seconds) >= 1)
    throw new Mismatch(silenceOf('caller is silent', Math.round(silent * 10) / 10));
}

async function isSilent({ seconds }: SilentStep, watch: Watch, stage: Stage): Promise<void> {
  await watch.quiet();
  await stage.wait(seconds * 1000);
  await watch.catchUp();
  watch.expectNothing();
}

async function outcomesCome({ line, outcomes }: OutcomesStep, stage: Stage): Promise<void> {
  const came = outcomesAre(...(await stage.outcomes(outcomes.length)));
  if (came.line !== line) throw new Mismatch(came.line);
}

async function assistantActs(step: AssistantStep, watch: Watch): Promise<void> {
  const happened = await watch.next();
  if (!step.matches(happened)) throw new Mismatch(lineOf(happened));
}

type Watch = ReturnType<typeof createWatch>;

/** Reads the timeline, and keeps what an assistant's line can be about until one takes it. */
function createWatch(stage: Stage) {
  const notable: TimelineEntry[] = [];
  let playing: Extract<TimelineEntry, { kind: 'playback_started' }> | undefined;
  let silentSince = 0;
  let waited = 0;
  let ended = false;

  async function observe(): Promise<TimelineEntry> {
    if (ended) throw new Mismatch('the call ended');
    const entry = await stage.next();
    if (!entry) throw new Mismatch('nothing happened');
    return note(entry);
  }

  function note(entry: TimelineEntry): TimelineEntry {
    if (entry.kind.startsWith('playback_')) {
      playing = entry.kind === 'playback_started' ? entry : undefined;
      silentSince = entry.at_ms;
      waited = 0;
    }
    if (entry.kind === 'event' && entry.event.type === 'session_end') ended = true;
    if (isNotable(entry)) notable.push(entry);
    return entry;
  }

  function expectNothing() {
    const more = notable.shift();
    if (more) throw new Mismatch(lineOf(more));
  }

  return {
    expectNothing,
    async next(): Promise<TimelineEntry> {
      while (!notable[0]) await observe();
      return notable.shift() as TimelineEntry;
    },
    async quiet() {
      while (playing) await observe();
    },
    /** Reads what has happened, without waiting for more. */
    async catchUp() {
      for (let entry = await stage.next(0); entry; entry = await stage.next(0)) note(entry);
    },
    /** How long nothing had been said when `user_input_timeout` was sent, ms. */
    async silenceUntilTimeout(): Promise<number> {
      for (;;) {
        expectNothing();
        const entry = await observe();
        if (entry.kind !== 'event' || entry.event.type !== 'user_input_timeout') continue;
        return entry.at_ms - (entry.took_ms ?? 0) - silentSince;
      }
    },
    /** Every call ends; what the assistant does until then must have been a line of the play. */
    async end() {
      while (!ended && !notable[0]) await observe();
      if (notable[0]) throw new Mismatch(lineOf(notable[0]));
    },
    timeUntilShare(share: number): number {
      if (!playing) throw new Mismatch('assistant is silent');
      return timeUntil(Math.round(playing.duration_ms * share));
    },
    timeUntilHeard(part: string): number {
      const text = playing && 'text' in playing ? playing.text : '';
      const at = text.indexOf(part);
      if (!playing || at < 0)
        throw new Mismatch(`assistant is ${text ? `saying ${JSON.stringify(text)}` : 'silent'}`);
      // Only whole words count as heard.
      const end = wordEnd(text, at + part.length);
      // Timers and clocks know whole milliseconds: one less, and the word would not have been
      // heard.
      return timeUntil(Math.floor((playing.duration_ms * end) / text.length) + 1);
    },
  };

  function timeUntil(played_ms: number): number {
    const more = Math.max(0, played_ms - waited);
    waited += more;
    return more;
  }
}

/**
 * What the assistant does. Its speech counts when it is heard, or cut; how fast this machine is
 * tells nothing of it.
 */
const isNotable = (entry: TimelineEntry) =>
  (entry.kind === 'error' && entry.mistake !== 'late') ||
  entry.kind === 'playback_started' ||
  entry.kind === 'playback_interrupted' ||
  (entry.kind === 'action' && !['speak', 'audio', 'barge_in'].includes(entry.action.type));

function lineOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'playback_started':
      return ('text' in entry ? assistantSays(entry.text) : assistantPlaysClip()).line;
    case 'playback_interrupted':
      return `assistant is cut by the ${entry.by} after ${JSON.stringify(entry.heard)}`;
    case 'action':
      return lineOfAction(entry.action) ?? entry.action.type;
    case 'error':
      return `error: ${entry.message}`;
    default:
      return entry.kind;
  }
}
