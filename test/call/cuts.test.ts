import { describe, expect, it } from 'vitest';
import { isHearing } from '../../functions/call/evidence.ts';
import {
  cut,
  decidedCall,
  hangup,
  jobOf,
  lasting,
  protectedSay,
  say,
  saying,
} from '../support/decided-call.ts';

const GREETING = lasting(6, 'Welcome.');
const PARCEL = lasting(3, 'Your parcel is late.');
const SILENCE = { actions: [cut], rules: { only_if_speaking: true } };

describe('words that have cut something', () => {
  it('have cut what was sent just before they came, though nothing tells of its beginning or end', () => {
    const call = decidedCall();
    call.words(10_000, 'Bye', [say('Thank you and goodbye.'), hangup]);
    call.words(10_300, 'Wait', [], { cuts: true, ms: 250 });
    expect(call.wake(30_000).pushed).toEqual([]);
  });

  it('have cut what ended before anybody had told that it had begun', () => {
    const call = decidedCall({ channel: false, websocket: true });
    call.start(10_000, say(PARCEL));
    call.voice(10_110);
    call.ended(10_130);
    call.words(12_140, 'Wait', [say(GREETING)], { cuts: true, ms: 1_800 });
    call.trigger(12_200, 'late', { rules: { after_current: true } });
    expect(call.wake(17_600).pushed).toEqual([]);
  });

  it('though nobody knows what, leave a line of which nobody knows that it isn’t silent', () => {
    const call = decidedCall();
    call.start(1_000, say(GREETING));
    call.began(2_000, GREETING, 6_000);
    expect(isHearing(call.call(), 2_050)).toBe(true);
    // They were begun before it, and have cut it with their last syllable.
    call.words(2_100, 'Wait a moment', [], { cuts: true });
    expect(isHearing(call.call(), 2_100)).toBe(false);
    call.event(2_110, { kind: 'other' }, [say(PARCEL)]);
    expect(isHearing(call.call(), 2_200)).toBe(true);
  });

  it('have not cut, with an end told of late, what whoever spoke again meanwhile has cut', () => {
    const call = decidedCall({ channel: false, websocket: true });
    call.start(0, say(GREETING));
    call.began(30, GREETING, 6_000);
    // They cut its last syllables, so that it counts as said; what follows it hasn't been cut.
    call.voice(5_000);
    call.ended(5_500);
    call.event(6_500, { kind: 'other' }, [say(GREETING)]);
    call.began(6_530, GREETING, 6_000);
    call.words(7_000, 'Hello', [protectedSay(PARCEL)], { cuts: true, ms: 1_800 });
    // These have cut it, and the answer that was to follow it never sounds.
    call.voice(8_000);
    call.ended(8_450);
    call.words(10_000, 'Wait', [], { cuts: true, ms: 1_800 });
    expect(call.trigger(10_100, 'late').outcome).toMatchObject({ outcome: 'delivered' });
  });

  it('have cut what ended first since their first sound, and not what ended later as well', () => {
    const call = decidedCall({ channel: false, websocket: true });
    const FIRST = lasting(1.4, 'One.');
    const SECOND = lasting(2.3, 'Two.');
    call.words(0, 'Hello', [say(SECOND), say(SECOND)]);
    call.voice(1_050);
    call.ended(1_550);
    call.event(1_560, { kind: 'other' }, [say(FIRST), say(SECOND)]);
    call.ended(2_980);
    call.words(3_100, 'Bye', [say(SECOND), hangup], { cuts: true, ms: 1_800 });
    // That of what follows the first: the goodbye is still to come.
    expect(call.ended(5_310)).toEqual([]);
  });

  it('have cut what an interruption cut, too, where what follows that begins when it must', () => {
    const call = decidedCall();
    const NEXT = lasting(2.3, 'And it rains.');
    call.start(0, say(GREETING));
    call.began(30, undefined, 6_000);
    // The caller has just cut the greeting; its end is told of late.
    call.trigger(2_000, 'late', { actions: [cut, say(PARCEL), say(NEXT)] });
    call.began(2_010, undefined, 3_000);
    call.ended(2_450);
    call.words(4_200, 'Wait', [say(NEXT), hangup], { cuts: true, ms: 1_800 });
    call.began(5_010, undefined, 2_300);
    call.ended(5_450);
    call.began(7_310, undefined, 2_300);
    expect(call.ended(7_750)).toEqual([]);
    expect(call.ended(9_610)).toEqual(['hangup']);
  });

  it('have cut what the first sound of them has cut, and nothing that was said since', () => {
    const call = decidedCall({ channel: false, websocket: true });
    call.start(10_000, say(GREETING, { barge_in: { strategy: 'immediate' } }));
    call.began(10_030, GREETING, 6_000);
    call.voice(12_000);
    call.ended(12_050);
    call.event(12_100, { kind: 'other' }, [say(PARCEL)]);
    call.began(12_150, PARCEL, 3_000);
    const mhm = saying(12_600, 'mhm', { cuts: true, ms: 250 });
    expect(call.asks(12_600, mhm, { manner: 'listens' })).toEqual({ rest: 'start1' });
  });

  it('have cut the last fifth of what their first sound has cut, and not what was to follow', () => {
    const call = decidedCall({ channel: false, websocket: true });
    call.start(0, say(GREETING, { barge_in: { strategy: 'immediate' } }));
    call.began(30, GREETING, 6_000);
    call.event(1_000, { kind: 'other' }, [say(PARCEL)]);
    call.ended(5_100);
    call.began(5_120, PARCEL, 3_000, 5_110);
    call.voice(5_350);
    call.words(5_600, 'mhm', [], { cuts: true, ms: 250 });
    const { outcome } = call.trigger(5_700, 'late', { rules: { after_current: true } });
    expect(outcome).toMatchObject({ outcome: 'deferred' });
  });

  it('have cut the newest of what has ended early', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.began(30, PARCEL, 1_500);
    call.ended(2_100);
    call.event(2_200, { kind: 'other' }, [say(GREETING)], 'second');
    call.began(2_230, GREETING, 3_000);
    call.ended(3_500);
    const mhm = saying(4_000, 'mhm', { cuts: true, ms: 250 });
    expect(call.asks(4_000, mhm, { manner: 'listens' })).toEqual({ rest: 'second' });
  });

  it('have cut the last fifth of a sentence rather than what an interruption cut just after it', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.began(30, PARCEL, 3_000);
    call.event(1_000, { kind: 'other' }, [say(GREETING)], 'second');
    call.ended(2_600);
    call.began(2_620, GREETING, 6_000);
    call.trigger(2_650, 'late', { actions: [cut, say(PARCEL)] });
    call.began(2_670, PARCEL, 3_000, 2_660);
    const mhm = saying(4_300, 'mhm', { cuts: true, ms: 250 });
    expect(call.asks(4_300, mhm, { manner: 'listens' })).toEqual({ rest: 'start1' });
  });

  it('have not cut the last fifth of a sentence once more that older ones had cut', () => {
    const call = decidedCall();
    call.start(0, say(GREETING), say(PARCEL));
    call.began(30, GREETING, 6_000);
    call.ended(5_720);
    call.words(5_770, 'And now?', [say(GREETING), hangup], { cuts: true, ms: 1_800 });
    call.began(5_800, GREETING, 6_000);
    call.words(7_470, 'mhm', [], { cuts: true, ms: 250 });
    call.ended(7_710);
    expect(call.wake(16_000).pushed).toEqual([]);
  });

  it('have not cut what an interruption has cut when older ones have come since', () => {
    const call = decidedCall();
    call.start(1_000, say(GREETING), say(PARCEL));
    call.began(1_010, GREETING, 6_000);
    call.trigger(3_310, 'late', { actions: [cut, say(PARCEL)] });
    call.ended(3_340);
    call.began(3_350, PARCEL, 3_000);
    call.ended(4_270);
    call.words(4_280, 'Stop', [say(GREETING)], { cuts: true, ms: 280 });
    call.began(4_290, GREETING, 6_000);
    call.words(4_560, 'I said stop', [], { cuts: true, ms: 400 });
    expect(isHearing(call.call(), 4_570)).toBe(false);
  });

  it('have cut what an interruption has cut since, and not what is still to come of that', () => {
    const call = decidedCall();
    const TAXI = lasting(2, 'Your taxi is here.');
    call.words(0, 'Bye', [say(PARCEL), hangup]);
    call.began(30, PARCEL, 3_000);
    call.trigger(2_000, 'late', { actions: [cut, say(TAXI), say(GREETING)], resume: true });
    call.began(2_020, TAXI, 2_000);
    call.words(3_200, 'Wait a moment', [], { cuts: true, ms: 1_700 });
    call.ended(4_020);
    call.began(4_030, GREETING, 6_000);
    expect(call.ended(10_030)).toEqual([]);
  });

  const SHORT = lasting(1.4, 'Good bye.');

  it('haven’t cut what is protected', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, protectedSay(GREETING));
    call.began(30, GREETING, 6_000);
    call.trigger(1_000, 'late', { actions: [cut, say(PARCEL)] });
    expect(call.words(3_000, 'Wait', [say('Yes?')], { cuts: true })).toEqual(['Yes?']);
    expect(call.ended(6_030)).toEqual(['barge_in', PARCEL]);
  });

  it('haven’t cut what left just before the end of what they have cut was told of', () => {
    const call = decidedCall();
    call.start(0, say(GREETING));
    call.began(30, GREETING, 6_000);
    call.event(860, { kind: 'other' }, [protectedSay(PARCEL)]);
    call.ended(900);
    call.words(910, 'mhm', [], { cuts: true, ms: 250 });
    call.began(914, PARCEL, 3_000, 900);
    expect(call.trigger(1_000, 'late').outcome).toMatchObject({ reason: 'protected' });
  });

  it('haven’t cut what has begun only just before they came', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, say(SHORT));
    call.began(30, SHORT, 1_400);
    call.event(1_000, { kind: 'other' }, [say(GREETING), hangup]);
    call.ended(1_430);
    call.began(1_900, GREETING, 6_000);
    call.words(2_000, 'Wait a moment', [], { cuts: true, ms: 900 });
    expect(call.ended(7_900)).toEqual(['hangup']);
  });

  it('haven’t cut what is to follow a sentence that has begun since', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.start(0, say(PARCEL));
    call.began(30, PARCEL, 3_000);
    call.event(500, { kind: 'other' }, [say(SHORT), protectedSay(GREETING)]);
    call.trigger(1_000, 'late');
    call.ended(3_030);
    call.began(3_040, SHORT, 1_400);
    expect(call.words(3_200, 'Wait a moment', [], { cuts: true, ms: 1_800 })).toEqual([]);
  });

  it('are looked at though the end that they have made was delivered twice', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.began(30, PARCEL, 3_000);
    call.ended(2_990, say(GREETING));
    call.began(3_010, GREETING, 6_000);
    call.ended(3_110);
    call.trigger(3_500, 'late', { rules: { after_current: true } });
    expect(call.words(4_600, 'Wait a moment', [], { cuts: true, ms: 1_800 })).toEqual([]);
  });

  it('have cut the last syllables of a sentence, and not what has begun since', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.began(30, PARCEL, 3_000);
    call.ended(2_700, say(GREETING));
    call.began(2_710, GREETING, 6_000);
    call.trigger(2_720, 'late', { actions: [cut, say(PARCEL)], then: [say('Then.')] });
    call.began(2_745, PARCEL, 3_000);
    call.ended(3_200);
    expect(call.words(4_200, 'Wait a moment', [], { cuts: true, ms: 1_800 })).toEqual([]);
  });

  it('have cut nothing behind it whose end would be that of what has begun since', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL), say(GREETING));
    call.began(30, PARCEL, 3_000);
    call.ended(2_800);
    call.words(4_400, 'And now?', [say(GREETING)], { cuts: true, ms: 1_800 });
    call.began(4_420, GREETING, 6_000);
    call.ended(5_300);
    expect(call.trigger(5_400, 'late', SILENCE).outcome).toMatchObject({ reason: 'not_speaking' });
  });

  it('have cut what sounds, whatever was cut before the first sound of them', () => {
    const call = decidedCall({ channel: true, websocket: true });
    call.start(0, say(PARCEL), say(GREETING));
    call.began(30, PARCEL, 3_000);
    call.voice(2_700);
    call.ended(2_800);
    call.words(4_400, 'And now?', [say(GREETING)], { cuts: true, ms: 1_500 });
    call.began(4_420, GREETING, 6_000);
    call.voice(4_620);
    call.ended(5_100);
    call.words(6_900, 'Wait a moment', [], { cuts: true, ms: 1_800 });
    expect(call.trigger(8_600, 'late', SILENCE).outcome).toMatchObject({ reason: 'not_speaking' });
  });

  it('have cut what an interruption cut, too, and not what that says, though the end was told of late', () => {
    const call = decidedCall();
    call.start(0, say(PARCEL));
    call.began(30, PARCEL, 3_000);
    const late = [cut, say(GREETING), say(PARCEL)];
    call.trigger(1_540, 'late', { actions: late, then: [say('Then.')] });
    call.began(1_570, GREETING, 6_000, 1_545);
    call.ended(1_795);
    expect(call.words(2_025, 'mhm', [], { cuts: true, ms: 250 })).toEqual([]);
  });

  it('have cut what has begun since, where the end before it is that of what older words have cut', () => {
    const call = decidedCall();
    call.start(0, say(GREETING));
    call.began(30, GREETING, 6_000);
    call.words(2_160, 'And now?', [say(PARCEL), hangup], { cuts: true, ms: 1_800 });
    call.began(2_197, PARCEL, 3_000, 2_183);
    call.ended(2_454);
    call.words(4_464, 'Wait a moment', [], { cuts: true, ms: 1_800 });
    call.trigger(4_915, 'late', { actions: [cut, say(PARCEL)] });
    call.began(4_941, PARCEL, 3_000, 4_927);
    expect(call.ended(7_935)).toEqual([]);
  });

  it('have cut a goodbye that an interruption cut, too, on its way', () => {
    const call = decidedCall({ channel: false, websocket: false });
    call.words(0, 'Bye', [say(GREETING), hangup]);
    call.began(30, GREETING, 6_000);
    call.trigger(1_600, 'late', { actions: [cut, say(PARCEL)] });
    expect(call.event(2_430, { kind: 'other' })).toEqual(['barge_in', PARCEL]);
    call.began(2_470, PARCEL, 3_000, 2_440);
    call.ended(2_490);
    call.words(2_820, 'mhm', [], { cuts: true, ms: 250 });
    expect(call.ended(5_450)).toEqual([]);
  });

  it('have cut what had begun just before they did, though another one had ended just before that', () => {
    const call = decidedCall({ channel: false, websocket: true });
    call.start(0, say(PARCEL));
    call.began(20, PARCEL, 3_000);
    call.ended(3_020);
    const hold = { actions: [say(GREETING)], job: jobOf('job', 1, 60_000) };
    call.words(3_900, 'And my order?', hold);
    call.began(3_930, GREETING, 6_000, 3_920);
    call.voice(3_950);
    call.ended(3_970);
    call.part(4_100, 'job', 1, [say('It is ready.')]);
    const CUT = { cuts: true, ms: 1_900 } as const;
    expect(call.words(6_200, 'No, I mean the other one', [], CUT)).toEqual(['It is ready.']);
  });

  it('leave the caller speaking who has begun to say more before they were recorded', () => {
    const call = decidedCall({ channel: false, websocket: true });
    call.start(0, say(GREETING));
    call.voice(100);
    call.voice(2_230);
    const rules = { not_while_caller_speaks: true };
    call.trigger(2_720, 'late', { actions: [cut, say(PARCEL)], rules });
    const words = call.record(2_150, saying(2_150, 'Wait a moment', { cuts: true }));
    expect(call.answer(3_660, words, [say('Yes?')]).actions).toEqual([say('Yes?')]);
    expect(call.words(4_000, 'That was it')).toEqual(['barge_in', PARCEL]);
  });

  it('are none where they are older than all that are remembered', () => {
    const call = decidedCall();
    for (const at of [1_000, 5_000, 9_000]) call.words(at, `Question ${at}`, [say(PARCEL)]);
    const fact = saying(1_000, 'Question 1000');
    expect(call.asks(1_100, fact)).toBe('nothing');
  });
});

