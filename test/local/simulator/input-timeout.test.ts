import { expect, test } from 'vitest';
import { phone } from './support/phone.ts';

const question = { type: 'speak', text: 'Are you there?!', user_input_timeout_seconds: 4 }; // 1 second
const asking = { session_start: () => question };
const timeouts = (types: string[]) => types.filter((type) => type === 'user_input_timeout').length;

test('the caller says nothing: the timer runs from the end of the question, at any speed', async () => {
  const { clock, types } = phone(asking, { speed: 10 });
  await clock.advance(100 + 3999);
  expect(timeouts(types())).toBe(0);
  await clock.advance(1);
  expect(types().slice(-2)).toEqual(['assistant_speech_ended', 'user_input_timeout']);
  await clock.advance(60_000);
  expect(timeouts(types())).toBe(1);
});

test.each([
  ['speech', ({ call }: ReturnType<typeof phone>) => call.says('Yes')],
  [
    'another playback',
    ({ push }: ReturnType<typeof phone>) => push({ type: 'speak', text: 'Hello?' }),
  ],
  ['a transfer', ({ push }: ReturnType<typeof phone>) => push(transfer)],
  ['the end of the call', ({ call }: ReturnType<typeof phone>) => call.hangUp()],
])('%s stops the timer', async (_what, happens) => {
  const line = phone(asking);
  await line.clock.advance(2000);
  happens(line);
  await line.clock.advance(60_000);
  expect(timeouts(line.types())).toBe(0);
});

test('where timers run on, something newer that is said leaves it running; speech stops it', async () => {
  const line = phone(asking, { weather: { timeouts_run_on: true } });
  await line.clock.advance(2000);
  line.push({
    type: 'speak',
    text: 'I am still here, and it takes longer than I thought it would.',
  });
  await line.clock.advance(3000);
  expect(line.story().slice(-2)).toEqual(['assistant_speak', 'user_input_timeout']);

  const answered = phone(asking, { weather: { timeouts_run_on: true } });
  await answered.clock.advance(2000);
  answered.push({ type: 'speak', text: 'Hello?' });
  answered.call.says('Yes, here');
  await answered.clock.advance(60_000);
  expect(timeouts(answered.types())).toBe(0);
});

test('a key is no speech: the timer goes on', async () => {
  const { clock, call, types, timeline } = phone(asking);
  await clock.advance(2000);
  call.presses('1');
  await clock.advance(60_000);
  expect(timeouts(types())).toBe(1);
  expect(timeline().at(-1)).toMatchObject({
    at_ms: 1000 + 4000,
    event: { type: 'user_input_timeout' },
  });
});

test('a question that the application cut still waits for its answer', async () => {
  const { clock, push, timeline, types } = phone(asking);
  await clock.advance(500);
  push({ type: 'barge_in' });
  await clock.advance(4000);
  expect(timeouts(types())).toBe(1);
  expect(timeline().at(-1)).toMatchObject({ at_ms: 4500 });
});

test('a caller who cuts the question has answered it', async () => {
  const { clock, call, types } = phone(asking);
  await clock.advance(500);
  call.says('I am here');
  await clock.advance(60_000);
  expect(timeouts(types())).toBe(0);
});

const transfer = {
  type: 'transfer',
  target_phone_number: '493023125001',
  caller_id_name: 'Library',
  caller_id_number: '493023125042',
};
