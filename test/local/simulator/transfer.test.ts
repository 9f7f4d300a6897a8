import { expect, test } from 'vitest';
import { phone } from './support/phone.ts';

const transfer = {
  type: 'transfer',
  target_phone_number: '493023125001',
  caller_id_name: 'Library',
  caller_id_number: '493023125042',
};

test('answered: the caller is with a person, and the assistant is out of it until the end', async () => {
  const { clock, call, push, types, errors, timeline } = phone();
  await clock.advance(0);
  push({ ...transfer, timeout: 10 });
  call.says('Hello, human');
  call.presses('1');
  push({ type: 'speak', text: 'May I help?' });
  await clock.advance(60_000);
  expect(types()).toEqual(['session_start']);
  expect(timeline('playback_started')).toEqual([]);
  expect(errors()).toEqual([
    'speak is ignored: the call was transferred, the assistant is out of it',
  ]);
  expect(call.live()).toBe(true);
  call.hangUp();
  await clock.advance(0);
  expect(types()).toEqual(['session_start', 'session_end']);
});

const held = { session_start: () => ({ type: 'speak', text: 'Please hold the line.' }) };

test('answered: what it cuts is not told of, nor is anything that had not left yet', async () => {
  const weather = { assistant_speak_late_ms: 3000, words_after_ms: 3000 };
  const { clock, call, push, timeline, types } = phone(held, { weather });
  await clock.advance(500);
  call.says('Yes');
  await clock.advance(500);
  push(transfer);
  await clock.advance(60_000);
  expect(timeline('playback_interrupted')).toMatchObject([
    { by: 'app', heard: 'Please hold the', played_ms: 1000 },
  ]);
  expect(types()).toEqual(['session_start']);
  call.hangUp();
  await clock.advance(0);
  expect(types()).toEqual(['session_start', 'session_end']);
});

test('what it cuts is told of while the telephone still rings', async () => {
  const { clock, push, types } = phone(held, { transfer: 'unanswered' });
  await clock.advance(1000);
  push({ ...transfer, timeout: 10 });
  await clock.advance(5000);
  expect(types()).toEqual(['session_start', 'assistant_speak', 'assistant_speech_ended']);
});

test.each([
  ['busy', 0],
  ['unanswered', 10_000],
] as const)(
  '%s with timeout: the call comes back as another session_start after %i ms',
  async (target, ms) => {
    const { clock, call, push, types, events } = phone({}, { transfer: target });
    await clock.advance(0);
    push({ ...transfer, timeout: 10 });
    await clock.advance(Math.max(0, ms - 1));
    if (ms > 0) expect(types()).toEqual(['session_start']);
    await clock.advance(1);
    call.says('Nobody there');
    await clock.advance(0);
    expect(types()).toEqual(['session_start', 'session_start', 'user_speak']);
    expect(new Set(events.map(({ session }) => session.id)).size).toBe(1);
  },
);

test.each([
  ['busy', 0],
  ['unanswered', 30_000],
] as const)('%s without timeout: the call ends after %i ms', async (target, ms) => {
  const { clock, call, push, types } = phone({}, { transfer: target });
  await clock.advance(0);
  push(transfer);
  await clock.advance(ms);
  expect(types()).toEqual(['session_start', 'session_end']);
  expect(call.summary().state).toBe('ended');
});

test('a caller who hangs up while it rings is gone', async () => {
  const { clock, call, push, types } = phone({}, { transfer: 'unanswered' });
  await clock.advance(0);
  push({ ...transfer, timeout: 10 });
  call.hangUp();
  await clock.advance(60_000);
  expect(types()).toEqual(['session_start', 'session_end']);
});
