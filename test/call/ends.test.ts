import { describe, expect, it } from 'vitest';
import { fold } from '../../functions/call/fold.ts';
import {
  cut,
  decidedCall,
  hangup,
  jobOf,
  lasting,
  protectedSay,
  say,
} from '../support/decided-call.ts';

const GREETING = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');
const sms = { type: 'send_sms', phone_number: '491761', message: 'Hi' } as const;

describe('whose end it is', () => {
  const FIRST = lasting(3, 'One.');
  const SECOND = lasting(1.4, 'Two.');

  it('isn’t that of a sentence which has just ended early, where that would be early still', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(GREETING), hangup]);
    call.began(30, GREETING, 6_000);
    call.ended(2_000);
    expect(call.ended(2_600)).toEqual([]);
    call.words(3_500, 'Wait a moment', [], { cuts: true, ms: 1_500 });
    expect(call.wake(9_000).pushed).toEqual([]);
  });

  it('is that of the sentence which another’s end was taken for, and that is whole by then', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(GREETING), hangup]);
    call.began(30, GREETING, 6_000);
    call.ended(3_500);
    expect(call.ended(6_040)).toEqual(['hangup']);
  });

  it('is the sentence’s own, however early, where its SSML tells no length', () => {
    const call = decidedCall();
    const ssml = `<speak>${lasting(4)}<break time="3s"/></speak>`;
    call.words(0, 'Bye', [{ type: 'speak', ssml }, hangup]);
    call.began(30);
    expect(call.ended(1_500)).toEqual(['hangup']);
  });

  it('is told late of what has begun, while the next hasn’t', () => {
    const call = decidedCall();
    call.start(0, say(FIRST), say(SECOND));
    call.began(30, FIRST, 3_000);
    call.ended(5_500);
    const late = call.trigger(5_550, 'late', { rules: { only_if_speaking: true } });
    expect(late.outcome).toMatchObject({ outcome: 'delivered' });
  });

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

  it('is that of the sentence before, told of late, though another clock says that this one has begun', () => {
    const call = decidedCall();
    const BYE = lasting(1.2, 'Bye.');
    call.words(0, 'Bye', [say(GREETING), say(BYE), hangup]);
    call.began(30, GREETING, 6_000);
    call.began(6_040, BYE, 1_200, 5_640);
    expect(call.ended(6_740)).toEqual([]);
    expect(call.ended(7_240)).toEqual(['hangup']);
  });

  it('is that of the first in the queue, however long ago what sounded before it has ended', () => {
    const call = decidedCall();
    const LONG = lasting(8, 'Your order.');
    call.start(0, say(LONG));
    call.event(1_000, { kind: 'other' }, [say(PARCEL)]);
    call.event(1_100, { kind: 'other' }, [say(FIRST), hangup]);
    call.began(8_020, LONG, 8_000, 30);
    call.ended(8_040, sms);
    expect(call.ended(11_040)).toEqual([]);
    expect(call.ended(14_050)).toEqual(['hangup']);
  });

  it('is that of what nobody cuts, though a fast voice announced half, once no other can be so late', () => {
    const call = decidedCall();
    call.start(0, say(GREETING));
    call.began(30, GREETING, 6_000);
    call.trigger(2_000, 'late', { actions: [cut, protectedSay(PARCEL)], then: [sms] });
    call.began(2_010, PARCEL, 1_500);
    expect(call.ended(4_110)).toEqual(['send_sms']);
  });

  it('is that of what has begun, though it took longer than announced, where the next hasn’t', () => {
    const call = decidedCall();
    call.start(0, say(GREETING));
    call.began(30, GREETING, 4_200);
    call.event(2_000, { kind: 'other' }, [say(lasting(2.2, 'Bye.')), hangup]);
    expect(call.ended(8_430)).toEqual([]);
  });

  it('is still to come where another one’s has been told of twice meanwhile', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, say(FIRST), say(GREETING));
    call.began(20, FIRST, 3_000);
    call.trigger(2_000, 'late', { actions: [cut, say(PARCEL)], then: [hangup] });
    call.began(3_020, GREETING, 6_000);
    expect(call.ended(3_030)).toEqual(['barge_in', PARCEL]);
    call.began(3_050, PARCEL, 3_000);
    expect(call.ended(3_060)).toEqual([]);
    expect(call.ended(3_500)).toEqual([]);
    expect(call.words(4_000, 'mhm')).toEqual([]);
    expect(call.ended(6_060)).toEqual(['hangup']);
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

  it('is that of the goodbye that was cut, and not of the same goodbye once more', () => {
    const call = decidedCall();
    const BYE = lasting(2, 'I will pass that on. Goodbye.');
    call.start(0, say(FIRST));
    call.began(20, FIRST, 3_000);
    call.words(3_030, 'My brakes are broken', [say(BYE), hangup]);
    expect(call.ended(3_480)).toEqual([]);
    call.began(3_930, BYE, 2_000);
    call.words(4_330, 'Oh, and call before noon', [say(BYE), hangup], { cuts: true, ms: 1_500 });
    expect(call.ended(4_780)).toEqual([]);
    call.began(5_230, BYE, 2_000);
    expect(call.ended(7_680)).toEqual(['hangup']);
  });

  it('is that of what was cut, where nothing tells of a goodbye before its end', () => {
    const call = decidedCall();
    const QUESTION = lasting(8.5, 'Will you come?');
    const BYE = lasting(9.7, 'We remind you of your appointment. Goodbye.');
    call.start(0, say(FIRST));
    call.began(3_010, FIRST, 0, 10);
    expect(call.ended(3_460, say(QUESTION))).toEqual([QUESTION]);
    call.began(6_940, QUESTION, 0, 3_470);
    call.words(6_950, 'Leave a message', [say(BYE), hangup], { cuts: true, ms: 3_600 });
    expect(call.ended(7_390)).toEqual([]);
    call.began(16_660, BYE, 0, 6_960);
    expect(call.ended(17_110)).toEqual(['hangup']);
  });
});

