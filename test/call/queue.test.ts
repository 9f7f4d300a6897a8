import { describe, expect, it } from 'vitest';
import { keyOf } from '../../functions/call/words.ts';
import {
  cut,
  type DecidedCall,
  decidedCall,
  hangup,
  lasting,
  protectedSay,
  say,
  saying,
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

describe('what an interruption has cut', () => {
  it('is said again before what ends the call (A6)', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(WELCOME), hangup]);
    call.began(30, WELCOME, 6_000);
    expect(
      call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], resume: true }).pushed,
    ).toEqual(['barge_in', PARCEL]);
    call.began(1_050, PARCEL, 3_000);
    call.ended(1_060);
    expect(call.ended(4_060)).toEqual([WELCOME]);
    call.began(4_100, WELCOME, 6_000);
    expect(call.ended(10_100)).toEqual(['hangup']);
  });

  it('isn’t followed by its hangup when the caller cuts its rest', () => {
    const call = decidedCall();
    call.words(0, 'Bye', [say(WELCOME), hangup]);
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], resume: true });
    call.began(1_050, PARCEL, 3_000);
    call.ended(1_060);
    call.ended(4_060);
    call.began(4_100, WELCOME, 6_000);
    expect(call.words(6_000, 'Wait', [say('Yes?')], { cuts: true })).toEqual(['Yes?']);
    expect(call.ended(6_100)).toEqual([]);
  });

  it('is said again with all that was to follow it, as it was (A20)', () => {
    const call = decidedCall();
    const order = say(PARCEL.trim(), {
      barge_in: { strategy: 'none' },
      tts: { provider: 'azure', voice: 'de-DE-KatjaNeural' },
    });
    const fact = call.record(0, { kind: 'start' });
    call.answer(0, fact, [say(WELCOME), order]);
    call.began(30, WELCOME, 6_000);
    call.trigger(1_000, 'late', {
      actions: [cut, say('Late.')],
      resume: true,
      rules: { force: true },
    });
    call.began(1_050, 'Late.', 400);
    call.ended(1_060);
    const end = call.record(1_460, { kind: 'ended' });
    expect(call.answer(1_460, end).actions).toMatchObject([
      { type: 'speak', text: WELCOME },
      order,
    ]);
  });
});

describe('what an interruption was to cut', () => {
  function resumed(at: number, id: string, call = decidedCall()) {
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    return { call, late: call.decided(at, id, { actions: [cut, say(PARCEL)], resume: true }) };
  }

  it('isn’t said again when that hasn’t left, and waits', () => {
    const { call, late } = resumed(1_000, 'late');
    call.sent(1_010, late, { status: 'no_way' });
    expect(call.ended(6_030)).toEqual(['barge_in', PARCEL]);
    call.began(6_060, PARCEL, 3_000);
    expect(call.ended(9_060)).toEqual([]);
  });

  it('isn’t said again where it may have ended before, by an end that is nobody’s', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, say(WELCOME));
    call.ended(100);
    call.trigger(500, 'late', { actions: [cut, say(PARCEL)], resume: true });
    expect(call.event(1_000, { kind: 'other' })).toEqual(['barge_in', PARCEL]);
    call.began(1_030, PARCEL, 3_000);
    expect(call.ended(4_030)).toEqual([]);
  });

  it('isn’t said again by the next one, while nobody knows whether it was said at all', () => {
    const { call, late } = resumed(1_000, 'late');
    call.trigger(1_500, 'later', { actions: [cut, say('Your taxi is here.')], resume: true });
    call.began(1_510, 'Your taxi is here.', 1_200);
    expect(call.ended(2_710)).toEqual([]);
    call.sent(4_500, late, { status: 'refused', code: 'x', message: 'x', retryable: true });
    expect(call.wake(9_000).pushed).toEqual([]);
  });

  it('isn’t said again if that is in doubt; what was to follow it is', () => {
    const { call } = resumed(1_000, 'late');
    call.words(1_200, 'And now?', [say('Now it is noon.')]);
    call.trigger(1_500, 'later', { actions: [cut, say('Your taxi is here.')], resume: true });
    call.began(1_510, 'Your taxi is here.', 1_200);
    call.ended(2_710);
    expect(call.wake(6_100).pushed).toEqual(['Now it is noon.']);
    expect(call.told()).toContain('late failed');
  });

  it('is followed by its hangup though "mhm" has cut the sentence before it', () => {
    const call = decidedCall();
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.event(2_000, { kind: 'other' }, [say(PARCEL), hangup]);
    call.ended(3_000);
    const goesOn = { actions: [], rest: 'start1' };
    const cutting = { cuts: true, ms: 250 } as const;
    expect(call.words(3_400, 'mhm', goesOn, cutting)).toEqual([WELCOME.trim(), PARCEL]);
    call.began(3_450, WELCOME.trim(), 6_000);
    call.ended(9_450);
    call.began(9_460, PARCEL, 3_000);
    expect(call.ended(12_460)).toEqual(['hangup']);
  });

  it('isn’t said again after "mhm" where it begins only then', () => {
    const call = decidedCall();
    call.start(10_000, say(WELCOME));
    const goesOn = { actions: [], rest: 'start1' };
    expect(call.words(10_600, 'mhm', goesOn, { cuts: true, ms: 250 })).toEqual([]);
    call.began(11_200, WELCOME, 6_000, 11_190);
    expect(call.ended(17_190)).toEqual([]);
  });

  it('is said again behind what "mhm" has cut, and goes on', () => {
    const { call, late } = resumed(1_000, 'late');
    call.sent(1_010, late);
    call.began(1_020, PARCEL, 3_000);
    call.ended(1_030);
    call.ended(2_000);
    const goesOn = { actions: [], rest: keyOf('late') };
    expect(call.words(2_400, 'mhm', goesOn, { cuts: true, ms: 250 })).toEqual([PARCEL.trim()]);
    call.began(2_450, PARCEL, 3_000);
    expect(call.ended(5_450)).toEqual([WELCOME]);
  });

  it.each([
    ['an answer', (call: DecidedCall) => call.words(0, 'One', [say(WELCOME)])],
    [
      'what is for an older turn',
      (call: DecidedCall) => {
        call.start(0);
        call.trigger(10, 'first', { actions: [cut, say(WELCOME)], rules: { if_turn: 0 } });
      },
    ],
  ])('%s isn’t said again where something newer has been answered since', (_what, begin) => {
    const call = decidedCall();
    begin(call);
    call.began(30, WELCOME, 6_000);
    call.words(2_000, 'Two', [say('Two it is.')]);
    call.trigger(3_000, 'late', { actions: [cut, say(PARCEL)], resume: true });
    call.ended(3_010);
    call.began(3_020, PARCEL, 3_000);
    expect(call.ended(6_020)).toEqual(['Two it is.']);
  });
});

