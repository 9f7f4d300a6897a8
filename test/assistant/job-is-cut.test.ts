import { beforeEach, expect, it } from 'vitest';
import { defineTemplate, later } from '../../functions/assistant/template.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';
import { phoneLine } from '../support/phone-line.ts';

const template = defineTemplate({
  fallback: 'Sorry?',
  progress: 'Still looking.',
  onUserSpeak: ({ text }) =>
    text === 'Stop' ? 'All right.' : later({ hold: 'One moment.', job: null }),
  async *onJob() {
    yield 'The first sentence.';
    yield 'The second sentence.';
  },
});

const begins = (text: string) => ({ ...EVENTS.assistant_speak, text, duration_ms: 2_000 });
let clock: ManualClock;
let line: ReturnType<typeof phoneLine>;

/** What is said at the end of the current sentence, which comes after `ms`. */
async function endsAfter(ms: number) {
  await clock.advance(ms);
  return texts(await line.hear(EVENTS.assistant_speech_ended));
}

const texts = (actions: readonly { type: string; text?: string | undefined }[]) =>
  actions.flatMap(({ text }) => text ?? []);

beforeEach(async () => {
  clock = manualClock();
  const sessions = createMemoryStore(clock);
  line = phoneLine({
    template,
    push: false,
    sessions,
    outcomes: recordingOutcomes(),
    clock,
    sent: [],
  });
  await line.hear(EVENTS.session_start);
  await line.hear(userSpeak('What is new?'));
  await line.hear(begins('One moment.'));
  await line.work(line.started[0]);
});

it('each sentence of a job follows the end of the one before, early or late as ends are', async () => {
  expect(await endsAfter(1_700)).toEqual(['The first sentence.']);
  await line.hear(begins('The first sentence.'));
  expect(await endsAfter(2_300)).toEqual(['The second sentence.']);
});

it('whoever cuts it hears no more of it, from the cut on', async () => {
  expect(await endsAfter(2_000)).toEqual(['The first sentence.']);
  await line.hear(begins('The first sentence.'));
  expect(await endsAfter(1_000)).toEqual([]);
  await clock.advance(500);
  expect(texts(await line.hear({ ...userSpeak('Stop'), barged_in: true }))).toEqual(['All right.']);
  await line.hear(begins('All right.'));
  expect(await endsAfter(2_000)).toEqual([]);
});

it('what made no words cut nothing but the sentence', async () => {
  expect(await endsAfter(1_000)).toEqual([]);
  await clock.advance(5_000);
  expect(texts(await line.hear(EVENTS.user_input_timeout))).toEqual(['The first sentence.']);
});
