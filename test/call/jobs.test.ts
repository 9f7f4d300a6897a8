import { describe, expect, it } from 'vitest';
import { isHearing } from '../../functions/call/evidence.ts';
import { cut, decidedCall, hangup, jobOf, lasting, say, saying } from '../support/decided-call.ts';

const HOLD = lasting(2, 'One moment.');
const RESULT = lasting(2, 'It is on its way. Goodbye.');

it('a part has one outcome, though a hangup follows it', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  expect(call.part(1_500, 'job', 1, [say(RESULT), hangup]).outcome).toMatchObject({
    outcome: 'deferred',
  });
  expect(call.ended(3_050)).toEqual([RESULT]);
  call.began(3_100, RESULT, 2_000);
  expect(call.ended(5_100)).toEqual(['hangup']);
  expect(call.told()).toEqual(['job-1 delivered', 'job-1 heard']);
});

it('a part that was heard isn’t skipped because what was to follow it never comes', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  call.ended(3_050);
  call.part(4_000, 'job', 1, [say(RESULT), hangup]);
  call.began(4_050, RESULT, 2_000);
  call.words(5_000, 'Wait', [say('Yes?')], { cuts: true });
  expect(call.told()).toEqual(['job-1 heard']);
});

it('a result comes though the question has cut the greeting of a voice that tells nothing (B1)', () => {
  const call = decidedCall();
  call.start(0, say(lasting(6, 'Welcome.')));
  call.ended(2_000);
  call.words(
    3_000,
    'Where is my parcel?',
    { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) },
    { cuts: true },
  );
  call.part(4_000, 'job', 1, [say(RESULT)]);
  expect(call.ended(5_050)).toEqual([RESULT]);
});

describe('what an interruption gives back is heard before the part that was to follow it', () => {
  const MORE = lasting(2, 'It may take a whole while.').trim();
  const NEWS = lasting(2, 'Your parcel is here.');
  const job = jobOf('job', 1, 60_000);

  it.each([
    ['cut it at once', {}, 2_000, [HOLD, MORE]],
    ['waited for the end of the sentence before it', { after_current: true }, 3_050, [MORE]],
  ] as const)('where that has %s', (_how, rules, at, again) => {
    const call = decidedCall();
    call.start(0);
    call.words(1_000, 'Where is it?', { actions: [say(HOLD), say(MORE)], job });
    call.began(1_050, HOLD, 2_000);
    call.part(1_500, 'job', 1, [say(RESULT)]);
    call.trigger(2_000, 'late', { actions: [cut, say(NEWS)], resume: true, rules });
    call.ended(at + 10);
    call.began(at + 20, NEWS, 2_000);
    expect(call.ended(at + 2_020)).toEqual(again);
  });
});

describe('what only tells that the answer is still to come', () => {
  const PROGRESS = lasting(3, 'I am still looking.');
  const progress = { actions: [say(PROGRESS)], from: 'progress' } as const;
  const waiting = (start = 10_000) => {
    const call = decidedCall();
    call.start(start);
    const job = jobOf('job', 1, start + 60_000);
    call.words(start + 1_000, 'Where is my parcel?', { actions: [say(HOLD)], job });
    call.began(start + 1_050, HOLD, 2_000);
    call.ended(start + 3_050);
    call.event(start + 8_050, { kind: 'silence' }, progress);
    call.began(start + 8_100, PROGRESS, 3_000);
    return call;
  };

  it.each([
    ['while the interruption is said', 20_000],
    ['before', 18_800],
  ])('isn’t given back by what has cut it: the answer comes %s', (_when, ready) => {
    const call = waiting();
    if (ready < 19_000) call.part(ready, 'job', 1, [say(RESULT)]);
    const { outcome } = call.decided(19_000, 'late', {
      actions: [cut, say('Your taxi is here.')],
      resume: true,
    });
    expect(outcome).toMatchObject({ outcome: 'delivered', resumed: false });
    call.ended(19_010);
    call.began(19_020, 'Your taxi is here.', 1_200);
    if (ready > 19_000) call.part(ready, 'job', 1, [say(RESULT)]);
    expect(call.ended(20_220)).toEqual([RESULT]);
  });

  it('isn’t said again after "mhm"', () => {
    const call = waiting();
    call.part(19_000, 'job', 1, [say(RESULT)]);
    call.ended(19_200);
    const mhm = saying(19_500, 'mhm', { cuts: true, ms: 250 });
    expect(call.asks(19_500, mhm, { manner: 'listens' })).toBe('nothing');
  });
});

