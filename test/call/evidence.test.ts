import { describe, expect, it } from 'vitest';
import {
  cut,
  decidedCall,
  hangup,
  lasting,
  protectedSay,
  say,
  transfer,
} from '../support/decided-call.ts';

const BYE = lasting(2, 'Goodbye.');
const GREETING = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');

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
