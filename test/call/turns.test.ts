import { describe, expect, it } from 'vitest';
import { cut, decidedCall, jobOf, lasting, say, saying } from '../support/decided-call.ts';

const ANSWER = lasting(3, 'It is on its way.');
const sms = { type: 'send_sms', phone_number: '491761', message: 'Hi' } as const;

describe('the same words again', () => {
  it.each([
    ['300 ms later, while the first are being answered (B7)', 300, false, 'nothing', 1],
    ['300 ms later, when the first have been answered (B7)', 300, true, 'nothing', 1],
    ['as soon as somebody can have said them twice', 1_500, true, 'template', 2],
    ['when nobody has answered the first in time', 1_200, false, 'template', 1],
  ] as const)('%s', (_when, later, isAnswered, asked, turn) => {
    const call = decidedCall();
    call.start(0);
    const first = call.record(5_000, saying(5_000, 'Where is it?'));
    if (isAnswered) call.answer(5_050, first, [say(ANSWER)]);
    expect(call.asks(5_000 + later, saying(5_000 + later, 'Where is it?'))).toBe(asked);
    call.words(12_000, 'And now?', [say(ANSWER)]);
    expect(call.call().turn).toBe(turn + 1);
  });
});

it('the same words again aren’t what the caller says whose first sound has just cut something', () => {
  const call = decidedCall({ channel: false, websocket: true });
  call.start(10_000);
  call.words(15_000, '4711', [say(ANSWER, { barge_in: { strategy: 'immediate' } })]);
  call.began(15_050, ANSWER, 3_000);
  call.voice(15_200);
  call.ended(15_210);
  call.words(15_250, '4711');
  const rules = { not_while_caller_speaks: true };
  expect(call.trigger(16_000, 'late', { rules }).outcome).toMatchObject({ outcome: 'deferred' });
});

it('the same words again are nothing while those are being answered, though nobody answers older ones', () => {
  const call = decidedCall();
  call.start(0);
  call.record(1_000, saying(1_000, 'Where is it?'));
  call.record(1_900, saying(1_900, 'Cancel it.'));
  expect(call.asks(2_100, saying(2_100, 'Cancel it.'))).toBe('nothing');
});

describe('words that nobody has answered, said again', () => {
  const WHERE = 'Where is it?';

  it('are the same turn, whatever was said before them', () => {
    const call = decidedCall();
    call.start(0, say(ANSWER));
    call.began(50, ANSWER, 3_000);
    call.ended(3_050);
    call.record(5_000, saying(5_000, WHERE));
    call.words(9_000, WHERE, [say(ANSWER)]);
    expect(call.call().turn).toBe(1);
  });

  it('are a turn of their own where others have been said since', () => {
    const call = decidedCall();
    call.start(0);
    call.record(1_000, saying(1_000, WHERE));
    call.words(5_000, 'Send it to me.', [sms]);
    call.words(9_000, WHERE, [say(ANSWER)]);
    expect(call.call().turn).toBe(3);
  });
});

describe('an answer that comes too late', () => {
  const WORDS = saying(1_000, 'Where is it?');

  it('counts as one: the same words, told of late, are no others', () => {
    const call = decidedCall();
    call.start(0);
    const first = call.record(1_000, WORDS);
    call.wake(2_100);
    expect(call.answer(2_300, first, [say(ANSWER)]).actions).toEqual([say(ANSWER)]);
    expect(call.asks(1_200, saying(1_200, 'Where is it?'))).toBe('nothing');
  });

  it('isn’t said where another delivery of the same words has been answered', () => {
    const call = decidedCall();
    call.start(0);
    const first = call.record(1_000, WORDS);
    expect(call.words(2_100, 'Where is it?', [say(ANSWER)])).toEqual([ANSWER]);
    expect(call.answer(2_300, first, [say('Once more.')]).actions).toEqual([]);
  });

  it('isn’t said into a call that has come back since, nor are the words answered', () => {
    const transfer = {
      type: 'transfer',
      target_phone_number: '4989',
      caller_id_name: 'Shop',
      caller_id_number: '49211',
      timeout: 20,
    } as const;
    const call = decidedCall();
    call.start(0);
    call.words(500, 'A human', [transfer]);
    call.start(9_000, say(ANSWER));
    expect(call.asks(1_000, WORDS)).toBe('nothing');
  });
});

it('words that whoever took them told of late are answered, though a start came after them', () => {
  const call = decidedCall();
  call.start(2_000);
  expect(call.asks(1_500, saying(1_500, 'Where is it?'))).toBe('template');
});

