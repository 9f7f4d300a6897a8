import { describe, expect, it } from 'vitest';
import { keyOf } from '../../functions/call/words.ts';
import {
  cut,
  decidedCall,
  hangup,
  lasting,
  protectedSay,
  say,
  saying,
} from '../support/decided-call.ts';
import { wav } from '../support/wav.ts';

const WELCOME = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');

describe('of two pushes that cross', () => {
  it('what arrives first never sounds, though it was to cut the other, which begins late', () => {
    const call = decidedCall();
    call.start(0);
    const first = call.decided(1_000, 'first', { actions: [cut, say(PARCEL)] });
    call.sent(1_030, call.decided(1_020, 'second', { actions: [cut, say(WELCOME)] }));
    call.sent(1_040, first);
    call.began(1_700, PARCEL, 3_000, 1_690);
    call.ended(4_700);
    expect(
      call.trigger(6_000, 'third', { rules: { only_if_speaking: true } }).outcome,
    ).toMatchObject({ reason: 'not_speaking' });
  });

  it('a late report of what was cut doesn’t tell that it has cut the other in turn', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.trigger(100, 'late', { actions: [cut, say('Too late.')] });
    call.began(150, 'Too late.', 700);
    call.began(400, PARCEL);
    call.ended(850);
    const next = call.trigger(1_500, 'next', { rules: { after_current: true } });
    expect(next.outcome).toMatchObject({ outcome: 'delivered' });
  });

  it('silence doesn’t overtake the words that it is to silence, nor its hangup meet them', () => {
    const call = decidedCall();
    call.start(0);
    const words = call.decided(1_000, 'words', { actions: [cut, say(PARCEL)] });
    const silence = call.decided(1_010, 'silence', { actions: [cut], then: [hangup] });
    expect(silence.outcome).toMatchObject({ outcome: 'deferred' });
    const { wake = 0 } = call.sent(1_090, words);
    expect(call.wake(wake).pushed).toEqual(['barge_in']);
    expect(call.wake(wake + 100).pushed).toEqual(['hangup']);
  });
});

describe('what has left and was never heard of', () => {
  it('is bounded, and neither a hangup nor what is protected is lost by it', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [protectedSay(PARCEL)]);
    const [first] = call.call().queue;
    for (let at = 1; at <= 320; at++) call.words(at * 10, `Question ${at}`, [say(WELCOME)]);
    call.words(4_000, 'Bye', [say(lasting(1, 'Bye.')), hangup]);
    const { queue } = call.call();
    expect(queue.length).toBeLessThanOrEqual(40);
    expect(queue[0]?.key).toBe(first?.key);
    expect(queue.at(-1)?.ends).toBe('hangup');
    expect(JSON.stringify(call.call()).length).toBeLessThan(12_000);
  });
});

it('an attempt takes back only what it has sent itself', () => {
  const call = decidedCall();
  call.start(0);
  call.decided(1_000, 'late', { actions: [cut, say(PARCEL)] });
  const refused = { status: 'refused', code: 'x', message: '', retryable: true } as const;
  const key = keyOf('late');
  call.decide({ kind: 'delivery', by: 'd', key, delivery: refused, sent_by: 'another' }, 1_100);
  call.began(1_200, PARCEL, 3_000);
  expect(call.told()).toEqual(['late heard']);
});

it('what never left isn’t heard, nor followed by its hangup, though something has begun meanwhile', () => {
  const call = decidedCall();
  call.start(0);
  const late = call.decided(1_000, 'late', { actions: [cut, say(PARCEL)], then: [hangup] });
  call.words(2_000, 'Hello?', [say(WELCOME)]);
  call.began(2_030, undefined, 6_000);
  call.sent(4_500, late, { status: 'refused', code: 'x', message: 'x', retryable: true });
  expect(call.ended(8_030)).toEqual([]);
  expect(call.told()).toEqual([]);
});

describe('an answer that meets what is just being pushed', () => {
  const refused = { status: 'refused', code: 'x', message: 'x', retryable: true } as const;
  const met = (actions = [cut, say(PARCEL)]) => {
    const call = decidedCall();
    call.start(0);
    const late = call.decided(1_000, 'late', { actions });
    expect(call.words(1_030, 'Hello?', [say(WELCOME)])).toEqual([]);
    return { ...call, arrives: (at: number) => call.sent(at, late), late };
  };

  it('comes behind it: it would arrive first, and be cut', () => {
    const { arrives, began, ended } = met();
    arrives(1_100);
    began(1_130, PARCEL, 3_000);
    expect(ended(4_130)).toEqual([WELCOME]);
  });

  it('comes once it has silenced the line', () => {
    const { arrives, wake } = met([cut]);
    expect(arrives(1_100).wake).toBe(1_100);
    expect(wake(1_100).pushed).toEqual([WELCOME]);
  });

  it('isn’t lost with it where it is refused', () => {
    const { sent, late, wake } = met();
    expect(sent(1_100, late, refused).wake).toBe(1_100);
    expect(wake(1_100).pushed).toEqual([WELCOME]);
  });

  it('nor where it is too late for it, or finds nobody', () => {
    const { sent, late, event } = met();
    sent(1_100, late, { status: 'gone' });
    expect(event(1_200, { kind: 'other' })).toEqual([WELCOME]);
  });

  it('isn’t dropped with it where it is cancelled after all', () => {
    const { sent, late, cancel, wake, told } = met();
    sent(1_100, late, { status: 'no_way' });
    cancel(1_200, 'late');
    expect(wake(1_200).pushed).toEqual([WELCOME]);
    expect(told()).toEqual(['late skipped cancelled']);
  });

  it('doesn’t wait for one that has been under way for too long', () => {
    const call = decidedCall();
    call.start(0);
    call.decided(1_000, 'late');
    expect(call.words(2_100, 'Hello?', [say(WELCOME)])).toEqual([WELCOME]);
  });
});

