import { describe, expect, it } from 'vitest';
import { cut, decidedCall, hangup, lasting, say } from '../support/decided-call.ts';

const GREETING = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');
const sms = { type: 'send_sms', phone_number: '491761', message: 'Hi' } as const;

const BYE = lasting(2, 'Goodbye.');

/** A goodbye that has just been sent, of 2 s, with a hangup behind it. */
function goodbye() {
  const call = decidedCall();
  call.start(0);
  expect(call.words(1_000, 'That is all', [say(BYE), hangup])).toEqual([BYE]);
  return call;
}

describe('a goodbye that is heard to its end is followed by its hangup', () => {
  it.each([
    ['and told of as it begins', { told: 1_030, ms: 2_000, started: 1_020 }],
    ['and told of 700 ms later (B4)', { told: 1_720, ms: 2_000, started: 1_020 }],
    ['and said to be a quarter longer (B4)', { told: 1_030, ms: 2_500, started: 1_020 }],
    ['and said to last no time (B5)', { told: 1_030, ms: 0, started: 1_020 }],
    ['and said to be half as long (B5)', { told: 1_030, ms: 1_000, started: 1_020 }],
    ['and told of at its end (B5)', { told: 3_010, ms: 2_000, started: 1_020 }],
    ['of a voice that tells nothing (B1)', undefined],
  ])('%s', (_how, began) => {
    const call = goodbye();
    if (began) expect(call.began(began.told, BYE, began.ms, began.started)).toEqual([]);
    expect(call.ended(3_020)).toEqual(['hangup']);
  });

  it('and told of 700 ms later without the time, once nobody has said anything (B4)', () => {
    const call = goodbye();
    call.began(1_720, BYE, 2_000);
    expect(call.ended(3_020)).toEqual([]);
    expect(call.silence(6_020)).toEqual(['hangup']);
  });

  it('that is spelt otherwise (B11)', () => {
    const call = goodbye();
    call.began(1_030, BYE.toUpperCase().replaceAll(' ', ' , '), 2_000, 1_020);
    expect(call.ended(3_020)).toEqual(['hangup']);
  });

  it('into which somebody says "mhm" (C1)', () => {
    const call = goodbye();
    call.began(1_030, BYE, 2_000, 1_020);
    expect(call.words(2_000, 'mhm', [], { ms: 200 })).toEqual([]);
    expect(call.ended(3_020)).toEqual(['hangup']);
  });
});

describe('nobody is hung up on who says "wait" into a goodbye', () => {
  it('that is short', () => {
    const call = decidedCall();
    const SHORT = lasting(1.2, 'Good bye.');
    call.words(0, 'That is all', [say(SHORT), hangup]);
    call.began(20, SHORT, 1_200);
    expect(call.ended(740)).toEqual([]);
  });

  it.each([
    ['that is told of', { told: 1_030, ms: 2_000 }],
    ['that is said to last no time (B5)', { told: 1_030, ms: 0 }],
    ['that is said to be half as long (B5)', { told: 1_030, ms: 1_000 }],
    ['that nothing tells of (B1)', undefined],
  ])('%s', (_how, began) => {
    const call = goodbye();
    if (began) call.began(began.told, BYE, began.ms, 1_020);
    expect(call.ended(1_700)).toEqual([]);
    expect(call.words(2_700, 'Wait', [say(GREETING)], { cuts: true })).toEqual([GREETING]);
    expect(call.ended(9_000)).toEqual([]);
  });

  it('when its end is told of after their words (B8)', () => {
    const call = goodbye();
    call.began(1_030, BYE, 2_000, 1_020);
    expect(call.words(2_000, 'Wait', [say(GREETING)], { cuts: true })).toEqual([GREETING]);
    expect(call.ended(2_100)).toEqual([]);
    call.began(2_130, GREETING, 6_000);
    expect(call.ended(8_130)).toEqual([]);
  });
});

it('what is to follow isn’t lost when an end is told of late and the caller answers at once (B9)', () => {
  const call = decidedCall();
  call.start(0);
  call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], then: [sms] });
  call.began(1_050, PARCEL, 3_000);
  expect(call.words(4_300, 'Yes', [], { ms: 200 })).toEqual([]);
  expect(call.ended(4_500)).toEqual(['send_sms']);
});

describe('a goodbye', () => {
  it('that ends earlier than announced has been heard, if nobody has cut it', () => {
    const call = goodbye();
    call.began(1_030, BYE, 3_000, 1_020);
    expect(call.ended(3_020)).toEqual([]);
    expect(call.words(3_600, 'mhm', [], { ms: 250 })).toEqual([]);
    expect(call.silence(6_020)).toEqual(['hangup']);
  });

  it('hasn’t been cut by words that began only after its end', () => {
    const call = decidedCall({ channel: false, websocket: true });
    call.words(1_000, 'That is all', [say(BYE), hangup]);
    call.began(1_030, BYE, 3_000);
    expect(call.ended(3_030)).toEqual([]);
    call.voice(4_000);
    call.words(4_800, 'Hm', [], { cuts: true });
    expect(call.wake(8_000).pushed).toEqual(['hangup']);
  });

  it('of two sentences was cut in the first, whatever was to cut the second before anybody knew', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(PARCEL), say(BYE), hangup]);
    call.began(20, PARCEL, 3_000);
    call.ended(1_500);
    call.trigger(2_000, 'late', { actions: [cut, say(GREETING)] });
    call.began(2_010, GREETING, 6_000);
    call.words(3_100, 'Wait a moment', [], { cuts: true, ms: 1_800 });
    expect(call.ended(8_010)).toEqual([]);
  });

  it('that nothing tells the end of may take longer than a voice has announced', () => {
    const call = decidedCall();
    const LONG = lasting(8, 'Goodbye.');
    call.words(0, 'Bye', [say(LONG), hangup]);
    call.began(30, LONG, 5_600);
    expect(call.wake(8_000).pushed).toEqual([]);
    expect(call.wake(14_100).pushed).toEqual(['hangup']);
  });

  const SHORT = lasting(1.32, 'Good bye.');

  it('that began before another clock says so was cut all the same', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(PARCEL), say(SHORT), hangup]);
    call.began(430, PARCEL, 3_000, 20);
    call.ended(3_430);
    call.began(3_440, SHORT, 1_320, 3_030);
    expect(call.ended(4_130)).toEqual([]);
  });
});
