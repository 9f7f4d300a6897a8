import { describe, it } from 'vitest';
import { later, type Template } from '../../functions/assistant/template.ts';
import { collectDigits } from '../../functions/kit/digits.ts';
import {
  assistantConfigures,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
  triggered,
} from '../../local/play.ts';
import { type LookUp, lookingUp } from '../support/look-ups.ts';
import { playCall } from '../support/play-call.ts';

describe('a hold that waits for the first words of its job', () => {
  const holding = (answer: Template<never, LookUp>['onJob'], more: Partial<Template> = {}) =>
    lookingUp(answer, {
      silence: { ask: 'Are you there?', goodbye: 'Goodbye.' },
      onSessionStart: () => 'Hello, what can I do for you today?',
      onUserSpeak: ({ text }) =>
        later({ hold: 'One moment.', hold_after_ms: 600, job: { order: text } }),
      ...more,
    });
  const GREETING = assistantSays('what can I do for you');
  const ORDER = callerSays('4711');

  it('takes nothing away from what had waited for the event', async () => {
    await playCall(
      holding(() => 'It has left.'),
      [
        GREETING,
        triggered({ after: 'Hello', when: 'after_current', say: 'The bridge is open.' }),
        callerInterrupts('4711', { after: 'what can I do' }),
        assistantIsCut({ by: 'caller' }),
        assistantSays('The bridge is open.'),
        assistantSays('It has left.'),
        callerHangsUp(),
      ],
      // Then it leads the answer to the words.
      { push: false, weather: { speech_ended_late_ms: 450 } },
    );
  });

  it.each([true, false])('leaves nobody on a silent line (a way to push: %s)', async (push) => {
    await playCall(
      holding(() => 'It has left.'),
      [
        GREETING,
        ORDER,
        assistantSays('It has left.'),
        callerIsSilent(8),
        assistantSays('Are you there?'),
        callerHangsUp(),
      ],
      { push },
    );
  });

  it('tells the recogniser of another language, though it isn’t said', async () => {
    const spoken = holding(() => 'Angekommen.', {
      language: 'en-US',
      onUserSpeak(_event, session) {
        session.language = 'de-DE';
        return later({ hold: 'Moment.', hold_after_ms: 600, job: { order: '1' } });
      },
    });
    await playCall(
      spoken,
      [
        GREETING,
        ORDER,
        assistantConfigures('transcription'),
        assistantSays('Angekommen.'),
        callerHangsUp(),
      ],
      { push: false },
    );
  });

  it('is said after digits, too, when they do not come', async () => {
    const number = collectDigits({ name: 'number', say: 'Your order number, please.', length: 2 });
    const asking = holding(() => new Promise((go) => setTimeout(go, 2_000, 'It has left.')), {
      digits: [number],
      onSessionStart: () => number,
      onDigits: ({ digits }) =>
        later({ hold: 'One moment.', hold_after_ms: 600, job: { order: digits } }),
    });
    await playCall(asking, [
      assistantSays('Your order number'),
      callerPresses('4'),
      callerPresses('7'),
      assistantSays('One moment.'),
      assistantSays('It has left.'),
      callerHangsUp(),
    ]);
  });
});
