import { describe, expect, it } from 'vitest';
import { cut, decidedCall, hangup, lasting, say } from '../support/decided-call.ts';

const BYE = lasting(2, 'Goodbye.');
const GREETING = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');
const sms = { type: 'send_sms', phone_number: '491761', message: 'Hi' } as const;

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

it('a then waits for the words, whatever else goes out behind them', () => {
  const call = decidedCall();
  call.start(0);
  const actions = [cut, say(PARCEL), sms];
  call.trigger(1_000, 'late', { actions, then: [sms] });
  call.began(1_050, PARCEL, 3_000);
  expect(call.event(2_000, { kind: 'other' })).toEqual([]);
  expect(call.ended(4_050)).toEqual(['send_sms']);
});