describe('a turn', () => {
  it('is one only if the call flow has answered', () => {
    const call = decidedCall();
    call.start(0);
    call.words(1_000, 'mhm', [], { ms: 200 });
    expect(call.call().turn).toBe(0);
    call.words(5_000, 'Where is it?', [say(ANSWER)]);
    expect(call.call().turn).toBe(2);
  });

  it.each([
    ['that what is worked on has answered: no', [], 'nothing'],
    ['with which that is put off: yes', [say('Will you wait for it?')], 'template'],
  ] as const)('is "mhm" to a question %s', (_which, hold, asked) => {
    const call = decidedCall();
    call.start(0, say('What can I do for you?'));
    call.ended(1_500);
    call.words(3_000, 'Where is it?', { actions: hold, job: jobOf('job', 1, 60_000) });
    expect(call.asks(4_500, saying(4_500, 'mhm'), { manner: 'listens' })).toBe(asked);
  });

  it('is "mhm" to nothing but what is worked on: no', () => {
    const call = decidedCall();
    call.start(0);
    call.words(3_000, 'Where is it?', { actions: [], job: jobOf('job', 1, 60_000) });
    expect(call.asks(4_500, saying(4_500, 'mhm'), { manner: 'listens' })).toBe('nothing');
  });

  it('puts off what is for the one before until it is decided', () => {
    const call = decidedCall();
    call.start(0);
    const words = call.record(1_000, saying(1_000, 'mhm', { ms: 200 }));
    const late = call.trigger(1_100, 'late', {
      actions: [cut, say(ANSWER)],
      rules: { if_turn: 0 },
    });
    expect(late).toMatchObject({ pushed: [], outcome: { outcome: 'deferred' } });
    expect(call.answer(1_200, words, []).actions).toMatchObject([
      { type: 'barge_in' },
      { text: ANSWER },
    ]);
  });

  it('that is answered before an older one overtakes that', () => {
    const call = decidedCall();
    call.start(0);
    const first = call.record(1_000, saying(1_000, 'Where is it?'));
    expect(call.words(1_500, 'Cancel it.', [say('Done.')])).toEqual(['Done.']);
    expect(call.answer(1_600, first, { actions: [say(ANSWER)], turn: 1 }).actions).toEqual([]);
  });

  it('that overtakes an answer which is being worked out is answered alone', () => {
    const call = decidedCall();
    call.start(0);
    const key = call.record(1_000, { kind: 'other' });
    call.words(1_200, 'Where is it?', [say(ANSWER)]);
    expect(call.answer(1_500, key, { actions: [say('One.')], turn: 0 }).actions).toEqual([]);
  });
});

describe('the same silence again', () => {
  it.each([
    ['250 ms later, while the first is being answered', 250, false, 'nothing'],
    ['250 ms later, when the first has been answered', 250, true, 'nothing'],
    ['as soon as a word and its timer may be over', 600, true, 'template'],
    ['when nobody has answered the first in time', 1_200, false, 'template'],
  ] as const)('%s', (_when, later, isAnswered, asked) => {
    const call = decidedCall();
    const reading = { handlesSilence: true };
    call.start(0, say(ANSWER, { user_input_timeout_seconds: 8 }));
    call.ended(3_000);
    const first = call.record(11_000, { kind: 'silence' });
    if (isAnswered) {
      call.answer(11_050, first, [say('Hm?', { user_input_timeout_seconds: 0.5 })]);
    }
    expect(call.asks(11_000 + later, { kind: 'silence' }, reading)).toBe(asked);
  });
});

it('what comes after words whose answer nobody has written is answered', () => {
  const call = decidedCall();
  call.start(0);
  call.record(1_000, saying(1_000, 'Where is my parcel?'));
  const key = call.record(5_000, { kind: 'other' });
  const turn = call.turnOf(key.id, 5_000);
  const { actions } = call.answer(5_000, key, { actions: [say('Key 5.')], turn });
  expect(actions).toEqual([say('Key 5.')]);
});

it('of the same words the first that was recorded is answered, though it was taken later', () => {
  const call = decidedCall();
  call.start(0);
  call.record(1_200, saying(1_200, 'Where is it?'));
  expect(call.asks(1_100, saying(1_100, 'Where is it?'))).toBe('nothing');
});

it('keys stand in the order in which they were pressed, though one was told of late', () => {
  const call = decidedCall();
  const entry = { name: 'pin', by: 'x', tries: 1, keys: [] };
  call.start(0);
  call.words(1_000, 'Hello', { actions: [say(ANSWER)], entry });
  call.event(5_200, { kind: 'key', sealed: '2' }, [say('And?')]);
  call.event(5_100, { kind: 'key', sealed: '1' }, [say('And?')]);
  expect(call.call().entry?.keys.map(([, sealed]) => sealed)).toEqual(['1', '2']);
});
