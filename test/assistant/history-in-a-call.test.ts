import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Assistant, createAssistant } from '../../functions/assistant/assistant.ts';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { eventSchemas } from '../../functions/protocol/events.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { Heard } from '../../functions/sessions/history.ts';
import type { TimelineEntry } from '../../local/simulator/timeline.ts';
import { type App, phone } from '../local/simulator/support/phone.ts';
import { recordingLog } from '../support/log.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

/** So much too early is on time. */
const JITTER_MS = 300;

type Step = { ms: number; does: 'says' | 'mumbles' | 'interrupts' | 'silences' };

const step: fc.Arbitrary<Step> = fc.record({
  ms: fc.integer({ min: 1, max: 4_000 }),
  does: fc.constantFrom('says', 'mumbles', 'interrupts', 'silences'),
});

/** The simulator knows what was heard; the history only knows the events. */
it('is what the simulated caller heard, whoever cuts whom', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 4_000 }), async (steps, last) => {
      const { heard, timeline } = await callOf(steps, last);
      // Two ends in one millisecond look like one.
      const ends = timeline.filter(({ kind }) => kind === 'playback_finished' || kind === 'playback_interrupted');
      fc.pre(new Set(ends.map(({ at_ms }) => at_ms)).size === ends.length);
      expect(heard.map(({ role, text, cut }) => [role, text, cut ?? false])).toEqual(toldBy(timeline));
    }),
    { numRuns: 200 },
  );
});

async function callOf(steps: readonly Step[], last: number) {
  let heard: readonly Heard[] = [];
  const template = defineTemplate({
    history: { turns: 50 },
    onSessionStart: () => 'Hello! What can I do for you?',
    onUserSpeak: (_event, { turn }) => [
      `This is answer ${turn}, and it is a long one.`,
      `Anything else after ${turn}?`,
    ],
    onSessionEnd(_event, session) {
      heard = session.history;
    },
  });
  let assistant: Assistant | undefined;
  const answer: NonNullable<App['session_start']> = async (event, clock) => {
    assistant ??= assistantOn(clock);
    return [...(await assistant(event, { at: clock.now(), deadline: clock.now() + 800 }))];
  };
  const assistantOn = (clock: Clock) =>
    createAssistant({
      template,
      sessions: createMemoryStore(clock),
      outcomes: recordingOutcomes(),
      clock,
      log: recordingLog(),
    });
  const app = Object.fromEntries(Object.keys(eventSchemas).map((type) => [type, answer])) as App;
  const { call, clock, push, timeline } = phone(app);
  for (const [n, { ms, does }] of steps.entries()) {
    await clock.advance(ms);
    if (does === 'says') call.says(`Caller's sentence ${n}`);
    else if (does === 'mumbles') call.says('Hm');
    else if (does === 'interrupts') push({ type: 'barge_in' }, { type: 'speak', text: `Interruption number ${n}.` });
    else push({ type: 'barge_in' });
  }
  await clock.advance(last);
  call.hangUp();
  await clock.advance(1_000);
  return { heard, timeline: timeline() };
}

function toldBy(timeline: readonly TimelineEntry[]) {
  const told: [role: Heard['role'], text: string, cut: boolean][] = [];
  let playing = { text: '', duration_ms: 0 };
  for (const entry of timeline) {
    if (entry.kind === 'event' && entry.event.type === 'user_speak') told.push(['caller', entry.event.text, false]);
    if (entry.kind === 'playback_started') {
      playing = { text: 'text' in entry ? entry.text : '', duration_ms: entry.duration_ms };
      told.push(['assistant', playing.text, false]);
    }
    if (entry.kind !== 'playback_interrupted' || entry.played_ms >= playing.duration_ms - JITTER_MS) continue;
    const at = told.findLastIndex(([role]) => role === 'assistant');
    told.splice(at, 1, ...(entry.heard ? [['assistant', entry.heard, true] as (typeof told)[number]] : []));
  }
  return told;
}