it('what "mhm" has cut isn’t said again where something newer has been answered since', () => {
  const call = decidedCall();
  call.start(10_000);
  call.trigger(10_010, 'first', { actions: [cut, say(WELCOME)], rules: { if_turn: 0 } });
  call.began(10_030, WELCOME, 6_000);
  call.words(12_000, 'Two', [say('Two it is.')]);
  const mhm = saying(13_000, 'mhm', { cuts: true, ms: 250 });
  expect(call.asks(13_000, mhm, { manner: 'listens' })).toBe('template');
});

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

describe('what is told to be in doubt', () => {
  const doubted = () => {
    const call = decidedCall();
    call.start(10_000);
    const late = call.decided(11_000, 'late', { actions: [cut, say(WELCOME)] });
    call.sent(11_500, late, { status: 'in_doubt', message: 'no answer' });
    return call;
  };

  it('isn’t said again after "mhm"', () => {
    const mhm = saying(13_000, 'mhm', { cuts: true, ms: 250 });
    expect(doubted().asks(13_000, mhm, { manner: 'listens' })).toBe('template');
  });

  it('isn’t said again after another interruption', () => {
    const call = doubted();
    const { outcome } = call.decided(13_000, 'later', { resume: true });
    expect(outcome).toMatchObject({ outcome: 'delivered', resumed: false });
  });

  it('is neither said again nor followed by its hangup, though "mhm" seems to have cut it', () => {
    const call = decidedCall();
    const TAXI = 'Your taxi is here.';
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    call.decided(1_000, 'late', { actions: [cut, say(PARCEL), say(TAXI)], then: [hangup] });
    const goesOn = { actions: [], rest: keyOf('late') };
    call.words(3_600, 'mhm', goesOn, { cuts: true, ms: 250 });
    call.ended(4_100);
    expect(call.wake(6_100).pushed).toEqual([]);
    expect(call.told()).toEqual(['late failed', 'late then_skipped in_doubt']);
  });

  it.each([
    ['has arrived: its words tell so', 1_010, true],
    ['hasn’t', 6_030, false],
  ])('has what it was to cut said again only if it %s', (_what, ended, hasArrived) => {
    const call = decidedCall();
    call.start(0, say(WELCOME));
    call.began(30, WELCOME, 6_000);
    const late = call.decided(1_000, 'late', { actions: [cut, say(PARCEL)], resume: true });
    call.sent(1_800, late, { status: 'in_doubt', message: 'no answer' });
    const again = call.ended(ended);
    if (hasArrived) call.began(1_900, PARCEL, 3_000, 1_020);
    expect([again, call.ended(hasArrived ? 4_020 : 8_000)]).toEqual([
      [],
      hasArrived ? [WELCOME] : [],
    ]);
  });
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

it('what is resumed of a voice that announces nothing is its last sentence at least', () => {
  const call = decidedCall();
  const news = `${lasting(3, 'It was packed. ')}. ${lasting(3, 'It is on its way')}`;
  call.start(0, say(news));
  call.began(30, news);
  call.trigger(7_000, 'late', { resume: true });
  call.ended(7_020);
  call.began(7_030, 'late!', 400);
  expect(call.ended(7_430)).toEqual([expect.stringMatching(/^It is on its way/)]);
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
