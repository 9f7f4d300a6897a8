import { describe, it } from 'vitest';
import template, { orderStatus } from '../../functions/templates/order-status.ts';
import {
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
  outcomesAre,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import { playCall } from '../support/play-call.ts';

const LEGAL = assistantSays('This call is recorded');
const GREETING = [LEGAL, assistantSays('What is your order number?')];
const HOLD = assistantSays('One moment');

/**
 * A shop that takes `ms` for each order, and has shipped them all but 4713, for which it has no
 * answer.
 */
const slowly = (ms: number) =>
  orderStatus(async (order) => {
    await new Promise((go) => setTimeout(go, ms));
    if (order === '4713') throw new Error('the shop is closed');
    return 'shipped';
  });

describe('the order number', () => {
  it.each(['It is order 4711', 'four seven, I mean 4 7 1 1', '47-11'])(
    'is heard in %j',
    async (text) => {
      await playCall(template, [
        ...GREETING,
        callerSays(text),
        assistantSays('looking for order 4711'),
        assistantSays('Order 4711 is packed'),
        triggered({ target: { label: 'order:4711' }, context: { status: 'delivered' } }),
        assistantSays('Order 4711 is in front of your door'),
        callerHangsUp(),
      ]);
    },
  );

  it('begins with the key that nobody has asked for, unless it is none of a number', async () => {
    const keys = (pressed: string) => [...pressed].map((key) => callerPresses(key));
    await playCall(template, [
      ...GREETING,
      callerSays('4711'),
      HOLD,
      assistantSays('Order 4711'),
      callerPresses('4'),
      assistantSays('Go on, and press the hash key'),
      ...keys('712#'),
      assistantSays('looking for order 4712'),
      assistantSays('Order 4712'),
      callerPresses('#'),
      assistantSays('at least four digits'),
      ...keys('4713#'),
      assistantSays('looking for order 4713'),
      assistantSays('Order 4713'),
      callerHangsUp(),
    ]);
  });

  it('is remembered until there is another, and news of the one before concerns nobody', async () => {
    await playCall(template, [
      ...GREETING,
      callerSays('47 11'),
      HOLD,
      assistantSays('Order 4711'),
      callerSays('And now?'),
      assistantSays('looking for order 4711'),
      assistantSays('Order 4711'),
      callerSays('I mean 4712'),
      assistantSays('looking for order 4712'),
      assistantSays('Order 4712'),
      triggered({ target: { label: 'order:4711' }, context: { status: 'shipped' } }),
      silenceFor(5),
      outcomesAre(...Array(3).fill('delivered'), ...Array(3).fill('heard')),
      callerHangsUp(),
    ]);
  });

  it('is asked for again when nobody knows it', async () => {
    const play = [
      ...GREETING,
      callerSays('0815'),
      HOLD,
      assistantSays("can't find order 0815"),
      callerHangsUp(),
    ];
    await playCall(template, play);
  });
});

describe('a look-up that takes long', () => {
  it('is waited for', async () => {
    const answer = [
      HOLD,
      callerIsSilent(5),
      assistantSays('still looking'),
      assistantSays('Order 4711 has left'),
    ];
    await playCall(slowly(9_000), [...GREETING, callerSays('4711'), ...answer, callerHangsUp()]);
  });

  it('is forgotten when the caller means another order', async () => {
    await playCall(slowly(6_000), [
      ...GREETING,
      callerSays('4711'),
      assistantSays('order 4711'),
      callerSays('Sorry, 4712'),
      assistantSays('order 4712'),
      assistantSays('Order 4712 has left'),
      silenceFor(5),
      callerHangsUp(),
    ]);
  });

  it('ends in an apology when it fails', async () => {
    const play = [
      ...GREETING,
      callerSays('4713'),
      HOLD,
      assistantSays('I am sorry'),
      silenceFor(5),
      callerHangsUp(),
    ];
    await playCall(slowly(100), play);
  });

  it.each([true, false])(
    'does not keep news waiting, nor does that keep it (a way to push: %s)',
    async (push) => {
      const news = { target: { label: 'order:4711' }, context: { status: 'delivered' } };
      const waiting = [callerIsSilent(5), assistantSays('still looking')];
      const play = [
        ...GREETING,
        callerSays('4711'),
        HOLD,
        triggered(news),
        assistantSays('Good news!'),
        ...waiting,
      ];
      await playCall(
        slowly(14_000),
        [...play, assistantSays('Order 4711 has left'), callerHangsUp()],
        { push },
      );
    },
  );
});

it('what the law wants to be heard is cut by nobody', async () => {
  await playCall(template, [
    LEGAL,
    callerInterrupts('Hello?', { after: 'This' }),
    triggered({ after: 'This call is', say: 'Order 4711 has been shipped.' }),
    assistantSays('What is your order number?'),
    assistantSays('Please tell me your order number'),
    outcomesAre('protected'),
    callerHangsUp(),
  ]);
});

it.each([{ status: 'lost' }, { status: ['shipped'] }, 'shipped', null])(
  '%j is no news',
  async (context) => {
    const asked = [...GREETING, callerSays('4711'), HOLD, assistantSays('Order 4711')];
    const play = [
      ...asked,
      triggered({ context }),
      silenceFor(5),
      outcomesAre('declined', 'delivered', 'heard'),
    ];
    await playCall(template, [...play, callerHangsUp()]);
  },
);
