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
