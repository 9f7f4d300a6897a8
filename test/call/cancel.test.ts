import { describe, expect, it } from 'vitest';
import { keyOf } from '../../functions/call/words.ts';
import { cut, decidedCall, lasting, say } from '../support/decided-call.ts';

const CANCELLED = { outcome: 'skipped', reason: 'cancelled' };

describe('what is cancelled before it comes', () => {
  it('isn’t said when it comes, however often', () => {
    const call = decidedCall();
    call.start(0);
    expect(call.cancel(1_000, 'late')).toMatchObject({ reason: 'not_waiting' });
    expect(call.trigger(2_000, 'late').outcome).toMatchObject(CANCELLED);
    expect(call.trigger(9_000, 'late', { content: 'other' }).outcome).toMatchObject(CANCELLED);
    expect(call.trigger(9_100, 'another').pushed).toEqual(['barge_in', 'another!']);
  });

  it('isn’t said, though sixteen others have come meanwhile', () => {
    const call = decidedCall();
    call.start(0);
    call.cancel(1_000, 'late');
    const beside: (readonly [string, string])[] = [];
    for (let n = 0; n < 16; n++)
      beside.push(...(call.decided(2_000 + n, `i${n}`, { actions: [] }).evicted ?? []));
    const claimed = new Map(beside).get(keyOf('late'));
    expect(call.trigger(3_000, 'late', { claimed }).outcome).toMatchObject(CANCELLED);
  });

  it('makes room for its id beside the document, like any other', () => {
    const call = decidedCall();
    call.start(0);
    for (let n = 0; n < 16; n++) call.trigger(1_000 + n, `i${n}`, { actions: [] });
    const { call: after, evicted } = call.decide(
      { kind: 'cancel', by: 'cancel', id: 'late' },
      2_000,
    );
    expect([evicted, after.claims.length, after.more]).toEqual([[[keyOf('i0'), 'i0']], 16, true]);
  });

  it('isn’t said when it is tried again after a push that was refused', () => {
    const call = decidedCall();
    call.start(0);
    const refused = { status: 'refused', code: 'x', message: 'x', retryable: true } as const;
    call.sent(1_000, call.decided(1_000, 'late'), refused);
    expect(call.cancel(2_000, 'late')).toMatchObject({ reason: 'not_waiting' });
    expect(call.trigger(3_000, 'late').outcome).toMatchObject(CANCELLED);
  });
});

describe('what is cancelled while it is being sent', () => {
  it('doesn’t wait again where there is no way to send it', () => {
    const call = decidedCall();
    call.start(0);
    const leaving = call.decided(1_000, 'late');
    call.cancel(1_010, 'late');
    expect(call.sent(1_050, leaving, { status: 'no_way' }).outcome).toMatchObject(CANCELLED);
  });
});

describe('of what has come already', () => {
  it.each([
    ['in the document', undefined],
    ['beside it', 'late'],
  ])('nothing changes: a repetition is one, its id is %s', (_where, claimed) => {
    const call = decidedCall();
    call.start(0, say('Hello.'));
    if (claimed === undefined) call.trigger(1_000, 'late');
    const cancelled = call.decide({ kind: 'cancel', by: 'c', id: 'late', claimed }, 9_000);
    expect(cancelled).toMatchObject({ save: false, outcome: { reason: 'not_waiting' } });
    const again = call.trigger(9_100, 'late', { content: 'late', claimed }).outcome;
    expect(again).toMatchObject({ outcome: 'skipped', reason: 'duplicate' });
  });

  it('nothing is written of a call that is over', () => {
    const call = decidedCall();
    call.start(0);
    call.over(1_000);
    expect(call.decide({ kind: 'cancel', by: 'c', id: 'late' }, 2_000).save).toBe(false);
  });
});

describe('what it has begun to say', () => {
  const NEWS = lasting(10, 'The parcel. It ');
  const resume = true;

  it('isn’t said again after what has cut it, which was to give it back', () => {
    const call = decidedCall();
    call.start(0, say('Hello.'));
    call.trigger(3_000, 'first', { actions: [cut, say(NEWS)] });
    call.began(3_300, NEWS);
    call.trigger(7_000, 'second', { resume });
    call.ended(7_050);
    expect(call.cancel(7_100, 'first')).toMatchObject(CANCELLED);
    call.began(7_300, 'second!');
    expect([call.ended(8_300), call.told()]).toEqual([[], ['first heard', 'second heard']]);
  });

  it('leaves what was to be heard before it, and what it had cut', () => {
    const call = decidedCall();
    call.start(0, say(lasting(10, 'Hello.')));
    call.began(200, lasting(10, 'Hello.'));
    call.trigger(1_000, 'first', { actions: [cut, say(NEWS)], resume });
    call.began(1_300, NEWS);
    call.trigger(4_000, 'second', { resume });
    call.ended(4_050);
    call.cancel(4_100, 'first');
    call.began(4_300, 'second!');
    expect(call.ended(5_300)).toEqual([expect.stringMatching(/^Hello\./)]);
  });

  it('is no outcome of its own when the call ends before it is said again', () => {
    const call = decidedCall();
    call.start(0, say('Hello.'));
    call.trigger(3_000, 'first', { actions: [cut, say(NEWS)] });
    call.began(3_300, NEWS);
    call.trigger(7_000, 'second', { resume });
    call.began(7_300, 'second!');
    call.over(7_500);
    expect(call.told()).toEqual(['first heard', 'second heard']);
  });
});

it('what was being pushed when the call ended has an outcome though there was no way', () => {
  const call = decidedCall({ channel: false, websocket: true });
  call.start(0);
  const late = call.decided(1_000, 'late');
  call.over(1_010);
  const ended = { outcome: 'skipped', reason: 'session_ended' };
  expect(call.sent(1_020, late, { status: 'no_way' }).outcome).toMatchObject(ended);
  expect(call.call().queue).toEqual([]);
});
