import { expect, test } from 'vitest';
import { phone } from './support/phone.ts';

const answer = (status: number, body: string) => ({ session_start: () => ({ status, body }) });

test.each([
  [200, '', /without an action or an array; answer 204/],
  [200, 'null', /without an action/],
  [200, '"Hello"', /without an action/],
  [200, '[{', /without an action/],
  [200, '{"success":true}', /type must be one of/],
  [500, '{}', /status 500; answer with 200 or 204/],
  [202, '[]', /status 202/],
])('status %i with %j is an error, and the call goes on', async (status, body, message) => {
  const { clock, call, errors, logged, types, timeline } = phone(answer(status, body));
  await clock.advance(0);
  expect(timeline()[0]).toMatchObject({ kind: 'event', status });
  expect(errors()).toEqual([expect.stringMatching(message)]);
  expect(logged).toEqual([`call ${call.session_id}: ${errors()[0]}`]);
  call.says('Hello?');
  await clock.advance(0);
  expect(types()).toEqual(['session_start', 'user_speak']);
});

test.each([
  [204, 'ignored'],
  [200, '[]'],
])('status %i with %j is no action', async (status, body) => {
  const { clock, story } = phone(answer(status, body));
  await clock.advance(0);
  expect(story()).toEqual(['session_start']);
});

test('no answer is status 0 and an error, and the next event is sent', async () => {
  const { clock, call, story, timeline, errors } = phone({
    session_start: () => new Error('connection refused'),
  });
  call.says('Hello?');
  await clock.advance(0);
  expect(story()).toEqual(['session_start', 'error', 'user_speak']);
  expect(timeline()[0]).toMatchObject({ status: 0 });
  expect(errors()).toEqual(['session_start got no answer: connection refused']);
});

test('an invalid or foreign action is left out, the others are executed', async () => {
  const { clock, story, errors } = phone({
    session_start: () => [
      { type: 'speak', text: 'One.' },
      { type: 'speak', text: 'Two.', volume: 3 },
      { type: 'speak', text: 'Three.', session_id: 'another-call' },
      { type: 'whisper' },
      { type: 'barge_in' },
    ],
  });
  await clock.advance(0);
  expect(story().slice(0, 8)).toEqual([
    'session_start',
    '[speak]',
    'playback_started',
    'error',
    'error',
    'error',
    '[barge_in]',
    'playback_interrupted',
  ]);
  expect(errors()).toEqual([
    expect.stringMatching(/^speak: volume is not a known field/),
    expect.stringMatching(
      /^speak: session_id must be ".+", as in event.session.id; got "another-call"$/,
    ),
    expect.stringMatching(/^whisper: type must be one of/),
  ]);
});

test('actions that answer session_end are not executed', async () => {
  const { clock, call, story, errors } = phone({
    session_end: () => ({ type: 'speak', text: 'Bye.' }),
  });
  await clock.advance(0);
  call.hangUp();
  await clock.advance(1000);
  expect(story()).toEqual(['session_start', 'session_end', 'error']);
  expect(errors()).toEqual([
    'session_end was answered with 1 action(s), which are ignored; answer 204',
  ]);
});
