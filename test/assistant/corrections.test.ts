import { beforeEach, expect, it } from 'vitest';
import {
  defineTemplate,
  type HandlerResult,
  later,
  type Sayable,
} from '../../functions/assistant/template.ts';
import { bargeIn, speak } from '../../functions/protocol/builders.ts';
import { EVENTS, userSpeak } from '../support/events.ts';
import { aWorld, phoneLine } from '../support/phone-line.ts';

const TENTATIVE = 'By the timetable it leaves from platform four.';
const HEARD_HALF = { ...EVENTS.assistant_speak, text: TENTATIVE, duration_ms: 3_000 };

let { clock, sessions, outcomes, sent } = aWorld();
beforeEach(() => {
  ({ clock, sessions, outcomes, sent } = aWorld());
});

/** A job comes to `result` while what was answered is still being said. */
async function line(result: HandlerResult, hold: Sayable = TENTATIVE) {
  const template = defineTemplate({
    fallback: 'Sorry?',
    progress: 'Still looking.',
    onUserSpeak: () => later({ hold, job: null }),
    onJob: () => result,
  });
  const line = phoneLine({ template, sessions, outcomes, clock, sent });
  await line.hear(EVENTS.session_start);
  await line.hear(userSpeak('Where does it leave?'));
  await line.hear(HEARD_HALF);
  await clock.advance(1_500);
  await line.work(line.started[0]);
  return line;
}

const texts = (actions: readonly { type: string; text?: string | undefined }[]) =>
  actions.map(({ type, text }) => text ?? type);

it('a result lets the sentence end', async () => {
  const { hear } = await line('Platform four it is.');
  expect(sent).toEqual([]);
  await clock.advance(1_500);
  expect(texts(await hear(EVENTS.assistant_speech_ended))).toEqual(['Platform four it is.']);
});

it('a correction cuts it', async () => {
  await line([bargeIn(), 'No: platform nine.']);
  expect(sent.map(({ actions }) => texts(actions))).toEqual([['barge_in', 'No: platform nine.']]);
});

it('a correction does not cut what is protected: it is said when that has ended', async () => {
  const { hear } = await line(
    [bargeIn(), 'No: platform nine.'],
    speak(TENTATIVE, { barge_in: { strategy: 'none' } }),
  );
  expect(sent).toEqual([]);
  await clock.advance(1_500);
  expect(texts(await hear(EVENTS.assistant_speech_ended))).toEqual([
    'barge_in',
    'No: platform nine.',
  ]);
});
