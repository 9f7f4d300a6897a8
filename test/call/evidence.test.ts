import { describe, expect, it } from 'vitest';
import {
  cut,
  decidedCall,
  hangup,
  jobOf,
  lasting,
  protectedSay,
  say,
  transfer,
} from '../support/decided-call.ts';

const GREETING = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');
const sms = { type: 'send_sms', phone_number: '491761', message: 'Hi' } as const;

describe('who was cut', () => {
  it('isn’t what begins only just after the words', () => {
    const call = decidedCall();
    call.start(10_000, say(GREETING));
    call.words(10_600, 'Hello?', [], { cuts: true, ms: 250 });
    call.began(10_750, GREETING, 6_000, 10_740);
    const late = call.trigger(10_900, 'late', { rules: { only_if_speaking: true } });
    expect(late.outcome).toMatchObject({ outcome: 'delivered' });
  });

  it('is what sounded when the caller began, and not what has led the answer to its end since', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, say(GREETING));
    call.began(30, GREETING, 6_000);
    call.trigger(3_000, 'late', { actions: [cut, say(PARCEL)], then: [hangup] });
    expect(call.ended(3_500)).toEqual(['barge_in', PARCEL]);
    call.began(3_600, PARCEL, 3_000);
    expect(call.words(5_500, 'Wait a moment', [say('Yes?')], { cuts: true, ms: 1_700 })).toEqual([
      'Yes?',
    ]);
    expect(call.ended(6_600)).toEqual([]);
    expect(call.ended(7_500)).toEqual(['hangup']);
  });
});

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

describe('what was cut along', () => {
  it('had left just after the cut if it begins, and its hangup with it', () => {
    const call = decidedCall();
    call.start(0, say(GREETING));
    call.began(30, GREETING, 6_000);
    call.event(3_000, { kind: 'other' }, [say(PARCEL), hangup]);
    call.ended(3_240);
    call.words(3_260, 'mhm', [], { cuts: true, ms: 250 });
    call.began(3_740, PARCEL, 3_000, 3_020);
    expect(call.ended(6_470)).toEqual(['hangup']);
  });

  it('is cut though something newer has begun since, and nobody is hung up on', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(PARCEL), say(GREETING), hangup]);
    call.began(20, PARCEL, 3_000);
    call.ended(1_950);
    call.event(2_950, { kind: 'other' }, [say('Sorry?')]);
    call.began(2_980, 'Sorry?', 400, 2_970);
    call.words(3_500, 'Wait a moment', [], { cuts: true, ms: 1_800 });
    expect(call.ended(3_600)).toEqual([]);
    expect(call.wake(30_000).pushed).toEqual([]);
  });
});

describe('silence', () => {
  it('after the last sentence tells that nothing before it sounds', () => {
    const call = decidedCall();
    call.start(0, say(GREETING), say('Yes?', { user_input_timeout_seconds: 3 }));
    call.silence(9_600);
    expect(
      call.trigger(9_700, 'late', { rules: { only_if_speaking: true } }).outcome,
    ).toMatchObject({
      reason: 'not_speaking',
    });
  });

  it('tells that all has been said, whichever beginnings and ends were told of', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(PARCEL), say(BYE), hangup]);
    call.began(20, PARCEL, 3_000);
    expect(call.ended(5_040)).toEqual([]);
    expect(call.silence(8_040)).toEqual(['hangup']);
  });

  it.each([
    ['while what stands before it sounds', 18_040],
    ['at the end of that', 21_042],
  ])('doesn’t tell that the last sentence is over %s: it is another one’s timer', (_when, at) => {
    const call = decidedCall();
    call.words(10_900, 'Bye', [say(PARCEL), say(GREETING), say('Bye.'), hangup]);
    call.began(12_030, PARCEL, 3_000);
    call.ended(15_030);
    call.began(15_040, GREETING, 6_000);
    if (at > 21_000) call.ended(21_040);
    expect(call.silence(at)).toEqual([]);
  });

  it('behind a sentence that another one has followed is nothing to ask the call flow about', () => {
    const call = decidedCall();
    call.start(10_000, say(BYE, { user_input_timeout_seconds: 3 }), say(GREETING));
    call.began(10_030, BYE, 2_000);
    call.ended(12_030);
    call.began(12_040, GREETING, 6_000);
    expect(call.asks(15_030, { kind: 'silence' }, { handlesSilence: true })).toBe('nothing');
  });

  it.each([
    ['hangup', hangup],
    ['transfer', transfer],
  ])('that crosses a %s on its way to AI Flow asks nobody whether they are there', (_type, end) => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(BYE, { user_input_timeout_seconds: 1 }), end]);
    call.began(30, BYE, 2_000);
    expect(call.ended(3_010)).toHaveLength(1);
    expect(call.asks(3_040, { kind: 'silence' }, { handlesSilence: true })).toBe('nothing');
  });

  it('tells whose an end was that came sooner than anybody speaks', () => {
    const call = decidedCall();
    call.start(0, say('Hi.'));
    call.ended(210);
    call.words(215, 'Bye', [say(BYE), hangup]);
    expect(call.ended(900)).toEqual([]);
    expect(call.silence(3_900)).toEqual(['hangup']);
  });
});

