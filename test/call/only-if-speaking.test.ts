import { describe, expect, it } from 'vitest';
import { cut, decidedCall, lasting, protectedSay, say } from '../support/decided-call.ts';

const WELCOME = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');
const rules = { only_if_speaking: true };
const late = { actions: [cut, say(PARCEL)], rules };
const NO_WAY = { channel: false, websocket: false };
const SOCKET = { channel: false, websocket: true };

describe('what is said only into a sentence, and had to wait,', () => {
  it('follows the sentence whose end it waited for', () => {
    const call = decidedCall();
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', { ...late, rules: { ...rules, after_current: true } });
    const { wake = 0 } = call.answer(6_030, call.record(6_030, { kind: 'ended' }));
    expect(call.call().queue.at(-1)).toMatchObject({ sent: { at: 6_030 } });
    expect([wake, call.told()]).toEqual([0, ['late delivered']]);
  });

  it('follows it where nobody tells of its end, once somebody looks', () => {
    const call = decidedCall();
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    const { wake = 0 } = call.trigger(1_000, 'late', {
      ...late,
      rules: { ...rules, after_current: true },
    });
    // A message waits for whole seconds.
    expect(call.wake(Math.ceil(wake / 1_000) * 1_000 + 300).pushed).toEqual(['barge_in', PARCEL]);
  });

  it('leads the answer to its end where nothing can be pushed', () => {
    const call = decidedCall(NO_WAY);
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', late);
    expect(call.ended(6_030)).toEqual(['barge_in', PARCEL]);
  });

  it('goes into a sentence that has begun meanwhile', () => {
    const call = decidedCall(NO_WAY);
    call.start(0, protectedSay(WELCOME), say(PARCEL));
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', late);
    expect(call.event(2_000, { kind: 'other' })).toEqual([]);
    call.ended(6_030);
    call.began(6_040, PARCEL, 3_000);
    expect(call.event(7_000, { kind: 'other' })).toEqual([]);
    expect(call.told()).toEqual(['late delivered', 'late heard']);
  });

  it('isn’t said once the caller has cut that sentence', () => {
    const call = decidedCall(SOCKET);
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.voice(1_000);
    call.trigger(1_100, 'late', { ...late, rules: { ...rules, not_while_caller_speaks: true } });
    call.ended(1_300);
    expect(call.words(3_000, 'Wait', [say('Yes?')], { cuts: true })).toEqual(['Yes?']);
    expect(call.told()).toEqual(['late skipped not_speaking']);
  });

  it('isn’t said into the silence that somebody has asked for', () => {
    const call = decidedCall();
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', { ...late, rules: { ...rules, after_current: true } });
    call.trigger(2_000, 'silence', { actions: [cut] });
    call.ended(2_030);
    expect(call.wake(2_100).pushed).toEqual([]);
    expect(call.told()).toEqual(['late skipped not_speaking']);
  });

  it('isn’t said where its push has failed, and the caller has cut that sentence since', () => {
    const call = decidedCall(SOCKET);
    call.start(10_000, say(WELCOME));
    call.began(10_030, WELCOME, 6_000);
    call.sent(11_100, call.decided(11_000, 'late', late), { status: 'no_way' });
    expect(call.words(13_000, 'Wait', [say('Yes?')], { cuts: true })).toEqual(['Yes?']);
    expect(call.told()).toEqual(['late skipped not_speaking']);
  });

  it('isn’t said long after that sentence, whatever it has waited for', () => {
    const call = decidedCall(NO_WAY);
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', late);
    expect(call.event(20_000, { kind: 'key', sealed: 'x' })).toEqual([]);
    expect(call.told()).toEqual(['late skipped not_speaking']);
  });
});
