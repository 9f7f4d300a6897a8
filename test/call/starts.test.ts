import { describe, expect, it } from 'vitest';
import { decidedCall, lasting, say } from '../support/decided-call.ts';

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

describe('a call that is over', () => {
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
