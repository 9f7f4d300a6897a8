import { expect, it } from 'vitest';
import { cut, decidedCall, hangup, jobOf, lasting, say, saying } from '../support/decided-call.ts';

const HOLD = lasting(4, 'One moment.');
const RESULT = lasting(2, 'It is on its way.');

it('a result doesn’t wait for AI Flow’s timer behind a hold that a fast voice has said', () => {
  const call = decidedCall();
  call.start(0);
  const hold = say(HOLD, { user_input_timeout_seconds: 8 });
  call.words(1_000, 'Where is my parcel?', { actions: [hold], job: jobOf('job', 1, 60_000) });
  call.part(2_000, 'job', 1, [say(RESULT)]);
  const end = call.record(3_500, { kind: 'ended' });
  const { actions, wake = 0 } = call.answer(3_500, end);
  expect([actions, wake]).toEqual([[], 6_550]);
  expect(call.wake(wake).pushed).toEqual([RESULT]);
});

it('an answer doesn’t wait for AI Flow’s timer behind what perhaps never arrived', () => {
  const call = decidedCall();
  call.start(0);
  const words = call.record(1_000, saying(1_000, 'Where is my parcel?'));
  const news = say(HOLD, { user_input_timeout_seconds: 8 });
  const late = call.decided(1_100, 'late', { actions: [cut, news] });
  call.sent(1_200, late, { status: 'in_doubt', message: 'no answer' });
  const { actions, wake = 0 } = call.answer(1_300, words, [say(RESULT)]);
  expect(actions).toEqual([]);
  expect(call.wake(wake).pushed).toEqual([RESULT]);
});

it('a hangup has somebody else who looks once AI Flow’s timer has told too early', () => {
  const call = decidedCall();
  call.words(0, 'Bye', [say(lasting(6, 'Goodbye.')), hangup]);
  const { actions, wake = 0 } = call.answer(4_000, call.record(4_000, { kind: 'silence' }));
  expect(actions).toEqual([]);
  expect(call.wake(wake).pushed).toEqual(['hangup']);
});

it('somebody looks after a goodbye of which AI Flow’s timer has told too early, as a wrong clock has it', () => {
  const call = decidedCall();
  const BYE = lasting(2.4, 'Goodbye.');
  call.words(1_000, 'Bye', [say(BYE), hangup]);
  call.began(3_430, BYE, 2_400, 600);
  const silence = call.record(6_400, { kind: 'silence' });
  const { actions, wake = 0 } = call.answer(6_400, silence);
  expect(actions).toEqual([]);
  expect(call.wake(wake).pushed).toEqual([]);
  expect(call.wake(call.call().wakes_at ?? 0).pushed).toEqual(['hangup']);
});

it.each([
  ['ours', say('Goodbye.'), 3],
  ['the author’s', say('Goodbye.', { user_input_timeout_seconds: 10 }), 10],
])(
  'a timer (%s) runs behind each sentence: one that is cut takes the others along',
  (_whose, last, seconds) => {
    const call = decidedCall();
    call.start(0);
    const words = call.record(1_000, saying(1_000, 'Bye'));
    const { actions } = call.answer(1_000, words, [say(RESULT), last, hangup]);
    expect(actions).toEqual([
      { ...say(RESULT), user_input_timeout_seconds: seconds },
      { ...last, user_input_timeout_seconds: seconds },
    ]);
  },
);