it('the end that follows a voice is that of what sounds now, and not of what words have cut long before', () => {
  const call = decidedCall({ channel: true, websocket: true });
  call.start(10_000, say(PARCEL), say(PARCEL));
  call.ended(13_000);
  call.words(14_160, 'Stop that', [say(GREETING), hangup], { cuts: true });
  call.voice(16_130);
  expect(call.ended(16_610)).toEqual([]);
  expect(call.words(18_160, 'I said stop', [], { cuts: true, ms: 1_800 })).toEqual([]);
  expect(call.wake(27_000).pushed).toEqual([]);
});

describe('whose end it isn’t', () => {
  it('one that is told of twice isn’t that of what had only just begun when words had cut something', () => {
    const call = decidedCall({ channel: false, websocket: true });
    call.start(9_000);
    call.voice(9_900);
    call.event(10_000, { kind: 'other' }, [say(PARCEL)]);
    call.began(10_030, PARCEL, 3_000);
    call.trigger(12_000, 'late', { actions: [cut, say(GREETING)], then: [hangup] });
    call.began(12_020, GREETING, 6_000);
    call.ended(12_030);
    call.words(12_100, 'Wait a moment', [], { cuts: true, ms: 1_800 });
    expect(call.ended(12_160)).toEqual([]);
  });

  const SHORT = lasting(1.4, 'Good bye.');

  it('one that comes before half of what nobody can cut', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    const late = { actions: [cut, protectedSay(GREETING)], then: [say('Then.')] };
    call.trigger(1_000, 'late', late);
    call.began(1_050, GREETING, 6_000);
    call.ended(1_100);
    expect(call.ended(1_800)).toEqual([]);
    expect(call.ended(7_060)).toEqual(['Then.']);
  });

  it('the same once more at once is not that of the whole sentence', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(PARCEL), hangup]);
    call.began(20, PARCEL, 3_000);
    expect(call.ended(2_300)).toEqual([]);
    expect(call.ended(2_430)).toEqual([]);
  });

  it('one that fits what nobody could keep, while that of the sentence before is still to come', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.began(20, PARCEL, 1_500);
    call.event(2_000, { kind: 'other' }, [say(SHORT), hangup]);
    call.began(3_040, SHORT, 660, 3_020);
    expect(call.ended(3_680)).toEqual([]);
    expect(call.ended(4_870)).toEqual(['hangup']);
  });

  it('nobody’s just after a beginning is what "mhm" has cut, once its words have come', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, say(PARCEL));
    call.began(20, PARCEL, 3_000);
    call.event(2_000, { kind: 'other' }, { actions: [say(GREETING)], job: jobOf('j', 0, 60_000) });
    call.ended(3_030);
    call.began(3_040, GREETING, 6_000, 3_020);
    call.ended(3_280);
    const goesOn = { actions: [], rest: 'other3' };
    expect(call.words(3_750, 'mhm', goesOn, { cuts: true, ms: 250 })).toEqual([GREETING.trim()]);
  });
});

it('an end that is told twice is one, also while an older one has got lost', () => {
  const call = decidedCall();
  call.start(0, say(GREETING));
  call.began(30, GREETING, 6_000);
  call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)] });
  call.began(1_040, PARCEL, 2_000, 1_020);
  call.event(1_500, { kind: 'other' }, [say(GREETING), hangup]);
  call.voice(2_700);
  call.ended(3_030);
  call.began(3_040, GREETING, 6_000, 3_030);
  call.ended(3_150);
  expect(fold(call.call()).queue.some(({ end }) => end?.how === 'early')).toBe(false);
});

it('what is protected has ended when it must, though the end of what it cut is never told of', () => {
  const call = decidedCall();
  call.start(0, say(lasting(6, 'Welcome.')));
  call.began(30, lasting(6, 'Welcome.'), 6_000);
  const late = lasting(1, 'It is late.');
  call.trigger(1_000, 'late', { actions: [cut, protectedSay(late)] });
  call.began(1_050, late);
  call.ended(2_060);
  expect(call.trigger(2_100, 'next').pushed).toEqual(['barge_in', 'next!']);
});
