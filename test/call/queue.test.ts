import { describe, expect, it } from 'vitest';
import { cut, decidedCall, hangup, lasting, say } from '../support/decided-call.ts';

const WELCOME = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');
const sms = { type: 'send_sms', phone_number: '491761', message: 'Hi' } as const;

describe('what ends the call', () => {
  it('comes after everything else that waits for the same end', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(WELCOME), hangup]);
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], then: [sms] });
    call.began(1_050, PARCEL, 3_000);
    call.ended(1_060);
    expect(call.ended(4_060)).toEqual(['send_sms', 'hangup']);
  });

  it('comes after the answer to the words that have cut its own sentence', () => {
    const call = decidedCall();
    call.start(0);
    call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], then: [hangup] });
    call.began(1_050, PARCEL, 3_000);
    expect(call.words(3_000, 'Wait', [say(WELCOME)], { cuts: true })).toEqual([WELCOME]);
    call.ended(3_100);
    call.began(3_150, WELCOME, 6_000);
    expect(call.ended(9_150)).toEqual(['hangup']);
  });
});