it('whoever waits for what is in doubt, and hears nothing, is told that it goes on', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  call.ended(3_050);
  const part = { by: 'p', job: 'job', number: 1, at: 4_000, actions: [say(RESULT)], last: false };
  const ways = { channel: true, websocket: false };
  const sent = call.decide({ kind: 'part', part: { ...part, ways } }, 4_000);
  call.sent(4_800, sent, { status: 'in_doubt', message: 'no answer' });
  expect(isHearing(call.call(), 5_000)).toBe(false);
  const progress = { actions: [say('I am still looking.')], from: 'progress' } as const;
  expect(call.event(8_050, { kind: 'silence' }, progress)).toEqual(['I am still looking.']);
});

it('"mhm" into the hold changes nothing (C1)', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  expect(call.words(2_000, 'mhm', [], { ms: 200 })).toEqual([]);
  call.ended(3_050);
  expect(call.part(4_000, 'job', 1, [say(RESULT)]).pushed).toEqual([RESULT]);
});

it('a result waits for the words of somebody whose voice has just cut the hold (B10)', () => {
  const call = decidedCall({ channel: false, websocket: true });
  call.start(0);
  const hold = say(HOLD, { barge_in: { strategy: 'immediate' } });
  call.words(1_000, 'Where is my parcel?', { actions: [hold], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  call.voice(2_000);
  call.ended(2_050);
  expect(call.part(2_500, 'job', 1, [say(RESULT)]).pushed).toEqual([]);
  expect(call.words(4_000, 'No, wait', [say('Yes?')], { cuts: true })).toEqual(['Yes?']);
  expect(call.told()).toEqual(['job-1 skipped stale_turn']);
});

it('parts don’t overtake each other, not even a correction', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  call.part(1_500, 'job', 1, [say('First.')], { last: false });
  call.part(1_600, 'job', 2, [cut, say('No, second.')]);
  expect(call.wake(2_000).pushed).toEqual([]);
  expect(call.ended(3_050)).toEqual(['First.']);
});

it('a part waits for the one before it while that is being sent, also a correction', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  call.part(1_500, 'job', 1, [say('First.')], { last: false });
  call.part(1_600, 'job', 2, [cut, say('No, second.')]);
  call.record(3_050, { kind: 'ended' });
  const ways = { channel: true, websocket: false };
  call.decide({ kind: 'wake', by: 'sending', ways }, 3_060);
  expect(call.wake(3_070).pushed).toEqual([]);
});

it('a second result comes though the end of the first, which the question has cut, is told of late', () => {
  const call = decidedCall({ channel: false, websocket: false });
  const first = lasting(8, 'Order 1.');
  const asks = (id: string, turn: number) => ({
    actions: [say(HOLD)],
    job: jobOf(id, turn, 60_000),
  });
  call.start(0);
  call.words(1_000, 'Where is order 1?', asks('first', 1));
  call.part(1_100, 'first', 1, [say(first)]);
  expect(call.ended(3_450)).toEqual([first]);
  call.words(4_100, 'No, order 2', asks('second', 2), { cuts: true, ms: 1_000 });
  call.part(4_200, 'second', 1, [say(RESULT)]);
  expect(call.ended(4_550)).toEqual([]);
  expect(call.ended(6_550)).toEqual([RESULT]);
});

it('a part doesn’t wait for what is to become of a hangup whose goodbye the caller has cut along', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.began(1_050, HOLD, 2_000);
  call.event(1_100, { kind: 'other' }, [say(RESULT), hangup]);
  call.ended(2_000);
  call.words(2_400, 'Wait', [], { cuts: true, ms: 400 });
  expect(call.part(2_600, 'job', 1, [say('It is here.')]).pushed).toEqual(['It is here.']);
});

it('a correction lets an interruption end, at once as later', () => {
  const call = decidedCall();
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.trigger(1_500, 'late', { actions: [cut, say(RESULT)] });
  call.began(1_510, RESULT, 2_000);
  expect(call.part(2_000, 'job', 1, [cut, say('It is here.')]).pushed).toEqual([]);
  expect(call.ended(3_510)).toEqual(['barge_in', 'It is here.']);
});

it('a result whose push finds nobody leads the answer to the next event, and its hangup follows (A1)', () => {
  const call = decidedCall();
  const gone = { status: 'gone' } as const;
  call.start(0);
  call.words(1_000, 'Where is my parcel?', { actions: [say(HOLD)], job: jobOf('job', 1, 60_000) });
  call.ended(3_050);
  const part = { by: 'p', job: 'job', number: 1, at: 4_000, actions: [say(RESULT), hangup] };
  const ways = { channel: true, websocket: false };
  const decision = call.decide({ kind: 'part', part: { ...part, last: true, ways } }, 4_000);
  expect(call.sent(4_000, decision, gone).outcome).toMatchObject({ outcome: 'deferred' });
  // Nothing is pushed until somebody is there.
  expect(call.wake(5_000).pushed).toEqual([]);
  expect(call.silence(6_000)).toEqual([RESULT]);
  expect(call.ended(9_000)).toEqual(['hangup']);
});
