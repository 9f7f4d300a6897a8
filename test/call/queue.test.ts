import { describe, expect, it } from 'vitest';
import { keyOf } from '../../functions/call/words.ts';
import {
  cut,
  decidedCall,
  hangup,
  lasting,
  protectedSay,
  say,
  transfer,
} from '../support/decided-call.ts';

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
    call.ended(1_200);
    expect(call.ended(4_060)).toEqual(['send_sms', 'hangup']);
  });

  it('waits for what is just being sent, though that makes no sound', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(PARCEL), hangup]);
    call.began(30, PARCEL, 3_000);
    const late = call.decided(3_000, 'late', { actions: [sms] });
    expect(call.ended(3_030)).toEqual([]);
    call.sent(3_100, late);
    expect(call.event(3_200, { kind: 'other' })).toEqual(['hangup']);
  });

  it('waits for words that may have cut its sentence just before an interruption did', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(WELCOME), hangup]);
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', { actions: [cut, say('Your parcel is late.')] });
    call.ended(1_010);
    call.began(1_100, 'Your parcel is late.', 1_300);
    expect(call.ended(2_400)).toEqual([]);
    expect(call.words(4_000, 'Wait a moment', [], { cuts: true, ms: 1_800 })).toEqual([]);
    expect(call.wake(9_000).pushed).toEqual([]);
  });

  it('waits for words that may have cut its sentence, whose end was taken for the one before', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(10_000, say(PARCEL), say(WELCOME), hangup);
    call.began(10_030, PARCEL, 3_000);
    call.ended(13_030);
    call.began(13_040, WELCOME, 6_000);
    call.trigger(13_100, 'late');
    expect(call.ended(13_300)).toEqual(['barge_in', 'late!']);
    call.began(13_320, 'late!', 400);
    expect(call.ended(13_720)).toEqual([]);
    call.words(15_100, 'Wait a moment', [], { cuts: true, ms: 1_500 });
    expect(call.event(19_000, { kind: 'other' })).toEqual([]);
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

describe('what is only to be said into what is being said', () => {
  it('doesn’t overtake the words that it is about, and cuts them', () => {
    const call = decidedCall();
    call.start(0);
    const words = call.decided(1_000, 'words', { actions: [cut, say(PARCEL)] });
    call.trigger(1_010, 'late', { rules: { only_if_speaking: true } });
    const { wake = 0 } = call.sent(1_090, words);
    expect(call.wake(wake).pushed).toEqual(['barge_in', 'late!']);
  });
});

describe('the hangup that is to follow an interruption', () => {
  function said() {
    const call = decidedCall();
    call.start(0);
    call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], then: [hangup] });
    call.began(1_050, PARCEL, 3_000);
    return call;
  }

  it('follows', () => {
    expect(said().ended(4_050)).toEqual(['hangup']);
  });

  it('is dropped when that is cancelled, and told (C2)', () => {
    const call = said();
    expect(call.cancel(2_000, 'late')).toMatchObject({ outcome: 'skipped', reason: 'cancelled' });
    expect(call.ended(4_050)).toEqual([]);
    expect(call.told()).toEqual(['late heard', 'late then_skipped cancelled']);
  });

  it('isn’t called off by silence that was asked into another sentence', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, protectedSay(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'silence', { actions: [cut], expires_at: 5_000 });
    call.words(2_000, 'Bye', [say(PARCEL), hangup]);
    call.event(3_000, { kind: 'other' });
    call.ended(6_030);
    call.began(6_050, PARCEL, 3_000);
    expect(call.ended(9_050)).toEqual(['hangup']);
  });

  it('is called off by silence that is forced, though its sentence is protected', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.words(0, 'Bye', [protectedSay(PARCEL), hangup]);
    call.began(30, PARCEL, 3_000);
    call.trigger(1_000, 'silence', {
      actions: [cut],
      rules: { force: true },
    });
    expect(call.ended(3_030)).not.toContain('hangup');
  });

  it('isn’t called off by what makes no sound and cuts nothing', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.words(0, 'Bye', [say(PARCEL), hangup]);
    call.began(30, PARCEL, 3_000);
    call.trigger(1_000, 'message', { actions: [sms] });
    expect(call.ended(3_030)).toEqual(['send_sms', 'hangup']);
  });

  it('is called off by silence that is asked for (C2)', () => {
    const call = said();
    call.trigger(2_000, 'silence', { actions: [cut] });
    expect(call.ended(2_050)).toEqual([]);
    expect(call.told()).toEqual(['late heard', 'late then_skipped silenced']);
  });
});

