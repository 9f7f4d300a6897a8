import { test } from 'vitest';
import { flow } from '../../functions/templates/starter.ts';
import play from '../../local/calls/starter.ts';
import { assistantSays, callerHangsUp, callerIsSilent, callerSays } from '../../local/play.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { playCall } from '../support/play-call.ts';

const ASKED = [
  assistantSays('Welcome'),
  callerSays('Moby Dick'),
  assistantSays('I am looking for Moby Dick.'),
];

/** A catalogue that has `shelf` after `ms`. */
const catalogue =
  (ms: number, shelf?: string) =>
  ({ clock }: { clock: ManualClock }) =>
    flow(async () => {
      await new Promise<void>((go) => clock.after(ms, go));
      return shelf;
    });

test('the call of `npm run call`', async () => {
  await playCall(catalogue(2_000, 'shelf 42'), play);
});

test('whoever waits for long hears that it goes on', async () => {
  const rest = [
    callerIsSilent(5),
    assistantSays('still looking'),
    assistantSays('on shelf 1'),
    callerHangsUp(),
  ];
  await playCall(catalogue(9_000, 'shelf 1'), [...ASKED, ...rest]);
});

test('a book that we do not have', async () => {
  await playCall(catalogue(500), [
    ...ASKED,
    assistantSays("don't have Moby Dick"),
    callerHangsUp(),
  ]);
});

test('a catalogue that is down', async () => {
  const down = flow(() => Promise.reject(new Error('connection refused')));
  await playCall(down, [...ASKED, assistantSays('cannot be reached'), callerHangsUp()]);
});
