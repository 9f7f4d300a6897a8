import { test } from 'vitest';
import { playCall } from '../../test/support/play-call.ts';
import { assistantSays, callerHangsUp, callerSays } from '../play.ts';
import play from './flow.call.ts';
import { flow } from './flow.ts';

const ASKED = [
  assistantSays('What is your order number?'),
  callerSays('4711'),
  assistantSays('One moment, let me check.'),
];

test('the call of `npm run call`', async () => {
  await playCall(
    flow(async () => 'packed'),
    play,
  );
});

test('an order that is not there is asked for again', async () => {
  const unknown = flow(async () => undefined);
  await playCall(unknown, [...ASKED, assistantSays('There is no order 4711.'), callerHangsUp()]);
});

test('a shop that cannot be reached is apologised for', async () => {
  const down = flow(async () => {
    throw new Error('the shop is down');
  });
  await playCall(down, [...ASKED, assistantSays('Our shop cannot be reached.'), callerHangsUp()]);
});