describe('what nobody here has sent', () => {
  it('sounds when it is told of, where another clock says that it is over', () => {
    const call = decidedCall();
    call.start(0);
    call.began(9_000, 'Who is it?', 1_000, 2_000);
    const late = call.trigger(9_100, 'late', { rules: { only_if_speaking: true } });
    expect(late.outcome).toMatchObject({ outcome: 'delivered' });
  });
});

describe('what is heard', () => {
  it('is the rest, where the sentence that was cut had never told that it had begun', () => {
    const call = decidedCall();
    const TAXI = 'Your taxi is here.';
    call.start(10_000, say(PARCEL));
    call.trigger(10_200, 'late', { actions: [cut, say(TAXI)], resume: true });
    call.began(10_250, TAXI, 1_200);
    expect(call.ended(11_450)).toEqual([PARCEL.trim()]);
    call.ended(14_490);
    call.began(14_500, PARCEL, 3_000, 11_480);
    expect(
      call.trigger(15_000, 'later', { rules: { only_if_speaking: true } }).outcome,
    ).toMatchObject({ reason: 'not_speaking' });
  });

  it('isn’t what is still being sent, by an end that may be another one’s', () => {
    const call = decidedCall();
    call.start(0);
    const late = call.decided(1_000, 'late', { actions: [cut, say(PARCEL)] });
    call.ended(4_100);
    expect(call.told()).toEqual([]);
    call.sent(4_200, late);
    call.event(4_300, { kind: 'other' });
    expect(call.told()).toEqual(['late heard']);
  });

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

describe('a then', () => {
  it('waits for words that perhaps nobody has silenced', () => {
    const call = decidedCall();
    call.start(0);
    call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], then: [sms] });
    call.began(1_050, PARCEL, 3_000);
    const silence = call.decided(2_000, 'silence', { actions: [cut] });
    call.sent(2_050, silence, { status: 'in_doubt', message: 'no answer' });
    expect(call.event(2_500, { kind: 'other' })).toEqual([]);
    expect(call.ended(4_060)).toEqual([]);
    expect(call.wake(8_000).pushed).toEqual(['send_sms']);
  });

  it('waits for the time of its words to be over, where an end may be that of what they have cut', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.trigger(1_000, 'late', { actions: [cut, say(GREETING)], then: [hangup] });
    call.began(1_050, GREETING, 6_000);
    call.ended(1_060);
    expect(call.ended(1_500)).toEqual([]);
    expect(call.wake(4_600).pushed).toEqual([]);
    expect(call.wake(9_100).pushed).toEqual(['hangup']);
  });

  it('never comes behind words that nobody knows to have been said, whatever was said instead', () => {
    const call = decidedCall();
    call.start(0);
    call.decided(1_000, 'first', { then: [hangup] });
    call.trigger(1_100, 'second', { actions: [cut, say(PARCEL)] });
    call.began(1_150, PARCEL, 3_000);
    call.ended(4_150);
    expect(call.wake(6_500).pushed).toEqual([]);
    expect(call.told()).toContain('first then_skipped in_doubt');
  });

  it('never comes behind such words, though what was said in their place has been cut in turn', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL), say(BYE));
    call.began(30, PARCEL, 3_000);
    call.decided(1_000, 'first', { actions: [cut, say(GREETING)], then: [hangup] });
    call.ended(3_030);
    // So it has never arrived, or has been cut by this.
    call.began(3_040, BYE, 2_000);
    call.trigger(4_000, 'second', { actions: [cut, say(GREETING)] });
    call.began(4_020, GREETING, 6_000);
    call.ended(4_030);
    call.wake(5_000);
    expect(call.wake(7_500).pushed).toEqual([]);
    expect(call.ended(10_030)).toEqual([]);
    expect(call.told()).toContain('first then_skipped in_doubt');
  });

  it.each(['before', 'after'])(
    'waits until its words are over, where the end of what they have cut is told of %s words that cut either',
    (when) => {
      const call = decidedCall();
      const LATE = lasting(6, 'Your parcel is late.');
      call.start(10_000, say(GREETING));
      call.began(10_030, GREETING, 6_000);
      call.trigger(11_640, 'late', { actions: [cut, say(LATE)], then: [hangup] });
      call.began(11_660, LATE, 6_000, 11_648);
      if (when === 'before') call.ended(12_110);
      call.words(12_114, 'mhm', [], { cuts: true, ms: 250 });
      if (when === 'after') expect(call.ended(12_360)).toEqual([]);
      expect(call.wake(15_200).pushed).toEqual([]);
      expect(call.ended(17_650)).toEqual(['hangup']);
    },
  );

  it('waits until its words are over, where they were cut with a sentence whose end nobody has told of', () => {
    const call = decidedCall();
    call.start(10_000, say(GREETING));
    call.began(10_030, GREETING, 6_000);
    const actions = [cut, say(PARCEL), say(BYE)];
    call.trigger(11_000, 'late', { actions, then: [sms] });
    call.began(11_030, PARCEL, 3_000);
    const answer = [say('Yes?')];
    expect(call.words(13_200, 'Wait', answer, { cuts: true, ms: 1_800 })).toEqual(['Yes?']);
  });

  it('isn’t let go by a late end of its words, which were said to their end: the next began then', () => {
    const call = decidedCall();
    const ANSWER = lasting(6, 'Yes?');
    call.start(10_000, say(GREETING));
    call.began(10_030, GREETING, 6_000);
    call.trigger(11_000, 'late', { actions: [cut, say(PARCEL)], then: [hangup] });
    call.began(11_030, PARCEL, 3_000);
    call.words(13_000, 'Wait', [say(ANSWER)], { cuts: true, ms: 1_700 });
    call.began(14_030, ANSWER, 6_000);
    call.ended(14_510);
    expect(call.wake(17_700).pushed).toEqual([]);
    expect(call.ended(20_030)).toEqual(['hangup']);
  });

  it('waits for whoever is still sending its words, whatever has cut them', () => {
    const call = decidedCall();
    call.start(0);
    const first = call.decided(1_000, 'first', { then: [say('Then.')] });
    call.trigger(2_500, 'second', { actions: [cut, say(PARCEL)] });
    call.began(2_560, PARCEL, 3_000);
    expect(call.ended(5_560)).toEqual([]);
    call.sent(5_600, first);
    expect(call.wake(5_700).pushed).toEqual(['Then.']);
  });
});

it('what is still being pushed hasn’t been cut by what it is to cut', () => {
  const call = decidedCall();
  call.start(0, say(GREETING));
  const late = call.decided(100, 'late', { actions: [cut, protectedSay(PARCEL)] });
  call.began(520, GREETING, 6_000, 500);
  call.sent(700, late);
  call.ended(710);
  expect(call.trigger(800, 'another').outcome).toMatchObject({ reason: 'protected' });
});

it('what an interruption has cut in its first moment doesn’t cut that, in whichever order both are told of', () => {
  const call = decidedCall();
  const AHEAD = 400;
  call.start(0, say(PARCEL), say(GREETING));
  call.began(40, PARCEL, 3_000, 30 + AHEAD);
  call.trigger(3_050, 'urgent', { actions: [cut, say(PARCEL)], rules: { urgent: true } });
  call.began(3_070, PARCEL, 3_000, 3_055 + AHEAD);
  call.began(3_072, GREETING, 6_000, 3_040 + AHEAD);
  expect(call.trigger(3_200, 'late').outcome).toMatchObject({ reason: 'outranked' });
});
