import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { eventSchemas } from '../../functions/protocol/events.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { heardPart, type TranscriptEntry } from '../../functions/sessions/history.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { type App, phone } from '../local/simulator/support/phone.ts';
import { recordingLog } from '../support/log.ts';
import { memoryStack } from '../support/memory-stack.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { noJobs } from '../support/no-jobs.ts';
import { noQueue } from '../support/no-queue.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

/* The simulator knows what was heard; the history only knows the events. */

/** So much too early is on time. */
const JITTER_MS = 300;
const AT_MOST_LATE_MS = 150;

const ms = fc.integer({ min: 1, max: 4_000 });
const calls = fc.record({
  steps: fc.array(
    fc.record({ ms, does: fc.constantFrom('says', 'mumbles', 'interrupts', 'silences') }),
    {
      maxLength: 12,
    },
  ),
  last_ms: ms,
});

interface Call {
  steps: readonly { ms: number; does: 'says' | 'mumbles' | 'interrupts' | 'silences' }[];
  last_ms: number;
}

it('is what the simulated caller heard, whoever cuts whom', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (call) => {
      const { history, told } = await heardIn(call);
      // The end of what has only just begun looks like the end of the sentence before it, told once
      // more.
      fc.pre(told.every(({ part, played_ms }) => part === undefined || played_ms > JITTER_MS));
      const expected = told.flatMap(({ role, whole, part }) => {
        if (part === undefined) return [[role, whole, false]];
        return part ? [[role, part, true]] : [];
      });
      expect(history.map(({ role, text, cut }) => [role, text, cut ?? false])).toEqual(expected);
    }),
    { numRuns: 100 },
  );
}, 30_000);

it('is that, give or take as much, when the events of speech are late and overtake each other', async () => {
  const delays = fc.infiniteStream(fc.integer({ min: 0, max: AT_MOST_LATE_MS - 1 }));
  await fc.assert(
    fc.asyncProperty(calls, delays, async (call, delay) => {
      const { history, told } = await heardIn(call, () => delay.next().value as number);
      const said = told.filter(({ role }) => role === 'assistant');
      // The same, given or taken as much as events overtake each other.
      fc.pre(said.every(({ played_ms }) => played_ms > JITTER_MS + AT_MOST_LATE_MS));
      for (const { whole, played_ms, duration_ms } of said) {
        const upTo = (at: number) => heardPart(whole, at / duration_ms);
        const text =
          history.find((entry) => whole.startsWith(entry.text.split(' ')[0] as string))?.text ?? '';
        const latest = played_ms + AT_MOST_LATE_MS;
        expect(whole.startsWith(text)).toBe(true);
        expect(text.length).toBeGreaterThanOrEqual(upTo(played_ms - AT_MOST_LATE_MS).length);
        expect(text.length).toBeLessThanOrEqual(
          (latest >= duration_ms - JITTER_MS ? whole : upTo(latest)).length,
        );
      }
    }),
    { numRuns: 100 },
  );
}, 30_000);

/**
 * The history at the end of a call, and what the simulator tells of it. Each sentence starts with a
 * word of its own.
 */
async function heardIn({ steps, last_ms }: Call, late = () => 0) {
  let history: readonly TranscriptEntry[] = [];
  const template = defineTemplate({
    fallback: 'Sorry?',
    history: { turns: 50 },
    onSessionStart: () => 'Hello! What can I do for you?',
    onUserSpeak: (_event, { turn }) => [
      `Answer-${turn}- is rather a long one.`,
      `Else-${turn}- is there anything?`,
    ],
    onSessionEnd(_event, session) {
      history = session.history;
    },
  });
  let stack: ReturnType<typeof memoryStack> | undefined;
  const stackOn = (clock: Clock) =>
    memoryStack({
      templates: always(template),
      jobs: noJobs,
      queue: noQueue,
      sessions: createMemoryStore(clock),
      outcomes: recordingOutcomes(),
      channel: {
        async send(_session_id, actions) {
          push(...actions);
          return { status: 'delivered' };
        },
      },
      websocket: undefined,
      clock,
      log: recordingLog(),
    });
  const answer: NonNullable<App['session_start']> = async (event, clock) => {
    stack ??= stackOn(clock);
    const at = clock.now() + (event.type.startsWith('assistant_') ? late() : 0);
    return [...(await stack.assistant(event, { at, deadline: clock.now() + 800 }))];
  };
  const app = Object.fromEntries(Object.keys(eventSchemas).map((type) => [type, answer])) as App;
  const { call, clock, push, timeline } = phone(app);
  const interrupt = (n: number, request: object) =>
    stack?.interrupter(
      parseInterruption(
        { session_id: call.session_id, ...request },
        { id: `${n}`, at: clock.now() },
        clock.now(),
      ),
    );
  for (const [n, { ms, does }] of steps.entries()) {
    await clock.advance(ms);
    if (does === 'says') call.says(`Caller's sentence ${n}`);
    else if (does === 'mumbles') call.says(`H${'abcdefghijkl'[n]}`);
    else await interrupt(n, does === 'interrupts' ? { say: `Interruption-${n}- is this.` } : {});
  }
  await clock.advance(last_ms);
  call.hangUp();
  await clock.advance(1_000);
  return { history, told: toldBy(timeline()) };
}

interface Told {
  role: TranscriptEntry['role'];
  whole: string;
  duration_ms: number;
  played_ms: number;
  ended_at?: number;
  /** What was heard of what was cut. */
  part?: string;
}

function toldBy(timeline: readonly TimelineEntry[]): Told[] {
  const told: Told[] = [];
  const playing = () => told.findLast(({ role }) => role === 'assistant') as Told;
  for (const entry of timeline) {
    if (entry.kind === 'event' && entry.event.type === 'user_speak') {
      told.push({ role: 'caller', whole: entry.event.text, duration_ms: 0, played_ms: 0 });
    } else if (entry.kind === 'playback_started') {
      const { duration_ms } = entry;
      told.push({
        role: 'assistant',
        whole: 'text' in entry ? entry.text : '',
        duration_ms,
        played_ms: duration_ms,
      });
    } else if (entry.kind === 'playback_finished') playing().ended_at = entry.at_ms;
    else if (entry.kind === 'playback_interrupted') {
      const { heard, played_ms, at_ms } = entry;
      const inTime = played_ms >= playing().duration_ms - JITTER_MS;
      Object.assign(playing(), { played_ms, ended_at: at_ms, ...(!inTime && { part: heard }) });
    }
  }
  return told;
}
