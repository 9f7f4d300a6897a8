import { beforeEach, describe, expect, it } from 'vitest';
import { EVENTS, SESSION } from '../support/events.ts';
import { answering, interruptedCalls, SHIPPED } from '../support/interrupted-calls.ts';

const { id: session_id } = SESSION;
const NEWS = { text: SHIPPED };

let { clock, outcomes, echoing: line } = interruptedCalls();
beforeEach(() => {
  ({ clock, outcomes, echoing: line } = interruptedCalls());
});

describe('resume', () => {
  const text = 'Your order has left. It is on its way. You will have it tomorrow.';

  it('says the sentence that was cut and what followed it, after what the interruption brings along', async () => {
    const { whole, says, begins, ends } = await line();
    await says(text);
    await begins(text, 3000);
    await clock.advance(1500);
    const then = [{ type: 'send_sms', phone_number: '4917639123456', message: 'Hi' }];
    expect(await whole({ resume: true, then })).toMatchObject([
      { outcome: 'delivered', resumed: true },
    ]);
    expect(await ends()).toEqual([]);
    await begins(NEWS.text, 1600);
    expect(await ends(1600)).toMatchObject([
      { type: 'send_sms' },
      { type: 'speak', text: 'It is on its way. You will have it tomorrow.' },
    ]);
  });

  it.each([
    ['silence', async () => {}],
    [
      'SSML',
      async (hear: (event: object) => Promise<unknown>) => {
        await hear({
          ...EVENTS.assistant_speak,
          text: undefined,
          ssml: '<speak>Hi</speak>',
          duration_ms: 3000,
        });
      },
    ],
    [
      'what has ended',
      async (hear: (event: object) => Promise<unknown>) => {
        await hear({ ...EVENTS.assistant_speak, text, duration_ms: 3000 });
        await clock.advance(1000);
        await hear(EVENTS.assistant_speech_ended);
      },
    ],
  ])('has nothing to say again after %s', async (_what, happens) => {
    const { whole, hear, begins, ends } = await line();
    await happens(hear);
    expect(await whole({ resume: true })).toMatchObject([{ outcome: 'delivered', resumed: false }]);
    await begins(NEWS.text, 1600);
    expect(await ends(1600)).toEqual([]);
  });

  it.each([
    ['without a way to push', { push: false }, {}],
    ['after_current', {}, { when: 'after_current' }],
  ])('says again what it cuts when it has waited: %s', async (_why, options, asked) => {
    const { whole, says, begins, ends } = await line({
      ...options,
      ...answering(['The first sentence.', 'The second one.', 'The third.']),
    });
    await says('hi');
    await begins('The first sentence.', 1300);
    expect(await whole({ id: 'late', resume: true, ...asked })).toMatchObject([
      { outcome: 'deferred', resumed: false },
    ]);
    expect(await ends(1300)).toMatchObject([{ type: 'barge_in' }, NEWS]);
    expect(outcomes.events).toContainEqual({
      interruption_id: 'late',
      session_id,
      outcome: 'delivered',
      resumed: true,
    });
    expect(await ends()).toEqual([]);
    await begins(NEWS.text, 1600);
    expect(await ends(1600)).toMatchObject([{ text: 'The second one.' }, { text: 'The third.' }]);
  });

  it('promises nothing for what is skipped', async () => {
    const { whole, begins } = await line();
    await begins(text);
    expect(await whole({ resume: true, if_turn: 7 })).toMatchObject([
      { reason: 'stale_turn', resumed: false },
    ]);
  });
});