it('an answer isn’t lost with an interruption that it was to follow, and that is refused', () => {
  const call = decidedCall();
  call.start(0);
  const words = call.record(1_000, saying(1_000, 'Hello?'));
  const late = call.decided(1_010, 'late');
  expect(call.answer(1_030, words, [say(WELCOME)]).actions).toEqual([]);
  const refused = { status: 'refused', code: 'x', message: 'x', retryable: true } as const;
  call.sent(1_100, late, refused);
  expect(call.wake(1_100).pushed).toEqual([WELCOME]);
});

describe('what is cancelled while it is being sent', () => {
  const refused = { status: 'refused', code: 'refused', message: '', retryable: true } as const;

  it.each([
    ['with what was to follow it', [hangup], 'cancelled', false],
    ['alone', [], 'not_waiting', false],
    ['where it had waited', [], 'not_waiting', true],
  ] as const)('isn’t sent again by anybody: %s', (_what, then, reason, waited) => {
    const call = decidedCall();
    call.start(0);
    call.decided(1_000, 'late', { then });
    expect(call.cancel(1_100, 'late')).toMatchObject({ outcome: 'skipped', reason });
    const delivery = { kind: 'delivery', by: 'd', key: keyOf('late'), delivery: refused } as const;
    const { outcome } = call.decide({ ...delivery, waited }, 1_200);
    expect(outcome).toMatchObject({ outcome: 'skipped', reason: 'cancelled' });
    expect(call.wake(3_300).pushed).toEqual([]);
    expect(call.trigger(3_400, 'late').outcome).toMatchObject({ reason: 'duplicate' });
  });

  it('frees the answer that had let it go first', () => {
    const call = decidedCall();
    call.start(0);
    const words = call.record(1_000, saying(1_000, 'Where is it?'));
    call.decided(1_050, 'late');
    expect(call.answer(1_100, words, [say(PARCEL)]).actions).toEqual([]);
    call.cancel(1_150, 'late');
    const delivery = { kind: 'delivery', by: 'd', key: keyOf('late'), delivery: refused } as const;
    const { wake = 0 } = call.decide(delivery, 1_200);
    expect(call.wake(wake).pushed).toEqual([PARCEL]);
  });

  it('is said where it has arrived', () => {
    const call = decidedCall();
    call.start(0);
    const late = call.decided(1_000, 'late');
    call.cancel(1_100, 'late');
    expect(call.sent(1_200, late).outcome).toMatchObject({ outcome: 'delivered' });
  });
});

it('what lets words end that are in doubt comes once they must be over', () => {
  const call = decidedCall();
  call.start(0);
  const first = call.decided(1_000, 'first', { actions: [cut, say(WELCOME)] });
  call.trigger(2_000, 'late', { rules: { after_current: true } });
  call.sent(3_000, first, { status: 'in_doubt', message: 'frozen' });
  expect(call.wake(20_000).pushed).toEqual(['barge_in', 'late!']);
});

it('a clip has been heard once its end is told of, though the words behind it have begun by then', () => {
  const call = decidedCall();
  call.start(0);
  call.trigger(1_000, 'chime', { actions: [{ type: 'audio', audio: wav(2_000) }, say(PARCEL)] });
  call.began(3_050, PARCEL, 3_000);
  expect(call.told()).toEqual([]);
  call.ended(3_060);
  expect(call.told()).toEqual(['chime heard']);
});

it('what needn’t wait goes out, however many wait', () => {
  const call = decidedCall();
  call.start(0, say(WELCOME));
  call.began(30, WELCOME, 6_000);
  for (let number = 1; number <= 16; number++)
    call.trigger(1_000, `late ${number}`, { rules: { after_current: true } });
  const full = call.trigger(1_100, 'later', { rules: { after_current: true } });
  expect(full.outcome).toMatchObject({ reason: 'queue_full' });
  expect(call.trigger(1_200, 'now').pushed).toEqual(['barge_in', 'now!']);
});