describe('what waits', () => {
  it.each([
    ['is told too late', { expires_at: 2_000 }, 'late skipped expired'],
    ['is overtaken by a turn', { rules: { if_turn: 0 } }, 'late skipped stale_turn'],
  ])('and %s never comes', (_why, asked, told) => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], ...asked });
    expect(call.words(3_000, 'Hello', [say('Yes?')])).toEqual(['Yes?']);
    expect(call.told()).toEqual([told]);
  });

  it('is refused when there is too much of it', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0);
    const outcomes = Array.from(
      { length: 17 },
      (_, at) => call.trigger(at, `i${at}`).outcome?.reason,
    );
    expect(outcomes).toEqual([...Array.from({ length: 16 }, () => undefined), 'queue_full']);
  });
});

describe('what words are said to have cut, until its end is told of,', () => {
  it('isn’t followed by a then, nor by what "mhm" calls off no more', () => {
    const call = decidedCall();
    call.words(10_000, 'Bye', [say(WELCOME), hangup]);
    call.began(10_030, WELCOME, 6_000);
    call.trigger(12_000, 'late', { actions: [cut, say(PARCEL)], then: [sms] });
    call.began(12_020, PARCEL, 3_000);
    const heard = { actions: [], heard: keyOf('late') };
    expect(call.words(12_900, 'mhm', heard, { cuts: true, ms: 250 })).toEqual([]);
    expect(call.ended(15_020)).toEqual(['send_sms', 'hangup']);
  });

  it('has the call end no later once the goodbye that answers them has begun', () => {
    const call = decidedCall();
    call.start(10_000, say(WELCOME));
    call.began(10_030, WELCOME, 6_000);
    call.words(12_000, 'Bye', [say('Good bye.'), hangup], { cuts: true });
    call.began(12_200, 'Good bye.', 600);
    expect(call.ended(12_800)).toEqual(['hangup']);
  });

  it('isn’t cut by what it outranks', () => {
    const call = decidedCall();
    call.start(10_000, say(WELCOME));
    call.began(10_030, WELCOME, 6_000);
    call.trigger(11_000, 'first', { rules: { after_current: true } });
    call.trigger(12_000, 'urgent', { actions: [cut, say(PARCEL)], rules: { urgent: true } });
    call.began(12_020, PARCEL, 3_000);
    call.ended(12_330);
    const wait = [say('Yes?')];
    expect(call.words(14_400, 'Wait', wait, { cuts: true, ms: 1_800 })).toEqual(['Yes?']);
  });
});

describe('what is protected', () => {
  it('isn’t cut while a slow voice may still be saying it, whatever that has announced', () => {
    const call = decidedCall();
    const TERMS = lasting(8, 'Your call is recorded.');
    call.start(0, protectedSay(TERMS));
    call.began(30, TERMS, 5_600);
    expect(call.trigger(10_500, 'early').outcome).toMatchObject({ reason: 'protected' });
    expect(call.trigger(14_100, 'late').outcome).toMatchObject({ outcome: 'delivered' });
  });
});

it('a hangup comes after the second half of a goodbye whose first "mhm" hasn’t cut after all', () => {
  const call = decidedCall();
  const BYE = lasting(2, 'Goodbye.');
  call.start(10_000, say(PARCEL), say(BYE), hangup);
  call.began(10_030, PARCEL, 3_000);
  call.words(12_900, 'mhm', { actions: [], rest: 'start1' }, { cuts: true, ms: 250 });
  expect(call.ended(13_030)).toEqual([BYE.trim()]);
  call.began(13_050, BYE, 2_000);
  expect(call.ended(15_050)).toEqual(['hangup']);
});

it('an interruption of several sentences that couldn’t leave waits as a whole', () => {
  const call = decidedCall();
  call.start(0);
  const actions = [cut, say('One.'), say('Two.'), say('Three.')];
  call.sent(1_000, call.decided(1_000, 'late', { actions }), { status: 'no_way' });
  expect(call.event(2_000, { kind: 'other' })).toEqual(['barge_in', 'One.', 'Two.', 'Three.']);
});

it.each([
  [hangup, transfer],
  [transfer, hangup],
])('behind a goodbye with its %o an interruption’s `then` ends the call, alone', (own, then) => {
  const call = decidedCall();
  call.words(0, 'Bye', [say(PARCEL), own]);
  call.began(30, PARCEL, 3_000);
  call.trigger(1_000, 'late', { actions: [cut, say(WELCOME)], then: [then] });
  call.began(1_020, WELCOME, 6_000);
  call.ended(1_030);
  expect(call.ended(7_030)).toEqual([then.type]);
});
