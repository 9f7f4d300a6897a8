import { describe, expect, it } from 'vitest';
import type { ActionDraft } from '../../functions/protocol/actions.ts';
import {
  cut,
  decidedCall,
  hangup,
  lasting,
  say,
  saying,
  transfer,
} from '../support/decided-call.ts';

const HELLO = lasting(2, 'Hello.');
const MENU = lasting(4, 'What can I do for you?');
const sms = { type: 'send_sms', phone_number: '491761', message: 'Hi' } as const;

describe('a start that is delivered once more', () => {
  it.each([
    ['while the first is being answered', undefined],
    ['before a word has been heard', ['barge_in', HELLO, MENU]],
    ['after the first word', []],
    ['between two sentences', []],
    ['after the first sentence has been forgotten', []],
    ['after all of it', []],
  ] as const)('%s', (when, said) => {
    const call = decidedCall();
    if (said === undefined) {
      call.record(0, { kind: 'start' }, 'first');
      expect(call.asks(300, { kind: 'start' })).toBe('nothing');
      return;
    }
    call.start(0, sms, say(HELLO), say(MENU));
    const begins = when !== 'before a word has been heard';
    if (begins) call.began(50, HELLO, 2_000);
    if (begins && when !== 'after the first word') call.ended(2_050);
    if (when.includes('forgotten')) call.began(2_060, MENU, 4_000);
    if (when === 'after all of it') call.ended(6_000);
    if (when.includes('forgotten')) call.event(2_100, { kind: 'other' }, [say('Yes?')]);
    expect(call.asks(2_500, { kind: 'start' })).toBe('repeat');
    expect(call.event(2_500, { kind: 'start' }, { actions: [], repeat: true })).toEqual(said);
  });
});

it('a start that is delivered once more is answered with nothing where words have cut its answer', () => {
  const call = decidedCall();
  call.start(10_000, say(HELLO));
  call.words(11_500, 'Stop', [], { cuts: true, ms: 300 });
  expect(call.event(12_000, { kind: 'start' }, { actions: [], repeat: true })).toEqual([]);
});

it('a start that was answered without a word cuts nothing when it is delivered once more', () => {
  const call = decidedCall();
  call.start(0, sms);
  expect(call.event(2_500, { kind: 'start' }, { actions: [], repeat: true })).toEqual([]);
});

it('a transfer that failed has ended what it cut: nothing sounds when the call is back', () => {
  const call = decidedCall();
  const transfer = {
    type: 'transfer',
    target_phone_number: '4989',
    caller_id_name: 'Hotline',
    caller_id_number: '49211',
    timeout: 20,
  } as const;
  call.start(0, say(MENU), say(HELLO));
  call.began(50, MENU, 4_000);
  call.event(1_000, { kind: 'other' }, [transfer]);
  call.ended(1_020);
  call.start(6_000);
  expect(call.trigger(6_100, 'late', { rules: { only_if_speaking: true } }).outcome).toMatchObject({
    reason: 'not_speaking',
  });
});

it('words that are delivered once more are no turn, though a start has come since that may be a new one', () => {
  const call = decidedCall();
  const human = { type: 'transfer', target_phone_number: '4930', timeout: 20 } as ActionDraft;
  call.start(0);
  call.words(1_000, 'A human, please', [human]);
  call.start(1_180, say(HELLO));
  expect(call.asks(1_200, saying(1_200, 'A human, please'))).toBe('nothing');
});

it('an answer of which nobody knows whether it was written has been said, and doesn’t wait any more', () => {
  const call = decidedCall();
  const start = call.record(0, { kind: 'start' });
  call.trigger(50, 'late', { actions: [cut, say(MENU)], then: [hangup] });
  expect(call.answer(100, start, [say(HELLO)]).actions).toEqual([]);
  call.event(150, { kind: 'unsaid', by: start.id });
  call.began(160, MENU, 4_000, 60);
  expect(call.ended(4_070)).toEqual([]);
  call.began(4_080, HELLO, 2_000);
  expect(call.ended(6_080)).toEqual(['hangup']);
});

it('what left with a transfer whose answer nobody wrote waits while a human talks', () => {
  const call = decidedCall({ channel: false, websocket: false });
  call.start(0);
  call.trigger(500, 'late', { actions: [sms] });
  const words = call.record(1_000, saying(1_000, 'A human, please.'));
  expect(call.answer(1_000, words, [transfer]).actions).toEqual([sms, transfer]);
  call.record(1_100, { kind: 'unsaid', by: words.id });
  expect(call.event(2_000, { kind: 'other' })).toEqual([]);
});

describe('a call that is over', () => {
  it('isn’t begun by its start, where that is recorded later', () => {
    const call = decidedCall();
    call.over(100);
    expect(call.event(150, { kind: 'start' }, [say(HELLO)])).toEqual([]);
  });

  it('hears nothing again when its start is delivered once more', () => {
    const call = decidedCall();
    call.start(0, say(HELLO));
    call.over(400);
    expect(call.event(410, { kind: 'start' }, { actions: [], repeat: true })).toEqual([]);
  });

  it('is answered with nothing, though its start was being answered', () => {
    const call = decidedCall();
    const start = call.record(0, { kind: 'start' });
    call.over(100);
    expect(call.answer(300, start, [say(HELLO)]).actions).toEqual([]);
  });
});

it('a call that could not be listed is listed by its next event, whatever that is (A12)', () => {
  const call = decidedCall();
  const start = call.record(0, { kind: 'start', caller: '491761' });
  const { list } = call.answer(0, start);
  expect(list).toContainEqual({ caller: '491761' });
  call.record(50, { kind: 'unlisted' });
  expect(call.answer(2_000, call.record(2_000, { kind: 'ended' })).list).toEqual(list);
  expect(call.answer(3_000, call.record(3_000, { kind: 'silence' })).list).toBeUndefined();
});

it('labels that differ by a sign alone are others', () => {
  const call = decidedCall();
  const first = { actions: [], changes: { state: {}, labels: { 'order:4711': true } } };
  call.answer(0, call.record(0, { kind: 'start' }), first);
  const changes = { state: {}, labels: { 'order:4711': false, 'order:47-11': true } };
  const { list, unlist } = call.answer(900, call.record(900, { kind: 'other' }), {
    actions: [],
    changes,
  });
  expect([list, unlist]).toEqual([[{ label: 'order:47-11' }], [{ label: 'order:4711' }]]);
});

it('an interruption that waits is said when the call is back after a transfer that failed', () => {
  const human = { ...transfer, timeout: 20 } as ActionDraft;
  const call = decidedCall();
  call.start(0, say(MENU));
  call.began(30, MENU, 4_000);
  call.trigger(1_000, 'late', { rules: { after_current: true } });
  call.trigger(2_000, 'human', { actions: [cut, human] });
  expect(call.start(22_000)).toEqual(['barge_in', 'late!']);
});
