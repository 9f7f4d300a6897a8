import { describe, expect, it } from 'vitest';
import type { Said } from '../../functions/call/answer.ts';
import type { Delivery } from '../../functions/call/delivered.ts';
import {
  cut,
  decidedCall,
  hangup,
  jobOf,
  lasting,
  protectedSay,
  say,
  transfer,
} from '../support/decided-call.ts';

const QUESTION = lasting(2, 'How can I help you?');
const NEWS = lasting(2, 'We close at six.');
const STILL = 'Are you still there?';
const ASKS: Said = { actions: [say(STILL)], asked: 1 };
const REFUSED: Delivery = { status: 'refused', code: 'x', message: 'x', retryable: false };
const HANDLED = { handlesSilence: true };

/** Silence is told of while something is being pushed. */
function crossed(said: Said = ASKS, actions = [cut, say(NEWS)]) {
  const call = decidedCall();
  call.start(10_000, say(QUESTION, { user_input_timeout_seconds: 5 }));
  call.began(10_030, QUESTION, 2_000);
  call.ended(12_030);
  const pushed = call.decided(17_000, 'late', { actions });
  const silence = call.record(17_030, { kind: 'silence' });
  expect(call.answer(17_050, silence, said).actions).toEqual([]);
  return {
    ...call,
    /** What becomes of it, and what is pushed then. */
    comes(delivery: Delivery, at = 17_200) {
      const { wake } = call.sent(at, pushed, delivery);
      return wake === undefined ? [] : call.wake(wake).pushed;
    },
  };
}

describe('silence that is told of while something is being pushed', () => {
  it.each([
    ['words', [cut, say(NEWS)]],
    ['what is to end the call', [hangup]],
  ])('is asked about: %s', (_what, actions) => {
    const call = decidedCall();
    call.start(10_000, say(QUESTION, { user_input_timeout_seconds: 5 }));
    call.began(10_030, QUESTION, 2_000);
    call.ended(12_030);
    call.decided(17_000, 'late', { actions });
    expect(call.asks(17_030, { kind: 'silence' }, HANDLED)).toBe('template');
  });

  it('is asked about once it is certain that nothing comes', () => {
    expect(crossed().comes(REFUSED)).toEqual([STILL]);
  });

  it('is asked about where that only silences the line', () => {
    expect(crossed(ASKS, [cut]).comes({ status: 'delivered' })).toEqual([STILL]);
  });

  it.each<[string, Said]>([
    ['a question', ASKS],
    ['a goodbye', { actions: [say('Goodbye.'), hangup], asked: 3 }],
    ['progress', { actions: [say('I am still looking.')], from: 'progress' }],
  ])('isn’t asked about where it comes: %s', (_what, said) => {
    const { comes, began, ended, call } = crossed(said);
    expect(comes({ status: 'delivered' })).toEqual([]);
    began(17_250, NEWS, 2_000);
    expect(ended(19_250)).toEqual([]);
    expect(call().queue.filter(({ sent }) => !sent)).toEqual([]);
  });

  it('is asked about where that is to end the call, and is refused for good', () => {
    const call = crossed(ASKS, [hangup]);
    expect(call.comes(REFUSED)).toEqual([STILL]);
    expect(crossed(ASKS, [hangup]).comes({ status: 'delivered' })).toEqual([]);
  });

  it('has what the call flow says to it follow, like any answer', () => {
    const { comes, began, ended } = crossed({ actions: [say('Hello?')] });
    comes({ status: 'delivered' });
    began(17_250, NEWS, 2_000);
    expect(ended(19_250)).toEqual(['Hello?']);
  });

  it('is asked about where nobody knows whether it has come, once that would be over', () => {
    const { comes, wake, call } = crossed();
    expect(comes({ status: 'in_doubt', message: 'no answer' })).toEqual([]);
    const looks = [1, 2].flatMap(() => wake(call().wakes_at ?? 0).pushed);
    expect(looks).toEqual([STILL]);
  });

  it('is asked about no more where its words tell that it has come', () => {
    const { comes, began, ended } = crossed();
    comes({ status: 'in_doubt', message: 'no answer' });
    began(17_250, NEWS, 2_000);
    expect(ended(19_250)).toEqual([]);
  });
});

/** AI Flow doesn't stop its timer when something newer begins, and the voice tells nothing of itself. */
describe('the silence of a sentence behind which another one was queued', () => {
  const ALARM = lasting(10, 'Attention, there is a fire.');
  const timer = { user_input_timeout_seconds: 5 };

  it('tells nothing of that one, which had just begun', () => {
    const call = decidedCall();
    call.start(10_000, { ...protectedSay(ALARM), ...timer });
    call.words(11_000, 'What did you say?', [say(`${ALARM} Again.`, timer)]);
    call.ended(20_030);
    expect(call.asks(25_030, { kind: 'silence' }, HANDLED)).toBe('nothing');
  });
});

it('silence isn’t asked about while a human’s telephone rings', () => {
  const call = decidedCall();
  call.words(0, 'A human, please.', [transfer]);
  expect(call.asks(10_000, { kind: 'silence' }, HANDLED)).toBe('nothing');
});

it('progress that has let an interruption go first is said where that is refused', () => {
  const call = decidedCall();
  const job = jobOf('job', 1, 60_000);
  call.words(10_000, 'Where is it?', { actions: [say(QUESTION)], job });
  call.began(10_030, QUESTION, 2_000);
  call.ended(12_030);
  const pushed = call.decided(17_000, 'late', { actions: [cut, say(NEWS)] });
  const silence = call.record(17_030, { kind: 'silence' });
  const progress: Said = { actions: [say('I am still looking.')], from: 'progress' };
  expect(call.answer(17_050, silence, progress).actions).toEqual([]);
  const { wake = 0 } = call.sent(17_200, pushed, REFUSED);
  expect(call.wake(wake).pushed).toEqual(['I am still looking.']);
});

it('silence behind the author’s question for digits asks for them again, not the call flow', () => {
  const call = decidedCall();
  const entry = { name: 'pin', by: 'x', tries: 1, keys: [] };
  const actions = [say(QUESTION, { user_input_timeout_seconds: 5 })];
  call.words(10_000, 'Hello', { actions, entry });
  call.began(10_030, QUESTION, 2_000);
  call.ended(12_030);
  expect(call.asks(17_030, { kind: 'silence' }, HANDLED)).toBe('silence');
});

it('silence behind a result in doubt that reports no beginning isn’t apologised for: it was heard', () => {
  const call = decidedCall();
  const job = jobOf('job', 1, 60_000);
  call.words(10_000, 'Where is it?', { actions: [say(QUESTION)], job });
  call.began(10_030, QUESTION, 2_000);
  call.ended(12_030);
  const part = call.decide(
    {
      kind: 'part',
      part: {
        by: 'job-1',
        job: 'job',
        number: 1,
        at: 13_000,
        actions: [say(NEWS, { user_input_timeout_seconds: 5 })],
        last: true,
        ways: { channel: true, websocket: false },
      },
    },
    13_000,
  );
  call.sent(13_100, part, { status: 'in_doubt', message: 'no answer' });
  expect(call.asks(20_100, { kind: 'silence' }, {})).toBe('nothing');
});
