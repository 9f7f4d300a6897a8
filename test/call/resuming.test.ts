import { describe, expect, it } from 'vitest';
import { keyOf } from '../../functions/call/words.ts';
import {
  cut,
  type DecidedCall,
  decidedCall,
  hangup,
  lasting,
  say,
  saying,
} from '../support/decided-call.ts';

const WELCOME = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');

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

  it('is said again once it must be over, where its end is never told of', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.began(30, PARCEL, 3_000);
    call.ended(3_030, say(WELCOME));
    call.began(3_060, WELCOME, 6_000);
    const goesOn = { actions: [], rest: 'ended3' };
    call.words(7_500, 'mhm', goesOn, { cuts: true, ms: 250 });
    expect(call.wake(10_000).pushed).toEqual([]);
    expect(call.wake(12_000).pushed).toEqual([WELCOME.trim()]);
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

it('SSML isn’t said again: nobody knows where in it the caller was', () => {
  const call = decidedCall();
  call.start(0, { type: 'speak', ssml: `<speak>${WELCOME}</speak>` });
  call.began(30, WELCOME, 6_000);
  const late = call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)], resume: true });
  expect(late.pushed).toEqual(['barge_in', PARCEL]);
  call.began(1_050, PARCEL, 3_000);
  call.ended(1_060);
  expect(call.ended(4_060)).toEqual([]);
});
