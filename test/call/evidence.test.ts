import { describe, expect, it } from 'vitest';
import { cut, decidedCall, hangup, lasting, say } from '../support/decided-call.ts';

const GREETING = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');

describe('who was cut', () => {
  it('is what sounded when the caller began, and not what has led the answer to its end since', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, say(GREETING));
    call.began(30, GREETING, 6_000);
    call.trigger(3_000, 'late', { actions: [cut, say(PARCEL)], then: [hangup] });
    expect(call.ended(3_500)).toEqual(['barge_in', PARCEL]);
    call.began(3_600, PARCEL, 3_000);
    expect(call.words(5_500, 'Wait a moment', [say('Yes?')], { cuts: true, ms: 1_700 })).toEqual(['Yes?']);
    expect(call.ended(6_600)).toEqual([]);
    expect(call.ended(7_500)).toEqual(['hangup']);
  });
});

describe('whose end it is', () => {
  const FIRST = lasting(3, 'One.');
  const SECOND = lasting(1.4, 'Two.');

  it.each([
    ['on time', 3_050],
    ['told of 450 ms late', 3_500],
    ['told of 700 ms late', 3_750],
  ])('the end of the sentence before, %s, isn’t its own', (_when, at) => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(FIRST), say(SECOND), hangup]);
    call.began(20, FIRST, 3_000);
    if (at > 3_100) call.began(3_060, SECOND, 1_400);
    expect(call.ended(at)).toEqual([]);
    if (at < 3_100) call.began(3_060, SECOND, 1_400);
    expect(call.ended(at + 1_410)).toEqual(['hangup']);
  });

  it('one that is told of twice isn’t that of a sentence that begins later', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(FIRST)]);
    call.began(20, FIRST, 3_000);
    call.ended(3_020, say(SECOND), hangup);
    call.ended(3_220);
    call.began(3_700, SECOND, 1_400);
    expect(call.ended(5_110)).toEqual(['hangup']);
  });
});

describe('what is heard', () => {
  it.each([
    ['with its first word', true, ['late heard']],
    ['with its end, of a voice that doesn’t report itself', false, ['late heard']],
  ])('%s', (_when, isReported, told) => {
    const call = decidedCall();
    call.start(0, say(GREETING));
    if (isReported) call.began(30, GREETING, 6_000);
    call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)] });
    if (isReported) call.began(1_060, PARCEL, 3_000);
    else call.ended(1_060);
    if (!isReported) call.ended(4_060);
    expect(call.told()).toEqual(told);
  });

  it('isn’t what nobody knows to have arrived, when another voice has reported itself since', () => {
    const call = decidedCall();
    call.start(0, say(GREETING));
    call.began(30, GREETING, 6_000);
    call.ended(6_030);
    const doubt = call.decided(7_000, 'late', { actions: [cut, say(PARCEL)] });
    call.sent(7_050, doubt, { status: 'in_doubt', message: 'no answer' });
    call.words(12_000, 'Hello?', [say(GREETING)]);
    call.began(12_050, GREETING, 6_000);
    call.ended(14_000);
    expect(call.told()).toEqual([]);
  });
});
