import { expect, test } from 'vitest';
import { type Live, selfCorrection } from '../../functions/templates/self-correction.ts';
import {
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerSays,
} from '../../local/play.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { playCall } from '../support/play-call.ts';

const GREETING = assistantSays('Where are you going');
const TENTATIVE = assistantSays('the train to Hamburg leaves from platform 4');

/** The live system answers after 2 s, in the middle of the sentence. */
const station =
  (platform: number | Error) =>
  ({ clock }: { clock: ManualClock }) => {
    const live: Live = async () => {
      await new Promise<void>((go) => clock.after(2_000, go));
      if (platform instanceof Error) throw platform;
      return platform;
    };
    return selfCorrection(live);
  };

test('what turns out to be wrong is cut and corrected', async () => {
  await playCall(station(9), [
    GREETING,
    callerSays('Hamburg'),
    TENTATIVE,
    assistantIsCut({ by: 'app', heard: 'By the timetable, the train to' }),
    assistantSays('I must correct myself: today it leaves from platform 9.'),
    callerHangsUp(),
  ]);
});

test('what turns out to be right is left alone', async () => {
  await playCall(station(4), [GREETING, callerSays('Hamburg'), TENTATIVE, callerHangsUp()]);
});

test('without a way to push, it is corrected when the sentence has ended', async () => {
  const play = [
    GREETING,
    callerSays('Hamburg'),
    TENTATIVE,
    assistantSays('I must correct myself'),
    callerHangsUp(),
  ];
  await playCall(station(9), play, { push: false });
});

test('a "no" that is too short to cut anything does, and nobody hears of the train that was not meant', async () => {
  const { timeline } = await playCall(station(9), [
    GREETING,
    callerSays('Hamburg'),
    TENTATIVE,
    callerInterrupts('No', { after: 'By the' }),
    assistantIsCut({ by: 'app', heard: 'By the' }),
    assistantSays('Sorry, I got you wrong'),
    GREETING,
    callerHangsUp(),
  ]);
  expect(JSON.stringify(timeline())).not.toContain('platform 9');
});

test('a "no" that says what was meant gets its answer', async () => {
  await playCall(station(2), [
    GREETING,
    callerSays('Hamburg'),
    TENTATIVE,
    callerInterrupts('No, to Berlin', { after: 'By the' }),
    assistantIsCut({ by: 'caller' }),
    assistantSays('Sorry, I got you wrong'),
    assistantSays('the train to Berlin leaves from platform 2'),
    callerHangsUp(),
  ]);
});

test('whoever has been told something that nobody can confirm is told so', async () => {
  await playCall(station(new Error('no live system')), [
    GREETING,
    callerSays('Hamburg'),
    TENTATIVE,
    assistantSays('not available'),
    callerHangsUp(),
  ]);
});

test('whoever has not understood what is wrong hears that it is', async () => {
  await playCall(station(9), [
    GREETING,
    callerSays('Hamburg'),
    TENTATIVE,
    callerInterrupts('Pardon?', { after: 'By the' }),
    assistantIsCut({ by: 'caller' }),
    assistantSays('It leaves from platform 4, as far as I know.'),
    assistantIsCut({ by: 'app' }),
    assistantSays('I must correct myself: today it leaves from platform 9.'),
    callerSays('What?'),
    assistantSays('It leaves from platform 9, as far as I know.'),
    callerHangsUp(),
  ]);
});
