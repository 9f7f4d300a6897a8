import { expect, it } from 'vitest';
import template, { hotline } from '../../functions/templates/hotline.ts';
import {
  assistantMixes,
  assistantSays,
  assistantTransfers,
  callerHangsUp,
  callerIsSilent,
  type Play,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { playCall } from '../support/play-call.ts';

const WELCOME = [assistantMixes('start'), assistantSays('Welcome to our hotline.')];
const place = (position: number) => assistantSays(`You are number ${position} in the queue.`);

it('tells who waits that the queue gets shorter', async () => {
  const told: Play = [callerIsSilent(20), assistantSays('Thank you for waiting.')];
  await playCall(template, [
    ...WELCOME,
    ...[3, 3, 3, 2, 2].flatMap((position) => [place(position), ...told]),
    assistantSays('You are next.'),
    callerHangsUp(),
  ]);
});

it.each([{ position: 0 }, { position: 1.5 }, { position: '2' }, { operator: 'Anna' }, null, 'x'])(
  'has nothing to say to %j',
  async (context) => {
    await playCall(template, [
      ...WELCOME,
      place(3),
      triggered({ context }),
      silenceFor(5),
      callerHangsUp(),
    ]);
  },
);

it('says nothing about the queue to somebody whose call is taken', async () => {
  await playCall(template, [
    ...WELCOME,
    place(3),
    triggered({ context: { operator: 'Anna', number: '493023125103' } }),
    assistantMixes('stop'),
    assistantSays('Anna is free now'),
    triggered({ after: 'Anna is', context: { position: 1 } }),
    assistantTransfers('493023125103'),
    silenceFor(30),
    callerHangsUp(),
  ]);
});

it('goes on telling who waits after whatever else they are told', async () => {
  await playCall(template, [
    ...WELCOME,
    place(3),
    triggered({ say: 'We are open until six.' }),
    assistantSays('We are open until six.'),
    callerIsSilent(20),
    assistantSays('Thank you for waiting.'),
    place(3),
    triggered({ id: 'taken', context: { operator: 'Anna', number: '493023125103' } }),
    assistantMixes('stop'),
    assistantSays('Anna is free now'),
    triggered({ after: 'Anna is', cancel: 'taken' }),
    callerIsSilent(3),
    assistantMixes('start'),
    assistantSays('I am sorry, Anna could not take your call.'),
    callerHangsUp(),
  ]);
});

it('gives the place up when the call is over', async () => {
  const asked: unknown[] = [];
  let clock: ManualClock | undefined;
  const made = (parts: { clock: ManualClock }) => {
    ({ clock } = parts);
    return hotline({
      async place({ caller }) {
        asked.push(['place', caller]);
        return 1;
      },
      leave: async ({ caller }) => void asked.push(['leave', caller]),
    });
  };
  await playCall(made, [...WELCOME, assistantSays('You are next.'), callerHangsUp()]);
  await clock?.advance(1_000);
  expect(asked).toEqual([
    ['place', '4915112345678'],
    ['leave', '4915112345678'],
  ]);
});