it('words cut what had only just begun, as the answer to them tells that began before its end', () => {
  const call = decidedCall();
  const [ASKS, HOLD, RESULT] = [lasting(4, 'Which order?'), lasting(2, 'A moment.'), 'It is here.'];
  call.start(0, protectedSay(lasting(2, 'Hello.')), say(ASKS));
  call.began(10, lasting(2, 'Hello.'), 2_000);
  call.ended(2_010);
  call.began(2_020, ASKS, 4_000);
  // Taken for the same end once more; and nobody is heard out so soon after a sentence has begun.
  call.ended(2_100);
  const job = jobOf('job', 1, 60_000);
  call.words(2_130, 'Number 4711', { actions: [say(HOLD)], job }, { cuts: true, ms: 600 });
  call.began(2_150, HOLD, 2_000);
  call.part(3_000, 'job', 1, [say(RESULT)]);
  expect(call.ended(4_150)).toEqual([RESULT]);
});

it('what had told that it had begun before the caller did is what they cut, though another ended just before it', () => {
  const call = decidedCall({ channel: true, websocket: true });
  const [BYE, NEWS] = [lasting(2, 'Goodbye.'), lasting(3, 'There is news.')];
  call.start(0, say(lasting(2, 'Hello.')));
  call.began(10, lasting(2, 'Hello.'), 2_000);
  call.ended(2_010, say(BYE), hangup);
  call.began(2_024, BYE, 2_000);
  // Its own end gets lost.
  call.voice(2_260);
  call.trigger(2_700, 'news', { actions: [cut, say(NEWS)] });
  call.began(2_715, NEWS, 3_000);
  call.words(4_300, 'Wait, wait, wait', [], { cuts: true, ms: 1_800 });
  expect(call.ended(5_715)).toEqual([]);
});

