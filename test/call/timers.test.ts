import { describe, expect, it } from 'vitest';
import type { Trigger } from '../../functions/call/interrupt.ts';
import { cut, decidedCall, hangup, lasting, say, transfer } from '../support/decided-call.ts';

const PLACE = lasting(3, 'You are number three.');
const NEWS = lasting(2, 'We close at six.');
const HANDLED = { handlesSilence: true };

/** Whoever waits hears it again after 20 s of silence. */
function waiting() {
  const call = decidedCall();
  call.start(10_000, say(PLACE, { user_input_timeout_seconds: 20 }));
  call.began(10_030, PLACE, 3_000);
  return {
    ...call,
    /** The timer of what is pushed, seconds. */
    timed(at: number, asked: Partial<Trigger> = {}) {
      const decision = call.decided(at, 'late', { actions: [cut, say(NEWS)], ...asked });
      call.sent(at + 10, decision);
      call.began(at + 50, NEWS, 2_000);
      const said = decision.push?.actions.find(({ type }) => type === 'speak');
      return said?.type === 'speak' ? said.user_input_timeout_seconds : undefined;
    },
  };
}

describe('what an interruption says in the place of a sentence with a timer', () => {
  it('has that timer, too: the call flow has asked for it, and is asked', () => {
    const { timed, ended, asks } = waiting();
    expect(timed(11_000)).toBe(20);
    ended(11_020);
    ended(13_050);
    expect(asks(33_100, { kind: 'silence' }, HANDLED)).toBe('template');
  });

  it('has it though that sentence is over, while its timer runs', () => {
    const { timed, ended, asks } = waiting();
    ended(13_030);
    expect(timed(20_000)).toBe(20);
    ended(22_050);
    expect(asks(42_100, { kind: 'silence' }, HANDLED)).toBe('template');
  });

  it('hands it on to the next one', () => {
    const { timed, decided } = waiting();
    timed(11_000);
    const { push } = decided(12_000, 'later', {});
    expect(push?.actions.at(-1)).toMatchObject({ user_input_timeout_seconds: 20 });
  });

  it('keeps its own', () => {
    const { timed } = waiting();
    const actions = [cut, say(NEWS, { user_input_timeout_seconds: 7 })];
    expect(timed(11_000, { actions })).toBe(7);
  });

  it('has none where the caller has spoken since, or AI Flow has told of the silence', () => {
    const spoken = waiting();
    spoken.words(15_000, 'Hm');
    expect(spoken.timed(20_000)).toBeUndefined();
    const told = waiting();
    told.silence(33_100);
    expect(told.timed(34_000)).toBeUndefined();
  });
});

describe.each([hangup, transfer])(
  'where a `then` was to end the call (%o), and is cancelled',
  (end) => {
    it('the call flow is asked after it: nobody else says anything', () => {
      const { timed, ended, cancel, asks } = waiting();
      expect(timed(11_000, { then: [end] })).toBe(3);
      ended(11_020);
      expect(cancel(12_000, 'late')).toMatchObject({ reason: 'cancelled' });
      ended(13_050);
      expect(asks(16_100, { kind: 'silence' }, HANDLED)).toBe('template');
    });

    it('it comes, and nobody is asked, where it isn’t', () => {
      const { timed, ended, asks } = waiting();
      timed(11_000, { then: [end] });
      ended(11_020);
      expect(ended(13_050)).toEqual([end.type]);
      expect(asks(16_100, { kind: 'silence' }, HANDLED)).toBe('nothing');
    });
  },
);

it('an answer that has waited and was heard shows that AI Flow takes such answers', () => {
  const call = decidedCall();
  call.start(0);
  call.event(10_000, { kind: 'ended' }, [say(NEWS)], '~ended');
  call.began(10_030, NEWS, 2_000);
  call.ended(12_030);
  expect(call.call().unheard).toBeUndefined();
});
