import { expect, it } from 'vitest';
import { decidedCall, hangup, jobOf, lasting, say } from '../support/decided-call.ts';

const HOLD = lasting(2, 'One moment.');
const RESULT = lasting(2, 'It is on its way. Goodbye.');

it('a part has one outcome, though a hangup follows it', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  expect(call.part(1_500, 'job', 1, [say(RESULT), hangup]).outcome).toMatchObject({ outcome: 'deferred' });
  expect(call.ended(3_050)).toEqual([RESULT]);
  call.began(3_100, RESULT, 2_000);
  expect(call.ended(5_100)).toEqual(['hangup']);
  expect(call.told()).toEqual(['job-1 delivered', 'job-1 heard']);
});

it('a part that was heard isn’t skipped because what was to follow it never comes', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  call.ended(3_050);
  call.part(4_000, 'job', 1, [say(RESULT), hangup]);
  call.began(4_050, RESULT, 2_000);
  call.words(5_000, 'Wait', [say('Yes?')], { cuts: true });
  expect(call.told()).toEqual(['job-1 heard']);
});