it('what left with a sentence that begins after all wasn’t cut either', () => {
  const call = decidedCall();
  call.start(0, say(lasting(6, 'Welcome.')));
  call.began(30, lasting(6, 'Welcome.'), 6_000);
  const news = [say(lasting(2, 'Hello.')), say(lasting(3, 'There is news.'))];
  call.event(1_000, { kind: 'other' }, news);
  call.words(3_000, 'Hello?', [], { cuts: true, ms: 800 });
  call.ended(3_020);
  call.began(3_800, lasting(2, 'Hello.'), 2_000, 3_790);
  call.ended(5_790);
  const next = call.trigger(6_000, 'next', { rules: { after_current: true } });
  expect(next.outcome).toMatchObject({ outcome: 'deferred' });
});

it.each([
  ['waits as long as that may go on, where ends are told of', true, []],
  ['waits no longer than an end takes that has got lost', false, ['There is news.']],
])('the rest of what "mhm" is said to have cut %s', (_how, tells, pushed) => {
  const call = decidedCall({ channel: true, websocket: true });
  const NEWS = 'There is news. '.repeat(6).trim();
  call.start(0, say(lasting(2, 'Hello.')));
  call.began(10, lasting(2, 'Hello.'), 2_000);
  if (tells) call.ended(2_010);
  call.event(5_000, { kind: 'other' }, [say(NEWS)], 'news');
  call.began(5_010, NEWS, 6_000);
  call.voice(6_000);
  call.words(6_400, 'mhm', { actions: [], rest: 'news' }, { cuts: true, ms: 250 });
  expect(call.wake(9_600).pushed.map((text) => text?.slice(0, 14))).toEqual(pushed);
});
